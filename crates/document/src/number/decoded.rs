//! What a number says.

use std::fmt;

use crate::mrz::{PartialDate, Sex};

/// The judgement on a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has its form, and whatever proof the kind knows holds.
    Valid(Decoded),
    /// It cannot be a number of this kind.
    Invalid(Why),
    /// Nothing can be said: no number was given, or part of it is masked.
    Unknown,
}

impl Verdict {
    /// What a valid number says.
    pub fn decoded(&self) -> Option<&Decoded> {
        match self {
            Self::Valid(decoded) => Some(decoded),
            _ => None,
        }
    }
}

impl From<Result<Decoded, Why>> for Verdict {
    fn from(judged: Result<Decoded, Why>) -> Self {
        judged.map_or_else(Self::Invalid, Self::Valid)
    }
}

/// Why a number cannot be one of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Why {
    /// Other characters, or more or fewer of them.
    #[error("the number does not have the form of its kind: read it again")]
    Form,
    /// The check digit is another.
    #[error("the check digit does not hold: read the number again")]
    CheckDigit,
    /// The date in it is no day of the calendar, or lies ahead.
    #[error("the date in the number is none: read it again")]
    Date,
    /// There is no such region, office or class.
    #[error("a code in the number is not in use: read it again")]
    Code,
}

impl Why {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::CheckDigit => "check_digit",
            Self::Date => "date",
            Self::Code => "code",
        }
    }
}

/// What vouches for a number having been read right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// Length and characters only: nearly any misreading passes.
    Form,
    /// Dates or codes in it are in use.
    Structure,
    /// A check digit or letter holds.
    CheckDigit,
}

impl Proof {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Structure => "structure",
            Self::CheckDigit => "check_digit",
        }
    }
}

/// A place that a number names.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The code in the number.
    pub code: String,
    /// Its name in Latin letters, where the code is in our list.
    pub name: Option<&'static str>,
}

/// What a number says about its holder's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// National of the issuing state.
    Citizen,
    /// Resident without its nationality.
    Foreigner,
    /// Person of Hong Kong, Macao or Taiwan who lives elsewhere in China.
    CrossBorderResident,
}

/// A valid number and what it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The number without spaces and marks, upper case.
    pub number: String,
    /// What vouches for it.
    pub proof: Proof,
    /// Date of birth, as far as the number says it.
    pub birth: Option<PartialDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Place of birth, registration or issue, whichever the kind encodes.
    pub place: Option<Place>,
    /// Standing of the holder.
    pub status: Option<Status>,
}

impl Decoded {
    /// A number that says nothing but itself.
    pub(super) fn new(number: &str, proof: Proof) -> Self {
        Self { number: number.to_owned(), proof, birth: None, sex: None, place: None, status: None }
    }

    pub(super) fn birth(self, birth: Option<PartialDate>) -> Self {
        Self { birth, ..self }
    }

    pub(super) fn sex(self, sex: Sex) -> Self {
        Self { sex: Some(sex), ..self }
    }

    pub(super) fn status(self, status: Status) -> Self {
        Self { status: Some(status), ..self }
    }

    pub(super) fn place(self, code: &str, name: Option<&'static str>) -> Self {
        Self { place: Some(Place { code: code.to_owned(), name }), ..self }
    }
}

/// Values are personal.
impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").field("proof", &self.proof).finish_non_exhaustive()
    }
}

/// Where somebody was born is personal.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(***)")
    }
}
