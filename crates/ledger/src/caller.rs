//! Who calls, and what he may do.

use std::fmt;
use std::str::FromStr;

use bonafide_context::{Environment, Realm, Region, TenantId};
use serde::{Deserialize, Serialize};

use crate::{Interface, prefixed_id};

prefixed_id!(
    /// An application of a tenant, in one environment and one region.
    ApplicationId,
    "app_"
);

prefixed_id!(
    /// The public part of an API key.
    KeyId,
    "bfk_"
);

/// Who makes a call, as authentication found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whose application.
    pub tenant: TenantId,
    /// Which application.
    pub application: ApplicationId,
    /// In which world.
    pub environment: Environment,
    /// Where its data rests.
    pub region: Region,
    /// With which key; `None` for the token of an end user's browser.
    pub key: Option<KeyId>,
    /// What it may use.
    pub scopes: Scopes,
    /// The id of the one verification that a browser's token is good for.
    pub bound_to: Option<String>,
}

impl Caller {
    /// The walls around this caller's data.
    pub fn realm(&self) -> Realm {
        Realm { tenant: self.tenant, environment: self.environment, region: self.region.clone() }
    }

    /// Whether the scopes suffice for an interface; one that any key may use
    /// wants a key, not the token of a browser.
    pub fn may(&self, interface: &Interface) -> bool {
        interface.scope.map_or(self.key.is_some(), |scope| self.scopes.has(scope))
    }
}

/// A product that a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reading documents.
    Document,
    /// Detecting and comparing faces.
    Face,
    /// Judging liveness.
    Liveness,
    /// Verifications and their templates.
    Verification,
    /// Scoring phone numbers, addresses and devices.
    Risk,
    /// Answering data subjects.
    Privacy,
    /// Administering the tenant: applications, keys, webhooks, its whole log.
    Admin,
}

impl Scope {
    /// Every one of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Document,
        Self::Face,
        Self::Liveness,
        Self::Verification,
        Self::Risk,
        Self::Privacy,
        Self::Admin,
    ];

    /// The name in keys, files and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Face => "face",
            Self::Liveness => "liveness",
            Self::Verification => "verification",
            Self::Risk => "risk",
            Self::Privacy => "privacy",
            Self::Admin => "admin",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// A set of scopes, written `document,face`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Vec<Scope>", from = "Vec<Scope>")]
pub struct Scopes(u8);

impl Scopes {
    /// No scope at all.
    pub const NONE: Self = Self(0);

    /// Every scope there is.
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Whether this scope is in the set.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether all of `other` is in the set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is none in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes, in order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl From<Vec<Scope>> for Scopes {
    fn from(scopes: Vec<Scope>) -> Self {
        scopes.into_iter().collect()
    }
}

impl From<Scopes> for Vec<Scope> {
    fn from(scopes: Scopes) -> Self {
        scopes.iter().collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::as_str).collect();
        f.write_str(&names.join(","))
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    /// Names separated by commas, with or without spaces; the empty text is no
    /// scope.
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        if text.trim().is_empty() {
            return Ok(Self::NONE);
        }
        text.split(',').map(|name| name.trim().parse()).collect::<Result<Self, _>>()
    }
}

/// A scope that there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("choose scopes from document, face, liveness, verification, risk, privacy, admin")]
pub struct UnknownScope;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scopes_are_read_as_scripts_write_them() {
        let scopes: Scopes = "face, document".parse().unwrap();
        assert_eq!(scopes.to_string(), "document,face");
        assert!(scopes.has(Scope::Face) && !scopes.has(Scope::Admin));
        assert_eq!("".parse(), Ok(Scopes::NONE));
        for bad in ["faces", "face,", "face;document", "Face"] {
            assert_eq!(bad.parse::<Scopes>(), Err(UnknownScope), "{bad}");
        }
    }

    #[test]
    fn the_suggestion_names_every_scope() {
        let said = UnknownScope.to_string();
        assert!(Scope::ALL.iter().all(|scope| said.contains(scope.as_str())), "{said}");
    }

    proptest! {
        #[test]
        fn a_set_round_trips(bits in 0u8..128) {
            let scopes = Scopes(bits);
            prop_assert_eq!(scopes.to_string().parse(), Ok(scopes));
            let json = serde_json::to_string(&scopes).unwrap();
            prop_assert_eq!(serde_json::from_str::<Scopes>(&json).unwrap(), scopes);
            prop_assert!(Scopes::all().contains(scopes));
        }
    }
}
