//! The recording comes in, part by part.

use std::time::Duration;

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::{Call, Facts};
use bonafide_liveness::Challenge;
use bonafide_liveness::package::{Form, Issued, Part, Taken};
use bonafide_policy::{Category, Family};
use bonafide_vault::Item;
use bytes::Bytes;

use super::held::{HeldChallenge, part_name, secret_name};
use super::of_person::goes_on;
use super::row::{Arrival, Record, load};
use super::{Asked, ChallengeId, ChallengeRefusal, ChallengeState, TakenPart};
use crate::app::later;
use crate::verification::Refusal;
use crate::verification::holding::{self, KeptOf};
use crate::{App, Done, UseCaseError};

/// Takes a part of the recording, keeps it, and lays open what comes next. A part that
/// was taken before, byte for byte, is answered as it was then.
pub async fn take_part(
    app: &App,
    call: &mut Call,
    id: &ChallengeId,
    bytes: Sensitive<Bytes>,
) -> Result<Done<TakenPart>, UseCaseError> {
    let taken = take(app, call, id, bytes).await;
    if let Err(UseCaseError::Challenge(refusal)) = &taken {
        call.step("part", refusal.code(), Facts::new());
    }
    taken.inspect_err(|error| error.trace(call))
}

async fn take(
    app: &App,
    call: &mut Call,
    id: &ChallengeId,
    bytes: Sensitive<Bytes>,
) -> Result<Done<TakenPart>, UseCaseError> {
    let mut record = load(app, call.caller(), id).await?;
    match record.state {
        ChallengeState::Issued | ChallengeState::Recording => {}
        ChallengeState::Judging => return Err(ChallengeRefusal::Judging.into()),
        ChallengeState::Judged => return Err(ChallengeRefusal::Answered.into()),
        ChallengeState::Expired => return Err(ChallengeRefusal::Expired.into()),
    }
    let now = app.clock().now();
    let secret = secret(app, call.opener(), &record).await?;
    in_time(app, &record, &secret.challenge, now)?;
    goes_on(app, call, &record).await?;
    let limits = &app.settings().liveness.limits;
    let part = Part::open(bytes.expose(), &secret.key(), limits).map_err(ChallengeRefusal::from)?;
    let before = record.content.progress.answered(&secret.challenge);
    let issued = Issued::of(&secret.challenge, before);
    let taken = record.content.progress.take(&part, &issued, limits);
    let number = part.manifest().part;
    let facts = Facts::new().count("part", number.into()).size("bytes", part.length());
    match taken.map_err(ChallengeRefusal::from)? {
        Taken::Again => {
            let arrival = record.content.arrivals.get(usize::from(number));
            let answered = arrival.ok_or(ChallengeRefusal::NotFound)?.answered;
            call.step("part", "ok", facts.flag("again", true));
            return Ok(Done::new(answer(&secret, number, answered)));
        }
        Taken::New => {}
    }
    let answered = [before, record.content.progress.answered(&secret.challenge)];
    let frame_s = part.manifest().frames.last().map(|frame| frame.at_ms.seconds());
    record.content.arrivals.push(Arrival { at: now.0, frame_s, answered });
    record.state = ChallengeState::Recording;
    let clocks = app.clocks(record.realm.tenant, Family::Liveness).await?;
    // One recording, one deadline: that of its first part.
    let first = record.content.arrivals.first().map_or(now, |first| Timestamp(first.at));
    let category = Category::LivenessRecording;
    let expires = clocks.deadline(category, first).ok_or(Refusal::PolicyForbids)?;
    let item = Item {
        realm: &record.realm,
        owner: record.owner(),
        name: &part_name(&record.id, number.into()),
        category,
        expires,
        media_type: "application/octet-stream",
        policy: clocks.policy().into(),
    };
    let mut changes = app.vault().prepare(&item, bytes.expose()).await?;
    if number == 0 {
        changes.push(holding::begun(kept_of(&record), category, now, expires));
        // Of a recording that is tried again, the end is the later one.
        changes.push(holding::kept_until(record.owner(), category, expires));
    }
    changes.push(record.updated()?);
    call.step("part", "ok", facts.count("answered", answered[1] as u64));
    Ok(Done { answer: answer(&secret, number, answered), changes })
}

/// The clocks of a recording: its first part soon, its last before long; a video soon
/// after its sequence could have ended.
fn in_time(
    app: &App,
    record: &Record,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<(), ChallengeRefusal> {
    let settings = &app.settings().liveness;
    let window = match (record.content.progress.form(), record.content.arrivals.is_empty()) {
        (Form::Video, _) => {
            let ms: u32 = challenge.schedule().iter().map(|step| step.ms()).sum();
            settings.first_part + Duration::from_millis(ms.into())
        }
        (Form::Frames, true) => settings.first_part,
        (Form::Frames, false) => settings.last_part,
    };
    if now > later(record.created, window) { Err(ChallengeRefusal::Late) } else { Ok(()) }
}

/// Whose data a challenge keeps, for the question of a breach.
pub(super) fn kept_of(record: &Record) -> KeptOf<'_> {
    KeptOf {
        realm: &record.realm,
        owner: record.owner(),
        application: &record.application,
        reference: record.reference.as_deref(),
    }
}

/// The secret of a challenge; one whose secret is gone is over.
pub(super) async fn secret(
    app: &App,
    by: &bonafide_vault::Opener,
    record: &Record,
) -> Result<HeldChallenge, UseCaseError> {
    let name = secret_name(&record.id);
    let held = app.vault().read_value(by, &record.realm, record.owner(), &name).await?;
    held.ok_or(ChallengeRefusal::Expired.into())
}

/// What a part has laid open: what is known with it and was not before.
fn answer(secret: &HeldChallenge, part: u16, [before, with]: [usize; 2]) -> TakenPart {
    let known = secret.challenge.revealed(before).len();
    let revealed = secret.challenge.revealed(with).into_iter().skip(known);
    TakenPart { part, revealed: revealed.map(Asked::from).collect() }
}
