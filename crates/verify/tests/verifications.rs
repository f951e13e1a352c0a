//! Verifications from creation to decision, through the App on embedded stores.

#![expect(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    reason = "helpers of tests fail by panicking, and each file uses some of them"
)]

mod support;

use std::time::Duration;

use bonafide_context::Sensitive;
use bonafide_vault::records::{Change, Expect};
use bonafide_verify::verification::{
    ClientEvent, CreateVerification, Ending, GateState, ListVerifications, ManualDecision,
    MediaName, RedactScope, ReviewOutcome, ReviewReason, State, Upload, VerificationId,
    cancel_verification, decide_verification, list_verifications, open_media, read_timeline,
    redact_verification, tell_event, tick,
};
use bonafide_verify::webhooks::{self, EventType, NewEndpoint, Owner};
use bonafide_verify::{Decision, Reason, interface};
use serde_json::json;
use support::{House, code, id};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_holder_is_approved() {
    let Some(house) = House::new("a_holder_is_approved").await else { return };
    let created = house
        .create(CreateVerification {
            reference: Some(Sensitive::new("customer-0815".into())),
            ..CreateVerification::default()
        })
        .await;
    let ver = id(&created.verification);
    assert_eq!(created.verification.state, State::Created);
    assert!(created.url.ends_with(&created.token) && created.token.starts_with("bfv_"));
    let half = house.document(&ver, &house.pictures.document).await.unwrap();
    assert_eq!((half.state, half.decision), (State::Collecting, None), "{half:?}");
    assert!(half.steps[0].done && !half.steps[1].done);
    let end = house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Approved), "{end:?}");
    assert!(end.gates.iter().all(|gate| gate.state == GateState::Passed));
    let read = house.read(&ver).await.unwrap();
    assert_eq!(read.media, ["document_front", "portrait", "selfie"]);
    let result = json!(read.result.clone().unwrap());
    assert_eq!(result["document"]["mrz"]["lines"], house.pictures.truth["mrz"]);
    assert_eq!(result["comparison"]["decision"], "match");
    assert_eq!(result["liveness"]["decision"], "live");
    // Told alike by the answer to the last hand-in and by reading.
    assert_eq!(end.result, read.result);
    assert_eq!(code(house.selfie(&ver, &house.pictures.selfie).await), "verification_ended");
    assert_eq!(code(house.document(&ver, &house.pictures.document).await), "verification_ended");
}

#[tokio::test]
async fn the_selfie_may_come_first() {
    let Some(house) = House::new("the_selfie_may_come_first").await else { return };
    let ver = house.begin(json!({})).await;
    let half = house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    assert_eq!(half.state, State::Collecting, "{half:?}");
    let end = house.document(&ver, &house.pictures.document).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Approved), "{end:?}");
}

#[tokio::test]
async fn another_face_is_declined() {
    let Some(house) = House::new("another_face_is_declined").await else { return };
    let ver = house.begin(json!({})).await;
    house.document(&ver, &house.pictures.document).await.unwrap();
    let end = house.selfie(&ver, &house.pictures.stranger).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Declined), "{end:?}");
    assert!(end.reasons.contains(&Reason::FaceMismatch), "{end:?}");
}

#[tokio::test]
async fn an_expired_document_is_declined_at_once() {
    let Some(house) = House::new("an_expired_document_is_declined_at_once").await else { return };
    house.clock.advance(HOUR * 24 * 365 * 20);
    let ver = house.begin(json!({})).await;
    let end = house.document(&ver, &house.pictures.document).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Declined), "{end:?}");
    assert_eq!(end.reasons, [Reason::DocumentExpired]);
}

#[tokio::test]
async fn o12_what_is_not_let_in_has_its_reason() {
    let Some(house) = House::new("o12_what_is_not_let_in_has_its_reason").await else { return };
    for (settings, reason) in [
        (json!({"document_types": ["visa"]}), Reason::DocumentTypeNotAllowed),
        (json!({"jurisdictions": ["SGP"]}), Reason::JurisdictionNotAllowed),
    ] {
        let ver = house.begin(settings).await;
        let half = house.document(&ver, &house.pictures.document).await.unwrap();
        assert_eq!((half.state, half.reasons), (State::Collecting, vec![reason]));
        assert_eq!(half.steps[0].tries_left, 2);
        assert_eq!(half.media, Vec::<String>::new(), "what is taken again is not kept");
    }
}

#[tokio::test]
async fn without_a_face_the_selfie_is_taken_again_and_then_goes_to_review() {
    let test = "without_a_face_the_selfie_is_taken_again_and_then_goes_to_review";
    let Some(house) = House::new(test).await else { return };
    let ver = house.begin(json!({"retries": {"liveness": 2}})).await;
    house.document(&ver, &house.pictures.document).await.unwrap();
    let again = house.selfie(&ver, &house.pictures.grey).await.unwrap();
    assert_eq!((again.state, again.steps[1].tries_left), (State::Collecting, 1), "{again:?}");
    assert_eq!(again.steps[1].hints, ["no_face"]);
    let review = house.selfie(&ver, &house.pictures.grey).await.unwrap();
    assert_eq!(review.decision, Some(Decision::Review), "{review:?}");
    assert_eq!(code(house.selfie(&ver, &house.pictures.selfie).await), "verification_under_review");
}

async fn in_review(house: &House) -> VerificationId {
    let ver = house.begin(json!({"mode": "liveness_only", "retries": {"liveness": 1}})).await;
    let review = house.selfie(&ver, &house.pictures.grey).await.unwrap();
    assert_eq!(review.state, State::Review, "{review:?}");
    ver
}

#[tokio::test]
async fn a_person_decides_what_is_in_review() {
    let Some(house) = House::new("a_person_decides_what_is_in_review").await else { return };
    let ver = in_review(&house).await;
    let decide = async |caller: &bonafide_ledger::Caller, reason| {
        let decision = ManualDecision { decision: ReviewOutcome::Approved, reason };
        house
            .call(caller, &interface::VERIFICATIONS_DECIDE, async |app, call| {
                decide_verification(app, call, &ver, decision).await
            })
            .await
    };
    assert_eq!(code(decide(&house.person(&ver), ReviewReason::PersonLive).await), "needs_key");
    assert_eq!(code(decide(&house.caller, ReviewReason::NotLive).await), "reason_mismatch");
    let selfie = house
        .call(&house.caller, &interface::VERIFICATIONS_MEDIA, async |app, call| {
            open_media(app, call, &ver, MediaName::Selfie).await
        })
        .await
        .unwrap();
    assert_eq!(selfie.bytes.expose(), &house.pictures.grey);
    assert_eq!(selfie.media_type, "image/jpeg");
    let end = decide(&house.caller, ReviewReason::PersonLive).await.unwrap();
    assert_eq!((end.state, end.ended_by), (State::Approved, Some(Ending::Reviewer)));
    assert_eq!(end.review_reason, Some(ReviewReason::PersonLive));
    let again = decide(&house.caller, ReviewReason::PersonLive).await;
    assert_eq!(code(again), "verification_not_in_review");
}

#[tokio::test]
async fn r3_media_under_review_keep_their_deadline_and_then_the_review_expires() {
    let test = "r3_media_under_review_keep_their_deadline_and_then_the_review_expires";
    let Some(house) = House::new(test).await else { return };
    let ver = in_review(&house).await;
    let before = house.read(&ver).await.unwrap();
    assert_eq!(before.expires_at, before.data_expires_at);
    house.clock.advance(HOUR * 2 - Duration::from_secs(1));
    assert_eq!(house.read(&ver).await.unwrap().state, State::Review);
    assert_eq!(tick(&house.app, 10).await.unwrap().expired, 0);
    house.clock.advance(Duration::from_secs(1));
    // From its second on, whether anyone wrote it down or not.
    let over = house.read(&ver).await.unwrap();
    assert_eq!((over.state, over.ended_by), (State::Expired, Some(Ending::ReviewExpired)));
    assert_eq!((over.decision, over.result, over.media.len()), (None, None, 0));
    assert_eq!(tick(&house.app, 10).await.unwrap().expired, 1);
    assert_eq!(tick(&house.app, 10).await.unwrap().expired, 0, "once");
    assert_eq!(house.read(&ver).await.unwrap().state, State::Expired);
}

#[tokio::test]
async fn an_unfinished_one_expires_and_its_row_goes_in_the_end() {
    let Some(house) = House::new("an_unfinished_one_expires_and_its_row_goes_in_the_end").await
    else {
        return;
    };
    let ver = house.begin(json!({"retries": {"time_limit_seconds": 600}})).await;
    house.clock.advance(Duration::from_secs(600));
    let refused = house.document(&ver, &house.pictures.document).await;
    assert_eq!(code(refused), "verification_expired");
    assert_eq!(tick(&house.app, 10).await.unwrap().expired, 1);
    house.clock.advance(HOUR * 24 * 30);
    assert_eq!(code(house.read(&ver).await), "verification_not_found");
    assert_eq!(tick(&house.app, 10).await.unwrap().removed, 1);
    for table in bonafide_verify::TABLES {
        assert_eq!(house.app.records().count(table, Vec::new()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_does_not_call_for_another_round_at_once() {
    let name = "a_row_that_cannot_be_read_does_not_call_for_another_round_at_once";
    let Some(house) = House::new(name).await else { return };
    house.create(CreateVerification::default()).await;
    let damage = Change::Update {
        table: bonafide_verify::TABLES[0],
        set: vec![("environment", "no_such_world".into())],
        conditions: Vec::new(),
        expect: Expect::One,
    };
    house.app.records().commit(vec![damage]).await.unwrap();
    house.clock.advance(HOUR * 2);
    let round = tick(&house.app, 1).await.unwrap();
    assert_eq!((round.expired, round.removed, round.more), (0, 0, false));
}

#[tokio::test]
async fn an_age_check_says_yes_or_no_and_keeps_no_date() {
    let Some(house) = House::new("an_age_check_says_yes_or_no_and_keeps_no_date").await else {
        return;
    };
    let ask = async |limit: u32| {
        let ver = house.begin(json!({"mode": "age_check", "minimum_age": limit})).await;
        house.document(&ver, &house.pictures.document).await.unwrap()
    };
    let yes = ask(1).await;
    assert_eq!(yes.decision, Some(Decision::Approved), "{yes:?}");
    assert_eq!(json!(yes.result), json!({"age": {"limit": 1, "reached": true}}));
    let no = ask(150).await;
    assert_eq!((no.decision, no.reasons), (Some(Decision::Declined), vec![Reason::UnderAge]));
    assert_eq!(json!(no.result), json!({"age": {"limit": 150, "reached": false}}));
    // Neither a picture nor a field rests.
    for table in bonafide_vault::TABLES.iter().filter(|table| table.name == "vault_items") {
        assert_eq!(house.app.records().count(table, Vec::new()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn d6_what_was_not_asked_for_is_not_kept() {
    let Some(house) = House::new("d6_what_was_not_asked_for_is_not_kept").await else { return };
    let created = house
        .create(CreateVerification {
            settings: serde_json::from_value(json!({"mode": "document_only"})).unwrap(),
            fields: "type,surname,number".parse().unwrap(),
            ..CreateVerification::default()
        })
        .await;
    let ver = id(&created.verification);
    house.document(&ver, &house.pictures.document).await.unwrap();
    let result = json!(house.read(&ver).await.unwrap().result);
    let mut members: Vec<_> = result["document"].as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["fields", "type"]);
    assert_eq!(result["document"]["fields"].as_object().unwrap().len(), 2);
    let narrow = house.read_as(&house.caller, &ver, "surname").await.unwrap();
    assert_eq!(json!(narrow.result)["document"]["fields"].as_object().unwrap().len(), 1);
    let held = house
        .app
        .vault()
        .read(
            &bonafide_vault::Opener::desk("a test"),
            &house.caller.realm(),
            ver.as_str(),
            "result",
        )
        .await
        .unwrap()
        .unwrap();
    let held = String::from_utf8(held.to_vec()).unwrap();
    assert!(!held.contains("birth_date") && !held.contains("mrz"), "{held}");
}

#[tokio::test]
async fn r6_o11_media_or_everything_is_deleted_on_request() {
    let Some(house) = House::new("r6_o11_media_or_everything_is_deleted_on_request").await else {
        return;
    };
    let redact = async |ver: &VerificationId, scope| {
        house
            .call(&house.caller, &interface::VERIFICATIONS_REDACT, async |app, call| {
                redact_verification(app, call, ver, scope).await
            })
            .await
    };
    let created = house
        .create(CreateVerification {
            settings: serde_json::from_value(json!({"mode": "document_only"})).unwrap(),
            reference: Some(Sensitive::new("customer".into())),
            ..CreateVerification::default()
        })
        .await;
    let ver = id(&created.verification);
    house.document(&ver, &house.pictures.document).await.unwrap();
    let media = redact(&ver, RedactScope::Media).await.unwrap();
    assert_eq!((media.items, media.verification.state), (1, State::Approved));
    let read = house.read(&ver).await.unwrap();
    assert!(read.media.is_empty() && read.result.is_some());
    let all = redact(&ver, RedactScope::All).await.unwrap();
    assert_eq!(all.items, 1);
    let read = house.read(&ver).await.unwrap();
    assert_eq!((read.result, read.reference, read.state), (None, None, State::Approved));
    assert_eq!(redact(&ver, RedactScope::All).await.unwrap().items, 0, "again is no error");
    // What is deleted before it was decided is not decided any more.
    let review = in_review(&house).await;
    let gone = redact(&review, RedactScope::Media).await.unwrap();
    assert_eq!(gone.verification.state, State::Cancelled);
    assert_eq!(gone.verification.ended_by, Some(Ending::Redacted));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hand_ins_at_once_one_counts() {
    let Some(house) = House::new("of_two_hand_ins_at_once_one_counts").await else { return };
    let ver = house.begin(json!({"mode": "document_only"})).await;
    let (a, b) = tokio::join!(
        house.document(&ver, &house.pictures.document),
        house.document(&ver, &house.pictures.document),
    );
    let (won, lost): (Vec<_>, Vec<_>) = [a, b].into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    let code = code(lost.into_iter().next().unwrap());
    assert!(["conflict", "verification_ended"].contains(&code), "{code}");
    let read = house.read(&ver).await.unwrap();
    assert_eq!(read.steps[0].tries_left, 2);
    assert_eq!(read.media, ["document_front"]);
}

#[tokio::test]
async fn m4_o15_what_is_someone_elses_is_not_there() {
    let Some(house) = House::new("m4_o15_what_is_someone_elses_is_not_there").await else { return };
    let ver = house.begin(json!({})).await;
    let other = house.begin(json!({})).await;
    let mine = house.caller.clone();
    let mut foreign = vec![house.person(&other)];
    for change in 0..4 {
        let mut caller = mine.clone();
        match change {
            0 => caller.tenant.0 += 1,
            1 => caller.environment = bonafide_context::Environment::Live,
            2 => caller.region = "eu".parse().unwrap(),
            _ => {
                let mut random = bonafide_context::Seeded::new(9);
                caller.application = bonafide_ledger::ApplicationId::new(&mut random);
            }
        }
        foreign.push(caller);
    }
    for caller in foreign {
        assert_eq!(code(house.read_as(&caller, &ver, "").await), "verification_not_found");
        let document = house.document_as(&caller, &ver, &house.pictures.document).await;
        assert_eq!(code(document), "verification_not_found");
        let cancelled = house
            .call(&caller, &interface::VERIFICATIONS_CANCEL, async |app, call| {
                cancel_verification(app, call, &ver).await
            })
            .await;
        assert_eq!(code(cancelled), "verification_not_found");
    }
}

#[tokio::test]
async fn a_persons_browser_learns_how_it_stands_and_not_what_was_found() {
    let test = "a_persons_browser_learns_how_it_stands_and_not_what_was_found";
    let Some(house) = House::new(test).await else { return };
    let created = house.create(CreateVerification::default()).await;
    let ver = id(&created.verification);
    let address = std::net::IpAddr::from([127, 0, 0, 1]);
    let person =
        house.app.accounts().authenticate_verification(&created.token, address).await.unwrap();
    let half = house.document_as(&person, &ver, &house.pictures.document).await.unwrap();
    assert_eq!(half.steps[0].source, Some(bonafide_verify::verification::UploadSource::Sdk));
    assert_eq!(half.steps[0].step, Upload::Document);
    assert_eq!((half.result, half.media.len()), (None, 0));
    assert_eq!(house.read_as(&person, &ver, "").await.unwrap().result, None);
    assert!(house.read(&ver).await.unwrap().result.is_some());
    let told = house
        .call(&person, &interface::VERIFICATIONS_EVENT, async |app, call| {
            tell_event(app, call, &ver, ClientEvent::CameraRefused).await
        })
        .await;
    told.unwrap();
    let timeline = async |caller| {
        house
            .call(caller, &interface::VERIFICATIONS_TIMELINE, async |app, call| {
                read_timeline(app, call, &ver).await
            })
            .await
    };
    assert_eq!(code(timeline(&person).await), "needs_key");
    let mut events: Vec<_> =
        timeline(&house.caller).await.unwrap().events.into_iter().map(|e| e.event).collect();
    events.sort();
    assert_eq!(events, ["camera_refused", "collecting", "created"]);
    let cancelled = house
        .call(&person, &interface::VERIFICATIONS_CANCEL, async |app, call| {
            cancel_verification(app, call, &ver).await
        })
        .await
        .unwrap();
    assert_eq!(cancelled.ended_by, Some(Ending::Person));
    // Its pictures wait for deletion only.
    let media = house
        .call(&house.caller, &interface::VERIFICATIONS_MEDIA, async |app, call| {
            open_media(app, call, &ver, MediaName::DocumentFront).await
        })
        .await;
    assert_eq!(code(media), "media_not_found");
}

#[tokio::test]
async fn verifications_are_listed_by_state_and_reference_page_by_page() {
    let test = "verifications_are_listed_by_state_and_reference_page_by_page";
    let Some(house) = House::new(test).await else { return };
    let mut ids = Vec::new();
    for n in 0..5 {
        house.clock.advance(Duration::from_secs(1));
        let reference = Some(Sensitive::new(format!("customer-{}", n % 2)));
        let request = CreateVerification { reference, ..CreateVerification::default() };
        ids.insert(0, house.create(request).await.verification.id);
    }
    let list = async |request: ListVerifications| {
        house
            .call(&house.caller, &interface::VERIFICATIONS_LIST, async |app, call| {
                list_verifications(app, call, request).await
            })
            .await
            .unwrap()
    };
    let first = list(ListVerifications { limit: 2, ..ListVerifications::default() }).await;
    assert!(first.more);
    let last = first.verifications.last().unwrap();
    let after = Some((last.created_at.0, id(last)));
    let rest = list(ListVerifications { limit: 9, after, ..ListVerifications::default() }).await;
    assert!(!rest.more);
    let seen: Vec<_> =
        first.verifications.into_iter().chain(rest.verifications).map(|v| v.id).collect();
    assert_eq!(seen, ids);
    let reference = Some(Sensitive::new("customer-1".to_owned()));
    let some =
        list(ListVerifications { limit: 9, reference, ..ListVerifications::default() }).await;
    assert_eq!(some.verifications.len(), 2);
    let state = Some(State::Approved);
    let none = list(ListVerifications { limit: 9, state, ..ListVerifications::default() }).await;
    assert!(none.verifications.is_empty());
}

#[tokio::test]
async fn a_verification_keeps_the_version_of_its_template() {
    let Some(house) = House::new("a_verification_keeps_the_version_of_its_template").await else {
        return;
    };
    let (realm, actor) = (house.caller.realm(), bonafide_accounts::Actor::caller(&house.caller));
    let settings = |mode: &str| serde_json::from_value(json!({"mode": mode})).unwrap();
    let accounts = house.app.accounts();
    let template = accounts
        .commit(accounts.create_template(&actor, &realm, "onboarding", settings("document_only")))
        .await
        .unwrap();
    let request = || CreateVerification {
        template: Some(template.id.clone()),
        ..CreateVerification::default()
    };
    let old = house.create(request()).await.verification;
    accounts
        .commit(accounts.add_template_version(
            &actor,
            &realm,
            &template.id,
            1,
            settings("liveness_only"),
        ))
        .await
        .unwrap();
    let new = house.create(request()).await.verification;
    assert_eq!(new.template.unwrap().version, 2);
    assert_eq!(house.read(&id(&old)).await.unwrap().template.unwrap().version, 1);
    let end = house.document(&id(&old), &house.pictures.document).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Approved), "{end:?}");
    accounts.commit(accounts.close_template(&actor, &realm, &template.id)).await.unwrap();
    assert_eq!(code(house.try_create(request()).await), "invalid");
}

#[tokio::test]
async fn what_happens_is_told_in_the_commit_that_made_it() {
    let Some(house) = House::new("what_happens_is_told_in_the_commit_that_made_it").await else {
        return;
    };
    let new = NewEndpoint {
        url: "https://shop.example/hook".to_owned(),
        events: vec![EventType::Created, EventType::Approved, EventType::Redacted],
    };
    let webhooks = house.app.webhooks().unwrap();
    let endpoint = webhooks.create_endpoint(&Owner::from(&house.caller), new).await.unwrap();
    house.app.records().commit(endpoint.changes).await.unwrap();
    let waiting = async || {
        let deliveries =
            webhooks::TABLES.iter().find(|table| table.name.contains("deliver")).unwrap();
        house.app.records().count(deliveries, Vec::new()).await.unwrap()
    };
    let ver = house.begin(json!({"mode": "document_only"})).await;
    assert_eq!(waiting().await, 1);
    let poor = house.document(&ver, &house.pictures.grey).await.unwrap();
    assert_eq!((poor.state, waiting().await), (State::Collecting, 1), "not subscribed");
    let end = house.document(&ver, &house.pictures.document).await.unwrap();
    assert_eq!((end.state, waiting().await), (State::Approved, 2));
    assert_eq!(code(house.document(&ver, &house.pictures.document).await), "verification_ended");
    assert_eq!(waiting().await, 2, "what changes nothing tells nothing");
}
