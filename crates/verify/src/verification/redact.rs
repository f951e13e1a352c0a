//! Deletion on request.

use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;
use bonafide_vault::Erased;
use bonafide_vault::records::{Change, Condition, Expect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::{Happened, happened};
use super::record::{Access, Record, load};
use super::tables::EVENTS;
use super::{Ending, Verification, VerificationId, improvement_owner};
use super::{held, holding};
use crate::reading::{is_restricted, unlinked_reads};
use crate::subject::held_back;
use crate::{App, Done, Selection, UseCaseError};

/// What is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RedactScope {
    /// Pictures of document and face.
    Media,
    /// These, the result, the hashed reference and the timeline.
    All,
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Redacted {
    /// Items whose keys are destroyed: unreadable from now on.
    pub items: u64,
    /// Items of them whose bytes could not be removed yet; it is tried again
    /// until they are.
    pub pending: u64,
    /// The verification as it stands now.
    pub verification: Verification,
}

/// Deletes media, or all that is personal, of a verification.
pub async fn redact_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    scope: RedactScope,
) -> Result<Done<Redacted>, UseCaseError> {
    redact(app, call, id, scope).await.inspect_err(|error| error.trace(call))
}

async fn redact(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    scope: RedactScope,
) -> Result<Done<Redacted>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Deletion).await?;
    let (erased, next, mut changes) = erased(app, record, scope).await?;
    let what = happening(scope);
    call.step(
        "verification.redact",
        "ok",
        Facts::new().code("scope", what.name(&next)).count("items", erased.items),
    );
    let mut told = None;
    // While processing is restricted, deleting does not show what is left.
    if scope == RedactScope::Media
        && !is_restricted(app, &next.realm, next.reference.as_deref()).await?
    {
        let (left, noted) = held::told(app, call, &next, &Selection::All).await?;
        told = left;
        changes.extend(noted);
    }
    let verification = Verification::of(&next, told, Vec::new());
    let answer = Redacted { items: erased.items, pending: erased.pending, verification };
    Ok(Done { answer, changes })
}

/// Erases, and gives what was erased, the verification as it is then, and the
/// changes that write that down.
pub(crate) async fn erased(
    app: &App,
    record: Record,
    scope: RedactScope,
) -> Result<(Erased, Record, Vec<Change>), UseCaseError> {
    held_back(app, &record).await?;
    let only: Option<&[Category]> = match scope {
        RedactScope::Media => {
            Some(&[Category::FaceMedia, Category::DocumentMedia, Category::LivenessRecording])
        }
        RedactScope::All => None,
    };
    let record = record.shut(app).await?;
    crate::liveness::stopped(app, &record.id, only.is_none()).await?;
    // First what cannot be undone: should the commit below fail, the same
    // request finishes the rest.
    let mut erased = app.vault().erase(&record.realm, record.id.as_str(), only).await?;
    let copies = improvement_owner(&record.id);
    let copied = app.vault().erase(&record.realm, &copies, only).await?;
    erased.items += copied.items;
    erased.pending += copied.pending;
    let mut next = record;
    // Without its data it cannot be decided any more.
    if let Ok(progress) = next.progress.cancelled(Ending::Redacted) {
        next.progress = progress;
    }
    let mut changes = holding::ended(&next, only, app.clock().now());
    if scope == RedactScope::All {
        next.reference = None;
        next.data_until = None;
        changes.push(holding::unlinked(&next));
        changes.push(unlinked_reads(next.id.as_str()));
        changes.push(Change::Delete {
            table: &EVENTS,
            conditions: vec![Condition::is("verification", next.id.as_str())],
            expect: Expect::Any,
        });
    }
    changes.push(next.updated()?);
    changes.extend(happened(app, &next, happening(scope), &[]).await?);
    Ok((erased, next, changes))
}

const fn happening(scope: RedactScope) -> Happened {
    match scope {
        RedactScope::Media => Happened::MediaRedacted,
        RedactScope::All => Happened::Redacted,
    }
}
