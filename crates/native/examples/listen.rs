//! The native API on a port of this machine, over embedded stores in a folder
//! that is gone when it ends: for `scripts/schemathesis.py`.
//!
//! Prints one JSON object when it listens: its address, and a token a role.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of tests: it may fail loudly"
)]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use bonafide_accounts::{Actor, NewApplication, NewKeyRequest, NewTenant};
use bonafide_context::{ClientAddress, Environment, OsRandom, SystemClock};
use bonafide_inference::Models;
use bonafide_ledger::{Scope, Scopes};
use bonafide_verify::{App, AppParts, Engines};
use serde_json::json;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::open_default().expect("run `bonafide models fetch` first");
    let engines = Arc::new(Engines::lazy(Arc::new(models)));
    let clock = Arc::new(SystemClock::start());
    let random = || Box::new(OsRandom) as Box<dyn bonafide_context::Random>;
    let parts = AppParts::embedded(folder.path(), engines, clock.clone(), random).await.unwrap();
    let now = bonafide_context::Clock::now(&*clock);
    parts.records.migrate(bonafide_native::MIGRATIONS, now).await.unwrap();
    let app = App::new(parts).await.unwrap();
    let tokens = tokens(&app).await;
    let (router, _) = bonafide_native::routes(app);
    let router = router.layer(from_fn(|mut request: Request, next: Next| {
        request.extensions_mut().insert(ClientAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        next.run(request)
    }));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    println!("{}", json!({ "url": format!("http://{address}"), "tokens": tokens }));
    axum::serve(listener, router).await.unwrap();
}

/// A token for each kind of caller.
async fn tokens(app: &App) -> serde_json::Value {
    let (accounts, cli) = (app.accounts(), Actor::cli());
    let tenant = accounts
        .commit(
            accounts
                .create_tenant(&cli, NewTenant { name: "Example Bank".to_owned(), policy: None }),
        )
        .await
        .unwrap();
    let key = async |environment, scopes: Scopes| {
        let new = NewApplication {
            tenant: tenant.app_id,
            name: "App".to_owned(),
            environment,
            region: "apac".parse().unwrap(),
        };
        let application = accounts.commit(accounts.create_application(&cli, new)).await.unwrap();
        let request = NewKeyRequest {
            application: application.id,
            scopes,
            networks: vec![],
            lifetime: None,
            signing: false,
        };
        accounts.commit(accounts.create_key(&cli, request)).await.unwrap().token.into_exposed()
    };
    let region = "apac".parse().unwrap();
    let operator = accounts.bootstrap_operator(&region).await.unwrap().unwrap();
    let everything = key(Environment::Sandbox, Scopes::all()).await;
    let person = {
        let caller =
            accounts.authenticate(&everything, IpAddr::V4(Ipv4Addr::LOCALHOST)).await.unwrap();
        let interface = &bonafide_verify::interface::VERIFICATIONS_CREATE;
        let mut call = app.open(app.new_call_id(), caller, interface);
        let request = bonafide_verify::verification::CreateVerification::default();
        let done =
            bonafide_verify::verification::create_verification(app, &mut call, request).await;
        app.close(call, done).await.result.unwrap().token
    };
    let mut tokens = serde_json::Map::new();
    for scope in Scope::ALL {
        let token = key(Environment::Sandbox, [scope].into_iter().collect()).await;
        tokens.insert(scope.as_str().to_owned(), token.into());
    }
    tokens.insert("everything".to_owned(), everything.into());
    tokens.insert("live".to_owned(), key(Environment::Live, Scopes::all()).await.into());
    tokens.insert("person".to_owned(), person.into());
    tokens.insert("operator".to_owned(), operator.token.into_exposed().into());
    tokens.insert("nobody".to_owned(), "".into());
    tokens.into()
}
