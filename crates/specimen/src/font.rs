//! Fonts from bytes.

use ab_glyph::{Font, FontVec};

use crate::SpecimenError;

/// The faces that a document is printed in.
pub struct Fonts {
    pub(crate) ocr_b: FontVec,
    pub(crate) sans: FontVec,
    han: Option<FontVec>,
}

/// A face, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typeface {
    /// The machine-readable zone.
    OcrB,
    /// Latin letters.
    Sans,
    /// Han characters.
    Han,
}

impl Fonts {
    /// Fonts from the bytes of two TrueType or OpenType files: OCR-B for the
    /// machine-readable zone, a sans serif with Latin letters for the rest.
    pub fn new(ocr_b: Vec<u8>, sans: Vec<u8>) -> Result<Self, SpecimenError> {
        Ok(Self { ocr_b: font(ocr_b)?, sans: font(sans)?, han: None })
    }

    /// The same with a face for Han characters, which the cards of some states
    /// are printed in.
    pub fn with_han(self, bytes: Vec<u8>) -> Result<Self, SpecimenError> {
        Ok(Self { han: Some(font(bytes)?), ..self })
    }

    pub(crate) fn face(&self, face: Typeface) -> Result<&FontVec, SpecimenError> {
        match face {
            Typeface::OcrB => Ok(&self.ocr_b),
            Typeface::Sans => Ok(&self.sans),
            Typeface::Han => self.han.as_ref().ok_or(SpecimenError::NoHanFont),
        }
    }

    /// Width of a character at `em`, in the unit of `em`; 0 without the face.
    pub(crate) fn advance(&self, face: Typeface, c: char, em: f32) -> f32 {
        self.face(face).map_or(0.0, |font| {
            let units = font.units_per_em().unwrap_or(1_000.0);
            font.h_advance_unscaled(font.glyph_id(c)) * em / units
        })
    }
}

fn font(bytes: Vec<u8>) -> Result<FontVec, SpecimenError> {
    let font = FontVec::try_from_vec(bytes).map_err(|_| SpecimenError::Font)?;
    let usable = font.units_per_em().is_some_and(|units| units > 0.0)
        && font.height_unscaled() > 0.0
        && font.h_advance_unscaled(font.glyph_id('0')) > 0.0;
    if usable { Ok(font) } else { Err(SpecimenError::Font) }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").finish_non_exhaustive()
    }
}

/// Em size at which every character of `font` is `advance` wide, for a font
/// whose characters all have one width.
pub(crate) fn em_for_advance(font: &FontVec, advance: f32) -> f32 {
    let units = font.units_per_em().unwrap_or(1_000.0);
    advance * units / font.h_advance_unscaled(font.glyph_id('0')).max(1.0)
}

/// Width of `text` at `em`, in the unit of `em`.
pub(crate) fn text_width(font: &FontVec, text: &str, em: f32) -> f32 {
    let units = font.units_per_em().unwrap_or(1_000.0);
    text.chars().map(|c| font.h_advance_unscaled(font.glyph_id(c))).sum::<f32>() * em / units
}
