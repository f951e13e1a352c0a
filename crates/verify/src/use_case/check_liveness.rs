//! Judging liveness from one picture.

use bonafide_context::Sensitive;
use bonafide_face::{Liveness, LivenessDecision};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;
use bytes::Bytes;

use crate::consent::ConsentId;
use crate::{App, Done, LivenessAnswer, LivenessField, Selection, UseCaseError};

/// A picture, and what to tell of its liveness.
#[derive(Clone, Debug)]
pub struct CheckLiveness {
    /// A file with the picture.
    pub image: Sensitive<Bytes>,
    /// The receipt of the person's consent, where the policy wants one.
    pub consent: Option<ConsentId>,
    /// What to tell.
    pub fields: Selection<LivenessField>,
}

/// Judges whether a living person was before the camera. A picture of which
/// that cannot be said is `unavailable`, never live.
pub async fn check_liveness(
    app: &App,
    call: &mut Call,
    request: CheckLiveness,
) -> Result<Done<LivenessAnswer>, UseCaseError> {
    call.step("request", "ok", Facts::new().size("image_bytes", request.image.expose().len()));
    app.consented(call, &[Category::FaceMedia], request.consent.as_ref()).await?;
    let answer = app
        .compute(call, move |studio, steps| {
            let picture = studio.picture(steps, "image", &request.image)?;
            let judge = || Ok(studio.engines.faces.liveness(&picture)?);
            let liveness = steps.step("liveness.passive", judge, |liveness| {
                liveness_facts(liveness, &request.fields)
            })?;
            Ok(LivenessAnswer::of(&liveness, &request.fields))
        })
        .await?;
    Ok(Done::new(answer))
}

/// What may be written down of a verdict: codes of what was asked for.
pub(crate) fn liveness_facts(liveness: &Liveness, asked: &Selection<LivenessField>) -> Facts {
    let mut facts = Facts::new();
    if asked.has(LivenessField::Decision) {
        facts = facts.code(
            "decision",
            match liveness.decision {
                LivenessDecision::Live => "live",
                LivenessDecision::Attack => "attack",
                LivenessDecision::Unavailable => "unavailable",
            },
        );
    }
    if asked.has(LivenessField::Reasons) {
        facts = facts.codes("reasons", liveness.reasons.iter().map(|reason| reason.code()));
    }
    facts
}
