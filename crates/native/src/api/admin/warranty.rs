//! `/v1/applications/{application}/warranties`: the customer's signed word that he
//! has the consent of those whom he sends.

pub(crate) mod end;
pub(crate) mod list;
pub(crate) mod sign;

use bonafide_accounts::Warranty;
use bonafide_verify::Moment;
use serde::Serialize;
use utoipa::ToSchema;

/// A warranty.
#[derive(Serialize, ToSchema)]
#[schema(as = Warranty)]
struct ShownWarranty {
    /// 1, 2, 3 … within the application.
    number: u32,
    /// Which version of the text was signed.
    text_version: String,
    /// Who signed.
    signatory: String,
    /// Who recorded it: a key, a user or `cli`.
    recorded_by: String,
    /// Since when it holds.
    signed_at: Moment,
    /// Until when it held.
    ended_at: Option<Moment>,
}

impl From<Warranty> for ShownWarranty {
    fn from(warranty: Warranty) -> Self {
        Self {
            number: warranty.number,
            text_version: warranty.text_version,
            signatory: warranty.signatory.into_exposed(),
            recorded_by: warranty.actor,
            signed_at: warranty.signed.into(),
            ended_at: warranty.ended.map(Moment::from),
        }
    }
}
