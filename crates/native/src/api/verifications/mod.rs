//! `/v1/verifications`: one verification from its creation to its end.

pub(crate) mod assist;
pub(crate) mod cancel;
pub(crate) mod create;
pub(crate) mod decision;
pub(crate) mod device;
pub(crate) mod document;
pub(crate) mod events;
pub(crate) mod list;
pub(crate) mod media;
pub(crate) mod page;
pub(crate) mod read;
pub(crate) mod receipts;
pub(crate) mod redact;
pub(crate) mod selfie;
pub(crate) mod statement;
pub(crate) mod timeline;

use bonafide_verify::verification::Verification;

use crate::answer::Answer;
use crate::problem::Problem;

const TAG: &str = "Verifications";

/// An answer that shows a verification: its copy for a replay goes with the
/// verification's own data.
fn shown(verification: &Verification) -> Result<Answer, Problem> {
    let expires = verification.data_expires_at.map(|moment| moment.0);
    Ok(Answer::ok(verification)?.about(verification.id.as_str(), expires))
}
