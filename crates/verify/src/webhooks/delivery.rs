//! Deliveries: made with the call that causes them, looked at afterwards.

use std::str::FromStr;

use bonafide_context::TenantId;
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, RecordsError, Row, Select, Value,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::due::is_over;
use super::tables::{DELIVERIES, ENDPOINTS};
use super::{DeliveryId, EndpointId, Event, EventId, EventType, Owner, WebhookError, Webhooks};
use crate::Moment;

/// One event on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Delivery {
    /// Its id.
    #[schema(value_type = String)]
    pub id: DeliveryId,
    /// To which endpoint.
    #[schema(value_type = String)]
    pub endpoint: EndpointId,
    /// The `webhook-id` that the receiver sees.
    #[schema(value_type = String)]
    pub event: EventId,
    /// What is told.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When it happened.
    pub created_at: Moment,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was posted.
    pub attempts: u32,
    /// When it is posted next.
    pub next_attempt_at: Option<Moment>,
    /// When it was posted last.
    pub last_attempt_at: Option<Moment>,
    /// The status code of the last answer.
    pub last_status: Option<u16>,
    /// Why the last attempt failed.
    pub last_failure: Option<DeliveryFailure>,
}

macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// The name in rows and answers.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(()) }
            }
        }
    };
}

names! {
    /// How far a delivery is.
    DeliveryState {
        /// To be posted, or to be tried again.
        Pending = "pending",
        /// Answered with 2xx.
        Delivered = "delivered",
        /// Given up.
        Failed = "failed",
    }
}

names! {
    /// Why an attempt failed.
    DeliveryFailure {
        /// The answer was not 2xx; a redirect is not followed.
        Status = "status",
        /// No answer in 15 seconds.
        Timeout = "timeout",
        /// The name does not resolve, or nobody listens.
        Connect = "connect",
        /// The URL leads to an address that may not be called.
        Refused = "refused",
        /// The connection broke, or what came is no HTTP answer.
        Broken = "broken",
        /// The endpoint is switched off or deleted.
        EndpointDisabled = "endpoint_disabled",
    }
}

/// Which deliveries are wanted.
#[derive(Clone, Debug, Default)]
pub struct DeliveryQuery {
    /// To this endpoint only.
    pub endpoint: Option<EndpointId>,
    /// In this state only.
    pub state: Option<DeliveryState>,
    /// [`DeliveryPage::next`] of the page before.
    pub cursor: Option<String>,
    /// At most so many; 50 if not given, never more than 200.
    pub limit: Option<u32>,
}

/// A part of the log, the newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryPage {
    /// The deliveries.
    pub items: Vec<Delivery>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

impl Webhooks {
    /// What has to be committed with the cause of an event: one delivery for
    /// each endpoint of the application that wants to know.
    pub async fn emit(&self, owner: &Owner, event: &Event) -> Result<Vec<Change>, RecordsError> {
        let own = Condition::is("application", owner.application.as_str());
        let mut endpoints = Vec::new();
        for row in &self.listening(own, event).await? {
            endpoints.push(row.parsed("id")?);
        }
        self.deliveries_of(owner, event, &endpoints).await
    }

    /// The same of what concerns a tenant as a whole: one delivery for each
    /// endpoint of any of its applications that wants to know.
    pub async fn emit_to_tenant(
        &self,
        tenant: TenantId,
        event: &Event,
    ) -> Result<Vec<Change>, RecordsError> {
        let mut changes = Vec::new();
        for row in &self.listening(Condition::is("app_id", tenant.0), event).await? {
            let owner = Owner { tenant, application: row.parsed("application")? };
            changes.extend(self.deliveries_of(&owner, event, &[row.parsed("id")?]).await?);
        }
        Ok(changes)
    }

    /// Endpoints that are switched on and want to know of an event.
    async fn listening(&self, whose: Condition, event: &Event) -> Result<Vec<Row>, RecordsError> {
        let select = Select::from(&ENDPOINTS).and(whose).and(Condition::is("enabled", true));
        let mut rows = self.records.select(select).await?;
        let name = event.kind().name();
        let wants = |row: &Row| Ok(row.text("events")?.split(' ').any(|one| one == name));
        let kept: Vec<bool> = rows.iter().map(wants).collect::<Result<_, RecordsError>>()?;
        let mut kept = kept.into_iter();
        rows.retain(|_| kept.next().unwrap_or(false));
        Ok(rows)
    }

    /// Sends a test event to one endpoint, subscribed or not, as soon as the
    /// changes are committed; its id is for the log.
    pub async fn send_test(
        &self,
        owner: &Owner,
        endpoint: &EndpointId,
    ) -> Result<Vec<Change>, WebhookError> {
        self.own_endpoint(owner, endpoint).await?;
        let event = Event::Test { endpoint: endpoint.clone() };
        Ok(self.deliveries_of(owner, &event, std::slice::from_ref(endpoint)).await?)
    }

    /// Posts a delivery again that was delivered or given up: the same event
    /// under the same id, with all its attempts before it.
    pub async fn resend(
        &self,
        owner: &Owner,
        id: &DeliveryId,
    ) -> Result<Vec<Change>, WebhookError> {
        if self.read_delivery(owner, id).await?.state == DeliveryState::Pending {
            return Err(WebhookError::Pending);
        }
        Ok(vec![Change::Update {
            table: &DELIVERIES,
            set: vec![
                ("state", DeliveryState::Pending.name().into()),
                ("attempts", Value::Integer(0)),
                ("due_at", self.clock.now().into()),
            ],
            conditions: vec![Condition::is("id", id.as_str()), Condition::Null("due_at")],
            expect: Expect::One,
        }])
    }

    /// One delivery.
    pub async fn read_delivery(
        &self,
        owner: &Owner,
        id: &DeliveryId,
    ) -> Result<Delivery, WebhookError> {
        let select = Select::from(&DELIVERIES)
            .and(Condition::is("id", id.as_str()))
            .and(Condition::is("application", owner.application.as_str()));
        let row = self.records.select(select).await?.pop().ok_or(WebhookError::NotFound)?;
        if is_over(&row, self.clock.now())? {
            return Err(WebhookError::NotFound);
        }
        Ok(Delivery::read(&row)?)
    }

    /// The log of deliveries.
    pub async fn list_deliveries(
        &self,
        owner: &Owner,
        query: &DeliveryQuery,
    ) -> Result<DeliveryPage, WebhookError> {
        let limit = query.limit.unwrap_or(50).clamp(1, 200);
        let mut select = Select::from(&DELIVERIES)
            .and(Condition::is("application", owner.application.as_str()))
            .order("created_at", Direction::Descending)
            .order("id", Direction::Descending)
            .limit(limit + 1);
        if let Some(endpoint) = &query.endpoint {
            select = select.and(Condition::is("endpoint", endpoint.as_str()));
        }
        if let Some(state) = query.state {
            select = select.and(Condition::is("state", state.name()));
        }
        if let Some(cursor) = &query.cursor {
            let (at, id) = cursor.split_once('.').ok_or(WebhookError::Cursor)?;
            let at: u64 = at.parse().map_err(|_| WebhookError::Cursor)?;
            let id: DeliveryId = id.parse().map_err(|_| WebhookError::Cursor)?;
            let place = vec![("created_at", at.into()), ("id", id.as_str().into())];
            select = select.and(Condition::Before(place));
        }
        let mut rows = self.records.select(select).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let now = self.clock.now();
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            if !is_over(row, now)? {
                items.push(Delivery::read(row)?);
            }
        }
        let last = rows.last().filter(|_| more).map(Delivery::read).transpose()?;
        let next = last.map(|last| format!("{}.{}", last.created_at.0.0, last.id));
        Ok(DeliveryPage { items, next })
    }

    async fn deliveries_of(
        &self,
        owner: &Owner,
        event: &Event,
        endpoints: &[EndpointId],
    ) -> Result<Vec<Change>, RecordsError> {
        if endpoints.is_empty() {
            return Ok(Vec::new());
        }
        // Where none may rest there is none to be posted.
        let Some(remove) = self.due(owner.tenant).await? else { return Ok(Vec::new()) };
        let now = self.clock.now();
        let body = event.body(now);
        let (event_id, ids) = self.with_random(|random| {
            let ids: Vec<_> = endpoints.iter().map(|_| DeliveryId::new(random)).collect();
            (EventId::new(random), ids)
        });
        let rows = ids.iter().zip(endpoints).map(|(id, endpoint)| {
            let row = Row::new(&DELIVERIES)
                .with("id", id.as_str())
                .with("app_id", owner.tenant.0)
                .with("application", owner.application.as_str())
                .with("endpoint", endpoint.as_str())
                .with("event", event_id.as_str())
                .with("type", event.kind().name())
                .with("body", body.as_str())
                .with("created_at", now)
                .with("state", DeliveryState::Pending.name())
                .with("attempts", Value::Integer(0))
                .with("due_at", now)
                .with("remove", remove);
            Change::Insert(row)
        });
        Ok(rows.collect())
    }
}

impl Delivery {
    pub(super) fn read(row: &Row) -> Result<Self, RecordsError> {
        let shape = RecordsError::Shape { table: DELIVERIES.name };
        let number = |column: &str| row.optional_integer(column);
        let moment = |column: &str| -> Result<Option<Moment>, RecordsError> {
            match number(column)? {
                Some(_) => Ok(Some(Moment(row.moment(column)?))),
                None => Ok(None),
            }
        };
        let failure = row.optional_text("last_failure")?.map(str::parse).transpose();
        let status = number("last_status")?.map(u16::try_from).transpose();
        Ok(Self {
            id: row.parsed("id")?,
            endpoint: row.parsed("endpoint")?,
            event: row.parsed("event")?,
            kind: row.parsed("type")?,
            created_at: Moment(row.moment("created_at")?),
            state: row.parsed("state")?,
            attempts: row.integer("attempts")?.try_into().map_err(|_| shape.clone())?,
            next_attempt_at: moment("due_at")?,
            last_attempt_at: moment("last_at")?,
            last_status: status.map_err(|_| shape.clone())?,
            last_failure: failure.map_err(|()| shape)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_is_what_rows_and_schema_say() {
        fn check<T: Copy + Serialize + ToSchema>(all: &[(T, &'static str)]) {
            let schema = serde_json::to_string(&<T as utoipa::PartialSchema>::schema()).unwrap();
            for (value, name) in all {
                let told = serde_json::to_string(value).unwrap();
                assert_eq!(told, format!("\"{name}\""));
                assert!(schema.contains(&told), "{schema} lacks {told}");
            }
        }
        let states = [DeliveryState::Pending, DeliveryState::Delivered, DeliveryState::Failed];
        check(&states.map(|state| (state, state.name())));
        let failures = [
            DeliveryFailure::Status,
            DeliveryFailure::Timeout,
            DeliveryFailure::Connect,
            DeliveryFailure::Refused,
            DeliveryFailure::Broken,
            DeliveryFailure::EndpointDisabled,
        ];
        check(&failures.map(|failure| (failure, failure.name())));
    }
}
