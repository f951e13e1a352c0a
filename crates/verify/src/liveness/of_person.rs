//! Challenges as a person's: what goes with consent, with a verification's data, and
//! with the person.

use bonafide_context::Realm;
use bonafide_ledger::ApplicationId;
use bonafide_ledger::consent::ConsentPurpose;
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Expect, Select};
use bonafide_vault::{Cause, Erased};

use super::row::Record;
use super::tables::CHALLENGES;
use super::{ChallengeId, ChallengeState};
use crate::reading::removed_reads;
use crate::verification::VerificationId;
use crate::verification::holding::removed_of;
use crate::{App, UseCaseError};

/// What a recording of a face is looked at for.
pub(super) const LOOKED_AT: [Category; 2] = [Category::FaceMedia, Category::LivenessRecording];

/// Refuses to go on with a challenge whose verification wants no face any more, or on
/// whose ground nothing may be looked at: consent may have been withdrawn since it was
/// issued, a warranty may have ended.
pub(super) async fn goes_on(
    app: &App,
    call: &mut bonafide_ledger::Call,
    record: &Record,
) -> Result<(), UseCaseError> {
    if let Some(verification) = &record.verification {
        return crate::verification::takes_face(app, call, verification).await;
    }
    let standing = match &record.reference {
        None => crate::consent::Standing::default(),
        Some(subject) => {
            let (of, purpose) = ((subject.as_str(), None), ConsentPurpose::Service);
            app.standing(call.opener(), &record.application, of, purpose).await?
        }
    };
    app.consented_by(call, &LOOKED_AT, &standing).await
}

/// The challenges of a person that belong to no verification, whichever application
/// issued them.
pub(crate) async fn challenges_of(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<Vec<(ChallengeId, ApplicationId)>, UseCaseError> {
    let select = Select::from(&CHALLENGES)
        .and(Condition::is("reference", reference))
        .and(Condition::Null("verification"));
    let (mut found, now) = (Vec::new(), app.clock().now());
    for row in app.records().select(select).await? {
        let record = Record::read(&row)?;
        // A hash is of one realm, since the key is.
        if record.realm == *realm && now < record.remove {
            found.push((record.id, record.application));
        }
    }
    Ok(found)
}

/// Destroys what a challenge of its own keeps. Its row goes first, so that a part of the
/// recording that is on its way finds nothing that it belongs to.
pub(crate) async fn destroyed(
    app: &App,
    cause: Cause,
    realm: &Realm,
    id: &ChallengeId,
) -> Result<Erased, UseCaseError> {
    let row = Change::Delete {
        table: &CHALLENGES,
        conditions: vec![Condition::is("id", id.as_str())],
        expect: Expect::Any,
    };
    app.records().commit(vec![row]).await?;
    let erased = app.vault().erase_because(cause, realm, id.as_str(), None).await?;
    let rest = vec![removed_of(vec![id.to_string()]), removed_reads(id.as_str())];
    app.records().commit(rest).await?;
    Ok(erased)
}

/// Takes the challenges of a verification away, or only those that are not judged yet,
/// before what they keep is destroyed: a part of a recording that is on its way finds
/// nothing that it belongs to, and leaves nothing behind.
pub(crate) async fn stopped(
    app: &App,
    verification: &VerificationId,
    judged_too: bool,
) -> Result<(), UseCaseError> {
    let mut conditions = vec![Condition::is("verification", verification.as_str())];
    if !judged_too {
        let running = [ChallengeState::Issued, ChallengeState::Recording, ChallengeState::Judging];
        let names = running.map(|state| state.name().into()).to_vec();
        conditions.push(Condition::In("state", names));
    }
    let gone = Change::Delete { table: &CHALLENGES, conditions, expect: Expect::Any };
    Ok(app.records().commit(vec![gone]).await?)
}
