//! A person decides.

use bonafide_ledger::{Call, Facts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::moved;
use super::held;
use super::record::{Access, Record, load};
use super::{Verification, VerificationId};
use crate::{App, Done, Selection, UseCaseError};

/// What a reviewer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualDecision {
    /// Let in or not.
    pub decision: ReviewOutcome,
    /// Why; it has to go with the decision.
    pub reason: ReviewReason,
}

/// Let in or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// Let in.
    Approved,
    /// Refused.
    Declined,
}

/// Why a reviewer decided so: a closed list, so that no note about a person
/// finds its way into rows and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// The document is genuine and readable to the eye.
    DocumentReadable,
    /// The faces are the same person's.
    SamePerson,
    /// The person is living, to the eye.
    PersonLive,
    /// What was in doubt was found in order elsewhere.
    ConfirmedElsewhere,
    /// The document cannot be read by the eye either.
    DocumentUnreadable,
    /// The document looks forged or altered.
    DocumentForged,
    /// The document contradicts itself.
    DocumentContradictory,
    /// The document is not of a kind that is let in.
    DocumentNotAccepted,
    /// The document has expired.
    DocumentExpired,
    /// The faces are different people's.
    DifferentPerson,
    /// A print, a screen or a mask was shown.
    NotLive,
    /// The holder is too young.
    UnderAge,
}

impl ReviewReason {
    /// With which decision it goes.
    pub const fn goes_with(self) -> ReviewOutcome {
        match self {
            Self::DocumentReadable
            | Self::SamePerson
            | Self::PersonLive
            | Self::ConfirmedElsewhere => ReviewOutcome::Approved,
            Self::DocumentUnreadable
            | Self::DocumentForged
            | Self::DocumentContradictory
            | Self::DocumentNotAccepted
            | Self::DocumentExpired
            | Self::DifferentPerson
            | Self::NotLive
            | Self::UnderAge => ReviewOutcome::Declined,
        }
    }
}

/// A reviewer decides a verification that is for review.
pub async fn decide_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    decision: ManualDecision,
) -> Result<Done<Verification>, UseCaseError> {
    decide(app, call, id, decision).await.inspect_err(|error| error.trace(call))
}

async fn decide(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    decision: ManualDecision,
) -> Result<Done<Verification>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Application).await?;
    let progress = record.progress.decided(decision)?;
    let next = Record { progress, ..record };
    let state = next.progress.state.name();
    call.step("verification.decide", "ok", Facts::new().code("state", state));
    let (told, noted) = held::told(app, call, &next, &Selection::All).await?;
    let media = held::media(app, &next).await?;
    let answer = Verification::of(&next, told, media);
    let mut changes = moved(app, &next).await?;
    changes.extend(noted);
    Ok(Done { answer, changes })
}
