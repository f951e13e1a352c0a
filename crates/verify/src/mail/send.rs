//! Handing over what is due.

use std::sync::PoisonError;
use std::time::Duration;

use bonafide_context::Timestamp;
use bonafide_outbound::{Mail, MailFailure};
use bonafide_policy::{Category, Period, Retention};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, Operator, RecordsError, Row, Select, Value,
};
use bonafide_vault::{Cause, Job, Opener};

use super::queue::{WAITING, read, realm};
use super::tables::MAIL;
use super::{MailDelivery, MailState, Mails, Waiting};
use crate::app::later;
use crate::webhooks::schedule;
use crate::{App, UseCaseError};

/// For how long a node that hands over keeps the others from it: longer than that
/// can take.
const LEASE: Duration = Duration::from_secs(120);
/// Mail of one round.
const ROUND: u32 = 16;
/// Records removed by one round at most.
const REMOVED: u32 = 500;

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Taken by the server.
    pub delivered: u64,
    /// To be tried again.
    pub retried: u64,
    /// Given up.
    pub failed: u64,
    /// Whether more may be due: dispatch again at once.
    pub more: bool,
}

impl Mails {
    /// Hands over what is due, one after the other, and removes records whose time
    /// is over. Every node may do it at any time: a mail is leased first, so that no
    /// two hand it over at once; one that dies in the middle leaves it to be handed
    /// over again.
    pub async fn dispatch(&self, app: &App) -> Result<Dispatched, UseCaseError> {
        let now = app.clock().now();
        let due = Select::from(&MAIL)
            .and(Condition::Compare("due_at", Operator::AtMost, now.into()))
            .order("due_at", Direction::Ascending)
            .limit(ROUND);
        let rows = app.records().select(due).await?;
        let mut done = Dispatched { more: rows.len() >= ROUND as usize, ..Dispatched::default() };
        for row in &rows {
            let Some(lease) = leased(app, row).await? else { continue };
            let delivery = read(row)?;
            let (result, gone) = self.attempt(app, row, &delivery).await?;
            match self.settle(app, row, &delivery, lease, result, gone).await? {
                MailState::Delivered => done.delivered += 1,
                MailState::Pending => done.retried += 1,
                MailState::Failed => done.failed += 1,
            }
        }
        self.forget(app, now).await?;
        Ok(done)
    }

    /// One attempt; whether what waits is there no more.
    async fn attempt(
        &self,
        app: &App,
        row: &Row,
        delivery: &MailDelivery,
    ) -> Result<(Result<u16, MailFailure>, bool), UseCaseError> {
        let realm = realm(delivery.tenant, row.parsed("region")?);
        let waiting: Option<Waiting> = app
            .vault()
            .read_value(&Opener::job(Job::Mail), &realm, delivery.id.as_str(), WAITING)
            .await?;
        let Some(waiting) = waiting else { return Ok((Err(MailFailure::Address), true)) };
        let mail = Mail {
            id: delivery.id.as_str(),
            at: delivery.created.0,
            to: &waiting.to,
            subject: &waiting.subject,
            text: &waiting.text,
        };
        Ok((self.mailer.send(&mail).await, false))
    }

    /// Writes down what became of it; where it is over, what waited goes.
    async fn settle(
        &self,
        app: &App,
        row: &Row,
        delivery: &MailDelivery,
        lease: Timestamp,
        result: Result<u16, MailFailure>,
        gone: bool,
    ) -> Result<MailState, UseCaseError> {
        let now = app.clock().now();
        let attempts = delivery.attempts.saturating_add(u32::from(!gone));
        let wait = match result {
            Err(failure) if !failure.is_final() => {
                let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
                schedule::wait(attempts, &mut **random)
            }
            _ => None,
        };
        let state = match (result, wait) {
            (Ok(_), _) => MailState::Delivered,
            (Err(_), Some(_)) => MailState::Pending,
            (Err(_), None) => MailState::Failed,
        };
        let (status, failure) = match result {
            Ok(status) => (Some(status), None),
            Err(_) if gone => (None, Some("expired")),
            Err(failure) => (failure.status(), Some(failure.name())),
        };
        let due: Value = wait.map(|wait| later(now, wait)).into();
        let update = Change::Update {
            table: &MAIL,
            set: vec![
                ("state", state.as_str().into()),
                ("attempts", u64::from(attempts).into()),
                ("due_at", due),
                ("last_at", now.into()),
                ("last_status", status.map(i64::from).into()),
                ("last_failure", failure.into()),
            ],
            conditions: vec![
                Condition::is("id", delivery.id.as_str()),
                Condition::is("due_at", lease),
            ],
            expect: Expect::Any,
        };
        app.records().commit(vec![update]).await?;
        if state != MailState::Pending {
            let realm = realm(delivery.tenant, row.parsed("region")?);
            app.vault().erase_because(Cause::Expiry, &realm, delivery.id.as_str(), None).await?;
        }
        if state == MailState::Failed {
            tracing::warn!(code = failure.unwrap_or(""), attempts, "a mail was given up");
        }
        Ok(state)
    }

    /// Removes records whose time is over.
    async fn forget(&self, app: &App, now: Timestamp) -> Result<(), UseCaseError> {
        let by_policy = Condition::Compare("remove", Operator::AtMost, now.into());
        let mut rows = app.records().select(forgotten(vec![by_policy])).await?;
        if let Period::For(keep) = Retention.period(Category::Deliveries) {
            let keep = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
            let over = Timestamp(now.0.saturating_sub(keep));
            let old = Condition::Compare("created", Operator::AtMost, over.into());
            let old = forgotten(vec![Condition::Null("remove"), old]);
            rows.extend(app.records().select(old).await?);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let ids = rows.iter().map(|row| row.value("id").cloned()).collect::<Result<_, _>>()?;
        let conditions = vec![Condition::In("id", ids)];
        let change = Change::Delete { table: &MAIL, conditions, expect: Expect::Any };
        Ok(app.records().commit(vec![change]).await?)
    }
}

/// Rows to be removed in one go.
fn forgotten(conditions: Vec<Condition>) -> Select {
    Select { conditions, ..Select::from(&MAIL) }.limit(REMOVED)
}

/// Keeps other nodes from a mail; `None` if one of them came first.
async fn leased(app: &App, row: &Row) -> Result<Option<Timestamp>, UseCaseError> {
    let until = later(app.clock().now(), LEASE);
    let claim = Change::Update {
        table: &MAIL,
        set: vec![("due_at", until.into())],
        conditions: vec![
            Condition::is("id", row.text("id")?),
            Condition::is("due_at", row.moment("due_at")?),
        ],
        expect: Expect::One,
    };
    match app.records().commit(vec![claim]).await {
        Ok(()) => Ok(Some(until)),
        Err(RecordsError::Conflict) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
