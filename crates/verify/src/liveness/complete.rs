//! The recording is judged, once.

use std::time::Duration;

use bonafide_context::{Sensitive, Timestamp};
use bonafide_face::Fmr;
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Category, Family};
use bonafide_vault::Item;
use bonafide_vault::records::{Change, Condition, RecordsError, Row, Select};
use bytes::Bytes;

use super::combine::{Grounds, combine};
use super::held::{BEST_FRAME, audit_name, part_name};
use super::judging::{self, Found, Job};
use super::of_person::goes_on;
use super::parts::{kept_of, secret};
use super::row::{Record, load};
use super::tables::SEEN;
use super::{Advice, CaptureEnd, ChallengeId, ChallengeRefusal, ChallengeState, Judged};
use crate::app::later;
use crate::verification::{self, FaceTaken, LiveFace, Refusal, holding};
use crate::{App, Done, UseCaseError};

/// Who began to judge and has not ended after this time is taken for dead.
const CLAIM: Duration = Duration::from_secs(60);

/// Judges a recording whose last part has come. The person is told how it ended; the
/// application may read why. Asked again, it answers the same and judges nothing.
pub async fn complete_challenge(
    app: &App,
    call: &mut Call,
    id: &ChallengeId,
) -> Result<Done<Judged>, UseCaseError> {
    complete(app, call, id).await.inspect_err(|error| error.trace(call))
}

async fn complete(
    app: &App,
    call: &mut Call,
    id: &ChallengeId,
) -> Result<Done<Judged>, UseCaseError> {
    let record = load(app, call.caller(), id).await?;
    let now = app.clock().now();
    match record.state {
        ChallengeState::Judged => {
            let judged = record.content.judged.ok_or(ChallengeRefusal::Expired)?;
            call.step("challenge", "judged", Facts::new());
            return Ok(Done::new(told(call, judged)));
        }
        ChallengeState::Expired => return Err(ChallengeRefusal::Expired.into()),
        ChallengeState::Judging if !is_dead(&record, now) => {
            return Err(ChallengeRefusal::Judging.into());
        }
        ChallengeState::Issued | ChallengeState::Recording | ChallengeState::Judging => {}
    }
    record.content.progress.complete().map_err(ChallengeRefusal::from)?;
    goes_on(app, call, &record).await?;
    let record = claimed(app, record, now).await?;
    let judged = judge(app, call, &record).await;
    if judged.is_err() {
        released(app, &record).await;
    }
    judged
}

fn is_dead(record: &Record, now: Timestamp) -> bool {
    record.content.claimed.is_none_or(|at| now >= later(Timestamp(at), CLAIM))
}

/// Takes the challenge for this call: of several at once, on whichever nodes, one.
async fn claimed(app: &App, record: Record, now: Timestamp) -> Result<Record, UseCaseError> {
    let mut next = record;
    next.state = ChallengeState::Judging;
    next.content.claimed = Some(now.0);
    match app.records().commit(vec![next.updated()?]).await {
        Ok(()) => {
            next.version = next.version.saturating_add(1);
            Ok(next)
        }
        Err(RecordsError::Conflict) => Err(ChallengeRefusal::Judging.into()),
        Err(error) => Err(error.into()),
    }
}

/// Gives it back, so that it may be judged when what failed is back. Best effort: what
/// is not given back is free again after [`CLAIM`].
async fn released(app: &App, record: &Record) {
    let mut next = record.clone();
    next.state = ChallengeState::Recording;
    next.content.claimed = None;
    if let Ok(change) = next.updated() {
        let _ = app.records().commit(vec![change]).await;
    }
}

async fn judge(app: &App, call: &mut Call, record: &Record) -> Result<Done<Judged>, UseCaseError> {
    let settings = &app.settings().liveness;
    let fmr = match &record.verification {
        Some(id) => verification::face_fmr(app, call, id).await?,
        None => Fmr::OneInTenThousand,
    };
    let mut job = Job {
        id: record.id.clone(),
        issued: record.created,
        form: record.content.progress.form(),
        secret: secret(app, call.opener(), record).await?,
        parts: parts(app, call.opener(), record).await?,
        arrivals: record.content.arrivals.clone(),
        limits: settings.limits,
        lag_s: settings.lag.as_secs_f64(),
        fmr,
        random: app.draw(|random| Box::new(bonafide_context::Seeded::new(random.u64()))),
    };
    let mut found =
        app.compute(call, move |studio, steps| judging::look(studio, steps, &mut job)).await?;
    let frames = frames_hash(app, record, &found).await?;
    found.audit.evidence.replayed = was_seen(app, record, &frames).await?;
    let grounds = combine(&found.audit.evidence);
    settle(app, call, record, found, frames, grounds).await
}

/// The parts as they came.
async fn parts(
    app: &App,
    by: &bonafide_vault::Opener,
    record: &Record,
) -> Result<Vec<Sensitive<Bytes>>, UseCaseError> {
    let mut parts = Vec::new();
    for part in 0..record.content.progress.parts() {
        let name = part_name(&record.id, part);
        let bytes = app.vault().read(by, &record.realm, record.owner(), &name).await?;
        let bytes = bytes.ok_or(ChallengeRefusal::Expired)?;
        parts.push(Sensitive::new(Bytes::copy_from_slice(&bytes)));
    }
    Ok(parts)
}

async fn frames_hash(app: &App, record: &Record, found: &Found) -> Result<String, UseCaseError> {
    let bytes = found.frames.as_bytes();
    Ok(app.vault().keyed_hash(&record.realm, "liveness_frames", bytes).await?)
}

async fn was_seen(app: &App, record: &Record, frames: &str) -> Result<bool, UseCaseError> {
    let select = Select::from(&SEEN)
        .and(Condition::is("realm", record.realm.to_string()))
        .and(Condition::is("frames", frames))
        .limit(1);
    let rows = app.records().select(select).await?;
    // One that was given back and is judged again has seen itself.
    let other = |row: &Row| row.text("challenge").is_ok_and(|id| id != record.id.as_str());
    Ok(rows.first().is_some_and(other))
}

/// Writes down what came out, and keeps what is to be kept.
async fn settle(
    app: &App,
    call: &mut Call,
    record: &Record,
    found: Found,
    frames: String,
    grounds: Grounds,
) -> Result<Done<Judged>, UseCaseError> {
    let now = app.clock().now();
    let clocks = app.clocks(record.realm.tenant, Family::Liveness).await?;
    let light = found.audit.light.as_ref();
    let noisy = light.and_then(|verdict| verdict.figures.noise).is_some_and(|noise| noise > NOISY);
    let accepted = grounds == Grounds::Accept;
    let mut changes = Vec::new();
    let judged = match &record.verification {
        Some(id) => {
            let best = found.best.filter(|_| accepted);
            let face = LiveFace { grounds, best };
            let done = verification::settle_face(app, call, id, face).await?;
            changes.extend(done.changes);
            let FaceTaken { done, tries_left } = done.answer;
            let mut judged = Judged::of(grounds, noisy, Some(tries_left));
            if accepted && !done {
                // Alive, and too poor a picture to be compared.
                judged.state = CaptureEnd::Retry;
                judged.advice = Some(Advice::HoldStill);
                judged.tries_left = Some(tries_left);
            } else if !accepted && done {
                judged.state = CaptureEnd::Refused;
            }
            judged
        }
        None => {
            if let (true, Some((media_type, bytes))) = (accepted, &found.best) {
                let category = Category::FaceMedia;
                let expires = clocks.deadline(category, now).ok_or(Refusal::PolicyForbids)?;
                let (realm, owner) = (&record.realm, record.owner());
                let policy = clocks.policy().into();
                let item =
                    Item { realm, owner, name: BEST_FRAME, category, expires, media_type, policy };
                changes.extend(app.vault().prepare(&item, bytes.expose()).await?);
                changes.push(holding::begun(kept_of(record), category, now, expires));
            }
            Judged::of(grounds, noisy, None)
        }
    };
    let category = Category::LivenessAudit;
    let expires = clocks.deadline(category, now).ok_or(Refusal::PolicyForbids)?;
    let name = audit_name(&record.id);
    let (realm, owner, policy) = (&record.realm, record.owner(), clocks.policy().into());
    let kept = app.vault().prepare_value(realm, owner, &name, expires, policy, &found.audit);
    changes.extend(kept.await?);
    changes.push(holding::begun(kept_of(record), category, now, expires));
    changes.push(holding::kept_until(record.owner(), category, expires));
    changes.push(Change::InsertIfAbsent(
        Row::new(&SEEN)
            .with("realm", record.realm.to_string())
            .with("frames", frames)
            .with("challenge", record.id.as_str())
            .with("remove", record.remove),
    ));
    let mut next = record.clone();
    next.state = ChallengeState::Judged;
    next.content.judged = Some(judged.clone());
    changes.push(next.updated()?);
    call.step(
        "challenge.judge",
        "ok",
        Facts::new().code("reason", grounds.name()).code("state", judged.state.name()),
    );
    Ok(Done { answer: told(call, judged), changes })
}

/// A cell's noise from which on it was too bright, as the verifier has it.
const NOISY: f64 = 0.12;

/// To the person without the reason.
fn told(call: &Call, judged: Judged) -> Judged {
    if call.caller().bound_to.is_some() { judged.for_the_person() } else { judged }
}
