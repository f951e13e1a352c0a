//! To delete everything that is held of a person.

use bonafide_context::Sensitive;
use bonafide_ledger::{Call, Facts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::law::{copies_of, copy_owner};
use super::life::answering;
use super::request::{RequestKind, RequestOutcome, SubjectRequest, answered};
use super::whose::Subject;
use crate::reading::lifted;
use crate::verification::{RedactScope, erased};
use crate::{App, Done, UseCaseError};

/// What was deleted of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedSubject {
    /// `sub_…`: reading it tells the receipts as soon as the transparency log has
    /// them.
    pub subject: String,
    /// Of how many verifications.
    pub verifications: u64,
    /// Items whose keys are destroyed: unreadable from now on.
    pub items: u64,
    /// Items of them whose bytes could not be removed yet; it is tried again until
    /// they are.
    pub pending: u64,
    /// Items that stay because a law obliges you to keep them, as the policy names
    /// it: the person's page lists them.
    pub kept_for_law: u64,
    /// The request, with its deadline.
    pub request: SubjectRequest,
}

/// Deletes all that is held of a person: pictures, results, timelines, and that his
/// verifications were about him. May be repeated.
pub async fn delete_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<DeletedSubject>, UseCaseError> {
    delete(app, call, whom).await.inspect_err(|error| error.trace(call))
}

async fn delete(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<DeletedSubject>, UseCaseError> {
    let subject = Subject::named(app, call.caller(), whom).await?;
    answering(app.accounts().policy_of(subject.realm.tenant).await?.as_ref())?;
    let records = subject.verifications(app).await?;
    let known_until = subject.known_until(app, &records).await?;
    let request = SubjectRequest::new(app, call, &subject, RequestKind::Delete).await?;
    let mut changes = vec![
        request.row(&subject, &records, known_until),
        answered(app, &subject, RequestKind::Object, RequestOutcome::Done),
        lifted(&subject.realm, subject.hash()),
    ];
    let mut answer = DeletedSubject {
        subject: subject.id.to_string(),
        verifications: records.len() as u64,
        items: 0,
        pending: 0,
        kept_for_law: law_items(app, &subject).await?,
        request,
    };
    for record in records {
        let (gone, _, more) = erased(app, record, RedactScope::All).await?;
        answer.items += gone.items;
        answer.pending += gone.pending;
        changes.extend(more);
    }
    call.step(
        "subject.delete",
        "ok",
        Facts::new().count("items", answer.items).count("verifications", answer.verifications),
    );
    Ok(Done { answer, changes })
}

/// How many items rest under a duty to keep them.
async fn law_items(app: &App, subject: &Subject) -> Result<u64, UseCaseError> {
    let mut items = 0;
    for copy in copies_of(app, subject).await? {
        let owner = copy_owner(&copy.verification);
        items += app.vault().list(&subject.realm, &owner).await?.len() as u64;
    }
    Ok(items)
}
