//! Every signal there is: a closed list, and the shapes that they go out in.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::names::named;
use crate::registered::{Kind, Source};
use crate::{Absent, Listed, RegionCode, Signal};

named! {
    /// What a number is used for, by its numbering plan.
    LineType {
        /// A mobile telephone.
        Mobile = "mobile",
        /// A line to a place.
        FixedLine = "fixed_line",
        /// Either: the plan does not tell them apart (North America).
        FixedLineOrMobile = "fixed_line_or_mobile",
        /// Telephony over the internet, where the plan has ranges for it.
        Voip = "voip",
        /// Free of charge for who calls.
        TollFree = "toll_free",
        /// Dearer than a call.
        PremiumRate = "premium_rate",
        /// Who calls and who is called share the cost.
        SharedCost = "shared_cost",
        /// Follows a person from line to line.
        PersonalNumber = "personal_number",
        /// A pager.
        Pager = "pager",
        /// A company's number for all its places.
        Uan = "uan",
        /// A mailbox for spoken messages.
        Voicemail = "voicemail",
        /// None that the plan names.
        Unknown = "unknown",
    }
}

/// A signal, the source if it is a source's answer, and why it is `null` if it is.
pub(crate) type State = (SignalName, Option<Source>, Option<Absent>);

macro_rules! signals {
    ($($(#[$meta:meta])* $type:ident of $kind:ident, $registered:ident $registered_name:literal {
        $($(#[$doc:meta])* $field:ident: $value:ty as $schema:ty = $variant:ident $name:literal,)+
    })+) => {
        named! {
            /// A signal, by family and name.
            SignalName {
                $(
                    $($(#[$doc])* $variant = $name,)+
                    /// Whether a source knows it.
                    $registered = $registered_name,
                )+
            }
        }

        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
            #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
            pub struct $type {
                $(
                    $(#[$doc])*
                    #[cfg_attr(feature = "schema", schema(value_type = Option<$schema>))]
                    pub $field: Signal<$value>,
                )+
                /// What each source of the tenant's says: `true`, `false` or `null`.
                #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Option<bool>>))]
                pub registered: BTreeMap<Source, Signal<bool>>,
            }

            impl $type {
                /// Every signal `null` for this reason.
                pub(crate) fn null(reason: Absent) -> Self {
                    Self { $($field: Signal::Null(reason),)+ registered: BTreeMap::new() }
                }

                /// Every signal, and why it is `null` if it is.
                pub(crate) fn states(&self) -> Vec<State> {
                    let mut states = vec![$((SignalName::$variant, None, self.$field.absent()),)+];
                    states.extend(self.registered.iter().map(|(source, answer)| {
                        (SignalName::$registered, Some(source.clone()), answer.absent())
                    }));
                    states
                }
            }
        )+

        impl SignalName {
            /// What it is a signal of.
            pub const fn kind(self) -> Kind {
                match self { $($(Self::$variant)|+ | Self::$registered => Kind::$kind,)+ }
            }
        }
    };
}

signals! {
    /// Signals of a phone number.
    PhoneSignals of Phone, PhoneRegistered "phone.registered" {
        /// Whether the number has a length that its plan allows.
        possible: bool as bool = PhonePossible "phone.possible",
        /// Whether it lies in a range that is assigned. It says nothing of whether the
        /// number is in service.
        valid: bool as bool = PhoneValid "phone.valid",
        /// The country code.
        country_code: u16 as u16 = PhoneCountryCode "phone.country_code",
        /// Where it belongs.
        region: RegionCode as RegionCode = PhoneRegion "phone.region",
        /// What it is used for.
        line_type: LineType as LineType = PhoneLineType "phone.line_type",
        /// To whom its range was assigned at first.
        carrier: Listed as Listed = PhoneCarrier "phone.carrier",
        /// Always `true` where a carrier is named: numbers are ported, and the plan does
        /// not know where to.
        carrier_is_original_assignment: bool as bool
            = PhoneCarrierIsOriginal "phone.carrier_is_original_assignment",
        /// The place or part of the country that its range belongs to, in English.
        area: Listed as Listed = PhoneArea "phone.area",
        /// The time zones of that place.
        time_zones: Vec<Listed> as Vec<Listed> = PhoneTimeZones "phone.time_zones",
        /// Whether it is an example of the plan or set aside for fiction.
        example: bool as bool = PhoneExample "phone.example",
        /// Whether one digit, or one short group, is repeated.
        repeated_digits: bool as bool = PhoneRepeatedDigits "phone.repeated_digits",
        /// Whether its digits count up or down.
        sequential_digits: bool as bool = PhoneSequentialDigits "phone.sequential_digits",
        /// Whether it was written with letters for digits.
        letters: bool as bool = PhoneLetters "phone.letters",
        /// Whether it was written with digits other than 0 to 9, or with signs that are
        /// not seen.
        unusual_signs: bool as bool = PhoneUnusualSigns "phone.unusual_signs",
        /// Whether it has an extension.
        extension: bool as bool = PhoneExtension "phone.extension",
    }

    /// Signals of an e-mail address.
    EmailSignals of Email, EmailRegistered "email.registered" {
        /// Whether it is an address that mail can be sent to (RFC 5321 and 6531).
        valid: bool as bool = EmailValid "email.valid",
        /// Whether it is written in a form that is allowed but that nobody is given:
        /// quoted, with comments, at a numeric address.
        unusual_form: bool as bool = EmailUnusualForm "email.unusual_form",
        /// Whether it has signs beyond ASCII, in either part.
        internationalised: bool as bool = EmailInternationalised "email.internationalised",
        /// Whether a part of it mixes scripts that no language mixes.
        mixed_script: bool as bool = EmailMixedScript "email.mixed_script",
        /// Whether it has signs that are not seen or that turn the direction.
        hidden_signs: bool as bool = EmailHiddenSigns "email.hidden_signs",
        /// Whether the domain looks like that of a big provider, in other letters.
        lookalike_domain: bool as bool = EmailLookalikeDomain "email.lookalike_domain",
        /// Whether the domain is that of a big provider but for a slip of the keys.
        provider_typo: bool as bool = EmailProviderTypo "email.provider_typo",
        /// Whether the domain, or one above it, is in the list of throw-away services.
        disposable: bool as bool = EmailDisposable "email.disposable",
        /// Whether anybody may have an address there for nothing.
        free_provider: bool as bool = EmailFreeProvider "email.free_provider",
        /// Whether the address is a function's and not a person's.
        role_account: bool as bool = EmailRoleAccount "email.role_account",
        /// Whether it has a tag behind the name (`name+tag@`).
        sub_address: bool as bool = EmailSubAddress "email.sub_address",
        /// Whether the domain ends in a suffix that exists.
        public_suffix: bool as bool = EmailPublicSuffix "email.public_suffix",
        /// Whether the suffix is one that a company gives out, not a registry.
        private_suffix: bool as bool = EmailPrivateSuffix "email.private_suffix",
        /// Whether the domain is set aside for examples and tests (RFC 2606, RFC 6761).
        reserved_domain: bool as bool = EmailReservedDomain "email.reserved_domain",
        /// Shannon entropy of the name, in hundredths of a bit a sign.
        local_entropy: u16 as u16 = EmailLocalEntropy "email.local_entropy",
        /// Share of digits among the name's signs, in percent.
        local_digits: u8 as u8 = EmailLocalDigits "email.local_digits",
        /// Whether the name looks drawn by lot.
        random_local: bool as bool = EmailRandomLocal "email.random_local",
        /// Whether the name is a walk over the keyboard.
        keyboard_walk: bool as bool = EmailKeyboardWalk "email.keyboard_walk",
        /// Whether the domain takes mail, by its MX or its address.
        takes_mail: bool as bool = EmailTakesMail "email.takes_mail",
        /// Whether its mail goes to a host of a throw-away service.
        disposable_mail_host: bool as bool = EmailDisposableMailHost "email.disposable_mail_host",
        /// Whether the domain publishes who may send for it.
        spf: bool as bool = EmailSpf "email.spf",
        /// Whether it publishes what to do with forged mail.
        dmarc: bool as bool = EmailDmarc "email.dmarc",
    }

    /// Signals of a device.
    DeviceSignals of Device, DeviceRegistered "device.registered" {
        /// Whether a program drives the browser.
        automation: bool as bool = DeviceAutomation "device.automation",
        /// Whether it is an emulator or a virtual machine.
        emulator: bool as bool = DeviceEmulator "device.emulator",
        /// Whether its camera is a program.
        virtual_camera: bool as bool = DeviceVirtualCamera "device.virtual_camera",
        /// Whether its screen is one that no device has.
        impossible_screen: bool as bool = DeviceImpossibleScreen "device.impossible_screen",
        /// Whether the user agent and the client hints tell of two browsers or systems.
        user_agent_mismatch: bool as bool = DeviceUserAgentMismatch "device.user_agent_mismatch",
        /// Whether what it says of its system does not fit its user agent.
        system_mismatch: bool as bool = DeviceSystemMismatch "device.system_mismatch",
        /// Whether the country of its time zone is none of its language's.
        language_mismatch: bool as bool = DeviceLanguageMismatch "device.language_mismatch",
        /// Whether the country of its time zone is not that of its network.
        network_mismatch: bool as bool = DeviceNetworkMismatch "device.network_mismatch",
        /// Whether it comes by a virtual private network, as far as it says so.
        vpn: bool as bool = DeviceVpn "device.vpn",
        /// Members that nobody has declared, which were dropped.
        dropped: u32 as u32 = DeviceDropped "device.dropped",
    }
}

/// The signals of what was asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Signals {
    /// Of the phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneSignals>,
    /// Of the e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailSignals>,
    /// Of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceSignals>,
}

impl Signals {
    /// Every signal of what was asked about, and why it is `null` if it is.
    pub(crate) fn states(&self) -> Vec<State> {
        let phone = self.phone.iter().flat_map(PhoneSignals::states);
        let email = self.email.iter().flat_map(EmailSignals::states);
        let device = self.device.iter().flat_map(DeviceSignals::states);
        phone.chain(email).chain(device).collect()
    }
}
