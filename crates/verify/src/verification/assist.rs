//! The way without biometrics: a person looks at what is handed in, or is told by
//! telephone or in person.

use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;
use bonafide_vault::Opener;
use bonafide_vault::records::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::{entry, moved};
use super::held::{self, HeldResult, RESULT};
use super::holding;
use super::record::{Access, Record, load};
use super::{
    EventSource, Refusal, Verification, VerificationId, VerificationResult, improvement_owner,
};
use crate::{App, Done, UseCaseError};
use bonafide_accounts::{FlowStep, Mode};

/// By which way a person is verified who chose none with biometrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AssistedChannel)]
pub enum Channel {
    /// The document is handed in here, and a person looks at it.
    Upload,
    /// By telephone.
    Phone,
    /// By post.
    Post,
    /// In person.
    InPerson,
}

impl Channel {
    /// The name in requests, rows and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Phone => "phone",
            Self::Post => "post",
            Self::InPerson => "in_person",
        }
    }
}

/// Takes the assisted way: nothing biometric is asked any more, what was collected
/// of the kind is deleted, and no rule but a person decides.
pub async fn assist_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    channel: Channel,
) -> Result<Done<Verification>, UseCaseError> {
    assist(app, call, id, channel).await.inspect_err(|error| error.trace(call))
}

async fn assist(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    channel: Channel,
) -> Result<Done<Verification>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Anyone).await?;
    if record.flow.mode == Mode::AgeCheck {
        return Err(Refusal::NotAssisted.into());
    }
    let progress = record.progress.assisted(channel, record.flow.document_tries)?;
    let mut next = Record { progress, ..record.shut(app).await? };
    next.flow.steps = vec![FlowStep::Document];
    let faces =
        Some(&[Category::FaceMedia, Category::LivenessRecording, Category::LivenessAudit][..]);
    crate::liveness::stopped(app, &next.id, true).await?;
    for owner in [next.id.to_string(), improvement_owner(&next.id)] {
        app.vault().erase(&next.realm, &owner, faces).await?;
    }
    let mut changes = without_biometrics(app, call.opener(), &next).await?;
    changes.extend(holding::ended(&next, faces, app.clock().now()));
    changes.push(entry(app, &next, EventSource::Server, "assisted", &[channel.name()])?);
    changes.extend(moved(app, &next).await?);
    call.step("verification.assist", "ok", Facts::new().code("channel", channel.name()));
    Ok(Done { answer: Verification::of(&next, None, Vec::new()), changes })
}

/// The changes that take what was found out of a face out of the result.
async fn without_biometrics(
    app: &App,
    by: &Opener,
    record: &Record,
) -> Result<Vec<Change>, UseCaseError> {
    let (Some(until), Some(result)) = (record.data_until, held::result(app, by, record).await?)
    else {
        return Ok(Vec::new());
    };
    if result.comparison.is_none() && result.liveness.is_none() {
        return Ok(Vec::new());
    }
    let policy = app.accounts().policy_of(record.realm.tenant).await?;
    let left = HeldResult(VerificationResult { comparison: None, liveness: None, ..result });
    let (realm, owner, policy) = (&record.realm, record.id.as_str(), policy.as_ref().into());
    Ok(app.vault().prepare_value(realm, owner, RESULT, until, policy, &left).await?)
}
