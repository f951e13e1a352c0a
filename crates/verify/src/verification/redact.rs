//! Deletion on request.

use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Expect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::{Happened, happened};
use super::held;
use super::record::{Access, load};
use super::tables::EVENTS;
use super::{Ending, Verification, VerificationId};
use crate::{App, Done, UseCaseError};

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
    let record = load(app, call.caller(), id, Access::Application).await?;
    let only: Option<&[Category]> = match scope {
        RedactScope::Media => Some(&[Category::FaceMedia, Category::DocumentMedia]),
        RedactScope::All => None,
    };
    // First what cannot be undone: should the commit below fail, the same
    // request finishes the rest.
    let erased = app.vault().erase(&record.realm, record.id.as_str(), only).await?;
    let mut next = record;
    // Without its data it cannot be decided any more.
    if let Ok(progress) = next.progress.cancelled(Ending::Redacted) {
        next.progress = progress;
    }
    let what = match scope {
        RedactScope::Media => Happened::MediaRedacted,
        RedactScope::All => Happened::Redacted,
    };
    let mut changes = Vec::new();
    if scope == RedactScope::All {
        next.reference = None;
        next.data_until = None;
        changes.push(Change::Delete {
            table: &EVENTS,
            conditions: vec![Condition::is("verification", next.id.as_str())],
            expect: Expect::Any,
        });
    }
    changes.push(next.updated()?);
    changes.extend(happened(app, &next, what, &[]).await?);
    call.step(
        "verification.redact",
        "ok",
        Facts::new().code("scope", what.name(&next)).count("items", erased.items),
    );
    let kept = held::result(app, &next).await?.unwrap_or_default();
    let verification = Verification::of(&next, kept.told(&next), Vec::new());
    let answer = Redacted { items: erased.items, pending: erased.pending, verification };
    Ok(Done { answer, changes })
}
