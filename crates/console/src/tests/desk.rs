//! The reviewer's desk: who comes in, who decides, who may look at what.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use bonafide_accounts::{Actor, Page, Role};
use bonafide_context::Sensitive;
use bonafide_ledger::Caller;
use bonafide_policy::Category;
use bonafide_vault::Item;
use bonafide_vault::records::{Change, Condition, Expect, Select, Value};
use bonafide_verify::interface;
use bonafide_verify::verification::{CreateVerification, create_verification};
use serde_json::Value as Json;

use super::house::{Browser, House, PASSWORD};

/// The smallest picture there is.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

/// A verification that waits for a person, with a selfie.
async fn waiting(house: &House, caller: &Caller) -> String {
    waiting_of(house, caller, None).await
}

/// The same of somebody whom the customer calls so.
pub(super) async fn waiting_of(house: &House, caller: &Caller, reference: Option<&str>) -> String {
    let app = &house.app;
    let mut call = app.open(app.new_call_id(), caller.clone(), &interface::VERIFICATIONS_CREATE);
    let reference = reference.map(|reference| Sensitive::new(reference.to_owned()));
    let wanted = CreateVerification { reference, ..CreateVerification::default() };
    let made = create_verification(app, &mut call, wanted).await;
    let made = app.close(call, made).await.result.unwrap();
    let id = made.verification.id;
    let table = bonafide_verify::TABLES[0];
    let rows = app.records().select(Select::from(table).and(Condition::is("id", id.as_str())));
    let row = rows.await.unwrap().remove(0);
    let mut progress: Json = serde_json::from_str(row.text("progress").unwrap()).unwrap();
    progress["state"] = "review".into();
    let until = bonafide_context::Timestamp(app_now(house).0 + 7_200_000);
    let mut changes = vec![Change::Update {
        table,
        set: vec![
            ("state", "review".into()),
            ("progress", progress.to_string().into()),
            ("data_until", until.into()),
            ("due", Value::from(until)),
        ],
        conditions: vec![Condition::is("id", id.as_str())],
        expect: Expect::One,
    }];
    let realm = caller.realm();
    let item = Item {
        realm: &realm,
        owner: &id,
        name: "selfie",
        category: Category::FaceMedia,
        expires: until,
        media_type: "image/png",
        policy: Default::default(),
    };
    changes.extend(app.vault().prepare(&item, PIXEL).await.unwrap());
    app.records().commit(changes).await.unwrap();
    id
}

fn app_now(house: &House) -> bonafide_context::Timestamp {
    bonafide_context::Clock::now(&*house.clock)
}

#[tokio::test]
async fn nobody_comes_in_without_both_factors() {
    let house = House::open().await;
    let mut stranger = Browser::default();
    for path in ["/review", "/review/requests", "/review/people", "/review/grants"] {
        let reply = stranger.get(&house, path).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(reply.headers[header::LOCATION], "/review/login", "{path}");
    }
    stranger.get(&house, "/review/login").await.keep("login");
    house.create("ana@example.org", None, Role::Reviewer).await;
    let wrong = [("login", "ana@example.org"), ("password", "not the password")];
    let refused = stranger.post(&house, "/review/login", &wrong).await;
    refused.keep("login-wrong");
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(!refused.text.contains("ana@example.org"), "what was typed is not sent back");

    let right = [("login", "ana@example.org"), ("password", PASSWORD)];
    let entered = stranger.post(&house, "/review/login", &right).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let sent_on = stranger.get(&house, "/review").await;
    assert_eq!(sent_on.headers[header::LOCATION], "/review/second-factor");
    let factor = stranger.get(&house, "/review/second-factor").await;
    factor.keep("second-factor");
    let csrf = factor.hidden("csrf");
    let drawn = stranger.post(&house, "/review/second-factor", &[("csrf", &csrf)]).await;
    drawn.keep("second-factor-drawn");
    let bad = [("csrf", csrf.as_str()), ("code", "000000")];
    let refused = stranger.post(&house, "/review/second-factor", &bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stranger.get(&house, "/review").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_of_another_page_changes_nothing() {
    let house = House::open().await;
    let bank = house.tenant(None).await;
    let id = waiting(&house, &bank).await;
    let mut ana = house.user("ana@example.org", None, Role::Reviewer).await;
    let path = format!("/review/verifications/{id}/decision");
    let form = [("reason", "same_person"), ("csrf", "0123456789abcdef")];
    assert_eq!(ana.post(&house, &path, &form).await.status, StatusCode::FORBIDDEN);
    let other = Request::post(&path)
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("reason=same_person"));
    // Without a session it is sent to the login, whoever sent it.
    assert_eq!(house.send(other.unwrap()).await.status, StatusCode::SEE_OTHER);
    let foreign = Request::post("/review/login")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("login=a&password=b"));
    assert_eq!(house.send(foreign.unwrap()).await.status, StatusCode::FORBIDDEN);
    let page = ana.get(&house, &format!("/review/verifications/{id}")).await;
    assert!(page.text.contains("A person has to look"), "undecided");
}

#[tokio::test]
async fn a_reviewer_decides_and_it_is_written_down_who_did() {
    let house = House::open().await;
    let bank = house.tenant(None).await;
    let id = waiting(&house, &bank).await;
    let mut ana = house.user("ana@bank.example", Some(bank.tenant), Role::Reviewer).await;
    let queue = ana.get(&house, "/review").await;
    queue.keep("queue");
    assert!(queue.text.contains(&id));
    let path = format!("/review/verifications/{id}");
    let case = ana.get(&house, &path).await;
    case.keep("case");
    assert_eq!(case.status, StatusCode::OK, "{}", case.text);
    let picture = ana.get(&house, &format!("{path}/media/selfie")).await;
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/png");
    let csrf = case.hidden("csrf");
    let form = [("csrf", csrf.as_str()), ("reason", "same_person")];
    let done = ana.post(&house, &format!("{path}/decision"), &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(ana.get(&house, "/review").await.text.contains("Nothing waits"));
    let audit = house.app.accounts().audit(&Actor::cli(), None, &Page::default()).await.unwrap();
    let line = audit.iter().find(|line| line.action == "verification_decided").unwrap();
    assert_eq!((line.subject.as_str(), line.tenant), (id.as_str(), Some(bank.tenant)));
    assert!(line.actor.starts_with("usr_"));
}

#[tokio::test]
async fn p7_what_is_not_to_be_decided_takes_a_grant_of_another_person() {
    let house = House::open().await;
    let bank = house.tenant(None).await;
    let other = house.tenant(None).await;
    let id = waiting(&house, &bank).await;
    let path = format!("/review/verifications/{id}");
    let mut foreign = house.user("x@other.example", Some(other.tenant), Role::Reviewer).await;
    assert_eq!(foreign.get(&house, &path).await.status, StatusCode::NOT_FOUND);

    let mut support = house.user("li@bank.example", Some(bank.tenant), Role::Operator).await;
    assert_eq!(support.get(&house, &path).await.status, StatusCode::FORBIDDEN);
    let grants = support.get(&house, "/review/grants").await;
    let csrf = grants.hidden("csrf");
    let tenant = bank.tenant.to_string();
    let asked = [
        ("csrf", csrf.as_str()),
        ("kind", "verification"),
        ("target", id.as_str()),
        ("tenant", tenant.as_str()),
        ("environment", "live"),
        ("region", "apac"),
        ("minutes", "30"),
        ("reason", "complaint"),
    ];
    let asked = support.post(&house, "/review/grants", &asked).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let own = support.get(&house, "/review/grants").await;
    own.keep("grants");
    let (_, grant) = own.text.split_once("/review/grants/grt_").unwrap_or(("", ""));
    assert!(grant.is_empty(), "nobody gives a grant to himself: {}", own.text);
    assert_eq!(support.get(&house, &path).await.status, StatusCode::FORBIDDEN);

    let mut owner = house.user("eve@bank.example", Some(bank.tenant), Role::Owner).await;
    let list = owner.get(&house, "/review/grants").await;
    list.keep("grants-owner");
    let (_, grant) = list.text.split_once("/review/grants/grt_").unwrap();
    let decide = format!("/review/grants/grt_{}", &grant[..26]);
    let refused = support.post(&house, &decide, &[("csrf", &csrf), ("what", "give")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let csrf = list.hidden("csrf");
    let given = owner.post(&house, &decide, &[("csrf", &csrf), ("what", "give")]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    assert_eq!(support.get(&house, &path).await.status, StatusCode::OK);
    house.clock.advance(std::time::Duration::from_secs(31 * 60));
    let mut again = Browser::default();
    let _ = again.get(&house, "/review/login").await;
    assert_ne!(support.get(&house, &path).await.status, StatusCode::OK, "it is over");
}
