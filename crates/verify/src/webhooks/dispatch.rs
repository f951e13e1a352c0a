//! Posting what is due.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::Timestamp;
use bonafide_outbound::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use bonafide_outbound::{Answer, Failure, Method, Recipient, Request};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, Operator, RecordsError, Row, Select, Value,
};
use bytes::Bytes;
use futures_util::StreamExt;

use super::due::is_over;
use super::endpoint::DisabledReason;
use super::tables::{DELIVERIES, ENDPOINTS};
use super::{
    Delivery, DeliveryFailure, DeliveryState, EndpointId, WebhookError, Webhooks, schedule,
    signature,
};

/// From the first packet to the last byte of a receiver's answer.
pub(super) const TIME_OUT: Duration = Duration::from_secs(15);

/// For how long a node that posts keeps the others from it, in milliseconds:
/// longer than a post can take.
const LEASE_MS: u64 = 60_000;

/// Nothing but failures for so long switch an endpoint off, in milliseconds:
/// five days.
const FAILING_MS: u64 = 5 * 24 * 3_600_000;

/// For how long the rest of what waits for an endpoint stands back after a
/// failure, in milliseconds: others are not to wait behind it.
const STAND_BACK_MS: u64 = 60_000;

/// Deliveries of one round.
const ROUND: u32 = 64;

/// Endpoints that are posted to at the same time.
const AT_ONCE: usize = 16;

/// Rounds that may overlap in [`Webhooks::run`].
const ROUNDS_AT_ONCE: usize = 8;

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Answered with 2xx.
    pub delivered: u64,
    /// Failed, to be tried again.
    pub retried: u64,
    /// Given up.
    pub failed: u64,
    /// Endpoints that were switched off.
    pub disabled: u64,
    /// Whether more may be due: dispatch again at once.
    pub more: bool,
}

impl Dispatched {
    fn and(self, other: Self) -> Self {
        Self {
            delivered: self.delivered + other.delivered,
            retried: self.retried + other.retried,
            failed: self.failed + other.failed,
            disabled: self.disabled + other.disabled,
            more: self.more || other.more,
        }
    }
}

impl Webhooks {
    /// Posts what is due at `now`, one after the other for an endpoint, many
    /// endpoints at a time. Every node may do it at any time: a delivery is
    /// leased first, so that no two post it at once. A node that dies in the
    /// middle leaves it to be posted again: at least once, never not at all.
    pub async fn dispatch_due(&self, now: Timestamp) -> Result<Dispatched, WebhookError> {
        let due = Select::from(&DELIVERIES)
            .and(Condition::Compare("due_at", Operator::AtMost, now.into()))
            .order("due_at", Direction::Ascending)
            .limit(ROUND);
        let rows = self.records.select(due).await?;
        let more = rows.len() >= ROUND as usize;
        let mut by_endpoint: BTreeMap<EndpointId, Vec<Row>> = BTreeMap::new();
        for row in rows {
            by_endpoint.entry(row.parsed("endpoint")?).or_default().push(row);
        }
        let posted: Vec<Result<Dispatched, WebhookError>> = futures_util::stream::iter(by_endpoint)
            .map(|(endpoint, rows)| self.dispatch_to(endpoint, rows, now))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let start = Dispatched { more, ..Dispatched::default() };
        posted.into_iter().try_fold(start, |sum, one| Ok(sum.and(one?)))
    }

    /// Dispatches once a second until `stop` is ready; a receiver that is slow
    /// keeps no other waiting. What is under way then is finished.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut rounds = tokio::task::JoinSet::new();
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = rounds.join_next() => {
                    if let Ok(Ok(Dispatched { more: true, .. })) = ended {
                        tick.reset_immediately();
                    }
                }
                _ = tick.tick(), if rounds.len() < ROUNDS_AT_ONCE => {
                    let hooks = Arc::clone(&self);
                    rounds.spawn(async move {
                        let done = hooks.dispatch_due(hooks.clock.now()).await;
                        if let Err(error) = &done {
                            tracing::warn!(code = error.code(), "webhooks could not be dispatched");
                        }
                        done
                    });
                }
            }
        }
        while rounds.join_next().await.is_some() {}
    }

    /// Posts the deliveries of one endpoint in order, up to the first failure.
    async fn dispatch_to(
        &self,
        id: EndpointId,
        rows: Vec<Row>,
        now: Timestamp,
    ) -> Result<Dispatched, WebhookError> {
        let mut done = Dispatched::default();
        for row in rows {
            // What has to go goes nowhere any more.
            if is_over(&row, now)? {
                continue;
            }
            let Some(lease) = self.lease(&row, now).await? else { continue };
            let delivery = Delivery::read(&row)?;
            let select = Select::from(&ENDPOINTS).and(Condition::is("id", id.as_str()));
            let endpoint = self.records.select(select).await?.pop();
            let Some(endpoint) = endpoint.filter(|row| row.integer("enabled") == Ok(1)) else {
                done.failed += 1;
                self.settle(&delivery, lease, Verdict::Disabled, None).await?;
                continue;
            };
            let verdict = self.post(&endpoint, &id, &row, &delivery).await?;
            let settled = self.settle(&delivery, lease, verdict, Some((&id, &endpoint))).await?;
            done = done.and(settled);
            if settled.delivered == 0 {
                self.stand_back(&id, now).await?;
                break;
            }
        }
        Ok(done)
    }

    /// Keeps other nodes from a delivery; `None` if one of them came first.
    async fn lease(&self, row: &Row, now: Timestamp) -> Result<Option<Timestamp>, RecordsError> {
        let until = Timestamp(now.0.max(self.clock.now().0) + LEASE_MS);
        let claim = Change::Update {
            table: &DELIVERIES,
            set: vec![("due_at", until.into())],
            conditions: vec![
                Condition::is("id", row.text("id")?),
                Condition::is("due_at", row.moment("due_at")?),
            ],
            expect: Expect::One,
        };
        match self.records.commit(vec![claim]).await {
            Ok(()) => Ok(Some(until)),
            Err(RecordsError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One attempt.
    async fn post(
        &self,
        endpoint: &Row,
        id: &EndpointId,
        row: &Row,
        delivery: &Delivery,
    ) -> Result<Verdict, WebhookError> {
        let now = self.clock.now();
        let secrets = self.signing_secrets(endpoint, id, now).await?;
        let (event, seconds) = (delivery.event.as_str(), now.0 / 1_000);
        let body = row.text("body")?.to_owned();
        let signed = signature::header(&secrets, event, seconds, body.as_bytes());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("webhook-timestamp", seconds.into());
        for (name, value) in [("webhook-id", event), ("webhook-signature", signed.as_str())] {
            // An id and base64 are letters that every header takes.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        let request = Request {
            headers,
            body: Bytes::from(body),
            timeout: self.time_out,
            ..Request::new(Recipient::Customer, Method::POST, endpoint.text("url")?)
        };
        Ok(Verdict::of(&self.client.send(request).await))
    }

    /// Writes down what became of an attempt, if the lease still holds.
    async fn settle(
        &self,
        delivery: &Delivery,
        lease: Timestamp,
        verdict: Verdict,
        endpoint: Option<(&EndpointId, &Row)>,
    ) -> Result<Dispatched, WebhookError> {
        let now = self.clock.now();
        let attempts = delivery.attempts + u32::from(verdict != Verdict::Disabled);
        let wait = match verdict {
            Verdict::Failed(..) => self.with_random(|random| schedule::wait(attempts, random)),
            Verdict::Delivered(_) | Verdict::Gone | Verdict::Disabled => None,
        };
        let state = match (verdict, wait) {
            (Verdict::Delivered(_), _) => DeliveryState::Delivered,
            (_, Some(_)) => DeliveryState::Pending,
            (_, None) => DeliveryState::Failed,
        };
        let due = wait.map(|wait| now.0.saturating_add(wait.as_millis() as u64));
        let (status, failure) = verdict.facts();
        let mut set: Vec<(&'static str, Value)> = vec![
            ("state", state.name().into()),
            ("attempts", i64::from(attempts).into()),
            ("due_at", due.into()),
            ("last_failure", failure.map(DeliveryFailure::name).into()),
        ];
        if verdict != Verdict::Disabled {
            set.push(("last_at", now.into()));
            set.push(("last_status", status.map(i64::from).into()));
        }
        let update = Change::Update {
            table: &DELIVERIES,
            set,
            conditions: vec![
                Condition::is("id", delivery.id.as_str()),
                Condition::is("due_at", lease),
            ],
            expect: Expect::One,
        };
        match self.records.commit(vec![update]).await {
            // Somebody else has it now, or it was deleted with its endpoint.
            Err(RecordsError::Conflict) => return Ok(Dispatched::default()),
            done => done?,
        }
        let disabled = match endpoint {
            Some((id, row)) => self.judge_endpoint(id, row, verdict, state, now).await?,
            None => false,
        };
        Ok(Dispatched {
            delivered: u64::from(state == DeliveryState::Delivered),
            retried: u64::from(state == DeliveryState::Pending),
            failed: u64::from(state == DeliveryState::Failed),
            disabled: u64::from(disabled),
            more: false,
        })
    }

    /// Keeps count of an endpoint's failures; whether it was switched off.
    async fn judge_endpoint(
        &self,
        id: &EndpointId,
        row: &Row,
        verdict: Verdict,
        state: DeliveryState,
        now: Timestamp,
    ) -> Result<bool, WebhookError> {
        let since = row.optional_integer("failing_since")?;
        let failing_for = since.map_or(0, |since| now.0.saturating_sub(since.unsigned_abs()));
        let off = |reason: DisabledReason| {
            vec![("enabled", Value::from(false)), ("disabled_reason", reason.name().into())]
        };
        let (mut set, disabled) = match verdict {
            Verdict::Delivered(_) if since.is_some() => {
                (vec![("failing_since", Value::Null)], false)
            }
            Verdict::Delivered(_) | Verdict::Disabled => return Ok(false),
            Verdict::Gone => (off(DisabledReason::Gone), true),
            // A delivery must have gone through all its attempts: one failure
            // after a long silence switches nothing off.
            Verdict::Failed(..) if state == DeliveryState::Failed && failing_for >= FAILING_MS => {
                (off(DisabledReason::Failing), true)
            }
            Verdict::Failed(..) if since.is_none() => (vec![], false),
            Verdict::Failed(..) => return Ok(false),
        };
        if since.is_none() {
            set.push(("failing_since", now.into()));
        }
        let update = Change::Update {
            table: &ENDPOINTS,
            set,
            // Whom its owner has switched on or off meanwhile keeps that.
            conditions: vec![Condition::is("id", id.as_str()), Condition::is("enabled", true)],
            expect: Expect::Any,
        };
        self.records.commit(vec![update]).await?;
        if disabled {
            tracing::warn!(endpoint = %id, "a webhook endpoint was switched off");
        }
        Ok(disabled)
    }

    /// Puts off what else is due for an endpoint that has just failed.
    async fn stand_back(&self, id: &EndpointId, now: Timestamp) -> Result<(), RecordsError> {
        let later = Timestamp(now.0.saturating_add(STAND_BACK_MS));
        let put_off = Change::Update {
            table: &DELIVERIES,
            set: vec![("due_at", later.into())],
            conditions: vec![
                Condition::is("endpoint", id.as_str()),
                Condition::Compare("due_at", Operator::AtMost, now.into()),
            ],
            expect: Expect::Any,
        };
        self.records.commit(vec![put_off]).await
    }
}

/// What became of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// 2xx.
    Delivered(u16),
    /// 410: the receiver wants no more.
    Gone,
    /// Anything else.
    Failed(Option<u16>, DeliveryFailure),
    /// Not tried: the endpoint is switched off or deleted.
    Disabled,
}

impl Verdict {
    fn of(answer: &Result<Answer, Failure>) -> Self {
        let failure = match answer {
            Ok(Answer { status: status @ 200..=299, .. }) => return Self::Delivered(*status),
            Ok(Answer { status: 410, .. }) => return Self::Gone,
            Ok(Answer { status, .. }) => {
                return Self::Failed(Some(*status), DeliveryFailure::Status);
            }
            Err(Failure::Refused(_) | Failure::Url) => DeliveryFailure::Refused,
            Err(Failure::Connect) => DeliveryFailure::Connect,
            Err(Failure::Timeout) => DeliveryFailure::Timeout,
            Err(Failure::TooLarge { .. } | Failure::Broken) => DeliveryFailure::Broken,
        };
        Self::Failed(None, failure)
    }

    fn facts(self) -> (Option<u16>, Option<DeliveryFailure>) {
        match self {
            Self::Delivered(status) => (Some(status), None),
            Self::Gone => (Some(410), Some(DeliveryFailure::Status)),
            Self::Failed(status, failure) => (status, Some(failure)),
            Self::Disabled => (None, Some(DeliveryFailure::EndpointDisabled)),
        }
    }
}
