//! A receipt with its proof, for whoever has to show that a person agreed.

use bonafide_ledger::consent::ConsentId;
use bonafide_ledger::{Call, Facts};
use bonafide_vault::{ConsentAct, Leaf, Receipt};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::log::{Statement, log_owner};
use super::{find, read};
use crate::answer::Moment;
use crate::{App, Done, UseCaseError};

/// A receipt that can be checked without this server: `bonafide consent verify`
/// does it, offline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentProof {
    /// The receipt, as JSON in one line. The log commits to its very bytes: keep
    /// it as it is.
    pub statement: String,
    /// The key of this installation's transparency log (a verifier key of C2SP
    /// signed-note).
    pub log_key: String,
    /// What the log says of it, the first first.
    pub events: Vec<ConsentEvent>,
}

/// Something that happened to a consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentEvent {
    /// When.
    pub at: Moment,
    /// What.
    pub act: ConsentEventKind,
    /// What shows that the log means this statement and no other: 64 hexadecimal
    /// digits.
    pub opening: String,
    /// The proof that the log holds it (C2SP tlog-proof); none for the first
    /// seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// What happened to a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentEventKind {
    /// It was given.
    Given,
    /// It was refused.
    Refused,
    /// It was taken back.
    Withdrawn,
}

impl From<ConsentAct> for ConsentEventKind {
    fn from(act: ConsentAct) -> Self {
        match act {
            ConsentAct::Given => Self::Given,
            ConsentAct::Refused => Self::Refused,
            ConsentAct::Withdrawn => Self::Withdrawn,
        }
    }
}

/// A receipt with its proof.
pub async fn prove_consent(
    app: &App,
    call: &mut Call,
    id: &ConsentId,
) -> Result<Done<ConsentProof>, UseCaseError> {
    prove(app, call, id).await.inspect_err(|error| error.trace(call))
}

async fn prove(
    app: &App,
    call: &mut Call,
    id: &ConsentId,
) -> Result<Done<ConsentProof>, UseCaseError> {
    let row = find(app, &call.caller().application, id).await?;
    let statement = Statement::of(id, &read::receipt(app, call.opener(), &row).await?).text()?;
    let told = app.vault().events_of(&row.realm, &log_owner(id, &statement)).await?;
    let mut events: Vec<ConsentEvent> = told
        .iter()
        .filter_map(|told| match &told.leaf {
            Leaf::Consent(consent) => Some(ConsentEvent {
                at: told.at.into(),
                act: consent.act.into(),
                opening: told.opening.salt_hex(),
                receipt: told.receipt.as_ref().map(Receipt::to_text),
            }),
            _ => None,
        })
        .collect();
    // Nothing is taken back before it was given, be it in the same millisecond.
    events.sort_by_key(|event| (event.at, event.act));
    let log_key = app.vault().log_verifier().await?.to_string();
    call.step("consent.prove", "ok", Facts::new().size("events", events.len()));
    Ok(Done::new(ConsentProof { statement, log_key, events }))
}
