//! A house to visit.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bonafide_accounts::{Accounts, Actor, Limits, NewApplication, NewTenant, NewUser, Role};
use bonafide_context::{
    ClientAddress, Clock, Date, Environment, FixedClock, Seeded, Sensitive, TenantId,
};
use bonafide_inference::manifest::Manifest;
use bonafide_inference::{Engine, InferenceError, Models, Session};
use bonafide_ledger::{Caller, KeyId, Scopes};
use bonafide_outbound::{Client, Guard, MailSettings, MailTls, Mailer};
use bonafide_policy::{Library, Policies, Source};
use bonafide_verify::mail::Mails;
use bonafide_verify::webhooks::Webhooks;
use bonafide_verify::{App, AppParts, Engines};
use tower::ServiceExt;

use crate::{SESSION_COOKIE, Settings, routes};

/// An operator that runs the server for itself, and one that works for a bank.
const POLICIES: &str = "[contact]\noperator = \"Example Operator\"\n\
                        address = \"1 Example Street\"\nprivacy = \"privacy@example.org\"\n\
                        authority = \"Example Authority\"\ncustomer = \"Example Bank\"\n";

pub(super) const PASSWORD: &str = "correct horse battery staple";

pub(super) struct House {
    pub(super) app: Arc<App>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) library: Library,
    router: Router,
    pub(super) folder: tempfile::TempDir,
}

/// A page, as a browser gets it.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

/// A browser: it keeps what it is given and sends it back.
#[derive(Default)]
pub(super) struct Browser {
    cookie: Option<String>,
}

/// The policies of the house: `own` (controller, the default), with `more` in its file,
/// `service` (processor), and `english`, which is written in that language alone.
pub(super) fn library(version: u32, from: &str, more: &str) -> Library {
    let text = |name: &str, on: &str, more: &str| Source {
        path: format!("{name}.toml"),
        text: format!(
            "name = '{name}'\ntitle = 'Example'\nversion = {version}\neffective_from = '{from}'\n\
             extends = ['{on}']\n{more}\n{POLICIES}"
        ),
    };
    let own = [
        text("own", "strict", more),
        text("service", "alibaba-id-verification", ""),
        text("english", "strict", "languages = ['en']"),
    ];
    Library::bundled_with(&own).unwrap()
}

/// The first version, put together once.
static FIRST: LazyLock<Library> = LazyLock::new(|| library(1, "2026-11-01", ""));

impl House {
    pub(super) async fn open() -> Self {
        Self::open_with(None).await
    }

    /// With mail through a server on this port of this machine.
    pub(super) async fn open_with(mail: Option<u16>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::on(Date::new(2026, 11, 22).unwrap()));
        let manifest = Manifest::built_in().unwrap();
        let models = Models::with_engine(Arc::new(NoEngine), manifest, folder.path());
        let engines = Arc::new(Engines::lazy(Arc::new(models)));
        let mut seed = 0;
        let parts = AppParts::embedded(folder.path(), engines, clock.clone(), || {
            seed += 1;
            Box::new(Seeded::new(seed))
        });
        let mut parts = parts.await.unwrap();
        parts.accounts = Arc::new(Accounts::new(
            parts.records.clone(),
            parts.vault.clone(),
            clock.clone(),
            Box::new(Seeded::new(90)),
            Limits::default(),
            Policies::of(&FIRST, "own").unwrap(),
        ));
        let client = Client::new(Guard::default(), &bonafide_outbound::Settings::default());
        let webhooks = Webhooks::new(
            parts.records.clone(),
            parts.vault.clone(),
            client.unwrap(),
            clock.clone(),
            Box::new(Seeded::new(91)),
        );
        let mails = mail.map(|port| {
            let loopback = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
            let client = Client::new(loopback, &bonafide_outbound::Settings::default());
            let settings = MailSettings {
                server: "127.0.0.1".to_owned(),
                port,
                tls: MailTls::None,
                user: None,
                from: "Example Operator <kyc@operator.example>".to_owned(),
            };
            let mailer = Mailer::new(client.unwrap(), settings).unwrap();
            Mails::new(mailer, "apac".parse().unwrap(), Box::new(Seeded::new(92)))
        });
        let app = App::telling_by_mail(parts, Arc::new(webhooks), mails).await.unwrap();
        let region = "apac".parse().unwrap();
        app.accounts().bootstrap_operator(&region).await.unwrap();
        let router = routes(app.clone(), Settings { region });
        Self { app, clock, library: FIRST.clone(), router, folder }
    }

    /// A tenant under a policy, and a caller of its one application.
    pub(super) async fn tenant(&self, policy: Option<&str>) -> Caller {
        let (accounts, cli) = (self.app.accounts(), Actor::cli());
        let new = NewTenant { name: "Example Bank".to_owned(), policy: policy.map(str::to_owned) };
        let tenant = accounts.commit(accounts.create_tenant(&cli, new)).await.unwrap().app_id;
        let new = NewApplication {
            tenant,
            name: "onboarding".to_owned(),
            environment: Environment::Live,
            region: "apac".parse().unwrap(),
        };
        let made = accounts.commit(accounts.create_application(&cli, new)).await.unwrap();
        Caller {
            tenant,
            application: made.id,
            environment: Environment::Live,
            region: "apac".parse().unwrap(),
            key: Some(self.app.draw(KeyId::new)),
            scopes: Scopes::all(),
            bound_to: None,
        }
    }

    /// Makes a user and logs in, both factors given.
    pub(super) async fn user(&self, login: &str, tenant: Option<TenantId>, role: Role) -> Browser {
        self.create(login, tenant, role).await;
        let mut browser = Browser::default();
        let form = [("login", login), ("password", PASSWORD)];
        let reply = browser.post(self, "/review/login", &form).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        let page = browser.get(self, "/review/second-factor").await;
        let csrf = page.hidden("csrf");
        let drawn = browser.post(self, "/review/second-factor", &[("csrf", &csrf)]).await;
        let code = self.code(&drawn.seed());
        let form = [("csrf", csrf.as_str()), ("code", &code)];
        let reply = browser.post(self, "/review/second-factor", &form).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        browser
    }

    pub(super) async fn create(&self, login: &str, tenant: Option<TenantId>, role: Role) {
        let new = NewUser {
            login: Sensitive::new(login.to_owned()),
            password: Sensitive::new(PASSWORD.to_owned()),
            tenant,
            role,
        };
        self.app.accounts().create_user(&Actor::cli(), new).await.unwrap();
    }

    /// What an authenticator shows for a seed now.
    pub(super) fn code(&self, seed: &str) -> String {
        let seed: String = seed.chars().filter(|c| !c.is_whitespace()).collect();
        let secret = totp_rs::Secret::try_from_base32(&seed).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret.as_ref().to_vec()).build().unwrap();
        totp.generate(self.clock.now().0 / 1_000).to_string()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let mut request = request;
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
        request.extensions_mut().insert(ClientAddress(address));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 22).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: head.status, headers: head.headers, text }
    }

    /// Whether some bytes stand in any file that the house wrote.
    pub(super) fn wrote(&self, marker: &str) -> bool {
        fn look(folder: &std::path::Path, marker: &[u8]) -> bool {
            std::fs::read_dir(folder).unwrap().any(|entry| {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    return look(&path, marker);
                }
                let bytes = std::fs::read(path).unwrap();
                bytes.windows(marker.len()).any(|window| window == marker)
            })
        }
        look(self.folder.path(), marker.as_bytes())
    }
}

impl Browser {
    pub(super) async fn get(&mut self, house: &House, path: &str) -> Reply {
        self.ask(house, Method::GET, path, Body::empty()).await
    }

    pub(super) async fn post(&mut self, house: &House, path: &str, form: &[(&str, &str)]) -> Reply {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        self.ask(house, Method::POST, path, Body::from(body.finish())).await
    }

    async fn ask(&mut self, house: &House, method: Method, path: &str, body: Body) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("{SESSION_COOKIE}={cookie}"));
        }
        let reply = house.send(request.body(body).unwrap()).await;
        if let Some(set) = reply.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let value = set.split(['=', ';']).nth(1).unwrap();
            self.cookie = (!value.is_empty()).then(|| value.to_owned());
        }
        reply
    }
}

impl Reply {
    /// The value of a hidden field.
    pub(super) fn hidden(&self, name: &str) -> String {
        let at = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&at).unwrap_or_else(|| panic!("{}", self.text));
        rest.split('"').next().unwrap().to_owned()
    }

    fn seed(&self) -> String {
        let (_, rest) = self.text.split_once("class=\"seed\">").unwrap();
        rest.split('<').next().unwrap().to_owned()
    }

    /// Writes the page where `BONAFIDE_PAGES` says, for a person to look at.
    pub(super) fn keep(&self, name: &str) {
        if let Some(folder) = std::env::var_os("BONAFIDE_PAGES") {
            let folder = std::path::PathBuf::from(folder);
            let text = self.text.replace(crate::style::path(), "style.css");
            std::fs::write(folder.join(format!("{name}.html")), text).unwrap();
        }
    }
}

/// Nothing here looks at pictures.
struct NoEngine;

impl Engine for NoEngine {
    fn name(&self) -> String {
        "none".to_owned()
    }

    fn load(&self, model: &std::path::Path) -> Result<Box<dyn Session>, InferenceError> {
        Err(InferenceError::Missing { path: model.to_owned() })
    }
}
