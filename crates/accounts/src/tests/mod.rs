//! Tests of the room as a whole, over the embedded store.

mod denial;
mod grants;
mod keys;
mod limits;
mod store;
mod templates;
mod tokens;
mod users;

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bonafide_context::{
    Clock, Environment, FixedClock, OsRandom, Region, Sensitive, TenantId, Timestamp,
};
use bonafide_ledger::{Caller, Scope, Scopes};
use bonafide_policy::Policies;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::{Records, Sqlite};
use bonafide_vault::{RootKey, Stores, Vault};

use crate::{
    Accounts, Actor, Application, Limits, NewApplication, NewKey, NewKeyRequest, NewTenant, Rate,
};
use store::Watched;

const START: Timestamp = Timestamp(1_800_000_000_000);

/// A store, a clock, and as many nodes as are asked for.
struct House {
    records: Arc<Watched>,
    vault: Arc<Vault>,
    clock: Arc<FixedClock>,
    node: Accounts,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(folder.path().join("records.db")).await.unwrap();
        sqlite.migrate(crate::MIGRATIONS, START).await.unwrap();
        let records = Arc::new(Watched::over(sqlite));
        let keys = Sqlite::open(folder.path().join("keys.db")).await.unwrap();
        let stores = Stores {
            records: Arc::clone(&records) as Arc<dyn Records>,
            objects: Arc::new(Directory::open(folder.path().join("objects")).unwrap()),
            keys: Arc::new(keys),
        };
        let clock = Arc::new(FixedClock::at(START));
        let root = RootKey::in_file(folder.path().join("root.key"));
        let vault =
            Vault::open(stores, root, Arc::clone(&clock) as Arc<dyn Clock>, Box::new(OsRandom));
        let vault = Arc::new(vault.await.unwrap());
        let node = node(&records, &vault, &clock, limits);
        Self { records, vault, clock, node, _folder: folder }
    }

    /// Another node over the same stores.
    fn another(&self) -> Accounts {
        node(&self.records, &self.vault, &self.clock, (*self.node.limits()).clone())
    }

    fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    async fn tenant(&self, name: &str) -> TenantId {
        let new = NewTenant { name: name.to_owned(), policy: None };
        self.node.commit(self.node.create_tenant(&Actor::cli(), new)).await.unwrap().app_id
    }

    async fn application(
        &self,
        tenant: TenantId,
        environment: Environment,
        place: &str,
    ) -> Application {
        let new =
            NewApplication { tenant, name: "shop".to_owned(), environment, region: region(place) };
        self.node.commit(self.node.create_application(&Actor::cli(), new)).await.unwrap()
    }

    async fn key(&self, application: &Application, scopes: &[Scope]) -> NewKey {
        self.key_with(application, scopes, |_| {}).await
    }

    async fn key_with(
        &self,
        application: &Application,
        scopes: &[Scope],
        change: impl FnOnce(&mut NewKeyRequest),
    ) -> NewKey {
        let mut new = NewKeyRequest {
            application: application.id.clone(),
            scopes: Scopes::from_iter(scopes.iter().copied()),
            networks: Vec::new(),
            lifetime: None,
            signing: false,
        };
        change(&mut new);
        self.node.commit(self.node.create_key(&Actor::cli(), new)).await.unwrap()
    }

    /// A caller with a key of these scopes, of a new application.
    async fn caller(
        &self,
        tenant: TenantId,
        environment: Environment,
        place: &str,
        scopes: &[Scope],
    ) -> Caller {
        let application = self.application(tenant, environment, place).await;
        let key = self.key(&application, scopes).await;
        self.node.authenticate_bearer(key.token.expose(), home()).await.unwrap()
    }
}

fn node(
    records: &Arc<Watched>,
    vault: &Arc<Vault>,
    clock: &Arc<FixedClock>,
    limits: Limits,
) -> Accounts {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let records = Arc::clone(records) as Arc<dyn Records>;
    Accounts::new(records, Arc::clone(vault), clock, Box::new(OsRandom), limits, policies())
}

/// The policies that come with the server, put together once for all tests.
fn policies() -> Policies {
    static POLICIES: LazyLock<Policies> = LazyLock::new(|| Policies::bundled().unwrap());
    POLICIES.clone()
}

fn region(name: &str) -> Region {
    name.parse().unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn home() -> IpAddr {
    address("192.0.2.1")
}

fn secret(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

/// Limits that no test meets by chance.
fn wide() -> Limits {
    Limits { failures_per_address: Rate::new(1_000.0, 100_000), ..Limits::default() }
}
