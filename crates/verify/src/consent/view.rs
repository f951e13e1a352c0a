//! What is told of consent.

use bonafide_ledger::consent::{
    ConsentPurpose, ConsentReceipt, ConsentRow, ConsentWay, GuardianRelation, Notice,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Moment;

/// A consent receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    /// `cns_…`.
    pub id: String,
    /// Whose: the keyed hash of your reference, or of the verification it was
    /// given for.
    pub subject: String,
    /// The one verification that it is good for; `null` for all of the subject's.
    pub verification: Option<String>,
    /// To what the person agreed.
    pub purposes: Vec<ConsentPurpose>,
    /// The notice that was shown.
    pub notice: Notice,
    /// In which language it was shown.
    pub language: String,
    /// How the person agreed.
    pub way: ConsentWay,
    /// When the person agreed.
    pub given_at: Moment,
    /// When this server was told.
    pub recorded_at: Moment,
    /// Who agreed for a person under age; `null` if the person did.
    pub guardian: Option<GuardianRelation>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Moment>,
    /// When the receipt itself has to go.
    pub expires_at: Moment,
}

impl Consent {
    pub(super) fn of(row: &ConsentRow, receipt: ConsentReceipt) -> Self {
        let moment = |ms| Moment(bonafide_context::Timestamp(ms));
        Self {
            id: row.id.to_string(),
            subject: receipt.subject,
            verification: receipt.verification,
            purposes: receipt.purposes.into_iter().collect(),
            notice: receipt.notice,
            language: receipt.language,
            way: receipt.way,
            given_at: moment(receipt.given_ms),
            recorded_at: moment(receipt.recorded_ms),
            guardian: receipt.guardian,
            withdrawn_at: row.withdrawn.map(Moment::from),
            expires_at: row.remove.into(),
        }
    }
}

/// On what the processing of a verification rests, as far as consent goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// The policy asks for none, and none was given.
    #[default]
    NotNeeded,
    /// The policy asks for one, and there is none: nothing is taken before.
    Wanted,
    /// On a receipt.
    Receipt,
    /// On the customer's signed warranty that he has it.
    Warranty,
}

impl ConsentState {
    /// The name in answers and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Wanted => "wanted",
            Self::Receipt => "receipt",
            Self::Warranty => "warranty",
        }
    }
}
