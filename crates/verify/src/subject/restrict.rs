//! To freeze what is held of a person, and to end that; and his objection, which
//! freezes until it is decided.

use bonafide_context::Sensitive;
use bonafide_ledger::{Call, Facts};
use bonafide_vault::RestrictionAct;
use bonafide_vault::records::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::life::{RestrictionView, answering};
use super::request::{RequestKind, RequestOutcome, SubjectRequest, answered, codes};
use super::whose::Subject;
use crate::reading::{Restriction, find_restriction, lifted, logged, placed};
use crate::{App, Done, UseCaseError};

codes! {
    /// Why processing is restricted (article 18(1) GDPR).
    RestrictionGround {
        /// The person says that what is held is wrong (letter a).
        AccuracyContested = "accuracy_contested",
        /// Processing is unlawful, and the person wants no deletion (letter b).
        ProcessingUnlawful = "processing_unlawful",
        /// The person needs it for a claim (letter c).
        NeededForClaims = "needed_for_claims",
        /// The person objected, and that is not decided yet (letter d).
        Objection = "objection",
    }
}

/// How a person stands after a request about restriction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestrictedSubject {
    /// `sub_…`.
    pub subject: String,
    /// The restriction in force; `null` if there is none.
    pub restriction: Option<RestrictionView>,
    /// The request, with its deadline.
    pub request: SubjectRequest,
}

/// Freezes processing and reading of what is held of a person. Nothing is deleted
/// by it, and deadlines go on.
pub async fn restrict_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    ground: RestrictionGround,
) -> Result<Done<RestrictedSubject>, UseCaseError> {
    frozen(app, call, whom, RequestKind::Restrict, ground)
        .await
        .inspect_err(|error| error.trace(call))
}

/// A person objects to processing: it is frozen at once, and the customer decides
/// until the request's deadline: by deleting, or by lifting the restriction.
pub async fn object_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<RestrictedSubject>, UseCaseError> {
    frozen(app, call, whom, RequestKind::Object, RestrictionGround::Objection)
        .await
        .inspect_err(|error| error.trace(call))
}

async fn frozen(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    kind: RequestKind,
    ground: RestrictionGround,
) -> Result<Done<RestrictedSubject>, UseCaseError> {
    let (subject, mut changes, request) = asked(app, call, whom, kind).await?;
    let records = subject.verifications(app).await?;
    let before = find_restriction(app, &subject.realm, subject.hash()).await?;
    let since = before.map_or(app.clock().now(), |before| before.since);
    let new = Restriction { ground: ground.name().to_owned(), since };
    let until = subject.known_until(app, &records).await?;
    changes.extend(placed(&subject.realm, subject.hash(), &new, until));
    let act = RestrictionAct::Restricted;
    changes.extend(logged(app, &subject.realm, subject.hash(), act, ground.name())?);
    call.step("subject.restrict", "ok", Facts::new().code("ground", ground.name()));
    let restriction = Some(RestrictionView { ground, since: since.into() });
    let answer = RestrictedSubject { subject: subject.id.to_string(), restriction, request };
    Ok(Done { answer, changes })
}

/// Ends a restriction: of an objection, that it was decided against it.
pub async fn unrestrict_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<RestrictedSubject>, UseCaseError> {
    free(app, call, whom).await.inspect_err(|error| error.trace(call))
}

async fn free(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<RestrictedSubject>, UseCaseError> {
    let (subject, mut changes, request) = asked(app, call, whom, RequestKind::Unrestrict).await?;
    let before = find_restriction(app, &subject.realm, subject.hash()).await?;
    if let Some(before) = before {
        let ground =
            RestrictionGround::read(&before.ground).unwrap_or(RestrictionGround::AccuracyContested);
        changes.push(lifted(&subject.realm, subject.hash()));
        let act = RestrictionAct::Unrestricted;
        changes.extend(logged(app, &subject.realm, subject.hash(), act, ground.name())?);
    }
    changes.push(answered(app, &subject, RequestKind::Object, RequestOutcome::Overridden));
    call.step("subject.unrestrict", "ok", Facts::new());
    let answer = RestrictedSubject { subject: subject.id.to_string(), restriction: None, request };
    Ok(Done { answer, changes })
}

/// Whom it is about, and the request with the change that writes it down.
async fn asked(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    kind: RequestKind,
) -> Result<(Subject, Vec<Change>, SubjectRequest), UseCaseError> {
    let subject = Subject::named(app, call.caller(), whom).await?;
    answering(app.accounts().policy_of(subject.realm.tenant).await?.as_ref())?;
    let records = subject.verifications(app).await?;
    let request = SubjectRequest::new(app, call, &subject, kind).await?;
    let known_until = subject.known_until(app, &records).await?;
    let changes = vec![request.row(&subject, &records, known_until)];
    Ok((subject, changes, request))
}
