//! What was destroyed of a verification, with proof.

use bonafide_ledger::{Call, Facts};
use bonafide_vault::{Cause, DeletionReceipt};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::VerificationId;
use super::record::{Access, load};
use crate::answer::Moment;
use crate::{App, Done, UseCaseError};

/// What was destroyed of a verification, the first first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletionReceipts {
    /// The key of this installation's transparency log (a verifier key of C2SP
    /// signed-note): keep it, and check every receipt with it.
    pub log_key: String,
    /// The destructions.
    pub deletions: Vec<DeletionEntry>,
}

/// One destruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletionEntry {
    /// When the keys were destroyed.
    pub at: Moment,
    /// Why.
    pub cause: DeletionCause,
    /// The policy by which it was, with its version: `strict@1`.
    pub policy: String,
    /// How much of what.
    pub what: Vec<DeletedAmount>,
    /// What shows that the receipt means this verification and no other: 64
    /// hexadecimal digits. Whoever does not have it learns nothing of the sort.
    pub opening: String,
    /// The proof that the log holds it (C2SP tlog-proof), to be checked by
    /// `bonafide receipt verify`, offline; none for the first seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// How much data of a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedAmount {
    /// What kind of data.
    #[schema(example = "face_media")]
    pub category: String,
    /// Items.
    pub items: u64,
    /// Their bytes at rest.
    pub bytes: u64,
}

/// Why data was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeletionCause {
    /// Its time was over.
    Expiry,
    /// It was asked for.
    Request,
    /// Consent was withdrawn.
    Withdrawal,
    /// The person is under age, and no guardian consented.
    UnderAge,
}

/// What was destroyed of a verification, each with its receipt as soon as the
/// log has it. Known as long as the verification is.
pub async fn deletion_receipts(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<DeletionReceipts>, UseCaseError> {
    receipts(app, call, id).await.inspect_err(|error| error.trace(call))
}

async fn receipts(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<DeletionReceipts>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Deletion).await?;
    let told = app.vault().deletion_receipts(&record.realm, record.id.as_str()).await?;
    let deletions: Vec<_> = told.iter().map(entry).collect();
    let log_key = app.vault().log_verifier().await?.to_string();
    call.step("verification.receipts", "ok", Facts::new().size("receipts", deletions.len()));
    Ok(Done::new(DeletionReceipts { log_key, deletions }))
}

pub(crate) fn entry(told: &DeletionReceipt) -> DeletionEntry {
    let deletion = &told.deletion;
    let what: Vec<_> = deletion
        .what
        .iter()
        .map(|(category, amount)| DeletedAmount {
            category: category.as_str().to_owned(),
            items: amount.items,
            bytes: amount.bytes,
        })
        .collect();
    DeletionEntry {
        at: Moment(told.at),
        cause: deletion.cause.into(),
        policy: format!("{}@{}", deletion.policy.name.as_str(), deletion.policy.version),
        what,
        opening: told.opening.salt_hex(),
        receipt: told.receipt.as_ref().map(bonafide_vault::Receipt::to_text),
    }
}

impl From<Cause> for DeletionCause {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Expiry => Self::Expiry,
            Cause::Request => Self::Request,
            Cause::Withdrawal => Self::Withdrawal,
            Cause::UnderAge => Self::UnderAge,
        }
    }
}
