//! What a receipt says.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use bonafide_policy::{Held, HeldPart};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// That a person agreed: to what, as told by which notice, when and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Held)]
#[held(category = Consent, purposes(Evidence))]
pub struct ConsentReceipt {
    /// Whose: the keyed hash of the customer's reference, or of the verification
    /// that it was given for.
    pub subject: String,
    /// The one verification that it is good for; none for all of the subject's.
    pub verification: Option<String>,
    /// To what.
    pub purposes: BTreeSet<ConsentPurpose>,
    /// The notice that was shown.
    pub notice: Notice,
    /// In which language it was shown, as a BCP 47 tag.
    pub language: String,
    /// When the person agreed, in milliseconds since 1970.
    pub given_ms: u64,
    /// When this server was told, likewise.
    pub recorded_ms: u64,
    /// How the person agreed.
    pub way: ConsentWay,
    /// Who agreed for a person under age, if somebody did.
    pub guardian: Option<GuardianRelation>,
}

/// A version of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HeldPart, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsentNotice)]
pub struct Notice {
    /// What the notice is called: lower-case letters, digits, inner hyphens and
    /// underscores.
    #[schema(pattern = "^[a-z0-9]([a-z0-9_-]{0,46}[a-z0-9])?$", example = "privacy-notice")]
    pub name: String,
    /// Its version.
    #[schema(minimum = 1, maximum = 1_000_000, example = 3)]
    pub version: u32,
}

/// Who consented for a person under age. It rests apart from the receipt, under
/// its own category and clock.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Held)]
#[held(category = Guardian, purposes(Evidence))]
pub struct Guardian {
    /// What he is to the person.
    pub relation: GuardianRelation,
    /// What he is called.
    pub name: String,
    /// Where he can be reached, if that was said.
    pub contact: Option<String>,
}

impl fmt::Debug for Guardian {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guardian").field("relation", &self.relation).finish_non_exhaustive()
    }
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            HeldPart, ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in rows, requests and the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(UnknownCode)
            }
        }
    };
}

/// A text that is none of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is none of the list")]
pub struct UnknownCode;

codes! {
    /// What a person agrees to.
    ConsentPurpose {
        /// The check itself: face, document, what stands on it.
        Service = "service",
        /// That a copy is kept to improve models, apart from everything else.
        Improvement = "improvement",
        /// That the list of applications on the device is looked at.
        InstalledApplications = "installed_applications",
    }
}

codes! {
    /// How a person agreed.
    ConsentWay {
        /// On the pages of this server.
        HostedFlow = "hosted_flow",
        /// On a page of the customer's.
        WebPage = "web_page",
        /// In an app of the customer's.
        App = "app",
        /// On paper.
        Paper = "paper",
        /// In person.
        InPerson = "in_person",
        /// By telephone.
        Phone = "phone",
    }
}

codes! {
    /// What a guardian is to the person under age.
    GuardianRelation {
        /// Father or mother.
        Parent = "parent",
        /// Appointed by law or by a court.
        LegalGuardian = "legal_guardian",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_alike_everywhere() {
        fn check<T: Copy + Serialize + FromStr + PartialEq + fmt::Debug>(
            all: &[T],
            name: impl Fn(T) -> &'static str,
        ) {
            for &one in all {
                assert_eq!(serde_json::to_value(one).unwrap(), name(one));
                assert_eq!(name(one).parse::<T>().ok(), Some(one));
            }
        }
        check(ConsentPurpose::ALL, ConsentPurpose::as_str);
        check(ConsentWay::ALL, ConsentWay::as_str);
        check(GuardianRelation::ALL, GuardianRelation::as_str);
    }

    #[test]
    fn no_debug_shows_a_guardian() {
        let guardian = Guardian {
            relation: GuardianRelation::Parent,
            name: "ERIKSSON".to_owned(),
            contact: Some("+65 0000".to_owned()),
        };
        let shown = format!("{guardian:?}");
        assert!(!shown.contains("ERIKSSON") && !shown.contains("+65"), "{shown}");
    }
}
