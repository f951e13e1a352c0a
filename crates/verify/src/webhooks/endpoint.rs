//! Endpoints: where a customer wants to be told, and by which secret.

use std::str::FromStr;
use std::time::Duration;

use bonafide_context::Timestamp;
use bonafide_outbound::Failure;
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, RecordsError, Row, Select, Value,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::signature::Secret;
use super::tables::{DELIVERIES, ENDPOINTS};
use super::{DeliveryFailure, DeliveryState, EndpointId, EventType, Owner, WebhookError, Webhooks};
use crate::Moment;

/// Endpoints of one application at most: each is one more post an event.
pub const MAX_ENDPOINTS: u64 = 20;

/// How long an old secret signs beside the new one.
pub const SECRET_OVERLAP: Duration = Duration::from_secs(24 * 3_600);

/// Characters of a URL at most.
const MAX_URL: usize = 2_000;

/// An endpoint to be made.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEndpoint {
    /// Where to post; `https`.
    pub url: String,
    /// What to tell.
    pub events: Vec<EventType>,
}

/// What is to be changed of an endpoint; what is left out stays.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedEndpoint {
    /// Where to post.
    pub url: Option<String>,
    /// What to tell.
    pub events: Option<Vec<EventType>>,
    /// Whether to post at all. Switching on forgets earlier failures.
    pub enabled: Option<bool>,
}

/// An endpoint as its owner sees it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Endpoint {
    /// Its id.
    #[schema(value_type = String)]
    pub id: EndpointId,
    /// Where to post.
    pub url: String,
    /// What to tell.
    pub events: Vec<EventType>,
    /// Whether anything is posted.
    pub enabled: bool,
    /// Why not.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when nothing but failures came back.
    pub failing_since: Option<Moment>,
    /// Until when the secret before this one signs too.
    pub old_secret_until: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
}

impl std::fmt::Debug for Endpoint {
    /// Without the URL, which may carry a token of the receiver's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Endpoint({}, enabled: {})", self.id, self.enabled)
    }
}

/// Why an endpoint is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// Its owner did it.
    ByOwner,
    /// It answered 410.
    Gone,
    /// Nothing but failures for long.
    Failing,
}

impl DisabledReason {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ByOwner => "by_owner",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

impl FromStr for DisabledReason {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::ByOwner, Self::Gone, Self::Failing]
            .into_iter()
            .find(|reason| reason.name() == text)
            .ok_or(())
    }
}

/// A new endpoint. It exists once the changes are committed.
pub struct Created {
    /// As it will be.
    pub endpoint: Endpoint,
    /// `whsec_…`, never shown again.
    pub secret: Zeroizing<String>,
    /// To be committed with the call.
    pub changes: Vec<Change>,
}

/// A new secret. It signs once the changes are committed.
pub struct Rotated {
    /// `whsec_…`, never shown again.
    pub secret: Zeroizing<String>,
    /// Until when the one before signs too.
    pub old_until: Moment,
    /// To be committed with the call.
    pub changes: Vec<Change>,
}

/// Without the secret.
impl std::fmt::Debug for Created {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Created({:?})", self.endpoint)
    }
}

/// Without the secret.
impl std::fmt::Debug for Rotated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rotated(until {})", self.old_until)
    }
}

impl Webhooks {
    /// Makes an endpoint and its secret.
    pub async fn create_endpoint(
        &self,
        owner: &Owner,
        new: NewEndpoint,
    ) -> Result<Created, WebhookError> {
        self.check_url(&new.url)?;
        let events = event_names(&new.events)?;
        let mine = vec![Condition::is("application", owner.application.as_str())];
        if self.records.count(&ENDPOINTS, mine).await? >= MAX_ENDPOINTS {
            return Err(WebhookError::TooMany);
        }
        let (id, secret) =
            self.with_random(|random| (EndpointId::new(random), Secret::new(random)));
        let sealed = self.secrets.seal(&secret_context(&id), secret.bytes()).await?;
        let row = Row::new(&ENDPOINTS)
            .with("id", id.as_str())
            .with("app_id", owner.tenant.0)
            .with("application", owner.application.as_str())
            .with("url", new.url)
            .with("events", events)
            .with("secret", sealed)
            .with("enabled", true)
            .with("created_at", self.clock.now());
        Ok(Created {
            endpoint: Endpoint::read(&row)?,
            secret: secret.reveal(),
            changes: vec![Change::Insert(row)],
        })
    }

    /// All endpoints of an application, by id.
    pub async fn list_endpoints(&self, owner: &Owner) -> Result<Vec<Endpoint>, WebhookError> {
        let select = Select::from(&ENDPOINTS)
            .and(Condition::is("application", owner.application.as_str()))
            .order("id", Direction::Ascending);
        let rows = self.records.select(select).await?;
        Ok(rows.iter().map(Endpoint::read).collect::<Result<_, _>>()?)
    }

    /// One endpoint.
    pub async fn read_endpoint(
        &self,
        owner: &Owner,
        id: &EndpointId,
    ) -> Result<Endpoint, WebhookError> {
        Ok(Endpoint::read(&self.own_endpoint(owner, id).await?)?)
    }

    /// Changes an endpoint: as it will be once the changes are committed.
    pub async fn change_endpoint(
        &self,
        owner: &Owner,
        id: &EndpointId,
        changed: ChangedEndpoint,
    ) -> Result<(Endpoint, Vec<Change>), WebhookError> {
        let row = self.own_endpoint(owner, id).await?;
        let mut set: Vec<(&'static str, Value)> = Vec::new();
        if let Some(url) = changed.url {
            self.check_url(&url)?;
            set.push(("url", url.into()));
        }
        if let Some(events) = changed.events {
            set.push(("events", event_names(&events)?.into()));
        }
        if let Some(enabled) = changed.enabled {
            let reason = (!enabled).then(|| DisabledReason::ByOwner.name());
            set.push(("enabled", enabled.into()));
            set.push(("disabled_reason", reason.into()));
            set.push(("failing_since", Value::Null));
        }
        let row = set.iter().fold(row, |row, (column, value)| row.with(column, value.clone()));
        let endpoint = Endpoint::read(&row)?;
        let changes = if set.is_empty() { vec![] } else { vec![update(id, set)] };
        Ok((endpoint, changes))
    }

    /// Gives an endpoint a new secret; the one before signs too for
    /// [`SECRET_OVERLAP`], one before that no longer.
    pub async fn rotate_secret(
        &self,
        owner: &Owner,
        id: &EndpointId,
    ) -> Result<Rotated, WebhookError> {
        let row = self.own_endpoint(owner, id).await?;
        let secret = self.with_random(Secret::new);
        let sealed = self.secrets.seal(&secret_context(id), secret.bytes()).await?;
        let old_until = Timestamp(self.clock.now().0 + SECRET_OVERLAP.as_millis() as u64);
        let set = vec![
            ("secret", Value::from(sealed)),
            ("old_secret", row.value("secret")?.clone()),
            ("old_until", old_until.into()),
        ];
        let changes = vec![update(id, set)];
        Ok(Rotated { secret: secret.reveal(), old_until: Moment(old_until), changes })
    }

    /// Removes an endpoint; what was still to be delivered there is given up.
    /// The log of its deliveries stays for its time.
    pub async fn delete_endpoint(
        &self,
        owner: &Owner,
        id: &EndpointId,
    ) -> Result<Vec<Change>, WebhookError> {
        self.own_endpoint(owner, id).await?;
        let gone = Change::Delete {
            table: &ENDPOINTS,
            conditions: vec![Condition::is("id", id.as_str())],
            expect: Expect::One,
        };
        let given_up = Change::Update {
            table: &DELIVERIES,
            set: vec![
                ("state", DeliveryState::Failed.name().into()),
                ("due_at", Value::Null),
                ("last_failure", DeliveryFailure::EndpointDisabled.name().into()),
            ],
            conditions: vec![Condition::is("endpoint", id.as_str()), Condition::NotNull("due_at")],
            expect: Expect::Any,
        };
        Ok(vec![gone, given_up])
    }

    /// The row of an endpoint that the owner may see.
    pub(super) async fn own_endpoint(
        &self,
        owner: &Owner,
        id: &EndpointId,
    ) -> Result<Row, WebhookError> {
        let select = Select::from(&ENDPOINTS)
            .and(Condition::is("id", id.as_str()))
            .and(Condition::is("application", owner.application.as_str()));
        self.records.select(select).await?.pop().ok_or(WebhookError::NotFound)
    }

    /// The secrets that sign now, the newest first.
    pub(super) async fn signing_secrets(
        &self,
        row: &Row,
        id: &EndpointId,
        now: Timestamp,
    ) -> Result<Vec<Secret>, WebhookError> {
        let context = secret_context(id);
        let open = async |sealed| {
            Ok::<_, WebhookError>(Secret::from_bytes(self.secrets.open(&context, sealed).await?))
        };
        let mut secrets = vec![open(row.bytes("secret")?).await?];
        if let Some(sealed) = row.optional_bytes("old_secret")?
            && row.moment("old_until")? > now
        {
            secrets.push(open(sealed).await?);
        }
        Ok(secrets)
    }

    /// Refuses what can be seen to be wrong now; where a name leads is judged
    /// at every post.
    fn check_url(&self, url: &str) -> Result<(), WebhookError> {
        if url.len() > MAX_URL || url.contains('#') {
            return Err(WebhookError::UrlForm);
        }
        self.client.check(url).map_err(|failure: Failure| WebhookError::Url(failure))
    }
}

impl Endpoint {
    pub(super) fn read(row: &Row) -> Result<Self, RecordsError> {
        let moment = |column: &str| -> Result<Option<Moment>, RecordsError> {
            match row.optional_integer(column)? {
                Some(_) => Ok(Some(Moment(row.moment(column)?))),
                None => Ok(None),
            }
        };
        let shape = RecordsError::Shape { table: ENDPOINTS.name };
        let events = row.text("events")?.split(' ').map(str::parse).collect::<Result<_, _>>();
        let reason = row.optional_text("disabled_reason")?.map(str::parse).transpose();
        Ok(Self {
            id: row.parsed("id")?,
            url: row.text("url")?.to_owned(),
            events: events.map_err(|_| shape.clone())?,
            enabled: row.integer("enabled")? != 0,
            disabled_reason: reason.map_err(|()| shape)?,
            failing_since: moment("failing_since")?,
            old_secret_until: moment("old_until")?,
            created_at: Moment(row.moment("created_at")?),
        })
    }
}

/// An update of an endpoint that must be there.
fn update(id: &EndpointId, set: Vec<(&'static str, Value)>) -> Change {
    Change::Update {
        table: &ENDPOINTS,
        set,
        conditions: vec![Condition::is("id", id.as_str())],
        expect: Expect::One,
    }
}

/// Event types as a row keeps them: each once, in order.
fn event_names(events: &[EventType]) -> Result<String, WebhookError> {
    let mut events: Vec<_> = events.iter().filter(|kind| **kind != EventType::Test).collect();
    events.sort();
    events.dedup();
    if events.is_empty() {
        return Err(WebhookError::NoEvents);
    }
    Ok(events.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" "))
}

fn secret_context(id: &EndpointId) -> String {
    format!("webhook:{id}")
}
