//! What facts of a verification's device tell about it: derived when they are handed
//! in, kept apart from them, told to the customer where his policy names devices.

use bonafide_ledger::Call;
use bonafide_policy::{Category, Held, RiskSignals};
use bonafide_risk::{Assessment, Band, Reason};
use bonafide_vault::records::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reading::Reader;
use crate::risk::RiskReason;
use crate::verification::{Record, Refusal};
use crate::{App, UseCaseError};

/// Its name among a verification's items.
pub(crate) const RISK: &str = "device-risk";

/// What the facts of the person's device tell about it: a score and codes, and none of
/// the facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Held)]
#[held(category = Results, purposes(Service))]
pub struct DeviceRisk {
    /// From 0, where nothing speaks against it, to 100.
    #[schema(maximum = 100)]
    pub score: u8,
    /// The score in words.
    #[held(whole)]
    pub band: Band,
    /// Share of what could be known that is known, by weight.
    #[schema(minimum = 0, maximum = 1)]
    pub coverage: f64,
    /// Why the score is what it is, the weightiest first.
    #[held(whole)]
    #[schema(value_type = Vec<RiskReason>)]
    pub reasons: Vec<Reason>,
    /// Members of what was handed in that nobody has declared, which were dropped.
    pub dropped: u64,
    /// In how many other verifications of yours this device was, counted to 20; not there
    /// where the policy keeps no device keys, or the device was given no id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, maximum = 20)]
    pub seen_before: Option<u64>,
}

impl DeviceRisk {
    /// What is kept of an assessment.
    pub(super) fn of(assessment: Assessment, dropped: u64, seen_before: Option<u64>) -> Self {
        let Assessment { score, band, coverage, reasons, .. } = assessment;
        Self { score, band, coverage, reasons, dropped, seen_before }
    }
}

/// What is told to the customer of a verification's device, if his policy names devices
/// and lets him read results, with the changes that write the read down.
pub(crate) async fn told(
    app: &App,
    call: &Call,
    record: &Record,
) -> Result<(Option<DeviceRisk>, Vec<Change>), UseCaseError> {
    let policy = app.accounts().policy_of(record.realm.tenant).await?;
    if !policy.risk_signals().contains(&RiskSignals::Device) {
        return Ok((None, Vec::new()));
    }
    let reader = Reader::of(call);
    match app.may_read(record, &reader, Category::Results).await {
        Ok(()) => {}
        Err(UseCaseError::Refused(Refusal::ReadForbidden)) => return Ok((None, Vec::new())),
        Err(error) => return Err(error),
    }
    let (realm, owner) = (&record.realm, record.id.as_str());
    let kept = app.vault().read_value::<DeviceRisk>(&reader.by, realm, owner, RISK).await?;
    let changes = match &kept {
        Some(_) => app.noted(record, &reader, &[(Category::Results, 1)])?,
        None => Vec::new(),
    };
    Ok((kept, changes))
}
