//! Who may not do what: every route with every kind of caller. The routes come
//! from the table, so that a new one is covered when it is added.

use axum::http::StatusCode;
use bonafide_context::Environment;
use bonafide_ledger::{Scope, Scopes};

use super::house::{House, Key, Reply};
use crate::api::routes;
use crate::openapi::names;
use crate::route::{Route, Takes, Who};

/// What belongs to tenant A in the sandbox.
pub(super) struct Things {
    pub(super) verification: String,
    pub(super) template: String,
    pub(super) call: String,
    /// An application and its key, on which nothing else depends.
    pub(super) application: String,
    pub(super) key: String,
    pub(super) app_id: String,
    pub(super) webhook: String,
    pub(super) delivery: String,
    pub(super) consent: String,
    pub(super) challenge: String,
}

/// Callers, and whose things they may see.
pub(super) struct Roles {
    /// The application that owns the things, one key a scope.
    pub(super) own: Vec<(Scope, Key)>,
    /// Another application of A in the sandbox.
    sibling: Key,
    /// A's live application.
    live: Key,
    /// Tenant B's sandbox application.
    stranger: Key,
    /// The end user of the verification.
    pub(super) person: String,
    /// The end user of another verification of the same application.
    other_person: String,
    /// The browser that the challenge was issued to, and that of another one.
    captures: [String; 2],
    pub(super) operator: Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Anything but a denial.
    Allowed,
    Unauthenticated,
    Forbidden(&'static str),
    NotThere,
}

pub(super) async fn setting(house: &House) -> (Things, Roles) {
    let a = house.tenant("A").await;
    let b = house.tenant("B").await;
    let main = house.client(a, Environment::Sandbox, Scopes::all()).await;
    let extra = house.client(a, Environment::Sandbox, Scopes::all()).await;
    let mut own = Vec::new();
    for scope in Scope::ALL {
        let scopes = [scope].into_iter().collect();
        own.push((scope, house.key(a, &main.application, scopes).await));
    }
    let created = |reply: Reply| {
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        let json = reply.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        (text("id"), text("token"))
    };
    let create = r#"{"settings":{"mode":"full"}}"#;
    let (verification, person) =
        created(house.post(&main.token, "/v1/verifications", create).await);
    let (_, other_person) = created(house.post(&main.token, "/v1/verifications", create).await);
    let template = r#"{"name":"A's template","settings":{}}"#;
    let (template, _) = created(house.post(&main.token, "/v1/templates", template).await);
    let consent = r#"{"reference":"customer-1","purposes":["service"],"notice":{"name":"n","version":1},"language":"en","way":"app"}"#;
    let (consent, _) = created(house.post(&main.token, "/v1/consents", consent).await);
    let ask = "/v1/liveness/challenges";
    let (challenge, capture) = created(house.post(&main.token, ask, "{}").await);
    let (_, other_capture) = created(house.post(&main.token, ask, "{}").await);
    let call = house.get(&main.token, "/v1/usage").await.call();
    let webhook = r#"{"url":"https://shop.example/hooks","events":["verification.approved"]}"#;
    let (webhook, _) = created(house.post(&main.token, "/v1/webhooks", webhook).await);
    let tested = house.post(&main.token, &format!("/v1/webhooks/{webhook}/test"), "").await;
    assert_eq!(tested.status, StatusCode::ACCEPTED, "{}", tested.text());
    let log = house.get(&main.token, &format!("/v1/webhooks/{webhook}/deliveries")).await.json();
    let delivery = log["deliveries"][0]["id"].as_str().unwrap().to_owned();
    let things = Things {
        webhook,
        delivery,
        consent,
        challenge,
        verification,
        template,
        call,
        application: extra.application.to_string(),
        key: extra.key.to_string(),
        app_id: a.to_string(),
    };
    let roles = Roles {
        own,
        sibling: house.client(a, Environment::Sandbox, Scopes::all()).await,
        live: house.client(a, Environment::Live, Scopes::all()).await,
        stranger: house.client(b, Environment::Sandbox, Scopes::all()).await,
        person,
        other_person,
        captures: [capture, other_capture],
        operator: house.operator().await,
    };
    (things, roles)
}

impl Things {
    /// The route's path with A's things in it.
    pub(super) fn path(&self, route: &Route) -> String {
        let mut path = route.path.to_owned();
        for name in names(route.path) {
            let thing = match (name, route.path) {
                ("version", _) => "1",
                ("ref", _) => "customer-1",
                ("name", _) => "selfie",
                ("app_id", _) => &self.app_id,
                ("application", _) => &self.application,
                ("key", _) => &self.key,
                ("id", path) if path.starts_with("/v1/verifications") => &self.verification,
                ("id", path) if path.starts_with("/v1/consents") => &self.consent,
                ("id", path) if path.starts_with("/v1/liveness") => &self.challenge,
                ("id", path) if path.starts_with("/v1/templates") => &self.template,
                ("delivery", _) => &self.delivery,
                ("id", path) if path.starts_with("/v1/webhooks") => &self.webhook,
                ("id", path) if path.starts_with("/v1/calls") => &self.call,
                _ => panic!("{}: give the matrix a thing for `{name}`", route.path),
            };
            path = path.replace(&format!("{{{name}}}"), thing);
        }
        path
    }

    /// What must not be told to others.
    fn names(&self) -> [&str; 9] {
        [
            &self.verification,
            &self.template,
            &self.call,
            &self.application,
            &self.key,
            &self.webhook,
            &self.delivery,
            &self.consent,
            &self.challenge,
        ]
    }
}

/// Whether the sibling application sees the thing that a path names: templates
/// and accounts belong to tenant, environment and region; a key with the scope
/// `admin` sees the calls of the tenant's other applications.
fn shared(route: &Route) -> bool {
    let own = ["/v1/verifications", "/v1/webhooks", "/v1/consents", "/v1/liveness"];
    !own.iter().any(|own| route.path.starts_with(own))
}

fn check(route: &Route, role: &str, expected: Expected, reply: &Reply) {
    let (status, code) = (reply.status, reply.code());
    let at = format!("{} {} by {role}: {status} {}", route.method, route.path, reply.text());
    match expected {
        Expected::Allowed => {
            let picture = ["/media/{name}", "/best-frame"];
            let picture = picture.iter().any(|end| route.path.ends_with(end));
            let absent = picture && status == StatusCode::NOT_FOUND;
            let denied = [401, 403, 404].contains(&status.as_u16());
            assert!(absent || !denied, "{at}");
        }
        Expected::Unauthenticated => assert_eq!(status, StatusCode::UNAUTHORIZED, "{at}"),
        Expected::Forbidden(wanted) => {
            assert_eq!((status, code.as_str()), (StatusCode::FORBIDDEN, wanted), "{at}");
        }
        Expected::NotThere => assert_eq!(status, StatusCode::NOT_FOUND, "{at}"),
    }
    if expected != Expected::Allowed {
        assert_eq!(reply.headers["content-type"], "application/problem+json", "{at}");
    }
}

/// One route with every role. Those that are denied come first: what is allowed
/// may end the thing.
async fn walk(house: &House, things: &Things, roles: &Roles, route: &Route) {
    let path = things.path(route);
    // A reference names a person within the caller's own walls, whoever asks.
    let names_thing = names(route.path).any(|name| name != "ref");
    let operator_only = route.who == Who::Operator;
    let send = |token: String| {
        let (method, path) = (route.method.clone(), path.clone());
        async move { house.call(&token, method, &path, route.doc.example).await }
    };
    let denied = Expected::Forbidden("scope_missing");
    let foreign = match (operator_only, names_thing) {
        (true, _) => denied,
        (false, true) => Expected::NotThere,
        (false, false) => Expected::Allowed,
    };
    let person = match (route.who, names_thing) {
        (Who::KeyOrToken, true) => (Expected::Allowed, Expected::NotThere),
        (Who::KeyOrPerson, _) => (Expected::Allowed, Expected::Allowed),
        _ => (Expected::Forbidden("token_refused"), Expected::Forbidden("token_refused")),
    };
    // A tenant is what the applications of both its worlds have in common.
    let names_tenant = route.path.starts_with("/v1/tenants/{app_id}");
    let live = if names_tenant && !operator_only { Expected::Allowed } else { foreign };
    let sibling = if shared(route) && !operator_only { Expected::Allowed } else { foreign };
    // Whose browser it is: a verification's, or a challenge's.
    let (own_browser, other_browser) = match names_thing && route.path.starts_with("/v1/liveness") {
        true => (&roles.captures[0], &roles.captures[1]),
        false => (&roles.person, &roles.other_person),
    };
    let mut plan = vec![
        ("nobody", String::new(), Expected::Unauthenticated),
        ("a made-up key", "bf_sandbox_x_y".to_owned(), Expected::Unauthenticated),
        ("another tenant", roles.stranger.token.clone(), foreign),
        ("the live application", roles.live.token.clone(), live),
        ("another person", other_browser.clone(), person.1),
        ("the other application", roles.sibling.token.clone(), sibling),
    ];
    for (scope, client) in &roles.own {
        let has = route.interface.scope.is_none_or(|needed| needed == *scope);
        let expected = if has && !operator_only { Expected::Allowed } else { denied };
        plan.push((scope.as_str(), client.token.clone(), expected));
    }
    plan.push(("the person", own_browser.clone(), person.0));
    if operator_only {
        plan.push(("the operator", roles.operator.token.clone(), Expected::Allowed));
    }
    plan.sort_by_key(|(_, _, expected)| *expected == Expected::Allowed);
    for (role, token, expected) in plan {
        let reply = send(token).await;
        check(route, role, expected, &reply);
        if ["another tenant", "the live application"].contains(&role) {
            let told = reply.text();
            let leak = things.names().into_iter().find(|name| told.contains(*name));
            assert_eq!(leak, None, "{} {} tells {role}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn p1_m3_every_route_denies_whom_it_has_to() {
    // A route that ends things gets a house of its own; those that read share.
    let shared_house = House::open().await;
    let (things, roles) = setting(&shared_house).await;
    for route in routes() {
        if route.method == axum::http::Method::GET {
            walk(&shared_house, &things, &roles, route).await;
            // A stranger from one address may fail so often only.
            shared_house.clock.advance(std::time::Duration::from_secs(4));
        } else {
            let house = House::open().await;
            let (things, roles) = setting(&house).await;
            walk(&house, &things, &roles, route).await;
        }
    }
}

#[test]
fn every_route_has_what_the_matrix_and_the_document_need() {
    let mut ids = std::collections::BTreeSet::new();
    for route in routes() {
        assert!(ids.insert(route.doc.id), "{} stands twice", route.doc.id);
        let takes = route.doc.request.is_some();
        let typed = matches!(route.takes, Takes::Json | Takes::Batch | Takes::Pictures(_));
        assert_eq!(takes, typed, "{}", route.path);
        let example = serde_json::from_str::<serde_json::Value>(route.doc.example).is_ok();
        assert_eq!(takes, example, "{}: give it an example", route.path);
    }
}
