//! `/v1/consents`: who agreed to what.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod of_verification;
pub(crate) mod prove;
pub(crate) mod read;
pub(crate) mod read_of_verification;
pub(crate) mod withdraw;
pub(crate) mod withdraw_of_verification;

use bonafide_verify::consent::{Consent, Guardian, GuardianRelation};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::problem::Problem;

const TAG: &str = "Consent";

/// What every request says by which a consent comes in, and what is its own.
macro_rules! consent_request {
    ($(#[$about:meta])* $schema:ident { $($(#[$of:meta])* $member:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        #[schema(as = $schema)]
        struct Request {
            $($(#[$of])* $member: $kind,)*
            /// To what the person agreed.
            #[schema(min_items = 1, max_items = 3)]
            purposes: std::collections::BTreeSet<bonafide_verify::consent::ConsentPurpose>,
            /// The notice that was shown. From the person's browser it is always
            /// this server's own.
            #[serde(default)]
            #[schema(nullable = false)]
            notice: Option<bonafide_verify::consent::Notice>,
            /// In which language it was shown, as a tag of BCP 47.
            #[schema(min_length = 2, max_length = 35, example = "en")]
            language: String,
            /// How the person agreed. From the person's browser it is always
            /// `hosted_flow`.
            #[serde(default)]
            #[schema(nullable = false)]
            way: Option<bonafide_verify::consent::ConsentWay>,
            /// When; left out, now.
            #[serde(default)]
            #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
            given_at: Option<bonafide_verify::Moment>,
            /// Who agreed for a person under age.
            #[serde(default)]
            #[schema(nullable = false)]
            guardian: Option<crate::api::consents::GuardianRequest>,
        }

        impl Request {
            /// Of whom it is.
            fn of(self, whose: bonafide_verify::consent::Whose) -> bonafide_verify::consent::GiveConsent {
                bonafide_verify::consent::GiveConsent {
                    whose,
                    purposes: self.purposes,
                    notice: self.notice,
                    language: self.language,
                    given_at: self.given_at,
                    way: self.way,
                    guardian: self.guardian.map(Into::into),
                }
            }
        }
    };
}
use consent_request;

/// Who consents for a person under age. Name and contact rest sealed, under a
/// short clock of their own, and are told by no answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsentGuardian)]
struct GuardianRequest {
    /// What he is to the person.
    relation: GuardianRelation,
    /// What he is called.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Where he can be reached.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    contact: Option<String>,
}

impl From<GuardianRequest> for Guardian {
    fn from(GuardianRequest { relation, name, contact }: GuardianRequest) -> Self {
        Self { relation, name, contact }
    }
}

/// An answer that shows a new receipt.
fn created(consent: &Consent) -> Result<Answer, Problem> {
    Ok(Answer::created(consent)?.about(consent.id.as_str(), None))
}
