//! Pages and their cursors.

use bonafide_accounts::{Actor, VerificationSettings};
use bonafide_ledger::Scopes;

use super::house::House;
use super::matrix::setting;
use crate::api::routes;

#[tokio::test]
async fn every_listing_takes_the_same_limits() {
    let house = House::open().await;
    let (things, roles) = setting(&house).await;
    let token = &roles.operator.token;
    let own = &roles.own[0].1;
    let everything = house.key(own.tenant, &own.application, Scopes::all()).await.token;
    let mut listings = 0;
    for route in routes() {
        let parameters = route.doc.query.map(|query| query()).unwrap_or_default();
        if !parameters.iter().any(|parameter| parameter.name == "limit") {
            continue;
        }
        listings += 1;
        let path = things.path(route);
        let token = if path == "/v1/tenants" { token } else { &everything };
        for good in [1, 200] {
            let page = house.get(token, &format!("{path}?limit={good}")).await;
            assert_eq!(page.status, 200, "{path}: {}", page.text());
            let json = page.json();
            let items = json.as_object().unwrap().values().find_map(|list| list.as_array());
            assert!(items.unwrap().len() <= good, "{path}");
        }
        for bad in [0, 201] {
            let refused = house.get(token, &format!("{path}?limit={bad}")).await;
            assert_eq!(refused.code(), "invalid_query", "{path}");
        }
        let refused = house.get(token, &format!("{path}?cursor=x")).await;
        assert_eq!(refused.code(), "invalid_cursor", "{path}");
    }
    assert!(listings >= 8, "{listings}");
}

#[tokio::test]
async fn a_page_is_as_long_as_was_asked_for() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let realm = house.caller(&client.token).await.realm();
    let accounts = house.app.accounts();
    let cli = Actor::cli();
    for number in 0..201 {
        let (name, settings) = (format!("template {number:03}"), VerificationSettings::default());
        let made = accounts.create_template(&cli, &realm, &name, settings);
        accounts.commit(made).await.unwrap();
    }
    let first = house.get(&client.token, "/v1/templates?limit=200").await.json();
    assert_eq!(first["templates"].as_array().unwrap().len(), 200);
    let next = first["next"].as_str().unwrap();
    let last = house.get(&client.token, &format!("/v1/templates?cursor={next}")).await.json();
    assert_eq!(last["templates"][0]["name"], "template 200");
    assert_eq!(
        (last["templates"].as_array().unwrap().len(), &last["next"]),
        (1, &serde_json::Value::Null)
    );
}

#[tokio::test]
async fn pages_follow_one_another_and_show_each_once() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        house.clock.advance(std::time::Duration::from_millis(5));
        let reply = house.post(&client.token, "/v1/verifications", "{}").await;
        made.push(reply.json()["id"].as_str().unwrap().to_owned());
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut path = "/v1/verifications?limit=2".to_owned();
    loop {
        let page = house.get(&client.token, &path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let json = page.json();
        let ids = json["verifications"].as_array().unwrap();
        assert!(ids.len() <= 2);
        seen.extend(ids.iter().map(|v| v["id"].as_str().unwrap().to_owned()));
        match json["next"].as_str() {
            None => break,
            Some(next) => path = format!("/v1/verifications?limit=2&cursor={next}"),
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_caller_and_its_listing_only() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let other = house
        .client(
            client.tenant,
            bonafide_context::Environment::Sandbox,
            bonafide_ledger::Scopes::all(),
        )
        .await;
    for _ in 0..3 {
        house.post(&client.token, "/v1/verifications", "{}").await;
        house.post(&other.token, "/v1/verifications", "{}").await;
    }
    let page = house.get(&client.token, "/v1/verifications?limit=1").await.json();
    let cursor = page["next"].as_str().unwrap().to_owned();
    let mut altered = cursor.clone().into_bytes();
    altered[cursor.len() / 2] ^= 1;
    let altered = String::from_utf8(altered).unwrap();
    let with = |token: &str, path: &str, cursor: &str| {
        let (token, path) = (token.to_owned(), format!("{path}cursor={cursor}"));
        let house = &house;
        async move { house.get(&token, &path).await }
    };
    let good = with(&client.token, "/v1/verifications?limit=1&", &cursor).await;
    assert_eq!(good.status, 200, "{}", good.text());
    for (token, path, cursor) in [
        (&client.token, "/v1/verifications?limit=1&", altered.as_str()),
        (&client.token, "/v1/verifications?limit=1&", "x"),
        (&client.token, "/v1/verifications?limit=1&", ""),
        (&client.token, "/v1/verifications?state=review&", &cursor),
        (&client.token, "/v1/calls?", &cursor),
        (&other.token, "/v1/verifications?limit=1&", &cursor),
    ] {
        let reply = with(token, path, cursor).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (400, "invalid_cursor"),
            "{path}"
        );
    }
    for bad in ["limit=0", "limit=201", "limit=-1", "limit=x"] {
        let reply = house.get(&client.token, &format!("/v1/verifications?{bad}")).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "invalid_query"), "{bad}");
    }
}
