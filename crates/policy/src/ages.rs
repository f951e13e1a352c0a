//! From which age on a person decides alone, and whether one has reached it.

use std::fmt;
use std::str::FromStr;

use bonafide_context::{Date, Keeper};
use serde::{Deserialize, Serialize};

/// A country or territory by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Jurisdiction([u8; 2]);

/// Why a text names no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a country as two capital letters (ISO 3166-1 alpha-2), such as `SG`")]
pub struct PlaceError;

impl Jurisdiction {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        // Two capital letters, by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The place whose documents carry this code: ISO 3166-1 alpha-3, and `D` for
    /// Germany as ICAO Doc 9303 part 3 has it. `None` for a code without a
    /// figure in our tables, which the strictest rule then stands in for.
    pub fn of_document(code: &str) -> Option<Self> {
        let code = code.trim_end_matches('<');
        let (_, two) = ALPHA_3.iter().find(|(three, _)| *three == code)?;
        two.parse().ok()
    }
}

/// The codes of places that the bundled policies have figures for.
const ALPHA_3: &[(&str, &str)] = &[
    ("AUT", "AT"),
    ("BEL", "BE"),
    ("BGR", "BG"),
    ("BRA", "BR"),
    ("CHN", "CN"),
    ("CYP", "CY"),
    ("CZE", "CZ"),
    ("D", "DE"),
    ("DEU", "DE"),
    ("DNK", "DK"),
    ("ESP", "ES"),
    ("EST", "EE"),
    ("FIN", "FI"),
    ("FRA", "FR"),
    ("GBR", "GB"),
    ("GRC", "GR"),
    ("HKG", "HK"),
    ("HRV", "HR"),
    ("HUN", "HU"),
    ("IDN", "ID"),
    ("IND", "IN"),
    ("IRL", "IE"),
    ("ISL", "IS"),
    ("ITA", "IT"),
    ("JPN", "JP"),
    ("KOR", "KR"),
    ("LIE", "LI"),
    ("LTU", "LT"),
    ("LUX", "LU"),
    ("LVA", "LV"),
    ("MAC", "MO"),
    ("MLT", "MT"),
    ("MYS", "MY"),
    ("NLD", "NL"),
    ("NOR", "NO"),
    ("PHL", "PH"),
    ("POL", "PL"),
    ("PRT", "PT"),
    ("ROU", "RO"),
    ("SGP", "SG"),
    ("SVK", "SK"),
    ("SVN", "SI"),
    ("SWE", "SE"),
    ("THA", "TH"),
    ("TWN", "TW"),
    ("USA", "US"),
    ("VNM", "VN"),
    ("ZAF", "ZA"),
];

impl FromStr for Jurisdiction {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        match text.as_bytes() {
            &[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([a, b])),
            _ => Err(PlaceError),
        }
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Jurisdiction> for String {
    fn from(place: Jurisdiction) -> Self {
        place.as_str().to_owned()
    }
}

impl TryFrom<String> for Jurisdiction {
    type Error = PlaceError;

    fn try_from(text: String) -> Result<Self, PlaceError> {
        text.parse()
    }
}

/// A place in a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Place {
    /// `*`.
    Anywhere,
    /// One.
    In(Jurisdiction),
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        match place {
            Place::Anywhere => "*".to_owned(),
            Place::In(place) => place.into(),
        }
    }
}

impl TryFrom<String> for Place {
    type Error = PlaceError;

    fn try_from(text: String) -> Result<Self, PlaceError> {
        if text == "*" { Ok(Self::Anywhere) } else { text.parse().map(Self::In) }
    }
}

/// What a document says of the day of birth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BirthDate {
    /// All of it.
    Full(Date),
    /// A part of it: a year, or year and month. Proves no age (row O5).
    Partial,
    /// Nothing, or there is no document.
    Unknown,
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A date of birth is personal.
        f.write_str(match self {
            Self::Full(_) => "Full(***)",
            Self::Partial => "Partial",
            Self::Unknown => "Unknown",
        })
    }
}

/// Whether the person may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeDecision {
    /// The person decides alone.
    OfAge {
        /// The age that was asked for.
        minimum: u32,
    },
    /// Under age, and a guardian has consented.
    GuardianConsented {
        /// The age that was asked for.
        minimum: u32,
    },
    /// Under age without a guardian's consent: stop, and delete what was
    /// collected.
    UnderAge {
        /// The age that was asked for.
        minimum: u32,
    },
    /// The document does not prove an age: never approved by a machine.
    NotProven {
        /// The age that was asked for.
        minimum: u32,
    },
}

impl AgeDecision {
    /// Decides. A birthday is reached on the day itself; whoever was born on 29
    /// February reaches it on 1 March of other years, the later of the two
    /// readings that laws have. A day of birth after today proves nothing.
    pub(crate) fn of(birth: BirthDate, today: Date, minimum: u32, guardian: bool) -> Self {
        if !Keeper::AgeGate.works() {
            return Self::OfAge { minimum };
        }
        let BirthDate::Full(birth) = birth else { return Self::NotProven { minimum } };
        match today.years_since(birth) {
            None => Self::NotProven { minimum },
            Some(years) if years >= minimum => Self::OfAge { minimum },
            Some(_) if guardian => Self::GuardianConsented { minimum },
            Some(_) => Self::UnderAge { minimum },
        }
    }

    /// Whether it may go on without a person's look at it.
    pub const fn passes(self) -> bool {
        matches!(self, Self::OfAge { .. } | Self::GuardianConsented { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_two_capital_letters() {
        assert_eq!("SG".parse::<Jurisdiction>().unwrap().as_str(), "SG");
        for wrong in ["", "S", "sg", "SGP", "S1", "É"] {
            assert_eq!(wrong.parse::<Jurisdiction>(), Err(PlaceError), "{wrong}");
        }
        assert_eq!(Jurisdiction::of_document("D<<"), "DE".parse().ok());
        assert_eq!(Jurisdiction::of_document("SGP"), "SG".parse().ok());
        assert_eq!(Jurisdiction::of_document("UTO"), None);
        for (_, two) in ALPHA_3 {
            assert!(two.parse::<Jurisdiction>().is_ok());
        }
    }

    #[test]
    fn no_debug_shows_a_day_of_birth() {
        let birth = BirthDate::Full(Date::new(1990, 1, 2).unwrap());
        assert!(!format!("{birth:?}").contains("1990"));
    }

    proptest! {
        #[test]
        fn the_decision_turns_once_on_the_birthday(
            born in 0i32..20_000, minimum in 1u32..25, after in 0i32..12_000,
        ) {
            let birth = Date::from_days(born);
            let today = Date::from_days(born + after);
            let decided = AgeDecision::of(BirthDate::Full(birth), today, minimum, false);
            let birthday = Date::new(birth.year() + minimum as i32, birth.month(), birth.day())
                .unwrap_or_else(|_| Date::new(birth.year() + minimum as i32, 3, 1).unwrap());
            prop_assert_eq!(decided.passes(), today >= birthday);
        }
    }
}
