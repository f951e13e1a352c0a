//! What the transparency log is told of consents.

use aws_lc_rs::digest;
use bonafide_ledger::consent::{ConsentId, ConsentPurpose, ConsentReceipt, ConsentRow, ConsentWay};
use bonafide_vault::records::Change;
use bonafide_vault::{ConsentAct, Event, Under, Whose};
use serde::{Deserialize, Serialize};

use crate::verification::Record;
use crate::{App, UseCaseError};

/// A receipt as it is proved: the bytes of this, as JSON, are what the log
/// commits to, so that none of them can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The version of this form: 1.
    pub v: u32,
    /// Which receipt.
    pub id: ConsentId,
    /// What it says.
    pub receipt: ConsentReceipt,
}

impl Statement {
    /// Of a receipt.
    pub fn of(id: &ConsentId, receipt: &ConsentReceipt) -> Self {
        Self { v: 1, id: id.clone(), receipt: receipt.clone() }
    }

    /// Its text, one for each value.
    pub fn text(&self) -> Result<String, UseCaseError> {
        serde_json::to_string(self).map_err(|error| UseCaseError::internal("unwritable", error))
    }
}

/// Whose the log says an event of this receipt is: its id and the SHA-256 of the
/// statement's text.
pub fn log_owner(id: &ConsentId, statement: &str) -> String {
    let hash = digest::digest(&digest::SHA256, statement.as_bytes());
    let hex = hash.as_ref().iter().map(|byte| format!("{byte:02x}"));
    format!("{id}/{}", hex.collect::<String>())
}

/// The changes that tell the log what happened to a receipt, to be committed
/// together with it.
pub(super) fn told(
    app: &App,
    row: &ConsentRow,
    receipt: &ConsentReceipt,
    act: ConsentAct,
) -> Result<Vec<Change>, UseCaseError> {
    let owner = log_owner(&row.id, &Statement::of(&row.id, receipt).text()?);
    let whose = Whose { realm: &row.realm, owner: &owner, until: Some(row.remove) };
    let purposes: Vec<&str> = receipt.purposes.iter().map(|purpose| purpose.as_str()).collect();
    let event = Event::Consent {
        act,
        purposes: &purposes,
        notice: Under { policy: &receipt.notice.name, version: receipt.notice.version },
        // A tag is the same in every case; the log writes the lower one.
        language: &receipt.language.to_ascii_lowercase(),
        how: receipt.way.as_str(),
        guardian: receipt.guardian.is_some(),
    };
    Ok(app.vault().event(&whose, &event)?)
}

/// The changes that tell the log that a person was asked and did not agree. There is
/// no receipt: the event is the verification's own.
pub(crate) async fn refused(app: &App, record: &Record) -> Result<Vec<Change>, UseCaseError> {
    let policy = app.accounts().policy_of(record.realm.tenant).await?;
    let language = policy.languages().first().map_or("en", |language| language.as_str());
    let event = Event::Consent {
        act: ConsentAct::Refused,
        purposes: &[ConsentPurpose::Service.as_str()],
        notice: Under { policy: policy.name(), version: policy.version() },
        language: &language.to_ascii_lowercase(),
        how: ConsentWay::HostedFlow.as_str(),
        guardian: false,
    };
    let whose = Whose { realm: &record.realm, owner: record.id.as_str(), until: None };
    Ok(app.vault().event(&whose, &event)?)
}
