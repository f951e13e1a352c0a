//! The registry: one file a country.

mod bangladesh;
mod brazil;
mod cambodia;
mod hong_kong;
mod india;
mod indonesia;
mod japan;
mod korea;
mod macao;
mod mainland;
mod malaysia;
mod mexico;
mod nigeria;
mod north_america;
mod pakistan;
mod philippines;
mod singapore;
mod taiwan;
mod thailand;
mod united_kingdom;
mod vietnam;

pub use north_america::licence_of;

use super::NumberKind;

/// Every kind that is known.
pub const KINDS: &[NumberKind] = &[
    bangladesh::NATIONAL,
    brazil::CPF,
    cambodia::IDENTITY_CARD,
    mainland::RESIDENT,
    mainland::PERMANENT_RESIDENT,
    mainland::HOME_RETURN_PERMIT,
    mainland::TAIWAN_RESIDENT_PERMIT,
    hong_kong::IDENTITY_CARD,
    macao::RESIDENT,
    taiwan::NATIONAL,
    taiwan::RESIDENT,
    indonesia::NIK,
    india::AADHAAR,
    india::PAN,
    japan::MY_NUMBER,
    japan::LICENCE,
    japan::RESIDENCE_CARD,
    korea::RESIDENT,
    korea::FOREIGNER,
    korea::LICENCE,
    malaysia::MYKAD,
    malaysia::MYTENTERA,
    mexico::CURP,
    nigeria::NIN,
    pakistan::CNIC,
    philippines::CRN,
    philippines::PHILSYS,
    philippines::SSS,
    philippines::LICENCE,
    singapore::NRIC,
    singapore::FIN,
    thailand::CITIZEN,
    thailand::PINK_CARD,
    united_kingdom::LICENCE,
    vietnam::CITIZEN,
    vietnam::IDENTITY_CARD,
];

/// The kind with this id.
pub fn find(id: &str) -> Option<&'static NumberKind> {
    KINDS.iter().find(|kind| kind.id == id)
}
