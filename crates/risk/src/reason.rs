//! Why a score is what it is: a closed list.

use crate::names::named;
use crate::registered::Kind;

named! {
    /// Why a score is what it is. What each weighs stands in the table of weights.
    Reason {
        /// What was sent is no phone number.
        PhoneUnreadable = "phone_unreadable",
        /// The number is too long or too short for its plan.
        PhoneImpossible = "phone_impossible",
        /// The number lies in no range that is assigned.
        PhoneInvalid = "phone_invalid",
        /// Calls to it are charged as a service.
        PhonePremiumRate = "phone_premium_rate",
        /// It is a number of internet telephony.
        PhoneVoip = "phone_voip",
        /// It is no subscriber's: free, shared cost, a company's, a mailbox, a pager.
        PhoneNoSubscriber = "phone_no_subscriber",
        /// It is a personal number, which hides the line behind it.
        PhonePersonalNumber = "phone_personal_number",
        /// It is a line to a place: no text message reaches it.
        PhoneFixedLine = "phone_fixed_line",
        /// It is an example or set aside for fiction.
        PhoneExample = "phone_example",
        /// One digit or one group of digits is repeated.
        PhoneRepeatedDigits = "phone_repeated_digits",
        /// The digits count up or down.
        PhoneSequentialDigits = "phone_sequential_digits",
        /// It was written with letters.
        PhoneLetters = "phone_letters",
        /// It was written with unusual digits or signs that are not seen.
        PhoneUnusualSigns = "phone_unusual_signs",
        /// It has an extension.
        PhoneExtension = "phone_extension",
        /// A source knows it as good.
        PhoneKnownGood = "phone_known_good",
        /// A source knows it as bad.
        PhoneKnownBad = "phone_known_bad",
        /// What was sent is no address that mail can be sent to.
        EmailInvalid = "email_invalid",
        /// It is written in a form that nobody is given.
        EmailUnusualForm = "email_unusual_form",
        /// It mixes scripts.
        EmailMixedScript = "email_mixed_script",
        /// It has signs that are not seen.
        EmailHiddenSigns = "email_hidden_signs",
        /// Its domain looks like a big provider's.
        EmailLookalikeDomain = "email_lookalike_domain",
        /// Its domain is a big provider's but for a slip.
        EmailProviderTypo = "email_provider_typo",
        /// Its domain is a throw-away service's.
        EmailDisposable = "email_disposable",
        /// Anybody may have an address there for nothing.
        EmailFreeProvider = "email_free_provider",
        /// It is a function's.
        EmailRoleAccount = "email_role_account",
        /// It has a tag behind the name.
        EmailSubAddress = "email_sub_address",
        /// Its domain ends in no suffix that exists.
        EmailNoPublicSuffix = "email_no_public_suffix",
        /// Its suffix is one that a company gives out.
        EmailPrivateSuffix = "email_private_suffix",
        /// Its domain is set aside for examples and tests.
        EmailReservedDomain = "email_reserved_domain",
        /// Its name looks drawn by lot.
        EmailRandomLocal = "email_random_local",
        /// Its name is a walk over the keyboard.
        EmailKeyboardWalk = "email_keyboard_walk",
        /// Its name is mostly digits.
        EmailManyDigits = "email_many_digits",
        /// Its domain takes no mail.
        EmailTakesNoMail = "email_takes_no_mail",
        /// Its mail goes to a host of a throw-away service.
        EmailDisposableMailHost = "email_disposable_mail_host",
        /// Its domain does not say who may send for it.
        EmailNoSpf = "email_no_spf",
        /// Its domain does not say what to do with forged mail.
        EmailNoDmarc = "email_no_dmarc",
        /// A source knows it as good.
        EmailKnownGood = "email_known_good",
        /// A source knows it as bad.
        EmailKnownBad = "email_known_bad",
        /// A program drives the browser.
        DeviceAutomation = "device_automation",
        /// It is an emulator or a virtual machine.
        DeviceEmulator = "device_emulator",
        /// Its camera is a program.
        DeviceVirtualCamera = "device_virtual_camera",
        /// No device has such a screen.
        DeviceImpossibleScreen = "device_impossible_screen",
        /// User agent and client hints tell of two browsers or systems.
        DeviceUserAgentMismatch = "device_user_agent_mismatch",
        /// What it says of its system does not fit its user agent.
        DeviceSystemMismatch = "device_system_mismatch",
        /// Time zone and language do not fit.
        DeviceLanguageMismatch = "device_language_mismatch",
        /// Time zone and network do not fit.
        DeviceNetworkMismatch = "device_network_mismatch",
        /// It comes by a virtual private network.
        DeviceVpn = "device_vpn",
        /// A source knows it as good.
        DeviceKnownGood = "device_known_good",
        /// A source knows it as bad.
        DeviceKnownBad = "device_known_bad",
    }
}

impl Reason {
    /// What it speaks against.
    pub fn kind(self) -> Kind {
        match self.as_str().split('_').next() {
            Some("phone") => Kind::Phone,
            Some("email") => Kind::Email,
            _ => Kind::Device,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_of_the_kind_that_its_name_begins_with() {
        for reason in Reason::ALL {
            let prefix = format!("{}_", reason.kind());
            assert!(reason.as_str().starts_with(&prefix), "{reason}");
        }
    }
}
