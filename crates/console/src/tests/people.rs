//! A person's whole life at the desk: who sees it, and that looking is part of it.

use std::time::Duration;

use axum::http::StatusCode;
use bonafide_accounts::{Actor, Page, Role};
use bonafide_ledger::Caller;
use bonafide_vault::Leaf;
use bonafide_vault::records::{Condition, Select};
use bonafide_verify::subject::{RestrictionGround, restrict_subject};
use bonafide_verify::{interface, verification};

use super::desk::waiting_of;
use super::house::{Browser, House, Reply};

const REFERENCE: &str = "customer-7731-ana";

/// What a browser gets that asks for a person in a realm.
async fn look(browser: &mut Browser, house: &House, realm: &str, whom: &str) -> Reply {
    let csrf = browser.get(house, "/review/people").await.hidden("csrf");
    let form = [("csrf", csrf.as_str()), ("realm", realm), ("whom", whom)];
    browser.post(house, "/review/people", &form).await
}

fn subject(page: &Reply) -> String {
    let (_, rest) = page.text.split_once("sub_").unwrap_or_else(|| panic!("{}", page.text));
    format!("sub_{}", &rest[..64])
}

/// Asks for a grant of all that is held of the person.
async fn ask(browser: &mut Browser, house: &House, of: &Caller) {
    let csrf = browser.get(house, "/review/grants").await.hidden("csrf");
    let tenant = of.tenant.to_string();
    let form = [
        ("csrf", csrf.as_str()),
        ("kind", "subject"),
        ("target", REFERENCE),
        ("tenant", tenant.as_str()),
        ("environment", "live"),
        ("region", "apac"),
        ("minutes", "10"),
        ("reason", "complaint"),
    ];
    let asked = browser.post(house, "/review/grants", &form).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
}

/// Gives the one grant that waits.
async fn give(browser: &mut Browser, house: &House) {
    let list = browser.get(house, "/review/grants").await;
    let (_, grant) = list.text.split_once("/review/grants/grt_").unwrap();
    let path = format!("/review/grants/grt_{}", &grant[..26]);
    let form = [("csrf", list.hidden("csrf")), ("what", "give".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(browser.post(house, &path, &form).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn o8_whoever_answers_a_person_sees_the_whole_life_and_the_look_is_part_of_it() {
    let house = House::open().await;
    let bank = house.tenant(None).await;
    let realm = bank.realm().to_string();
    let id = waiting_of(&house, &bank, Some(REFERENCE)).await;
    let mut ana = house.user("ana@bank.example", Some(bank.tenant), Role::PrivacyOfficer).await;
    let form = ana.get(&house, "/review/people").await;
    form.keep("people");
    assert!(form.text.contains(&format!("value=\"{realm}\"")), "{}", form.text);
    assert!(form.text.contains("Live · apac"), "{}", form.text);

    let page = look(&mut ana, &house, &realm, REFERENCE).await;
    page.keep("life");
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for told in [
        "What is held",
        "Selfie",
        "Face media",
        "service (contract)",
        "Until 22 November 2026, 02:00 UTC (2 h 0 min left)",
        &id,
        "policy own@1",
        "Signed statement",
        "held: 1 items of 1 verifications",
        "Access",
        "There are no consents",
        "Who read it",
        "Privacy officer",
    ] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains(REFERENCE), "the page names nobody");
    assert!(!house.wrote(REFERENCE), "and nothing of it rests");
    // The second look shows the first.
    let again = look(&mut ana, &house, &realm, REFERENCE).await;
    again.keep("life-again");
    assert_eq!(again.text.matches("subject reference, for rights").count(), 2, "{}", again.text);
    let whom = subject(&page);
    let by_name = look(&mut ana, &house, &realm, &whom).await;
    assert_eq!(subject(&by_name), whom, "the name that the server gave does as well");

    // Three looks: three leaves of the log, and three lines of the audit that name a
    // request each and nobody.
    house.app.vault().log_events(100).await.unwrap();
    let told = house.app.vault().events_of(&bank.realm(), &whom).await.unwrap();
    let reads = told.iter().filter(|told| matches!(told.leaf, Leaf::SensitiveRead(_))).count();
    assert_eq!(reads, 3);
    let audit = house.app.accounts().audit(&Actor::cli(), None, &Page::default()).await.unwrap();
    let lines: Vec<_> = audit.iter().filter(|line| line.action == "subject_read").collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.subject.starts_with("srq_")), "{lines:?}");
    // The rows go when nothing is known of the person any more.
    let rows = async || {
        let table = bonafide_verify::TABLES.iter().find(|t| t.name == "verification_reads");
        let of = Condition::is("verification", whom.as_str());
        house.app.records().select(Select::from(table.unwrap()).and(of)).await.unwrap().len()
    };
    assert_eq!(rows().await, 3);
    house.clock.advance(Duration::from_secs(31 * 86_400));
    verification::tick(&house.app, 100).await.unwrap();
    assert_eq!(rows().await, 0);
}

#[tokio::test]
async fn o8_that_nothing_is_held_is_said_under_a_signature() {
    let house = House::open().await;
    let bank = house.tenant(None).await;
    let realm = bank.realm().to_string();
    let mut ana = house.user("ana@bank.example", Some(bank.tenant), Role::PrivacyOfficer).await;
    let page = look(&mut ana, &house, &realm, "nobody-at-all").await;
    page.keep("life-nothing");
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for told in ["Nothing is held", "held: nothing", "bonafide statement: subject"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    // A form of another page, and one that names nobody, show nothing.
    let form = [("csrf", "0123"), ("realm", realm.as_str()), ("whom", REFERENCE)];
    assert_eq!(ana.post(&house, "/review/people", &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(look(&mut ana, &house, &realm, "").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(look(&mut ana, &house, "none", "a").await.status, StatusCode::BAD_REQUEST);
    // A realm that is somebody else's or nobody's is none.
    let other = house.tenant(None).await.realm().to_string();
    for realm in [other, realm.replace("live", "sandbox"), realm.replace("apac", "eu")] {
        assert_eq!(look(&mut ana, &house, &realm, "a").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn p7_all_of_a_person_is_shown_under_a_grant_of_that_person_only() {
    let house = House::open().await;
    let bank = house.tenant(None).await;
    let realm = bank.realm().to_string();
    waiting_of(&house, &bank, Some(REFERENCE)).await;
    let mut support = house.user("li@bank.example", Some(bank.tenant), Role::Operator).await;
    let mut owner = house.user("eve@bank.example", Some(bank.tenant), Role::Owner).await;
    for somebody in [&mut support, &mut owner] {
        let refused = look(somebody, &house, &realm, REFERENCE).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    }
    ask(&mut support, &house, &bank).await;
    assert!(!house.wrote(REFERENCE), "a grant names the person by a hash");
    assert_eq!(
        look(&mut support, &house, &realm, REFERENCE).await.status,
        StatusCode::FORBIDDEN,
        "it waits for another person"
    );
    give(&mut owner, &house).await;
    let grants = support.get(&house, "/review/grants").await;
    grants.keep("grants-person");
    assert!(grants.text.contains("<button>Look</button>"), "{}", grants.text);
    let shown = look(&mut support, &house, &realm, &subject(&grants)).await;
    shown.keep("life-grant");
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(shown.text.contains("Of all that is held"), "the grant is part of it");
    let again = look(&mut support, &house, &realm, REFERENCE).await;
    assert_eq!(again.text.matches("for troubleshooting").count(), 2, "{}", again.text);
    let other = look(&mut support, &house, &realm, "somebody-else").await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "of that person only");
    let refused = look(&mut owner, &house, &realm, REFERENCE).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "of the one who asked only");

    // Frozen, a grant opens nothing; who answers the person still sees it.
    let app = &house.app;
    let mut call = app.open(app.new_call_id(), bank.clone(), &interface::SUBJECTS_RESTRICT);
    let whom = bonafide_context::Sensitive::new(REFERENCE.to_owned());
    let done = restrict_subject(app, &mut call, whom, RestrictionGround::AccuracyContested).await;
    app.close(call, done).await.result.unwrap();
    let frozen = look(&mut support, &house, &realm, REFERENCE).await;
    assert_eq!(frozen.status, StatusCode::FORBIDDEN, "{}", frozen.text);
    let mut ana = house.user("ana@bank.example", Some(bank.tenant), Role::PrivacyOfficer).await;
    let page = look(&mut ana, &house, &realm, REFERENCE).await;
    page.keep("life-frozen");
    assert!(page.text.contains("Restricted since 22 November 2026"), "{}", page.text);
    house.clock.advance(Duration::from_secs(11 * 60));
    assert_ne!(look(&mut support, &house, &realm, REFERENCE).await.status, StatusCode::OK, "over");
}

#[tokio::test]
async fn o7_the_operators_officer_answers_where_the_operator_is_the_controller() {
    let house = House::open().await;
    let (own, service) = (house.tenant(None).await, house.tenant(Some("service")).await);
    let mut officer = house.user("dpo@operator.example", None, Role::PrivacyOfficer).await;
    let mut status = async |of: &Caller| {
        let csrf = officer.get(&house, "/review/people").await;
        csrf.keep("people-operator");
        let (csrf, tenant) = (csrf.hidden("csrf"), of.tenant.to_string());
        let form = [
            ("csrf", csrf.as_str()),
            ("tenant", tenant.as_str()),
            ("environment", "live"),
            ("region", "apac"),
            ("whom", REFERENCE),
        ];
        officer.post(&house, "/review/people", &form).await.status
    };
    assert_eq!(status(&own).await, StatusCode::OK);
    assert_eq!(status(&service).await, StatusCode::FORBIDDEN, "the customer's own does");
}
