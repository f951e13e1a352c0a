//! Webhooks against a receiver on this machine: real HTTP, a clock that is
//! moved by hand, the embedded record store.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::{Clock, FixedClock, Seeded, TenantId, Timestamp};
use bonafide_ledger::ApplicationId;
use bonafide_outbound::{Client, Guard, Names, Settings};
use bonafide_vault::records::{Change, Sqlite};
use bonafide_vault::{Records, VaultError};
use bonafide_verify::verification::{State, VerificationId};
use bonafide_verify::webhooks::{
    ChangedEndpoint, Delivery, DeliveryFailure, DeliveryQuery, DeliveryState, DisabledReason,
    Dispatched, EndpointId, Event, EventType, MAX_ENDPOINTS, MIGRATIONS, NewEndpoint, Owner,
    Secrets, WebhookError, Webhooks, schedule,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const START: Timestamp = Timestamp(1_782_864_000_000);
const HOUR: Duration = Duration::from_secs(3_600);

/// Something that listens, answers as it is told and remembers.
#[derive(Clone, Default)]
struct Receiver {
    calls: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    /// Status of the next answers; 0: no answer at all.
    status: Arc<AtomicU16>,
    /// Where a redirect leads.
    location: Arc<Mutex<String>>,
    port: u16,
}

impl Receiver {
    async fn start(status: u16) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let this = Self { port, status: Arc::new(status.into()), ..Self::default() };
        let receiver = this.clone();
        let handler = move |headers: HeaderMap, body: Bytes| {
            let receiver = receiver.clone();
            async move { receiver.answer(headers, body).await }
        };
        let router = axum::Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, router).await });
        this
    }

    async fn answer(&self, headers: HeaderMap, body: Bytes) -> Response {
        self.calls.lock().unwrap().push((headers, body));
        let status = self.status.load(Ordering::SeqCst);
        if status == 0 {
            std::future::pending::<()>().await;
        }
        let location = self.location.lock().unwrap().clone();
        (StatusCode::from_u16(status).unwrap(), [("location", location)], "ok").into_response()
    }

    fn say(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn calls(&self) -> Vec<(HeaderMap, Bytes)> {
        self.calls.lock().unwrap().clone()
    }

    fn url(&self) -> String {
        format!("http://hook.test:{}/in?tenant=a", self.port)
    }
}

/// Names lead where the test says.
struct Leading(Arc<Mutex<IpAddr>>);

#[async_trait]
impl Names for Leading {
    async fn addresses(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![*self.0.lock().unwrap()])
    }
}

/// Stands in for the vault: what was sealed for one thing opens for no other.
struct Envelope;

#[async_trait]
impl Secrets for Envelope {
    async fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok([context.as_bytes(), b"\0", secret].concat())
    }

    async fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let secret = sealed.strip_prefix(context.as_bytes()).and_then(|s| s.strip_prefix(b"\0"));
        secret.map(|secret| Zeroizing::new(secret.to_vec())).ok_or(VaultError::Damaged)
    }
}

struct House {
    hooks: Arc<Webhooks>,
    records: Arc<dyn Records>,
    clock: Arc<FixedClock>,
    owner: Owner,
    name_leads_to: Arc<Mutex<IpAddr>>,
    dir: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let records: Arc<dyn Records> =
            Arc::new(Sqlite::open(dir.path().join("records.db")).await.unwrap());
        records.migrate(MIGRATIONS, START).await.unwrap();
        let clock = Arc::new(FixedClock::at(START));
        let name_leads_to = Arc::new(Mutex::new(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let hooks = Arc::new(node(&records, &clock, &name_leads_to, 1));
        let owner = Owner {
            tenant: TenantId(1_250_000_001),
            application: ApplicationId::new(&mut Seeded::new(5)),
        };
        Self { hooks, records, clock, owner, name_leads_to, dir }
    }

    async fn commit(&self, changes: Vec<Change>) {
        assert!(!changes.is_empty());
        self.records.commit(changes).await.unwrap();
    }

    async fn endpoint(&self, receiver: &Receiver) -> (EndpointId, String) {
        let new = NewEndpoint { url: receiver.url(), events: vec![EventType::Approved] };
        let created = self.hooks.create_endpoint(&self.owner, new).await.unwrap();
        self.commit(created.changes).await;
        (created.endpoint.id, created.secret.to_string())
    }

    async fn approve(&self, seed: u64) -> VerificationId {
        let id = VerificationId::new(&mut Seeded::new(seed));
        let event = Event::Verification { id: id.clone(), state: State::Approved };
        self.commit(self.hooks.emit(&self.owner, &event).await.unwrap()).await;
        id
    }

    async fn dispatch(&self) -> Dispatched {
        self.hooks.dispatch_due(self.clock.now()).await.unwrap()
    }

    async fn log(&self) -> Vec<Delivery> {
        let query = DeliveryQuery { limit: Some(200), ..DeliveryQuery::default() };
        self.hooks.list_deliveries(&self.owner, &query).await.unwrap().items
    }
}

fn node(
    records: &Arc<dyn Records>,
    clock: &Arc<FixedClock>,
    name_leads_to: &Arc<Mutex<IpAddr>>,
    seed: u64,
) -> Webhooks {
    let guard = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
    let names: Arc<dyn Names> = Arc::new(Leading(name_leads_to.clone()));
    let client = Client::with_names(guard, &Settings::default(), &names).unwrap();
    let random = Box::new(Seeded::new(seed));
    Webhooks::new(records.clone(), Arc::new(Envelope), client, clock.clone(), random)
}

/// HMAC-SHA256 by RFC 2104, written down once more.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    assert!(key.len() <= 64);
    let pad = |with: u8| -> Vec<u8> {
        (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect()
    };
    let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

fn signature(secret: &str, headers: &HeaderMap, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let start = format!("{}.{}.", text("webhook-id"), text("webhook-timestamp"));
    format!("v1,{}", STANDARD.encode(hmac(&key, &[start.as_bytes(), body].concat())))
}

#[tokio::test]
async fn d6_an_event_is_told_once_signed_and_without_anything_personal() {
    let (house, receiver) = (House::new().await, Receiver::start(204).await);
    let (_, secret) = house.endpoint(&receiver).await;
    let id = house.approve(1).await;
    let done = house.dispatch().await;
    assert_eq!((done.delivered, done.retried, done.failed), (1, 0, 0));
    assert_eq!(house.dispatch().await, Dispatched::default());

    let calls = receiver.calls();
    assert_eq!(calls.len(), 1);
    let (headers, body) = &calls[0];
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["webhook-timestamp"], "1782864000");
    assert_eq!(headers["webhook-signature"], signature(&secret, headers, body).as_str());
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    let expected = serde_json::json!({
        "type": "verification.approved",
        "timestamp": "2026-07-01T00:00:00.000Z",
        "data": {"verification_id": id, "status": "approved"},
    });
    assert_eq!(body, expected);

    let log = house.log().await;
    assert_eq!(headers["webhook-id"], log[0].event.as_str());
    assert_eq!((log[0].state, log[0].attempts), (DeliveryState::Delivered, 1));
    assert_eq!((log[0].last_status, log[0].last_failure), (Some(204), None));
}

#[tokio::test]
async fn only_who_wants_to_know_is_told() {
    let (house, receiver) = (House::new().await, Receiver::start(200).await);
    let (id, _) = house.endpoint(&receiver).await;
    let verification = VerificationId::new(&mut Seeded::new(9));
    let created = Event::Verification { id: verification.clone(), state: State::Created };
    assert!(house.hooks.emit(&house.owner, &created).await.unwrap().is_empty());
    let other = ApplicationId::new(&mut Seeded::new(6));
    let other = Owner { tenant: house.owner.tenant, application: other };
    let approved = Event::Verification { id: verification, state: State::Approved };
    assert!(house.hooks.emit(&other, &approved).await.unwrap().is_empty());

    // Someone else's is not there.
    let error = house.hooks.read_endpoint(&other, &id).await.unwrap_err();
    assert!(matches!(error, WebhookError::NotFound));
    assert!(house.hooks.send_test(&other, &id).await.is_err());
    assert!(house.hooks.delete_endpoint(&other, &id).await.is_err());
    assert!(house.hooks.rotate_secret(&other, &id).await.is_err());

    // A test event needs no subscription.
    house.commit(house.hooks.send_test(&house.owner, &id).await.unwrap()).await;
    assert_eq!(house.dispatch().await.delivered, 1);
    let test = house.log().await.remove(0);
    assert_eq!(test.kind, EventType::Test);
    assert!(house.hooks.read_delivery(&other, &test.id).await.is_err());
    assert!(house.hooks.resend(&other, &test.id).await.is_err());

    let off = ChangedEndpoint { enabled: Some(false), ..ChangedEndpoint::default() };
    let (endpoint, changes) = house.hooks.change_endpoint(&house.owner, &id, off).await.unwrap();
    assert_eq!(endpoint.disabled_reason, Some(DisabledReason::ByOwner));
    house.commit(changes).await;
    assert!(house.hooks.emit(&house.owner, &approved).await.unwrap().is_empty());
}

#[tokio::test]
async fn three_days_of_failures_then_given_up_and_sent_again_by_hand() {
    let (house, receiver) = (House::new().await, Receiver::start(500).await);
    house.endpoint(&receiver).await;
    house.approve(2).await;
    let mut waits = Vec::new();
    loop {
        house.dispatch().await;
        let delivery = house.log().await.remove(0);
        assert_eq!(delivery.last_status, Some(500));
        let Some(next) = delivery.next_attempt_at else { break };
        let wait = next.0.0 - house.clock.now().0;
        // A moment earlier nothing is sent.
        house.clock.advance(Duration::from_millis(wait - 1));
        assert_eq!(house.dispatch().await, Dispatched::default());
        house.clock.advance(Duration::from_millis(1));
        waits.push(wait);
    }
    assert_eq!(waits.len(), schedule::WAITS.len());
    for (wait, longest) in waits.iter().zip(schedule::WAITS) {
        assert!((longest * 900..=longest * 1_000).contains(wait), "{wait} of {longest} s");
    }
    assert!(house.clock.elapsed() <= 72 * HOUR);
    let delivery = house.log().await.remove(0);
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Failed, 10));
    assert_eq!(delivery.last_failure, Some(DeliveryFailure::Status));

    receiver.say(200);
    house.commit(house.hooks.resend(&house.owner, &delivery.id).await.unwrap()).await;
    let pending = house.hooks.resend(&house.owner, &delivery.id).await.unwrap_err();
    assert!(matches!(pending, WebhookError::Pending));
    assert_eq!(house.dispatch().await.delivered, 1);
    let calls = receiver.calls();
    assert_eq!(calls.len(), 11);
    // The receiver sees the same event, newly signed.
    assert!(calls.iter().all(|(headers, _)| headers["webhook-id"] == delivery.event.as_str()));
    assert!(calls.iter().all(|(_, body)| *body == calls[0].1));
    assert_ne!(calls[0].0["webhook-signature"], calls[10].0["webhook-signature"]);
}

#[tokio::test]
async fn an_endpoint_that_fails_for_days_is_switched_off_and_shows_it() {
    let (house, receiver) = (House::new().await, Receiver::start(503).await);
    let (id, _) = house.endpoint(&receiver).await;
    let read = || async { house.hooks.read_endpoint(&house.owner, &id).await.unwrap() };
    let mut disabled_after = None;
    for hour in 0..9 * 24 {
        if hour % 12 == 0 && read().await.enabled {
            house.approve(hour).await;
        }
        if house.dispatch().await.disabled > 0 {
            disabled_after.get_or_insert(hour);
        }
        house.clock.advance(HOUR);
    }
    let endpoint = read().await;
    assert!(!endpoint.enabled);
    assert_eq!(endpoint.disabled_reason, Some(DisabledReason::Failing));
    assert_eq!(endpoint.failing_since.unwrap().0, START);
    let hours = disabled_after.unwrap();
    assert!((120..150).contains(&hours), "after {hours} h");
    // What was still to be sent there is given up, in sight.
    let log = house.log().await;
    assert!(log.iter().all(|delivery| delivery.state == DeliveryState::Failed));
    assert!(
        log.iter().any(|delivery| delivery.last_failure == Some(DeliveryFailure::EndpointDisabled))
    );

    receiver.say(200);
    let on = ChangedEndpoint { enabled: Some(true), ..ChangedEndpoint::default() };
    let (endpoint, changes) = house.hooks.change_endpoint(&house.owner, &id, on).await.unwrap();
    assert_eq!((endpoint.failing_since, endpoint.disabled_reason), (None, None));
    house.commit(changes).await;
    house.approve(999).await;
    assert_eq!(house.dispatch().await.delivered, 1);
}

#[tokio::test]
async fn one_failure_after_a_long_silence_switches_nothing_off() {
    let (house, receiver) = (House::new().await, Receiver::start(500).await);
    let (id, _) = house.endpoint(&receiver).await;
    house.approve(1).await;
    house.dispatch().await;
    house.clock.advance(20 * 24 * HOUR);
    house.approve(2).await;
    assert_eq!(house.dispatch().await.disabled, 0);
    assert!(house.hooks.read_endpoint(&house.owner, &id).await.unwrap().enabled);
    receiver.say(200);
    house.clock.advance(24 * HOUR);
    assert!(house.dispatch().await.delivered > 0);
    assert_eq!(house.hooks.read_endpoint(&house.owner, &id).await.unwrap().failing_since, None);
}

#[tokio::test]
async fn gone_is_gone() {
    let (house, receiver) = (House::new().await, Receiver::start(410).await);
    let (id, _) = house.endpoint(&receiver).await;
    house.approve(1).await;
    house.approve(2).await;
    assert_eq!(house.dispatch().await.disabled, 1);
    house.clock.advance(HOUR);
    house.dispatch().await;
    assert_eq!(receiver.calls().len(), 1);
    let endpoint = house.hooks.read_endpoint(&house.owner, &id).await.unwrap();
    assert_eq!((endpoint.enabled, endpoint.disabled_reason), (false, Some(DisabledReason::Gone)));
    assert!(house.log().await.iter().all(|delivery| delivery.state == DeliveryState::Failed));
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let (house, receiver) = (House::new().await, Receiver::start(302).await);
    let inner = Receiver::start(200).await;
    *receiver.location.lock().unwrap() = format!("http://127.0.0.1:{}/admin", inner.port);
    house.endpoint(&receiver).await;
    house.approve(1).await;
    assert_eq!(house.dispatch().await.retried, 1);
    assert_eq!(house.log().await[0].last_status, Some(302));
    assert_eq!((receiver.calls().len(), inner.calls().len()), (1, 0));
}

#[tokio::test]
async fn a_name_that_comes_to_lead_inside_is_refused() {
    let (house, receiver) = (House::new().await, Receiver::start(200).await);
    house.endpoint(&receiver).await;
    let inside = ["10.0.0.7", "169.254.169.254", "::1", "192.168.1.1"];
    for (seed, inside) in (1..).zip(inside) {
        *house.name_leads_to.lock().unwrap() = inside.parse().unwrap();
        house.approve(seed).await;
        house.clock.advance(24 * HOUR);
        assert_eq!(house.dispatch().await.delivered, 0, "{inside}");
    }
    let refused = Some(DeliveryFailure::Refused);
    assert!(house.log().await.iter().any(|delivery| delivery.last_failure == refused));
    assert!(
        house.log().await.iter().all(|d| d.last_failure.is_none() || d.last_failure == refused)
    );
    assert!(receiver.calls().is_empty());
    *house.name_leads_to.lock().unwrap() = IpAddr::V4(Ipv4Addr::LOCALHOST);
    house.clock.advance(24 * HOUR);
    assert_eq!(house.dispatch().await.delivered, 4);
}

#[tokio::test]
async fn one_that_hangs_holds_up_nobody_else() {
    let (house, slow) = (House::new().await, Receiver::start(0).await);
    let good = Receiver::start(200).await;
    let hooks = node(&house.records, &house.clock, &house.name_leads_to, 7)
        .with_time_out(Duration::from_millis(300));
    house.endpoint(&slow).await;
    // More than a round holds, all of them older than what the other waits for.
    for seed in 0..70 {
        house.approve(seed).await;
    }
    house.endpoint(&good).await;
    house.clock.advance(Duration::from_millis(1));
    house.approve(100).await;
    let first = hooks.dispatch_due(house.clock.now()).await.unwrap();
    assert!(first.more);
    let second = hooks.dispatch_due(house.clock.now()).await.unwrap();
    assert_eq!(first.delivered + second.delivered, 1);
    assert_eq!((slow.calls().len(), good.calls().len()), (1, 1));
    assert!(house.log().await.iter().any(|d| d.last_failure == Some(DeliveryFailure::Timeout)));
}

#[tokio::test]
async fn two_nodes_send_nothing_twice_and_a_dead_one_loses_nothing() {
    let (house, receiver) = (House::new().await, Receiver::start(200).await);
    for _ in 0..8 {
        house.endpoint(&receiver).await;
    }
    for seed in 0..5 {
        house.approve(seed).await;
    }
    let other: Arc<dyn Records> =
        Arc::new(Sqlite::open(house.dir.path().join("records.db")).await.unwrap());
    let other = node(&other, &house.clock, &house.name_leads_to, 8);
    let now = house.clock.now();
    let (a, b) = tokio::join!(house.hooks.dispatch_due(now), other.dispatch_due(now));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.delivered + b.delivered, 40, "{a:?} {b:?}");
    assert_eq!(receiver.calls().len(), 40);

    // A node dies while it waits for answers.
    receiver.say(0);
    house.approve(77).await;
    let dying = tokio::spawn({
        let (hooks, now) = (house.hooks.clone(), house.clock.now());
        async move { hooks.dispatch_due(now).await }
    });
    while receiver.calls().len() < 48 {
        tokio::task::yield_now().await;
    }
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    receiver.say(200);
    let nothing = other.dispatch_due(house.clock.now()).await.unwrap();
    assert_eq!(nothing, Dispatched::default());
    house.clock.advance(Duration::from_secs(61));
    assert_eq!(other.dispatch_due(house.clock.now()).await.unwrap().delivered, 8);
}

#[tokio::test]
async fn a_new_secret_and_the_old_one_sign_side_by_side_for_a_day() {
    let (house, receiver) = (House::new().await, Receiver::start(200).await);
    let (id, old) = house.endpoint(&receiver).await;
    let rotated = house.hooks.rotate_secret(&house.owner, &id).await.unwrap();
    assert_ne!(*rotated.secret, old);
    assert!(!format!("{rotated:?}").contains("whsec"));
    house.commit(rotated.changes).await;
    house.approve(1).await;
    house.dispatch().await;
    house.clock.advance(24 * HOUR);
    house.approve(2).await;
    house.dispatch().await;
    let calls = receiver.calls();
    let signed = |call: usize, secret: &str| {
        let (headers, body) = &calls[call];
        let header = headers["webhook-signature"].to_str().unwrap();
        header.split(' ').any(|one| one == signature(secret, headers, body))
    };
    assert!(signed(0, &rotated.secret) && signed(0, &old));
    assert!(signed(1, &rotated.secret) && !signed(1, &old));
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_ends_with_its_time() {
    let (house, receiver) = (House::new().await, Receiver::start(200).await);
    let (id, _) = house.endpoint(&receiver).await;
    for seed in 0..7 {
        house.approve(seed).await;
        house.clock.advance(Duration::from_millis(seed % 2));
    }
    let mut query = DeliveryQuery { limit: Some(3), ..DeliveryQuery::default() };
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let page = house.hooks.list_deliveries(&house.owner, &query).await.unwrap();
        sizes.push(page.items.len());
        seen.extend(page.items.into_iter().map(|delivery| delivery.id));
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    let all: Vec<_> = house.log().await.into_iter().map(|delivery| delivery.id).collect();
    assert_eq!(seen, all);
    let query = DeliveryQuery { state: Some(DeliveryState::Failed), ..DeliveryQuery::default() };
    assert!(house.hooks.list_deliveries(&house.owner, &query).await.unwrap().items.is_empty());
    let query = DeliveryQuery { cursor: Some("1.x".into()), ..DeliveryQuery::default() };
    let error = house.hooks.list_deliveries(&house.owner, &query).await.unwrap_err();
    assert!(matches!(error, WebhookError::Cursor));

    // What waits for a deleted endpoint is given up; the log stays for its time.
    house.commit(house.hooks.delete_endpoint(&house.owner, &id).await.unwrap()).await;
    assert_eq!(house.dispatch().await, Dispatched::default());
    assert!(house.log().await.iter().all(|d| d.state == DeliveryState::Failed));
    assert!(receiver.calls().is_empty());
    house.hooks.reap(30 * 24 * HOUR).await.unwrap();
    assert_eq!(house.log().await.len(), 7);
    house.clock.advance(31 * 24 * HOUR);
    house.hooks.reap(30 * 24 * HOUR).await.unwrap();
    assert!(house.log().await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_an_endpoint_is_refused_when_it_is_written_down() {
    let house = House::new().await;
    let make = |url: &str, events: &[EventType]| {
        let new = NewEndpoint { url: url.to_owned(), events: events.to_vec() };
        let (hooks, owner) = (house.hooks.clone(), house.owner.clone());
        async move { hooks.create_endpoint(&owner, new).await }
    };
    let approved = [EventType::Approved];
    let long = format!("https://hook.example/{}", "x".repeat(2_000));
    for (url, code) in [
        ("hook.example", "invalid_url"),
        ("ftp://hook.example/", "invalid_url"),
        ("https://10.0.0.1/in", "address_refused"),
        ("https://[fd00::1]/in", "address_refused"),
        ("http://169.254.169.254/latest", "address_refused"),
        ("https://user:word@hook.example/", "invalid_url"),
        ("https://hook.example/#part", "invalid_url"),
        (&long, "invalid_url"),
    ] {
        assert_eq!(make(url, &approved).await.unwrap_err().code(), code, "{url}");
    }
    for events in [&[][..], &[EventType::Test]] {
        assert_eq!(make("https://hook.example/", events).await.unwrap_err().code(), "no_events");
    }
    for _ in 0..MAX_ENDPOINTS {
        let created = make("https://hook.example/", &approved).await.unwrap();
        let shown = format!("{created:?}");
        assert!(!shown.contains("hook.example") && !shown.contains("whsec"), "{shown}");
        house.commit(created.changes).await;
    }
    let error = make("https://hook.example/", &approved).await.unwrap_err();
    assert_eq!(error.code(), "too_many_endpoints");
}

#[tokio::test]
async fn the_dispatcher_runs_until_it_is_told_to_stop() {
    let (house, receiver) = (House::new().await, Receiver::start(200).await);
    house.endpoint(&receiver).await;
    house.approve(1).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(house.hooks.clone().run(async move {
        let _ = stopped.await;
    }));
    while receiver.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    // What was under way was finished, and written down.
    assert_eq!(house.log().await[0].state, DeliveryState::Delivered);
}
