//! Names that the server gives: a prefix that says of what, then chance.

use bonafide_context::Random;

/// Declares a type of id: `prefixed_id!(/** doc */ TemplateId, "tpl_");` gives
/// a type with `new(&mut dyn Random)`, `as_str`, `Display`, `FromStr` and
/// serde, which takes nothing but this prefix and lower-case base32.
#[macro_export]
macro_rules! prefixed_id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
            serde::Deserialize,
        )]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// What every such id begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new one: 130 random bits.
            pub fn new(random: &mut dyn bonafide_context::Random) -> Self {
                Self($crate::id_text($prefix, random))
            }

            /// The whole id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if $crate::is_id($prefix, text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::IdError { prefix: $prefix })
                }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::IdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}

/// A text that is no id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the id as it was given: `{prefix}` and 26 lower-case letters and digits")]
pub struct IdError {
    /// What the id must begin with.
    pub prefix: &'static str,
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 26;

/// A new id with this prefix, for [`prefixed_id!`].
pub fn id_text(prefix: &str, random: &mut dyn Random) -> String {
    let mut bytes = [0; LENGTH];
    random.fill(&mut bytes);
    let letters = bytes.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)]));
    prefix.chars().chain(letters).collect()
}

/// Whether `text` is an id with this prefix, for [`prefixed_id!`].
pub fn is_id(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == LENGTH && rest.bytes().all(|b| ALPHABET.contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ApplicationId;
    use bonafide_context::Seeded;
    use proptest::prelude::*;

    #[test]
    fn an_id_round_trips_and_no_two_are_equal() {
        let mut random = Seeded::new(1);
        let id = ApplicationId::new(&mut random);
        assert!(id.as_str().starts_with("app_"));
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_ne!(id, ApplicationId::new(&mut random));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(serde_json::from_str::<ApplicationId>(&json).unwrap(), id);
    }

    proptest! {
        #[test]
        fn whatever_else_is_refused(text in "(app_|bfk_)?[a-z2-7A-Z0-9_]{0,40}") {
            let good = text.len() == 30
                && text.starts_with("app_")
                && text[4..].bytes().all(|b| ALPHABET.contains(&b));
            prop_assert_eq!(text.parse::<ApplicationId>().is_ok(), good);
        }
    }
}
