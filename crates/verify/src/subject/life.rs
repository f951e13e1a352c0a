//! A person's whole life in the system.

use std::collections::BTreeSet;

use bonafide_context::Sensitive;
use bonafide_ledger::{ApplicationId, Call, Facts};
use bonafide_policy::{Access, Basis, Category, Effective, Purpose, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::law::{HoldView, copies_of, copy_owner, hold_of};
use super::request::{RequestKind, SubjectRequest, requests_of};
use super::restrict::RestrictionGround;
use super::statement;
use super::whose::Subject;
use crate::answer::Moment;
use crate::reading::{ReadEntry, find_restriction, reads_of};
use crate::verification::{DeletionEntry, Record, Refusal, State, receipt_entry};
use crate::{App, Done, UseCaseError};

/// What there is to know of a person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SubjectLife {
    /// `sub_…`: names this person in addresses in place of the reference.
    pub subject: String,
    /// Under which policy, with its version: `strict@1`.
    pub policy: String,
    /// What is kept, with why and until when.
    pub held: Vec<HeldEntry>,
    /// The verifications that he is known from, the newest first.
    pub verifications: Vec<SubjectVerification>,
    /// What was destroyed of his data, each with its receipt as soon as the
    /// transparency log has it.
    pub deletions: Vec<SubjectDeletion>,
    /// Who read his data, the newest first.
    pub reads: Vec<ReadEntry>,
    /// What he asked for, the newest first.
    pub requests: Vec<SubjectRequest>,
    /// That a legal hold keeps his data beyond its deadlines; `null` if none does.
    pub hold: Option<HoldView>,
    /// That nothing of him is processed and read now; `null` if it may be.
    pub restriction: Option<RestrictionView>,
    /// What this server signs for: how much is held, or that nothing is. A note
    /// (C2SP signed-note), checked offline by `bonafide statement verify`.
    pub statement: String,
    /// What shows that the statement is of this person: 64 hexadecimal digits, used
    /// with the reference or id as it stood in the request.
    pub opening: String,
    /// The key of this installation (a verifier key of C2SP signed-note).
    pub log_key: String,
}

/// An item that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldEntry {
    /// Of which verification.
    pub verification: String,
    /// What it is: `selfie`, `result`; `answer-…` is the sealed copy of an answer,
    /// for a request that is repeated.
    pub name: String,
    /// Data of which kind.
    #[schema(example = "face_media")]
    pub category: String,
    /// What it is kept for, and on which legal basis.
    pub purposes: Vec<HeldFor>,
    /// Since when.
    pub since: Moment,
    /// Until when: from this moment on nobody can read it.
    pub until: Moment,
    /// How large, in bytes.
    pub bytes: u64,
}

/// A purpose with its basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldFor {
    /// As the policy names it.
    #[schema(example = "service")]
    pub purpose: String,
    /// The letter of article 6(1) GDPR, as the policy names it.
    #[schema(example = "contract")]
    pub basis: String,
}

/// A verification that a person is known from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectVerification {
    /// `ver_…`.
    pub id: String,
    /// Of which application.
    #[schema(value_type = String)]
    pub application: ApplicationId,
    /// Where it stands.
    pub state: State,
    /// When it was created.
    pub created_at: Moment,
    /// When its media and results have to go; `null` if there are none.
    pub data_expires_at: Option<Moment>,
    /// When it is forgotten that it was about this person.
    pub known_until: Moment,
}

/// Data of a person that was destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectDeletion {
    /// Of which verification: the receipt's opening opens to this id.
    pub verification: String,
    /// What, when and why.
    #[serde(flatten)]
    pub deletion: DeletionEntry,
}

/// A restriction of processing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestrictionView {
    /// Why.
    pub ground: RestrictionGround,
    /// Since when.
    pub since: Moment,
}

impl SubjectLife {
    /// Whether nothing is held of the person: nothing kept, and no verification that
    /// is known to be about him. The trace of his own requests is no data that was
    /// collected of him, and ends by itself.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.verifications.is_empty()
    }
}

/// Tells a person's whole life in the system, and writes down that it was asked.
pub async fn read_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<SubjectLife>, UseCaseError> {
    read(app, call, whom).await.inspect_err(|error| error.trace(call))
}

async fn read(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<SubjectLife>, UseCaseError> {
    let subject = Subject::named(app, call.caller(), whom).await?;
    let records = subject.verifications(app).await?;
    let request = SubjectRequest::new(app, call, &subject, RequestKind::Access).await?;
    let known_until = subject.known_until(app, &records).await?;
    let changes = vec![request.row(&subject, &records, known_until)];
    let mut answer = life(app, &subject, &records).await?;
    let (commitment, opening) = statement::tied(app, &subject);
    answer.statement = statement::signed(app, &subject, &commitment, &answer, &[]).await?;
    answer.opening = opening.salt_hex();
    answer.requests.insert(0, request);
    call.step(
        "subject.read",
        "ok",
        Facts::new().size("items", answer.held.len()).size("verifications", records.len()),
    );
    Ok(Done { answer, changes })
}

/// All of it but the signature.
pub(super) async fn life(
    app: &App,
    subject: &Subject,
    records: &[Record],
) -> Result<SubjectLife, UseCaseError> {
    let policy = app.accounts().policy_of(subject.realm.tenant).await?;
    answering(&policy)?;
    let mut held = Vec::new();
    let own = records.iter().map(|record| (record.id.to_string(), record.id.to_string(), false));
    let mut owners: Vec<_> = own.collect();
    for copy in copies_of(app, subject).await? {
        owners.push((copy_owner(&copy.verification), copy.verification, true));
    }
    for (owner, verification, by_law) in owners {
        for item in app.vault().list(&subject.realm, &owner).await? {
            held.push(HeldEntry {
                verification: verification.clone(),
                name: item.name,
                category: item.category.as_str().to_owned(),
                purposes: purposes(&policy, item.category, by_law),
                since: item.created.into(),
                until: item.expires.into(),
                bytes: item.size,
            });
        }
    }
    let requests = requests_of(app, subject).await?;
    // What was deleted on request is known from the request only.
    let mut owners: BTreeSet<String> = records.iter().map(|r| r.id.to_string()).collect();
    owners.extend(requests.iter().flat_map(|(_, about)| about.iter().cloned()));
    let mut deletions = Vec::new();
    for owner in owners {
        for told in app.vault().deletion_receipts(&subject.realm, &owner).await? {
            let deletion = receipt_entry(&told);
            deletions.push(SubjectDeletion { verification: owner.clone(), deletion });
        }
    }
    deletions.sort_by_key(|told| told.deletion.at);
    let restriction = find_restriction(app, &subject.realm, subject.hash()).await?;
    Ok(SubjectLife {
        subject: subject.id.to_string(),
        policy: format!("{}@{}", policy.name(), policy.version()),
        held,
        verifications: records.iter().map(verification).collect(),
        deletions,
        reads: reads_of(app, &subject.realm, subject.hash()).await?,
        requests: requests.into_iter().map(|(request, _)| request).collect(),
        hold: hold_of(app, &subject.realm, subject.hash()).await?,
        restriction: restriction.map(|found| RestrictionView {
            ground: RestrictionGround::read(&found.ground)
                .unwrap_or(RestrictionGround::AccuracyContested),
            since: found.since.into(),
        }),
        statement: String::new(),
        opening: String::new(),
        log_key: app.vault().log_verifier().await?.to_string(),
    })
}

/// Refuses a customer whom the policy does not let answer persons.
pub(super) fn answering(policy: &Effective) -> Result<(), Refusal> {
    let access = policy.may_read(Role::Caller, Purpose::Rights, Category::SubjectReference);
    if access == Access::Allowed { Ok(()) } else { Err(Refusal::ReadForbidden) }
}

/// What an item is kept for: a copy that a law wants for that alone.
fn purposes(policy: &Effective, category: Category, by_law: bool) -> Vec<HeldFor> {
    let one_copy = policy.cells(category).filter(|(purpose, _)| match by_law {
        true => *purpose == Purpose::KycRecord,
        false => !purpose.is_separate_copy(),
    });
    one_copy
        .map(|(purpose, cell)| HeldFor {
            purpose: purpose.as_str().to_owned(),
            basis: Basis::as_str(cell.basis).to_owned(),
        })
        .collect()
}

fn verification(record: &Record) -> SubjectVerification {
    SubjectVerification {
        id: record.id.to_string(),
        application: record.application.clone(),
        state: record.progress.state,
        created_at: record.created.into(),
        data_expires_at: record.data_until.map(Moment::from),
        known_until: record.remove.into(),
    }
}
