//! A signal: a fact derived from an identifier, or the reason why there is none.

use serde::{Serialize, Serializer};

use crate::names::named;

named! {
    /// Why a signal is `null`. A missing answer is never "no".
    Absent {
        /// Nothing to derive it from was sent.
        NotGiven = "not_given",
        /// What was sent cannot be read as what it should be.
        Unreadable = "unreadable",
        /// The tables that it is looked up in are not installed.
        DataNotInstalled = "data_not_installed",
        /// The tables say nothing of this one.
        NotInTables = "not_in_tables",
        /// It does not apply to an identifier of this kind.
        NotApplicable = "not_applicable",
        /// A number without a country code, and no region was named.
        NoCountry = "no_country",
        /// Only a source of the tenant's could tell, and there is none.
        NoSource = "no_source",
        /// The source is switched off.
        SwitchedOff = "switched_off",
        /// The source failed, did not answer in time, or answered nonsense.
        SourceUnavailable = "source_unavailable",
    }
}

/// What is known of one question. Written as the value itself or `null`; why it is
/// `null` stands beside it in [`crate::Assessment::nulls`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal<T> {
    /// The answer.
    Known(T),
    /// There is none, and why.
    Null(Absent),
}

impl<T> Signal<T> {
    /// The value, if there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null(_) => None,
        }
    }

    /// Why there is none.
    pub fn absent(&self) -> Option<Absent> {
        match self {
            Self::Known(_) => None,
            Self::Null(reason) => Some(*reason),
        }
    }

    /// The value of `option`, else `null` for this reason.
    pub fn or_null(option: Option<T>, reason: Absent) -> Self {
        option.map_or(Self::Null(reason), Self::Known)
    }
}

impl Signal<bool> {
    /// Whether it is known and true.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Known(true))
    }

    /// Whether it is known and false.
    pub fn is_false(&self) -> bool {
        matches!(self, Self::Known(false))
    }
}

impl<T: Serialize> Serialize for Signal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.known().serialize(serializer)
    }
}

/// Words out of a packaged table (a carrier, a place, a time zone): never a text of
/// the request. Only this crate's tables make them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String))]
pub struct Listed(pub(crate) std::sync::Arc<str>);

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Listed {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A region by its ISO 3166-1 code, or `001` for numbers that belong to none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode([u8; 3]);

/// What is no region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the region as two capital letters of ISO 3166-1")]
pub struct NoRegion;

impl RegionCode {
    /// Of numbers that belong to no region: satellites, freephone of the world.
    pub const WORLD: Self = Self(*b"001");

    /// The code: two letters or three digits.
    pub fn as_str(&self) -> &str {
        let length = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..length]).unwrap_or("")
    }
}

impl std::str::FromStr for RegionCode {
    type Err = NoRegion;

    fn from_str(text: &str) -> Result<Self, NoRegion> {
        match text.as_bytes() {
            b"001" => Ok(Self::WORLD),
            &[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([a, b, 0])),
            _ => Err(NoRegion),
        }
    }
}

impl std::fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RegionCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for RegionCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for RegionCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^([A-Z]{2}|001)$"))
            .description(Some("ISO 3166-1 alpha-2, or 001 for numbers that belong to no region."))
            .build()
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for RegionCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_is_null_and_not_false() {
        let none: Signal<bool> = Signal::Null(Absent::SourceUnavailable);
        assert_eq!(serde_json::to_string(&none).unwrap(), "null");
        assert_eq!(serde_json::to_string(&Signal::Known(false)).unwrap(), "false");
        assert!(!none.is_false() && !none.is_true());
    }

    #[test]
    fn regions_are_two_capitals_or_the_world() {
        assert_eq!("GB".parse::<RegionCode>().unwrap().as_str(), "GB");
        assert_eq!("001".parse(), Ok(RegionCode::WORLD));
        for wrong in ["", "gb", "GBR", "G1", "ÄÖ", "002"] {
            assert_eq!(wrong.parse::<RegionCode>(), Err(NoRegion), "{wrong}");
        }
    }
}
