//! A person's whole life, looked at from the console: by the privacy officer who
//! answers for the data, otherwise under a live grant of that person (rows O8, P7).
//!
//! That somebody looked is part of the life from then on: a row, a leaf of the
//! transparency log, and a line of the audit log that names nobody.

use bonafide_accounts::{Action, GrantOf, Role as UserRole, Session};
use bonafide_context::{CallId, Realm, Sensitive};
use bonafide_policy::{Access, Category, DataRole, Effective, Purpose, Role};

use super::life::{SubjectLife, life};
use super::request::{RequestKind, SubjectRequest};
use super::statement;
use super::whose::Subject;
use crate::reading::{ReadEntry, ReadOf, Reader, is_restricted};
use crate::verification::Refusal;
use crate::{App, UseCaseError};

/// Whom somebody wants to look at.
#[derive(Clone, Debug)]
pub struct LookedFor {
    /// Within which walls.
    pub realm: Realm,
    /// The person: the customer's reference, or `sub_…`.
    pub whom: Sensitive<String>,
}

/// Shows a person's whole life to whoever may look at it now. It is written down
/// before it is shown.
///
/// # Errors
///
/// [`Refusal::NotFound`] of a realm that the customer has nothing in, or is not the
/// user's own; [`Refusal::NoGrant`] where this takes a grant of this person;
/// [`Refusal::Restricted`] where a grant opens nothing because processing is
/// restricted.
pub async fn look_at_subject(
    app: &App,
    session: &Session,
    call: CallId,
    wanted: LookedFor,
) -> Result<SubjectLife, UseCaseError> {
    if !session.second_factor {
        return Err(Refusal::NeedsKey.into());
    }
    let realm = reached(app, session, wanted.realm).await?;
    let subject = Subject::within(app, &realm, wanted.whom).await?;
    let policy = app.accounts().policy_of(realm.tenant).await?;
    let reader = reading(app, session, &subject, (call, &policy)).await?;
    let records = subject.verifications(app).await?;
    let until = subject.known_until(app, &records).await?;
    let mut answer = life(app, &subject, &records).await?;
    let (commitment, opening) = statement::tied(app, &subject);
    answer.statement = statement::signed(app, &subject, &commitment, &answer, &[]).await?;
    answer.opening = opening.salt_hex();

    let items = answer.held.len() + answer.verifications.len() + answer.consents.len();
    let id = subject.id.to_string();
    let of = ReadOf { realm: &realm, owner: &id, reference: Some(subject.hash()), until };
    // This look is the first that is told.
    let what = (Category::SubjectReference, items as u64);
    answer.reads.insert(0, ReadEntry::of(&id, &reader, what, app.clock().now()));
    let mut changes = app.noted_of(of, &reader, &[what])?;
    // The audit log outlives the person: it names the request, or the grant.
    let under = if reader.purpose == Purpose::Rights {
        let request = SubjectRequest::under(app, call, &subject, RequestKind::Access).await?;
        changes.push(request.row(&subject, &records, until));
        let name = request.id.clone();
        answer.requests.insert(0, request);
        name
    } else {
        reader.by.to_string()
    };
    changes.push(app.accounts().done_at_console(session, Action::SubjectRead, &under, &realm));
    app.records().commit(changes).await?;
    Ok(answer)
}

/// The realm, if this user has anything to do with its tenant and the tenant has
/// anything in it: no keys are made for realms that are made up.
pub(crate) async fn reached(
    app: &App,
    session: &Session,
    realm: Realm,
) -> Result<Realm, UseCaseError> {
    let own = session.tenant.is_none_or(|own| own == realm.tenant);
    if own && app.accounts().realms_of(realm.tenant).await?.contains(&realm) {
        return Ok(realm);
    }
    Err(Refusal::NotFound.into())
}

/// As whom this user looks at the person.
async fn reading(
    app: &App,
    session: &Session,
    subject: &Subject,
    (call, policy): (CallId, &Effective),
) -> Result<Reader, UseCaseError> {
    if answers(session, policy) {
        return Ok(Reader::privacy_officer(session, call.to_string()));
    }
    let of = [GrantOf::Subject(subject.hash().to_owned())];
    let grant = app.accounts().live_grant(session, &subject.realm, &of).await?;
    let reader = Reader::under_grant(session, &grant.ok_or(Refusal::NoGrant)?);
    // Whoever may not see what was found out has no business with what is held of it.
    if policy.may_read(reader.role, reader.purpose, Category::Results) == Access::Denied {
        return Err(Refusal::ReadForbidden.into());
    }
    if is_restricted(app, &subject.realm, Some(subject.hash())).await? {
        return Err(Refusal::Restricted.into());
    }
    Ok(reader)
}

/// Whether this user answers persons of this tenant: its own privacy officer, or the
/// operator's where the operator is the controller.
fn answers(session: &Session, policy: &Effective) -> bool {
    let here = session.tenant.is_some() || policy.role(Purpose::Rights) == DataRole::Controller;
    let (role, category) = (Role::PrivacyOfficer, Category::SubjectReference);
    let access = policy.may_read(role, Purpose::Rights, category);
    session.role == UserRole::PrivacyOfficer && here && access == Access::Allowed
}
