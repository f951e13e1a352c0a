//! A change that was answered is never without its trace, and one whose trace
//! could not be written was not made.

use axum::http::{Method, StatusCode};
use bonafide_ledger::Scopes;

use super::house::House;
use super::matrix::{Things, setting};
use crate::api::routes;
use crate::route::{Replay, Route, Who};

/// What a key with every scope can see of the accounts and templates of its
/// realm, and the operator of all tenants.
async fn seen(house: &House, things: &Things, everything: &str, operator: &str) -> String {
    let paths = [
        "/v1/tenants".to_owned(),
        format!("/v1/applications?app_id={}", things.app_id),
        format!("/v1/applications/{}/keys", things.application),
        format!("/v1/webhooks/{}", things.webhook),
        "/v1/templates".to_owned(),
        format!("/v1/templates/{}", things.template),
        format!("/v1/verifications/{}", things.verification),
    ];
    let mut all = String::new();
    for path in paths {
        let token = if path == "/v1/tenants" { operator } else { everything };
        let reply = house.get(token, &path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        all.push_str(&reply.text());
    }
    all
}

fn changes(route: &&Route) -> bool {
    route.method != Method::GET && route.replay != Replay::Reads
}

#[tokio::test]
async fn what_cannot_be_traced_is_not_changed() {
    for route in routes().iter().filter(changes) {
        let house = House::open().await;
        let (things, roles) = setting(&house).await;
        let (own, operator) = (&roles.own[0].1, &roles.operator.token);
        let everything = house.key(own.tenant, &own.application, Scopes::all()).await.token;
        let seen = || seen(&house, &things, &everything, operator);
        let before = seen().await;
        let token = if route.who == Who::Operator { operator } else { &everything };
        let path = things.path(route);
        let at = format!("{} {path}", route.method);

        house.store.take_no_trace(true);
        let refused = house.call(token, route.method.clone(), &path, route.doc.example).await;
        assert_eq!(refused.code(), "store_unavailable", "{at}: {}", refused.text());
        house.store.take_no_trace(false);
        assert_eq!(seen().await, before, "{at} was made without its trace");
        // The trace of the failure is written when the store is back.
        assert_eq!(house.app.ledger().settle().await, Ok(1), "{at}");
        let late = house.get(token, &format!("/v1/calls/{}", refused.call())).await.json();
        assert_eq!(late["call"]["result"], "ledger_unavailable", "{at}");
    }
}
