//! What a person asked for, when it has to be answered, and what came of it.

use std::time::Duration;

use bonafide_context::{CallId, Timestamp};
use bonafide_ledger::Call;
use bonafide_vault::records::{
    Change, Condition, Expect, Operator, RecordsError, Row, Select, Table,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::REQUESTS;
use super::law::{end_holds, removed};
use super::whose::{Subject, every_row};
use crate::answer::Moment;
use crate::app::later;
use crate::device::DEVICE_KEYS;
use crate::reading::{READS, RESTRICTIONS};
use crate::verification::Record;
use crate::{App, UseCaseError};

bonafide_ledger::prefixed_id!(
    /// A request of a person.
    SubjectRequestId,
    "srq_"
);

/// A request of a person, or of whoever speaks for him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectRequest {
    /// `srq_…`.
    pub id: String,
    /// What was asked for.
    pub kind: RequestKind,
    /// When.
    pub received_at: Moment,
    /// When it has to be answered, as the policy has it.
    pub answer_by: Moment,
    /// When it was answered; `null` while it waits for the customer's decision.
    pub answered_at: Option<Moment>,
    /// What came of it; `null` while it is open.
    pub outcome: Option<RequestOutcome>,
    /// The call that brought it.
    pub call: String,
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// The name in rows and answers.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            pub(crate) fn read(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(super) use codes;

codes! {
    /// What a person may ask for.
    RequestKind {
        /// What is held of him (article 15 GDPR).
        Access = "access",
        /// A copy of it to take away (articles 15(3) and 20).
        Export = "export",
        /// To put right what is wrong (article 16).
        Rectify = "rectify",
        /// To delete all of it (article 17).
        Delete = "delete",
        /// To freeze it (article 18).
        Restrict = "restrict",
        /// To end that.
        Unrestrict = "unrestrict",
        /// Not to process it any more (article 21).
        Object = "object",
    }
}

codes! {
    /// What came of a request.
    RequestOutcome {
        /// It was done.
        Done = "done",
        /// It was decided against it: there are grounds that override it.
        Overridden = "overridden",
    }
}

impl SubjectRequest {
    /// A new one. What a machine can do is answered at once; what the customer has
    /// to decide waits, with a deadline.
    pub(super) async fn new(
        app: &App,
        call: &Call,
        subject: &Subject,
        kind: RequestKind,
    ) -> Result<Self, UseCaseError> {
        Self::under(app, call.id(), subject, kind).await
    }

    /// The same under the name of a call.
    pub(super) async fn under(
        app: &App,
        call: CallId,
        subject: &Subject,
        kind: RequestKind,
    ) -> Result<Self, UseCaseError> {
        let now = app.clock().now();
        let policy = app.accounts().policy_of(subject.realm.tenant).await?;
        let days = Duration::from_secs(u64::from(policy.answer_days()) * 86_400);
        let at_once = kind != RequestKind::Object;
        Ok(Self {
            id: app.draw(|random| SubjectRequestId::new(random)).to_string(),
            kind,
            received_at: now.into(),
            answer_by: later(now, days).into(),
            answered_at: at_once.then(|| now.into()),
            outcome: at_once.then_some(RequestOutcome::Done),
            call: call.to_string(),
        })
    }

    /// The change that writes it down. `known_until` is until when anything is
    /// known of the person.
    pub(super) fn row(
        &self,
        subject: &Subject,
        about: &[Record],
        known_until: Timestamp,
    ) -> Change {
        let ids: Vec<&str> = about.iter().map(|record| record.id.as_str()).collect();
        Change::Insert(
            Row::new(&REQUESTS)
                .with("id", self.id.as_str())
                .with("realm", subject.realm.to_string())
                .with("reference", subject.hash())
                .with("kind", self.kind.name())
                .with("received", self.received_at.0)
                .with("answer_by", self.answer_by.0)
                .with("answered", self.answered_at.map(|at| at.0))
                .with("outcome", self.outcome.map(RequestOutcome::name))
                .with("call_id", self.call.as_str())
                // Ids that this server drew: nothing that JSON lacks.
                .with("verifications", serde_json::to_string(&ids).unwrap_or_default())
                .with("remove", known_until.max(self.answer_by.0)),
        )
    }
}

/// The requests of a person, the newest first, with the verifications that each was
/// about.
pub(super) async fn requests_of(
    app: &App,
    subject: &Subject,
) -> Result<Vec<(SubjectRequest, Vec<String>)>, UseCaseError> {
    let now = app.clock().now();
    let of = || {
        Select::from(&REQUESTS)
            .and(Condition::is("realm", subject.realm.to_string()))
            .and(Condition::is("reference", subject.hash()))
            .and(Condition::Compare("remove", Operator::Greater, now.into()))
    };
    let rows = every_row(app, of, "received").await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

fn read(row: &Row) -> Result<(SubjectRequest, Vec<String>), RecordsError> {
    let shape = || RecordsError::Shape { table: REQUESTS.name };
    let answered = match row.optional_integer("answered")? {
        Some(_) => Some(row.moment("answered")?.into()),
        None => None,
    };
    let outcome = match row.optional_text("outcome")? {
        Some(name) => Some(RequestOutcome::read(name).ok_or_else(shape)?),
        None => None,
    };
    let request = SubjectRequest {
        id: row.text("id")?.to_owned(),
        kind: RequestKind::read(row.text("kind")?).ok_or_else(shape)?,
        received_at: row.moment("received")?.into(),
        answer_by: row.moment("answer_by")?.into(),
        answered_at: answered,
        outcome,
        call: row.text("call_id")?.to_owned(),
    };
    let about = serde_json::from_str(row.text("verifications")?).map_err(|_| shape())?;
    Ok((request, about))
}

/// The change that answers every request of a kind that is open.
pub(super) fn answered(
    app: &App,
    subject: &Subject,
    kind: RequestKind,
    outcome: RequestOutcome,
) -> Change {
    Change::Update {
        table: &REQUESTS,
        set: vec![("answered", app.clock().now().into()), ("outcome", outcome.name().into())],
        conditions: vec![
            Condition::is("realm", subject.realm.to_string()),
            Condition::is("reference", subject.hash()),
            Condition::is("kind", kind.name()),
            Condition::Null("answered"),
        ],
        expect: Expect::Any,
    }
}

/// Removes rows whose time to rest is over.
pub(crate) async fn sweep(app: &App) -> Result<(), UseCaseError> {
    for table in [&REQUESTS, &RESTRICTIONS, &READS, &DEVICE_KEYS] {
        sweep_table(app, table).await?;
    }
    // What these keep in the vault ends with them.
    end_holds(app).await?;
    removed(app).await?;
    Ok(app.accounts().reap_grants().await?)
}

async fn sweep_table(app: &App, table: &'static Table) -> Result<(), UseCaseError> {
    let over = || Condition::Compare("remove", Operator::AtMost, app.clock().now().into());
    // Idle, it costs a look and no write.
    if app.records().select(Select::from(table).and(over()).limit(1)).await?.is_empty() {
        return Ok(());
    }
    let delete = Change::Delete { table, conditions: vec![over()], expect: Expect::Any };
    Ok(app.records().commit(vec![delete]).await?)
}
