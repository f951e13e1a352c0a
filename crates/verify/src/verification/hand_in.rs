//! Pictures are handed in.

use bonafide_accounts::{FlowStep, LivenessMethod};
use bonafide_context::{Keeper, Sensitive, Timestamp};
use bonafide_ledger::consent::ConsentPurpose;
use bonafide_ledger::{Call, Caller, Facts};
use bonafide_policy::{Category, Family};
use bonafide_vault::records::Change;
use bonafide_vault::{Item, Opener};
use bytes::Bytes;

use super::create::looked_at;
use super::event::moved;
use super::evidence::{self, DocumentFiles, Evidence};
use super::held::{self, HeldResult, RESULT};
use super::holding;
use super::improvement::Copying;
use super::progress::Handed;
use super::record::{Access, Record, load};
use super::statement::{self, AgeRule};
use super::{
    Ending, MediaName, Refusal, Upload, UploadSource, Verification, VerificationId,
    VerificationResult, Wanted,
};
use crate::app::SideFiles;
use crate::consent::{ConsentState, Standing};
use crate::reading::Reader;
use crate::{App, Done, Reason, UseCaseError};

/// Pictures of a document: the front, the back that a front from before waits
/// for, or both.
#[derive(Clone, Debug)]
pub struct HandInDocument {
    /// Photos or a short video of the front, or the data page.
    pub front: Option<SideFiles>,
    /// The same of the back, where it has one.
    pub back: Option<SideFiles>,
}

/// Takes the pictures of the document: reads it, and judges every gate that it
/// answers. A front that lacks only what stands on the back is kept, and the
/// back is wanted next; any other picture that has to be taken again is not
/// kept.
pub async fn hand_in_document(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    pictures: HandInDocument,
) -> Result<Done<Verification>, UseCaseError> {
    let HandInDocument { front, back } = pictures;
    let size = |files: &Option<SideFiles>| files.as_ref().map_or(0, SideFiles::size);
    let sizes = Facts::new().size("front_bytes", size(&front)).size("back_bytes", size(&back));
    call.step("request", "ok", sizes);
    if front.is_none() && back.is_none() {
        let reason = "hand in the front, the back, or both".to_owned();
        return Err(UseCaseError::Invalid { member: "front", reason });
    }
    let handed = Handed::Document { front: front.is_some(), back: back.is_some() };
    let result = document(app, call, id, handed, front, back).await;
    result.inspect_err(|error| error.trace(call))
}

async fn document(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    handed: Handed,
    front: Option<SideFiles>,
    back: Option<SideFiles>,
) -> Result<Done<Verification>, UseCaseError> {
    let (record, standing) = taking(app, call, id, handed).await?;
    let ages = AgeRule::of(app, call, &record, standing.guardian).await?;
    let front_rests = front.is_none();
    let front = match front {
        Some(front) => front,
        None => {
            let front = resting(app, call, &record, MediaName::DocumentFront).await?;
            front.ok_or(Refusal::FrontWanted)?.into()
        }
    };
    let selfie = kept(app, call, &record, Upload::Selfie, MediaName::Selfie).await?;
    let files = DocumentFiles { front, front_rests, back };
    let evidence = evidence::of_document(app, call, &record, files, selfie, ages).await?;
    settle(app, call, record, handed, evidence).await
}

/// Takes the selfie: judges its liveness and compares it with the document's
/// portrait, if that was handed in before. A picture that has to be taken again
/// is not kept.
pub async fn hand_in_selfie(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    image: Sensitive<Bytes>,
) -> Result<Done<Verification>, UseCaseError> {
    call.step("request", "ok", Facts::new().size("image_bytes", image.expose().len()));
    selfie(app, call, id, image).await.inspect_err(|error| error.trace(call))
}

async fn selfie(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    image: Sensitive<Bytes>,
) -> Result<Done<Verification>, UseCaseError> {
    let (record, _) = taking(app, call, id, Handed::Selfie).await?;
    if record.flow.liveness != LivenessMethod::Passive && record.flow.has(FlowStep::Liveness) {
        return Err(Refusal::ChallengeWanted.into());
    }
    let portrait = kept(app, call, &record, Upload::Document, MediaName::Portrait).await?;
    let evidence = evidence::of_selfie(app, call, &record, image, portrait).await?;
    settle(app, call, record, Handed::Selfie, evidence).await
}

/// The verification, if it takes this now.
async fn taking(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    handed: Handed,
) -> Result<(Record, Standing), UseCaseError> {
    let caller = call.caller().clone();
    taking_as(app, call, &caller, id, handed).await
}

/// The same for whoever's sake it is looked at.
pub(super) async fn taking_as(
    app: &App,
    call: &mut Call,
    caller: &Caller,
    id: &VerificationId,
    handed: Handed,
) -> Result<(Record, Standing), UseCaseError> {
    let mut record = load(app, caller, id, Access::Anyone).await?;
    record.progress.takes(handed)?;
    if record.progress.statement_wanted {
        return Err(Refusal::StatementWanted.into());
    }
    let standing = look_at_consent(app, call, &mut record).await?;
    if record.progress.consent == ConsentState::Wanted {
        return Err(Refusal::ConsentWanted.into());
    }
    Ok((record, standing))
}

/// On what a verification rests at this moment: consent may have come since it
/// was created, and gone.
pub(super) async fn look_at_consent(
    app: &App,
    call: &mut Call,
    record: &mut Record,
) -> Result<Standing, UseCaseError> {
    let policy = app.accounts().policy_of(record.realm.tenant).await?;
    let (application, subject) = (&record.application, record.subject(app).await?);
    let (id, purpose) = (Some(record.id.as_str()), ConsentPurpose::Service);
    let standing = app.standing(call.opener(), application, (&subject, id), purpose).await?;
    let wanted: Vec<_> = record.flow.steps.iter().copied().map(looked_at).collect();
    let state = app.rests_on(application, &policy, &wanted, &standing).await;
    let code = state.as_ref().map_or_else(UseCaseError::code, |state| state.name());
    call.step("consent", code, Facts::new());
    record.progress.consent = state?;
    Ok(standing)
}

/// What was handed in before in another step: `None` if that step is still
/// open, and no bytes if it ended without this picture.
pub(super) async fn kept(
    app: &App,
    call: &Call,
    record: &Record,
    step: Upload,
    name: MediaName,
) -> Result<Option<Option<Sensitive<Bytes>>>, UseCaseError> {
    if !record.progress.steps.get(&step).is_some_and(|step| step.done) {
        return Ok(None);
    }
    resting(app, call, record, name).await.map(Some)
}

/// A picture that rests.
async fn resting(
    app: &App,
    call: &Call,
    record: &Record,
    name: MediaName,
) -> Result<Option<Sensitive<Bytes>>, UseCaseError> {
    app.may_read(record, &Reader::service(call), name.category()).await?;
    let by = call.opener();
    let bytes = app.vault().read(by, &record.realm, record.id.as_str(), name.name()).await?;
    Ok(bytes.map(|bytes| Sensitive::new(Bytes::copy_from_slice(&bytes))))
}

/// Moves the verification on, and keeps what is to be kept.
pub(super) async fn settle(
    app: &App,
    call: &mut Call,
    record: Record,
    handed: Handed,
    mut evidence: Evidence,
) -> Result<Done<Verification>, UseCaseError> {
    let now = app.clock().now();
    // Time went on while networks ran.
    let record = record.seen_at(now);
    let source = match call.caller().bound_to {
        Some(_) if Keeper::Collector.works() => UploadSource::Sdk,
        _ => UploadSource::Customer,
    };
    let progress = record.progress.judged(handed, source, &evidence.judged)?;
    let done = progress.steps.get(&handed.step()).is_some_and(|step| step.done);
    let reasons: Vec<&'static str> = progress.reasons().into_iter().map(Reason::name).collect();
    call.step(
        "judge",
        "ok",
        Facts::new()
            .code("state", progress.state.name())
            .flag("done", done)
            .code("next", progress.next().map_or("none", Wanted::name))
            .codes("reasons", reasons),
    );
    let under_age = progress.ended_by == Some(Ending::UnderAge);
    let record = if under_age { record.shut(app).await? } else { record };
    let mut next = Record { progress, ..record };
    if under_age {
        let mut changes = statement::delete_collected(app, &next).await?;
        changes.extend(moved(app, &next).await?);
        return Ok(Done { answer: Verification::of(&next, None, Vec::new()), changes });
    }
    let mut result = held::result(app, call.opener(), &next).await?.unwrap_or_default();
    let mut names = held::media(app, &next).await?;
    let mut changes = Vec::new();
    if done {
        result = result.with(evidence.result);
    } else if handed.step() == Upload::Document && next.progress.waits_for_back() {
        evidence.media.retain(|(name, ..)| *name == MediaName::DocumentFront);
    } else {
        evidence.media.clear();
    }
    if done || !evidence.media.is_empty() {
        names.extend(evidence.media.iter().map(|(name, ..)| name.name().to_owned()));
        names.sort_unstable();
        names.dedup();
        let until = held::data_until(app, &next, now).await?;
        changes = keep(app, call.opener(), (&next, now, until), &result, evidence.media).await?;
        if !changes.is_empty() {
            next.data_until = Some(until);
        }
    }
    changes.extend(moved(app, &next).await?);
    let answer = match source {
        UploadSource::Sdk => Verification::of(&next, None, Vec::new()),
        UploadSource::Customer => Verification::of(&next, result.told(&next), names),
    };
    Ok(Done { answer, changes })
}

/// The changes that put result and pictures into the vault.
async fn keep(
    app: &App,
    by: &Opener,
    (record, now, expires): (&Record, Timestamp, Timestamp),
    result: &VerificationResult,
    media: Vec<(MediaName, &'static str, Sensitive<Bytes>)>,
) -> Result<Vec<Change>, UseCaseError> {
    let realm = &record.realm;
    let owner = if Keeper::OneTransaction.works() { record.id.as_str() } else { "verifications" };
    let clocks = app.clocks(realm.tenant, Family::Verification).await?;
    let policy = clocks.policy().into();
    let copying = Copying::of(app, by, record).await?;
    let mut changes = Vec::new();
    for (name, media_type, bytes) in media {
        let item = Item {
            realm,
            owner,
            name: name.name(),
            category: name.category(),
            expires,
            media_type,
            policy,
        };
        changes.extend(app.vault().prepare(&item, bytes.expose()).await?);
        changes.push(holding::begun(record, name.category(), now, expires));
        if let Some(copying) = &copying {
            let what = (name.name(), name.category(), media_type);
            changes.extend(copying.picture(app, record, what, &bytes).await?);
        }
    }
    if let (Some(copying), Some(fields)) = (&copying, &result.document) {
        changes.extend(copying.fields(app, record, fields).await?);
    }
    if !result.is_empty() {
        let held = HeldResult(result.clone());
        let kept = app.vault().prepare_value(realm, owner, RESULT, expires, policy, &held).await?;
        changes.extend(kept);
        changes.push(holding::begun(record, Category::Results, now, expires));
    }
    Ok(changes)
}
