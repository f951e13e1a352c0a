//! To delete everything that is held of a person.

use bonafide_context::Sensitive;
use bonafide_ledger::consent::ConsentRow;
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Basis, Category, Effective};
use bonafide_vault::Cause;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kinds::{ItemsOf, SubjectKind, consents_of, items_of};
use super::law::hold_of;
use super::life::answering;
use super::request::{RequestKind, RequestOutcome, SubjectRequest, answered};
use super::whose::Subject;
use crate::liveness::destroyed;
use crate::reading::{lifted, removed_reads};
use crate::verification::holding::removed_of;
use crate::verification::{RedactScope, Refusal, erased};
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
    if hold_of(app, &subject.realm, subject.hash()).await?.is_some() {
        return Err(Refusal::Held.into());
    }
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
        kept_for_law: 0,
        request,
    };
    let policy = app.accounts().policy_of(subject.realm.tenant).await?;
    let rows = consents_of(app, &subject).await?;
    for of in items_of(app, &subject, &records).await? {
        match of.kind {
            // Below, each with its copies.
            SubjectKind::Verification | SubjectKind::Improvement => {}
            SubjectKind::Challenge => {
                let Ok(id) = of.owner.parse() else { continue };
                let gone = destroyed(app, Cause::Request, &subject.realm, &id).await?;
                answer.items += gone.items;
                answer.pending += gone.pending;
            }
            SubjectKind::LegalRecord => answer.kept_for_law += count(app, &subject, &of).await?,
            // That somebody agreed has to be shown as long as the policy says so.
            SubjectKind::Consent if is_for_law(&policy, Category::Consent) => {
                answer.kept_for_law += count(app, &subject, &of).await?;
            }
            SubjectKind::Consent => {
                let gone = app.vault().erase(&subject.realm, &of.owner, None).await?;
                answer.items += gone.items;
                answer.pending += gone.pending;
                let row = rows.iter().find(|row| row.id.as_str() == of.owner);
                changes.extend(row.map(ConsentRow::removed));
                // Its row goes with this call, and nothing would take this away later.
                changes.push(removed_of(vec![of.owner.clone()]));
                changes.push(removed_reads(&of.owner));
            }
            // These are rows, and own nothing in the vault: what was asked for, that a
            // law keeps it, who might look, what the log was told. A restriction is
            // lifted above.
            SubjectKind::Request
            | SubjectKind::Restriction
            | SubjectKind::Hold
            | SubjectKind::Grant
            | SubjectKind::Event => {}
        }
    }
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

/// Whether everything that a category is kept for is a duty by law.
fn is_for_law(policy: &Effective, category: Category) -> bool {
    let mut cells = policy.cells(category).filter(|(purpose, _)| !purpose.is_separate_copy());
    cells.all(|(_, cell)| cell.basis == Basis::LegalObligation)
}

async fn count(app: &App, subject: &Subject, of: &ItemsOf) -> Result<u64, UseCaseError> {
    Ok(app.vault().list(&subject.realm, &of.owner).await?.len() as u64)
}
