//! Fictitious passports, cards and visas, as a scanner or a phone would see
//! them, each with its ground truth; for the demo, tests and evaluation, never
//! for an answer of the product.
//!
//! [`render`] prints a document of some [`Kind`] for a [`Holder`] and takes its
//! picture under [`Conditions`]. Everything follows from the seed of the
//! [`Random`] that is passed in. Fonts and portraits are given as bytes and
//! pictures: nothing of the kind is in this crate, and it does no I/O.
//!
//! [`card::render_card`] does the same for cards of real states, by layouts that are
//! files of their own.
//!
//! Every page says SPECIMEN and is headed by a state that does not exist.
//!
//! [`Random`]: bonafide_context::Random

mod attack;
mod canvas;
pub mod card;
mod code;
mod conditions;
mod filter;
mod font;
mod holder;
mod kind;
mod page;
mod pattern;
mod photo;
pub mod reflect;
mod render;
mod scene;
#[cfg(test)]
mod tests;
mod truth;

pub use attack::{Attack, present};
pub use code::{Code, Symbology, render_code};
pub use conditions::{Background, Conditions, Defect, Difficulty, Glare};
pub use font::Fonts;
pub use holder::Holder;
pub use kind::Kind;
pub use photo::{passport_photo, selfie};
pub use render::{Specimen, render};
pub use truth::{MrzFields, Truth, Values};

/// Why a specimen could not be rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecimenError {
    /// A font's bytes are not a TrueType or OpenType font.
    #[error("the font cannot be read: give the bytes of a TrueType or OpenType file")]
    Font,
    /// A card's layout is not well-formed.
    #[error("a card's layout is not well-formed; this is a fault of the program")]
    Layout,
    /// A card in Han characters was to be printed without a font for them.
    #[error("there is no font with Han characters: give one to print this card")]
    NoHanFont,
    /// The picture asked for is too small or too large.
    #[error("the picture's size is out of range: ask for 16 to 12,000 pixels a side")]
    Size,
    /// The holder's data does not fit the document's machine-readable zone.
    #[error("the holder's data does not fit the document: {0}")]
    Fields(#[from] bonafide_document::mrz::WriteError),
    /// A condition is not a finite number, or the document would stand edge-on.
    #[error(
        "the conditions cannot be taken: angles and strengths must be finite and the document seen from the front"
    )]
    Conditions,
    /// The face does not lie in the photograph.
    #[error("the face does not lie in the photograph")]
    Face,
    /// The text does not fit the barcode.
    #[error("the text does not fit a barcode of this kind: shorten it")]
    Code,
    /// The camera's JPEG could not be made or read back.
    #[error("the picture could not be stored as a jpeg; this is a fault of the program")]
    Jpeg,
    /// A picture of that size cannot be made.
    #[error(transparent)]
    Picture(#[from] bonafide_media::PictureError),
}
