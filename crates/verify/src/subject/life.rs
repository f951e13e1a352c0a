//! A person's whole life in the system.

use std::collections::BTreeSet;

use bonafide_accounts::GrantOf;
use bonafide_context::Sensitive;
use bonafide_ledger::consent::{ConsentPurpose, ConsentRow};
use bonafide_ledger::{ApplicationId, Call, Facts};
use bonafide_policy::{Access, Basis, Category, Effective, Purpose, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kinds::{ItemsOf, SubjectKind, consents_of, items_of};
use super::law::{HoldView, held_owners, hold_of};
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
    /// What he agreed to, the newest first.
    pub consents: Vec<SubjectConsent>,
    /// Under which somebody may look at his data, or might have, the newest first.
    pub grants: Vec<SubjectGrant>,
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
    /// What it belongs to.
    pub kind: SubjectKind,
    /// Of which verification; `null` if of none.
    pub verification: Option<String>,
    /// Of which consent; `null` if of none.
    pub consent: Option<String>,
    /// Of which liveness challenge that belongs to no verification; `null` if of none.
    pub challenge: Option<String>,
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

/// A consent of a person: what it says, without the receipt itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectConsent {
    /// `cns_…`.
    pub id: String,
    /// Of which application.
    #[schema(value_type = String)]
    pub application: ApplicationId,
    /// The one verification it is good for; `null` if for all of them.
    pub verification: Option<String>,
    /// To what.
    pub purposes: Vec<ConsentPurpose>,
    /// Whether a guardian agreed for the person.
    pub guardian: bool,
    /// When.
    pub given_at: Moment,
    /// When it was taken back; `null` if it was not.
    pub withdrawn_at: Option<Moment>,
    /// When it is forgotten.
    pub known_until: Moment,
}

/// A grant under which somebody may look at a person's data, or might have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectGrant {
    /// `grt_…`.
    pub id: String,
    /// Of all that is his; `verification` says where it is of one.
    pub of: String,
    /// Of which verification; `null` if of the person.
    pub verification: Option<String>,
    /// What for.
    pub reason: String,
    /// How it stands: `requested`, `given`, `refused` or `ended`.
    pub state: String,
    /// Id of the user who asked for it, the only one who may read under it.
    pub requested_by: String,
    /// When.
    pub requested_at: Moment,
    /// Id of the user who gave or refused it.
    pub decided_by: Option<String>,
    /// From when on it opens nothing any more.
    pub expires_at: Moment,
}

/// Data of a person that was destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectDeletion {
    /// Of which verification, consent or copy: the receipt's opening opens to this.
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
        self.held.is_empty() && self.verifications.is_empty() && self.consents.is_empty()
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
    answering(app.accounts().policy_of(subject.realm.tenant).await?.as_ref())?;
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
    let hold = hold_of(app, &subject.realm, subject.hash()).await?;
    let held = held(app, subject, records, &policy, hold.as_ref()).await?;
    let consents = consents_of(app, subject).await?.iter().map(consent).collect();
    let grants = grants(app, subject, records).await?;
    let requests = requests_of(app, subject).await?;
    // What was deleted on request is known from the request only.
    let known = owners(app, subject, records).await?.into_iter().map(|of| of.owner);
    let mut destroyed: BTreeSet<String> = known.collect();
    for id in requests.iter().flat_map(|(_, about)| about) {
        destroyed.extend([id.clone(), format!("{}/{id}", Purpose::Improvement)]);
    }
    let mut deletions = Vec::new();
    for owner in destroyed {
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
        consents,
        grants,
        deletions,
        reads: reads_of(app, &subject.realm, subject.hash()).await?,
        requests: requests.into_iter().map(|(request, _)| request).collect(),
        hold,
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

/// Every owner of items of a person: also those that a hold keeps and nothing else
/// knows of any more.
pub(super) async fn owners(
    app: &App,
    subject: &Subject,
    records: &[Record],
) -> Result<Vec<ItemsOf>, UseCaseError> {
    let mut owners = items_of(app, subject, records).await?;
    for owner in held_owners(app, &subject.realm, subject.hash()).await? {
        if owners.iter().all(|known| known.owner != owner) {
            owners.push(ItemsOf::named(&owner));
        }
    }
    Ok(owners)
}

/// Every item of a person.
async fn held(
    app: &App,
    subject: &Subject,
    records: &[Record],
    policy: &Effective,
    hold: Option<&HoldView>,
) -> Result<Vec<HeldEntry>, UseCaseError> {
    let mut held = Vec::new();
    for of in owners(app, subject, records).await? {
        let mut items = app.vault().list(&subject.realm, &of.owner).await?;
        let kept = match hold {
            Some(_) => app.vault().list_held(&subject.realm, &of.owner).await?,
            None => Vec::new(),
        };
        // Past its own deadline only the hold keeps it.
        let over: Vec<_> = kept
            .iter()
            .filter(|item| items.iter().all(|known| known.name != item.name))
            .cloned()
            .collect();
        items.extend(over.iter().cloned());
        items.sort_by(|a, b| a.name.cmp(&b.name));
        for item in items {
            let by_hold = hold.filter(|_| kept.iter().any(|one| one.name == item.name));
            let own = over.iter().all(|one| one.name != item.name);
            let mut purposes = if own { purposes(policy, item.category, of.kind) } else { vec![] };
            purposes.extend(by_hold.map(|hold| HeldFor {
                purpose: "legal-hold".to_owned(),
                basis: hold.basis.name().to_owned(),
            }));
            held.push(HeldEntry {
                kind: of.kind,
                verification: of.verification.clone(),
                consent: of.own(SubjectKind::Consent),
                challenge: of.own(SubjectKind::Challenge),
                name: item.name,
                category: item.category.as_str().to_owned(),
                purposes,
                since: item.created.into(),
                until: by_hold.map_or(item.expires.into(), |hold| hold.until),
                bytes: item.size,
            });
        }
    }
    Ok(held)
}

/// What an item is kept for: a copy apart for that alone.
fn purposes(policy: &Effective, category: Category, kind: SubjectKind) -> Vec<HeldFor> {
    let copy = match kind {
        SubjectKind::Improvement => Some(Purpose::Improvement),
        SubjectKind::LegalRecord => Some(Purpose::KycRecord),
        _ => None,
    };
    let one_copy = policy.cells(category).filter(|(purpose, _)| match copy {
        Some(copy) => *purpose == copy,
        None => !purpose.is_separate_copy(),
    });
    one_copy
        .map(|(purpose, cell)| HeldFor {
            purpose: purpose.as_str().to_owned(),
            basis: Basis::as_str(cell.basis).to_owned(),
        })
        .collect()
}

/// The grants that open or opened something of a person.
async fn grants(
    app: &App,
    subject: &Subject,
    records: &[Record],
) -> Result<Vec<SubjectGrant>, UseCaseError> {
    let one = |record: &Record| GrantOf::Verification(record.id.to_string());
    let mut of: Vec<GrantOf> = records.iter().map(one).collect();
    of.push(GrantOf::Subject(subject.hash().to_owned()));
    let found = app.accounts().grants_of(&subject.realm, &of).await?;
    let shown = found.into_iter().map(|grant| SubjectGrant {
        id: grant.id.to_string(),
        of: grant.of.kind().to_owned(),
        verification: match &grant.of {
            GrantOf::Verification(id) => Some(id.clone()),
            GrantOf::Subject(_) | GrantOf::Call(_) => None,
        },
        reason: grant.reason.as_str().to_owned(),
        state: grant.state.as_str().to_owned(),
        requested_by: grant.requested_by.to_string(),
        requested_at: grant.requested_at.into(),
        decided_by: grant.decided_by.as_ref().map(ToString::to_string),
        expires_at: grant.expires.into(),
    });
    Ok(shown.collect())
}

fn consent(row: &ConsentRow) -> SubjectConsent {
    SubjectConsent {
        id: row.id.to_string(),
        application: row.application.clone(),
        verification: row.verification.clone(),
        purposes: row.purposes.iter().copied().collect(),
        guardian: row.guardian,
        given_at: row.given.into(),
        withdrawn_at: row.withdrawn.map(Moment::from),
        known_until: row.remove.into(),
    }
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
