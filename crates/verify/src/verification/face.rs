//! The person's face comes by a liveness challenge: its best frame is the selfie.

use bonafide_accounts::LivenessMethod;
use bonafide_context::Sensitive;
use bonafide_face::Fmr;
use bonafide_ledger::{Call, Caller};
use bonafide_liveness::Method;
use bytes::Bytes;

use super::hand_in::{kept, settle, taking_as};
use super::progress::Handed;
use super::record::{Access, load};
use super::{MediaName, Upload, VerificationId, evidence, judge};
use crate::liveness::Grounds;
use crate::{App, Done, UseCaseError};

/// What a recording of the person's face came to.
pub(crate) struct LiveFace {
    /// How it was judged.
    pub(crate) grounds: Grounds,
    /// What the person is compared by, if he is live: type and bytes.
    pub(crate) best: Option<(&'static str, Sensitive<Bytes>)>,
}

/// What the verification makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FaceTaken {
    /// Whether no other recording is wanted.
    pub(crate) done: bool,
    /// How many more may be made.
    pub(crate) tries_left: u32,
}

/// How a verification wants the person's face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantsFace {
    /// By which method, if it says so.
    pub(crate) method: Option<Method>,
    /// How often it may be tried in all.
    pub(crate) tries: u32,
    /// The keyed hash of the person's reference.
    pub(crate) reference: Option<String>,
}

/// How a verification wants the person's face, if it does now.
pub(crate) async fn wants_face(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<WantsFace, UseCaseError> {
    let caller = call.caller().clone();
    let (record, _) = taking_as(app, call, &caller, id, Handed::Selfie).await?;
    let method = match record.flow.liveness {
        LivenessMethod::Passive => None,
        LivenessMethod::Reflective => Some(Method::Reflective),
        LivenessMethod::Actions => Some(Method::Actions),
    };
    let tries = record.flow.liveness_tries.max(1);
    Ok(WantsFace { method, tries, reference: record.reference })
}

/// Whether a verification still takes the face that a challenge of its was issued for.
pub(crate) async fn takes_face(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<(), UseCaseError> {
    let caller = application(call);
    taking_as(app, call, &caller, id, Handed::Selfie).await.map(|_| ())
}

/// The false match rate that a verification holds a comparison to.
pub(crate) async fn face_fmr(
    app: &App,
    call: &Call,
    id: &VerificationId,
) -> Result<Fmr, UseCaseError> {
    let record = load(app, &application(call), id, Access::Anyone).await?;
    Ok(judge::fmr(record.flow.security_level))
}

/// Takes what a recording came to, as a selfie is taken: the gate of liveness has its
/// answer, and who was live is compared with the document's portrait.
pub(crate) async fn settle_face(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    face: LiveFace,
) -> Result<Done<FaceTaken>, UseCaseError> {
    let caller = application(call);
    let (record, _) = taking_as(app, call, &caller, id, Handed::Selfie).await?;
    let portrait = kept(app, call, &record, Upload::Document, MediaName::Portrait).await?;
    let evidence = evidence::of_face(app, call, &record, face, portrait).await?;
    let done = settle(app, call, record, Handed::Selfie, evidence).await?;
    let step = done.answer.steps.iter().find(|step| step.step == Upload::Selfie);
    let answer = FaceTaken {
        done: step.is_none_or(|step| step.done),
        tries_left: step.filter(|step| !step.done).map_or(0, |step| step.tries_left),
    };
    Ok(Done { answer, changes: done.changes })
}

/// The application in whose name a challenge was issued, whoever answers it: that the
/// challenge is of this verification was looked up.
fn application(call: &Call) -> Caller {
    Caller { bound_to: None, ..call.caller().clone() }
}
