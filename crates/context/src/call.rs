//! Who and what a call belongs to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Random, Timestamp};

/// The name of one call, in every answer, log and error: a UUID of version 7,
/// so that it sorts by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CallId(Uuid);

impl CallId {
    /// A new name for a call that starts at `now`.
    pub fn new(now: Timestamp, random: &mut dyn Random) -> Self {
        let mut bytes = [0; 10];
        random.fill(&mut bytes);
        Self(uuid::Builder::from_unix_timestamp_millis(now.0, &bytes).into_uuid())
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl FromStr for CallId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self).map_err(|_| NameError::CallId)
    }
}

/// A tenant's AppID: the number by which every store keeps tenants apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(pub u64);

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TenantId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| NameError::Tenant)
    }
}

/// The two worlds of a tenant. They share no key, no prefix and no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// For trying out.
    Sandbox,
    /// For real customers.
    Live,
}

impl Environment {
    /// `sandbox` or `live`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Live => "live",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "sandbox" => Ok(Self::Sandbox),
            "live" => Ok(Self::Live),
            _ => Err(NameError::Environment),
        }
    }
}

/// Where data rests: a name the operator chose (`apac`, `eu`, `us` …), 1 to 32
/// lower-case letters, digits and inner hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Region(String);

impl Region {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Region {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let inner = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if inner && (1..=32).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-')
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Region)
        }
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl TryFrom<String> for Region {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The walls around a piece of data: it is read and written only within these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Realm {
    /// Whose data.
    pub tenant: TenantId,
    /// Of which world.
    pub environment: Environment,
    /// Resting where.
    pub region: Region,
}

impl fmt::Display for Realm {
    /// As a prefix of storage: `apac/sandbox/1300000001`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.region, self.environment, self.tenant)
    }
}

impl FromStr for Realm {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut parts = text.split('/');
        let mut next = || parts.next().unwrap_or_default();
        let (region, environment, tenant) = (next(), next(), next());
        if parts.next().is_some() {
            return Err(NameError::Tenant);
        }
        Ok(Self {
            region: region.parse()?,
            environment: environment.parse()?,
            tenant: tenant.parse()?,
        })
    }
}

/// Why a name could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a call id.
    #[error("a call id is a UUID, as every answer carries it")]
    CallId,
    /// Not an AppID.
    #[error("an AppID is a whole number")]
    Tenant,
    /// Not an environment.
    #[error("an environment is `sandbox` or `live`")]
    Environment,
    /// Not the name of a region.
    #[error("a region is 1 to 32 lower-case letters, digits and inner hyphens")]
    Region,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seeded;

    #[test]
    fn call_ids_sort_by_time_and_round_trip() {
        let mut random = Seeded::new(1);
        let early = CallId::new(Timestamp(1_000), &mut random);
        let late = CallId::new(Timestamp(2_000), &mut random);
        assert!(early < late);
        assert_ne!(late, CallId::new(Timestamp(2_000), &mut random));
        assert_eq!(late.to_string().parse(), Ok(late));
        let realm = "apac/sandbox/1300000001";
        assert_eq!(realm.parse::<Realm>().map(|realm| realm.to_string()), Ok(realm.to_owned()));
        for bad in ["apac/sandbox", "apac/sandbox/1/2", "", "apac/x/1", "apac/live/x"] {
            assert!(bad.parse::<Realm>().is_err(), "{bad}");
        }
        assert_eq!("x".parse::<CallId>(), Err(NameError::CallId));
    }

    #[test]
    fn names_are_strict() {
        for good in ["apac", "eu-1", "a"] {
            assert_eq!(good.parse::<Region>().map(|r| r.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "-a", "a-", "EU", "a/b", "..", &"a".repeat(33)] {
            assert_eq!(bad.parse::<Region>(), Err(NameError::Region), "{bad}");
        }
        assert_eq!("live".parse(), Ok(Environment::Live));
        assert_eq!("prod".parse::<Environment>(), Err(NameError::Environment));
    }
}
