//! What a rendered picture really shows.

use std::collections::BTreeMap;

use bonafide_media::{Quad, QuarterTurn};
use serde::Serialize;

/// The ground truth of one picture, in the JSON shape that the evaluation
/// reads (`ground_truth` of a manifest's `document` rows) and more.
#[derive(Clone, PartialEq, Serialize)]
pub struct Truth {
    /// Format of the zone (`TD3`); `None` if none is printed on this side.
    pub mrz_type: Option<&'static str>,
    /// The lines as printed.
    pub mrz: Vec<String>,
    /// Whether every printed check digit is right.
    pub check_digits_valid: bool,
    /// The parts of the zone, as the zone writes them; empty without a zone.
    pub fields: Option<MrzFields>,
    /// What the visual zone prints, by field name; dates in ISO 8601.
    pub viz: BTreeMap<&'static str, String>,
    /// The holder's values by the field names that answers use.
    pub values: Values,
    /// The document's corners in the picture, in the document's reading order.
    pub quad: Quad,
    /// Corners of the portrait in the picture, likewise; `None` without one.
    pub portrait: Option<Quad>,
    /// Clockwise degrees by which the camera was turned: 0, 90, 180 or 270.
    pub turn_degrees: u32,
    /// Corners of a second document, where one lies beside the first.
    pub second: Option<Quad>,
}

/// Values by the names of the answers' fields.
pub type Values = BTreeMap<&'static str, String>;

/// The parts of a zone.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MrzFields {
    /// Document code.
    pub doc_code: String,
    /// Issuing state.
    pub issuer: String,
    /// Document number.
    pub number: String,
    /// Nationality.
    pub nationality: String,
    /// Date of birth, six characters.
    pub birth_yymmdd: String,
    /// `M`, `F` or `<`.
    pub sex: String,
    /// Date of expiry, six characters; empty if the zone has none.
    pub expiry_yymmdd: String,
    /// Primary identifier as far as the zone holds it.
    pub surname: String,
    /// Secondary identifier, likewise.
    pub given: String,
}

/// Personal values are not printed, even where the person is made up.
impl std::fmt::Debug for Truth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Truth")
            .field("mrz_type", &self.mrz_type)
            .field("quad", &self.quad)
            .finish_non_exhaustive()
    }
}

/// Personal values are not printed, even where the person is made up.
impl std::fmt::Debug for MrzFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MrzFields").finish_non_exhaustive()
    }
}

/// `quad` after a picture of `width` x `height` was turned.
pub(crate) fn turned(quad: Quad, turn: QuarterTurn, width: u32, height: u32) -> Quad {
    let (right, bottom) = (width as f32 - 1.0, height as f32 - 1.0);
    Quad(quad.0.map(|p| match turn {
        QuarterTurn::None => p,
        QuarterTurn::Right => bonafide_media::Point::new(bottom - p.y, p.x),
        QuarterTurn::Half => bonafide_media::Point::new(right - p.x, bottom - p.y),
        QuarterTurn::Left => bonafide_media::Point::new(p.y, right - p.x),
    }))
}
