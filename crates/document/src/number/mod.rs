//! The numbers of national documents: their form, their check digit, and what
//! they say about their holder.
//!
//! One file a country in `kinds/`, and one row of the registry a kind of number:
//! [`find`] looks one up by its id (`hkg_identity_card`), [`NumberKind::check`]
//! judges a text. What a number has not been shown to be is never called valid:
//! a masked number, or one of a kind whose form is not public, is
//! [`Verdict::Unknown`].

mod decoded;
mod digits;
mod form;
mod kinds;
mod tidy;

pub use decoded::{Decoded, Place, Proof, Status, Verdict, Why};
pub use kinds::{KINDS, find, licence_of};

use bonafide_context::Date;

/// A kind of number.
pub struct NumberKind {
    /// Its id: state and document (`sgp_nric`), as a document type names it.
    pub id: &'static str,
    /// The issuing state or territory, as a code of Doc 9303-3.
    pub state: &'static str,
    /// What it is, in a word or two.
    pub title: &'static str,
    /// The best proof that a number of this kind can give of itself.
    pub proof: Proof,
    /// Where form and check digit are laid down, or best described.
    pub source: &'static str,
    judge: fn(&str, Date) -> Result<Decoded, Why>,
}

impl NumberKind {
    /// Judges a number as it was read: case, spaces, hyphens, slashes and brackets
    /// do not matter. `today` bounds dates of birth and settles centuries.
    pub fn check(&self, text: &str, today: Date) -> Verdict {
        match tidy::tidy(text) {
            tidy::Tidy::Number(number) => (self.judge)(&number, today).into(),
            tidy::Tidy::Masked | tidy::Tidy::Nothing => Verdict::Unknown,
            tidy::Tidy::Foreign => Verdict::Invalid(Why::Form),
        }
    }
}

impl std::fmt::Debug for NumberKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

#[cfg(test)]
mod tests;
