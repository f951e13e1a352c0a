//! The form, and who reads what came by it.

use std::time::Duration;

use axum::http::StatusCode;
use bonafide_accounts::Role;
use bonafide_verify::requests::reap_requests;
use bonafide_verify::webhooks::{EventType, NewEndpoint, Owner};

use super::house::{Browser, House, Reply};

const MARKER: &str = "Zyxomma petiolatum";
const MAIL: &str = "zyxomma@example.org";

async fn write(house: &House, query: &str) -> Reply {
    let form = [
        ("topic", "erase"),
        ("name", "Ana Example"),
        ("email", MAIL),
        ("phone", ""),
        ("company", ""),
        ("country", "Utopia"),
        ("message", MARKER),
    ];
    Browser::default().post(house, &format!("/rights{query}"), &form).await
}

#[tokio::test]
async fn d18_a_message_is_sealed_and_reaches_those_who_answer() {
    let house = House::open().await;
    let done = write(&house, "").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    done.keep("rights-done");
    assert!(done.text.contains("req_"), "a reference to ask by");
    for marker in [MARKER, MAIL, "Utopia"] {
        assert!(!house.wrote(marker), "{marker} rests in clear");
    }
    let mut officer = house.user("ana@example.org", None, Role::PrivacyOfficer).await;
    let inbox = officer.get(&house, "/review/requests").await;
    inbox.keep("requests");
    assert!(inbox.text.contains("Delete my data"));
    assert!(!inbox.text.contains(MARKER), "the list opens nothing");
    let (_, id) = inbox.text.split_once("/review/requests/req_").unwrap();
    let path = format!("/review/requests/req_{}", &id[..26]);
    let letter = officer.get(&house, &path).await;
    letter.keep("request");
    assert!(letter.text.contains(MARKER) && letter.text.contains(MAIL));
    let form = [("csrf", letter.hidden("csrf"))];
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (*a, b.as_str())).collect();
    officer.post(&house, &format!("{path}/answered"), &form).await;
    assert!(officer.get(&house, &path).await.text.contains("Answered 22 November 2026"));
    // Who decides verifications has nothing to do with letters.
    let mut reviewer = house.user("li@example.org", None, Role::Reviewer).await;
    assert_eq!(reviewer.get(&house, &path).await.status, StatusCode::NOT_FOUND);
    let stranger = Browser::default().get(&house, &path).await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn o7_a_processor_passes_a_request_on_and_a_controller_answers_it() {
    let house = House::open().await;
    let bank = house.tenant(Some("service")).await;
    let webhooks = house.app.webhooks().unwrap();
    let new = NewEndpoint {
        url: "https://bank.example/hook".to_owned(),
        events: vec![EventType::Request],
    };
    let owner = Owner::from(&bank);
    let made = webhooks.create_endpoint(&owner, new).await.unwrap();
    house.app.records().commit(made.changes).await.unwrap();

    let done = write(&house, &format!("?tenant={}", bank.tenant)).await;
    done.keep("rights-forwarded");
    assert!(done.text.contains("passed on to Example Bank"), "{}", done.text);
    let told = webhooks.list_deliveries(&owner, &Default::default()).await.unwrap();
    let kinds: Vec<EventType> = told.items.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [EventType::Request]);
    let mut theirs = house.user("ana@bank.example", Some(bank.tenant), Role::PrivacyOfficer).await;
    assert!(theirs.get(&house, "/review/requests").await.text.contains("Delete my data"));
    let mut own = house.user("li@example.org", None, Role::PrivacyOfficer).await;
    let inbox = own.get(&house, "/review/requests").await.text;
    assert!(inbox.contains("Nobody has written"), "the processor answers nothing itself");

    let done = write(&house, "").await;
    assert!(done.text.contains("You are answered by 20 December 2026"), "{}", done.text);
    assert!(own.get(&house, "/review/requests").await.text.contains("Delete my data"));
    let inbox = theirs.get(&house, "/review/requests").await.text;
    assert_eq!(inbox.matches("Delete my data").count(), 1, "each sees its own");
}

#[tokio::test]
async fn r7_a_message_is_gone_at_twenty_four_months() {
    let house = House::open().await;
    write(&house, "").await;
    let two_years = Duration::from_secs(730 * 86_400);
    house.clock.advance(two_years - Duration::from_secs(1));
    let mut officer = house.user("ana@example.org", None, Role::PrivacyOfficer).await;
    let inbox = officer.get(&house, "/review/requests").await.text;
    let (_, id) = inbox.split_once("/review/requests/req_").unwrap();
    let path = format!("/review/requests/req_{}", &id[..26]);
    assert!(officer.get(&house, &path).await.text.contains(MARKER), "a second before");
    assert!(!reap_requests(&house.app, 10).await.unwrap());
    assert!(officer.get(&house, &path).await.text.contains(MARKER), "nothing goes early");
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(officer.get(&house, &path).await.status, StatusCode::NOT_FOUND, "at its second");
    assert!(officer.get(&house, "/review/requests").await.text.contains("Nobody has written"));
    reap_requests(&house.app, 10).await.unwrap();
    house.app.vault().reap(10).await.unwrap();
    let rows = house.app.records().count(bonafide_verify::requests::TABLES[0], Vec::new()).await;
    assert_eq!(rows, Ok(0), "the row is gone too");
    let kept = house.app.vault().reap(10).await.unwrap();
    assert_eq!(kept.items, 0, "and so is the letter");
}

#[tokio::test]
async fn a_form_with_something_wrong_comes_back_as_it_was_written() {
    let house = House::open().await;
    let form = [("topic", "access"), ("name", "<b>Ana</b>"), ("email", "ana"), ("message", "")];
    let again = Browser::default().post(&house, "/rights", &form).await;
    again.keep("rights-wrong");
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("Write an address like name@example.org"));
    assert!(again.text.contains("Write something here"));
    assert!(!again.text.contains("<b>Ana"), "what was written is no markup");
    let form = [("topic", "money"), ("name", "Ana")];
    let refused = Browser::default().post(&house, "/rights", &form).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}
