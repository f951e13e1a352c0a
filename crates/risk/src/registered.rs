//! Whether a source of the tenant's knows an identifier: the seam that the server
//! fills from sets and providers.

use std::fmt;
use std::str::FromStr;

use bonafide_context::Sensitive;
use serde::{Deserialize, Serialize, Serializer};

use crate::names::named;
use crate::{Absent, Signal};

named! {
    /// What an identifier is.
    Kind {
        /// A phone number.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
        /// A device, by its key.
        Device = "device",
    }
}

named! {
    /// What it means that a source knows an identifier, as the tenant says.
    Meaning {
        /// Nothing for the score: the answer is told and that is all.
        Neutral = "neutral",
        /// Known as good (a customer): lowers the score.
        Good = "good",
        /// Known as bad (fraud, a throw-away number): raises the score.
        Bad = "bad",
    }
}

/// Who answers: `tenant:NAME` for a set, `provider:NAME` for a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(String);

/// What is no name of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the source as tenant:NAME or provider:NAME, the name in a-z, 0-9, - and _, at most 40"
)]
pub struct NoSourceName;

impl Source {
    /// A set that the tenant has loaded.
    pub fn tenant(name: &str) -> Result<Self, NoSourceName> {
        format!("tenant:{name}").parse()
    }

    /// A service that is asked.
    pub fn provider(name: &str) -> Result<Self, NoSourceName> {
        format!("provider:{name}").parse()
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Source {
    type Err = NoSourceName;

    fn from_str(text: &str) -> Result<Self, NoSourceName> {
        let name = text.strip_prefix("tenant:").or_else(|| text.strip_prefix("provider:"));
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        match name {
            Some(name) if (1..=40).contains(&name.len()) && name.bytes().all(plain) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(NoSourceName),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One source's answer about one identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Who answers.
    pub source: Source,
    /// What a "yes" means.
    pub meaning: Meaning,
    /// Yes, no, or why there is no answer. A source that failed is
    /// [`Absent::SourceUnavailable`], never "no".
    pub answer: Signal<bool>,
}

/// The sources of the tenant that asks. `normal` is the identifier in its normal
/// form: E.164 of a phone number, the folded address of an e-mail, the key of a
/// device. The order of the answers does not matter.
pub trait Registered {
    /// What every source that knows identifiers of this kind says.
    fn ask(&self, kind: Kind, normal: &Sensitive<String>) -> Vec<Registration>;

    /// What every source says where there is no normal form to ask for: all `null`.
    fn nothing_to_ask(&self, kind: Kind) -> Vec<Registration>;
}

/// No sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSources;

impl Registered for NoSources {
    fn ask(&self, _: Kind, _: &Sensitive<String>) -> Vec<Registration> {
        Vec::new()
    }

    fn nothing_to_ask(&self, _: Kind) -> Vec<Registration> {
        Vec::new()
    }
}

/// Answers that were gathered before the assessment, for sources that have to be
/// waited for.
#[derive(Clone, Debug, Default)]
pub struct Gathered(pub Vec<(Kind, Registration)>);

impl Gathered {
    fn of(&self, kind: Kind) -> impl Iterator<Item = &Registration> {
        self.0.iter().filter(move |(of, _)| *of == kind).map(|(_, registration)| registration)
    }
}

impl Registered for Gathered {
    fn ask(&self, kind: Kind, _: &Sensitive<String>) -> Vec<Registration> {
        self.of(kind).cloned().collect()
    }

    fn nothing_to_ask(&self, kind: Kind) -> Vec<Registration> {
        let null = Signal::Null(Absent::Unreadable);
        self.of(kind).map(|of| Registration { answer: null.clone(), ..of.clone() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_a_plain_name() {
        assert_eq!(Source::tenant("customers").unwrap().as_str(), "tenant:customers");
        for wrong in ["customers", "tenant:", "tenant:Erik", "other:x", "provider:a b"] {
            assert_eq!(wrong.parse::<Source>(), Err(NoSourceName), "{wrong}");
        }
        assert!(Source::provider(&"x".repeat(41)).is_err());
    }
}
