//! How a challenge stands, and what it has brought.

use bonafide_context::Sensitive;
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Access, Category, Phase};
use bonafide_vault::records::Change;
use bytes::Bytes;

use super::held::{BEST_FRAME, HeldAudit, audit_name};
use super::row::{Record, load};
use super::{CaptureEnd, CaptureFigures, ChallengeId, ChallengeState, ChallengeView};
use crate::reading::{ReadOf, Reader};
use crate::verification::{Media, Refusal};
use crate::{App, Done, UseCaseError};

/// Reads a challenge: state and verdict, where the best frame is, and every figure, as
/// far as the policy lets the application read them.
pub async fn read_challenge(
    app: &App,
    call: &mut Call,
    id: &ChallengeId,
) -> Result<Done<ChallengeView>, UseCaseError> {
    let record = load(app, call.caller(), id).await?;
    let (figures, changes) = figures(app, call, &record).await?;
    let best_frame = best_frame_of(app, &record).await?;
    call.step("challenge.read", "ok", Facts::new().code("state", record.state.name()));
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let answer = ChallengeView {
        id: record.id.to_string(),
        method: record.content.method,
        state: record.state,
        verification: record.verification.as_ref().map(ToString::to_string),
        issued_at: record.created.into(),
        expires_at: record.expires.into(),
        parts: count(record.content.progress.parts()),
        frames: count(record.content.progress.frames()),
        result: record.content.judged,
        best_frame,
        figures,
    };
    Ok(Done { answer, changes })
}

/// Opens the best frame of a recording that belongs to no verification: of one that
/// does, it is the verification's selfie.
pub async fn open_best_frame(
    app: &App,
    call: &mut Call,
    id: &ChallengeId,
) -> Result<Done<Media>, UseCaseError> {
    let record = load(app, call.caller(), id).await?;
    if record.verification.is_some() {
        return Err(Refusal::NoSuchMedia.into());
    }
    may_read(app, &record, Category::FaceMedia).await?;
    let found = app
        .vault()
        .read_with_facts(call.opener(), &record.realm, record.owner(), BEST_FRAME)
        .await?;
    let (item, bytes) = found.ok_or(Refusal::NoSuchMedia)?;
    let changes = noted(app, call, &record, Category::FaceMedia)?;
    call.step("media.open", "ok", Facts::new().size("bytes", bytes.len()));
    let bytes = Sensitive::new(Bytes::copy_from_slice(&bytes));
    Ok(Done { answer: Media { media_type: item.media_type, bytes }, changes })
}

async fn best_frame_of(app: &App, record: &Record) -> Result<Option<String>, UseCaseError> {
    let judged = record.content.judged.as_ref();
    if judged.is_none_or(|judged| judged.state != CaptureEnd::Accepted) {
        return Ok(None);
    }
    let (name, path) = match &record.verification {
        Some(id) => ("selfie", format!("/v1/verifications/{id}/media/selfie")),
        None => (BEST_FRAME, format!("/v1/liveness/challenges/{}/best-frame", record.id)),
    };
    let items = app.vault().list(&record.realm, record.owner()).await?;
    Ok(items.iter().any(|item| item.name == name).then_some(path))
}

async fn figures(
    app: &App,
    call: &mut Call,
    record: &Record,
) -> Result<(Option<CaptureFigures>, Vec<Change>), UseCaseError> {
    if record.state != ChallengeState::Judged {
        return Ok((None, Vec::new()));
    }
    match may_read(app, record, Category::LivenessAudit).await {
        Ok(()) => {}
        Err(UseCaseError::Refused(Refusal::ReadForbidden)) => return Ok((None, Vec::new())),
        Err(error) => return Err(error),
    }
    let name = audit_name(&record.id);
    let held: Option<HeldAudit> =
        app.vault().read_value(call.opener(), &record.realm, record.owner(), &name).await?;
    let Some(held) = held else { return Ok((None, Vec::new())) };
    let changes = noted(app, call, record, Category::LivenessAudit)?;
    Ok((Some(held.into()), changes))
}

/// Refuses what the tenant's policy does not let his application read.
async fn may_read(app: &App, record: &Record, category: Category) -> Result<(), UseCaseError> {
    use bonafide_policy::{Purpose, Role};
    let policy = app.accounts().policy_of(record.realm.tenant).await?;
    let phase = if record.state == ChallengeState::Judged { Phase::Ended } else { Phase::Running };
    match policy.may_read_when(Role::Caller, Purpose::Service, category, phase) {
        Access::Allowed => Ok(()),
        Access::Denied | Access::UnderGrant => Err(Refusal::ReadForbidden.into()),
    }
}

fn noted(
    app: &App,
    call: &Call,
    record: &Record,
    category: Category,
) -> Result<Vec<Change>, UseCaseError> {
    let of = ReadOf {
        realm: &record.realm,
        owner: record.owner(),
        reference: record.reference.as_deref(),
        until: record.remove,
    };
    app.noted_of(of, &Reader::of(call), &[(category, 1)])
}
