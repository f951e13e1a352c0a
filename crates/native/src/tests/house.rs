//! A whole server below the sockets, in a temporary folder.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bonafide_accounts::{
    Accounts, Actor, Limits, NewApplication, NewKeyRequest, NewTenant, OPERATOR_TENANT,
};
use bonafide_context::{ClientAddress, Date, Environment, FixedClock, Seeded, TenantId};
use bonafide_inference::manifest::Manifest;
use bonafide_inference::{Engine, InferenceError, Models, Session};
use bonafide_ledger::{ApplicationId, Caller, KeyId, Ledger, Prices, Scopes, index::Embedded};
use bonafide_media::InProcess;
use bonafide_outbound::{Client, Guard};
use bonafide_policy::{Library, Policies, Source};
use bonafide_risk::Tables;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{Objects, Records, RootKey, Stores, Vault};
use bonafide_verify::risk::RiskDesk;
use bonafide_verify::webhooks::Webhooks;
use bonafide_verify::{App, AppParts, AppSettings, Engines, Pool, PoolSettings};
use serde_json::Value;
use tower::ServiceExt;

use super::store::Store;
use crate::{Settings, routes_with};

pub(super) struct House {
    pub(super) app: Arc<App>,
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) router: Router,
    pub(super) models: bool,
    folder: tempfile::TempDir,
}

/// An application's key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) tenant: TenantId,
    pub(super) application: ApplicationId,
    pub(super) key: KeyId,
    pub(super) token: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The code of a problem; empty if it is none.
    pub(super) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn call(&self) -> String {
        self.headers["x-call-id"].to_str().unwrap().to_owned()
    }
}

pub(super) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

impl House {
    pub(super) async fn open() -> Self {
        Self::with(Settings::default(), Limits::default()).await
    }

    pub(super) async fn with(settings: Settings, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::on(Date::new(2026, 11, 22).unwrap()));
        let now = bonafide_context::Clock::now(&*clock);
        let sqlite = |name: &str| Sqlite::open(folder.path().join(name));
        let store = Arc::new(Store::over(sqlite("records.db").await.unwrap()));
        let records: Arc<dyn Records> = store.clone();
        let keys: Arc<dyn Records> = Arc::new(sqlite("keys.db").await.unwrap());
        let objects: Arc<dyn Objects> =
            Arc::new(Directory::open(folder.path().join("objects")).unwrap());
        for migrations in [
            bonafide_vault::records::MIGRATIONS,
            bonafide_ledger::MIGRATIONS,
            bonafide_accounts::MIGRATIONS,
            crate::MIGRATIONS,
        ] {
            records.migrate(migrations, now).await.unwrap();
        }
        let stores = Stores { records: records.clone(), objects, keys };
        let vault = Vault::open(
            stores,
            RootKey::given(bonafide_vault::seal::Key::random(&mut Seeded::new(7))),
            clock.clone(),
            Box::new(Seeded::new(1)),
        )
        .await
        .unwrap();
        let vault = Arc::new(vault);
        let index = Arc::new(Embedded::open(folder.path().join("index")).unwrap());
        let ledger =
            Ledger::new(records.clone(), index, Prices::free(), clock.clone(), &mut Seeded::new(2));
        let accounts = Accounts::new(
            records.clone(),
            vault.clone(),
            clock.clone(),
            Box::new(Seeded::new(3)),
            limits,
            policies(),
        );
        let installed = bonafide_inference::testing::models("native");
        let models = installed.is_some();
        let none = || {
            let manifest = Manifest::built_in().unwrap();
            Arc::new(Models::with_engine(Arc::new(NoEngine), manifest, folder.path()))
        };
        let engines = Engines::lazy(installed.unwrap_or_else(none));
        let parts = AppParts {
            ledger,
            accounts: Arc::new(accounts),
            vault,
            records,
            engines: Arc::new(engines),
            risk: RiskDesk::new(Tables::default()).unwrap(),
            decoder: Arc::new(InProcess::default()),
            pool: Arc::new(
                Pool::start(PoolSettings { threads: 1, waiting: 8 }, clock.clone()).unwrap(),
            ),
            clock: clock.clone(),
            random: Box::new(Seeded::new(4)),
            settings: AppSettings::default(),
        };
        let client = Client::new(Guard::default(), &bonafide_outbound::Settings::default());
        let webhooks = Webhooks::new(
            parts.records.clone(),
            parts.vault.clone(),
            client.unwrap(),
            clock.clone(),
            Box::new(Seeded::new(5)),
        );
        let app = App::telling(parts, Arc::new(webhooks)).await.unwrap();
        let (router, _) = routes_with(app.clone(), settings);
        Self { app, store, clock, router, models, folder }
    }

    pub(super) async fn tenant(&self, name: &str) -> TenantId {
        self.tenant_under(name, None).await
    }

    /// A tenant that chose a policy.
    pub(super) async fn tenant_under(&self, name: &str, policy: Option<&str>) -> TenantId {
        let new = NewTenant { name: name.to_owned(), policy: policy.map(str::to_owned) };
        self.app
            .accounts()
            .commit(self.app.accounts().create_tenant(&Actor::cli(), new))
            .await
            .unwrap()
            .app_id
    }

    /// A new application of a tenant, with a key.
    pub(super) async fn client(
        &self,
        tenant: TenantId,
        environment: Environment,
        scopes: Scopes,
    ) -> Key {
        let new = NewApplication {
            tenant,
            name: "App".to_owned(),
            environment,
            region: "apac".parse().unwrap(),
        };
        let accounts = self.app.accounts();
        let made = accounts.commit(accounts.create_application(&Actor::cli(), new)).await.unwrap();
        self.key(tenant, &made.id, scopes).await
    }

    /// Another key of an application.
    pub(super) async fn key(
        &self,
        tenant: TenantId,
        application: &ApplicationId,
        scopes: Scopes,
    ) -> Key {
        let new = NewKeyRequest {
            application: application.clone(),
            scopes,
            networks: vec![],
            lifetime: None,
            signing: false,
        };
        let made = self
            .app
            .accounts()
            .commit(self.app.accounts().create_key(&Actor::cli(), new))
            .await
            .unwrap();
        Key {
            tenant,
            application: application.clone(),
            key: made.key.id,
            token: made.token.into_exposed(),
        }
    }

    /// A tenant with a sandbox application and a key for everything.
    pub(super) async fn sandbox(&self) -> Key {
        let tenant = self.tenant("Example Bank").await;
        self.client(tenant, Environment::Sandbox, Scopes::all()).await
    }

    /// Whom a token speaks for.
    pub(super) async fn caller(&self, token: &str) -> Caller {
        self.app.accounts().authenticate(token, ADDRESS).await.unwrap()
    }

    /// The operator's own key.
    pub(super) async fn operator(&self) -> Key {
        let region = "apac".parse().unwrap();
        let made = self.app.accounts().bootstrap_operator(&region).await.unwrap().unwrap();
        Key {
            tenant: OPERATOR_TENANT,
            application: made.key.application,
            key: made.key.id,
            token: made.token.into_exposed(),
        }
    }

    /// Every file that the stores have written, with its bytes.
    pub(super) fn written(&self) -> Vec<(String, Vec<u8>)> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut written = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    written.push((path.display().to_string(), std::fs::read(&path).unwrap()));
                }
            }
        }
        assert!(written.len() > 3, "{written:?}");
        written
    }

    /// Sends a request as it is, from [`ADDRESS`].
    pub(super) async fn raw(&self, mut request: Request<Body>) -> Reply {
        request.extensions_mut().insert(ClientAddress(ADDRESS));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    /// A call with a token; a body is JSON.
    pub(super) async fn call(&self, token: &str, method: Method, path: &str, body: &str) -> Reply {
        self.raw(request(token, method, path, body)).await
    }

    pub(super) async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, Method::GET, path, "").await
    }

    pub(super) async fn post(&self, token: &str, path: &str, body: &str) -> Reply {
        self.call(token, Method::POST, path, body).await
    }

    pub(super) async fn patch(&self, token: &str, path: &str, body: &str) -> Reply {
        self.call(token, Method::PATCH, path, body).await
    }

    pub(super) async fn delete(&self, token: &str, path: &str) -> Reply {
        self.call(token, Method::DELETE, path, "").await
    }

    /// A POST with an idempotency key.
    pub(super) async fn once(&self, token: &str, key: &str, path: &str, body: &str) -> Reply {
        let mut request = request(token, Method::POST, path, body);
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        self.raw(request).await
    }
}

pub(super) fn request(token: &str, method: Method, path: &str, body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_empty() {
        request.body(Body::empty()).unwrap()
    } else {
        request = request.header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(body.to_owned())).unwrap()
    }
}

/// For machines without models: everything but looking at pictures works.
struct NoEngine;

impl Engine for NoEngine {
    fn name(&self) -> String {
        "none".to_owned()
    }

    fn load(&self, model: &std::path::Path) -> Result<Box<dyn Session>, InferenceError> {
        Err(InferenceError::Missing { path: model.to_owned() })
    }
}

/// The policies that come with the server, one that lets nobody read what may be kept
/// from him, one of a tenant under a law, and one with short clocks; put together once
/// for all tests.
fn policies() -> Policies {
    static POLICIES: LazyLock<Policies> = LazyLock::new(|| {
        let own = [
            ("closed.toml", CLOSED),
            ("law.toml", LAW),
            ("short.toml", SHORT),
            ("signals.toml", SIGNALS),
            ("devices.toml", SIGNALS_OF_DEVICES),
            ("device-keys.toml", DEVICE_KEYS),
        ]
        .map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() });
        let library = Library::bundled_with(&own).unwrap();
        Policies::of(&library, bonafide_policy::DEFAULT_POLICY).unwrap()
    });
    POLICIES.clone()
}

/// A tenant may tighten who reads what.
const CLOSED: &str = "
name = 'closed'
title = 'Closed'
kind = 'overlay'
version = 1
effective_from = '2026-11-22'
extends = ['strict']
[categories.monitoring.purposes.service]
readers = ['service', 'operator']
[categories.operation_log.purposes.service]
readers = ['service']
[categories.face_media.purposes.service]
readers_after = []
[categories.results.purposes.service]
readers_after = []
";

/// A tenant whom a law obliges to keep evidence, and no pictures.
const LAW: &str = "
name = 'law'
title = 'Law'
kind = 'overlay'
version = 1
effective_from = '2026-11-22'
extends = ['strict']
legal_hold = true
[kyc_record]
enabled = true
law = 'the anti-money-laundering act'
keep = '1825d'
categories = ['results']
readers = ['privacy-officer']
";

/// The risk interface tells more than sources and a score of a phone number.
const SIGNALS: &str = "
name = 'signals'
title = 'Signals'
version = 1
effective_from = '2026-11-22'
extends = ['strict']
risk_signals = ['phone']
";

/// And here of a device.
const SIGNALS_OF_DEVICES: &str = "
name = 'signals-of-devices'
title = 'Signals of devices'
version = 1
effective_from = '2026-11-22'
extends = ['strict']
risk_signals = ['device']
";

/// And here that it was there before.
const DEVICE_KEYS: &str = "
name = 'device-keys'
title = 'Devices that were here before'
version = 1
effective_from = '2026-11-22'
extends = ['signals-of-devices']
[categories.device_key.purposes.security]
keep = '1d'
rows = ['D7']
";

/// A tenant whose data rests for a shorter time than the strict policy lets it.
const SHORT: &str = include_str!("short.toml");
