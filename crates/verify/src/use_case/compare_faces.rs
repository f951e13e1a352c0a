//! Comparing two faces.

use bonafide_context::Sensitive;
use bonafide_face::{Calibration, Comparison, FaceError, Fmr, Match};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;
use bytes::Bytes;

use crate::consent::ConsentId;
use crate::{App, ComparisonAnswer, ComparisonField, Done, Selection, UseCaseError};

/// Two pictures, and what to tell of them.
#[derive(Clone, Debug)]
pub struct CompareFaces {
    /// A file with the first face.
    pub a: Sensitive<Bytes>,
    /// A file with the second.
    pub b: Sensitive<Bytes>,
    /// The false match rate that the verdict is held to.
    pub fmr: Fmr,
    /// The receipt of the person's consent, where the policy wants one.
    pub consent: Option<ConsentId>,
    /// What to tell.
    pub fields: Selection<ComparisonField>,
}

/// Compares the most prominent faces of two pictures. The vectors made for it
/// live as long as the call and are never told.
pub async fn compare_faces(
    app: &App,
    call: &mut Call,
    request: CompareFaces,
) -> Result<Done<ComparisonAnswer>, UseCaseError> {
    let sizes = Facts::new()
        .size("a_bytes", request.a.expose().len())
        .size("b_bytes", request.b.expose().len());
    call.step("request", "ok", sizes);
    app.consented(call, &[Category::FaceMedia], request.consent.as_ref()).await?;
    let answer = app
        .compute(call, move |studio, steps| {
            let a = studio.picture(steps, "a", &request.a)?;
            let b = studio.picture(steps, "b", &request.b)?;
            let compare = || Ok(studio.engines.faces.compare(&a, &b, request.fmr)?);
            let comparison = steps.step("faces.compare", compare, |comparison| {
                comparison_facts(comparison, &request.fields)
            })?;
            Ok(ComparisonAnswer::of(&comparison, &request.fields))
        })
        .await?;
    Ok(Done::new(answer))
}

/// The similarities that stand for each false match rate, the laxest first, with the
/// networks that compare here: for dialects that tell scores on a scale of their own.
pub fn face_thresholds(app: &App) -> Result<[f32; 3], UseCaseError> {
    let embedders = app.engines().faces.embedders();
    let mut all = [0.0; 3];
    for (place, fmr) in all.iter_mut().zip(Fmr::ALL) {
        *place = Calibration::threshold(embedders, fmr).map_err(FaceError::from)?.similarity;
    }
    Ok(all)
}

/// What may be written down of a comparison: codes and counts of what was asked
/// for. The similarity is a measurement of the person's face and stays out.
pub(crate) fn comparison_facts(
    comparison: &Comparison,
    asked: &Selection<ComparisonField>,
) -> Facts {
    let mut facts = Facts::new();
    if asked.has(ComparisonField::Decision) {
        facts = facts.code(
            "decision",
            match comparison.decision {
                Match::Match => "match",
                Match::NoMatch => "no_match",
                Match::Unavailable => "unavailable",
            },
        );
    }
    if asked.has(ComparisonField::Reasons) {
        facts = facts.codes("reasons", comparison.reasons.iter().map(|reason| reason.what()));
    }
    if asked.has(ComparisonField::Faces) {
        facts = facts.size("faces", comparison.faces.len());
    }
    facts
}
