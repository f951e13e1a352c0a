//! Liveness challenges through the door: a still picture in all its ways, and every
//! recording that is not as it has to be.

use std::sync::Arc;
use std::time::Duration;

use bonafide_context::Clock as _;
use bonafide_face::FaceEngine;
use bonafide_inference::Models;
use bonafide_media::{Decoder as _, InProcess, Picture};
use bonafide_policy::Category;
use serde_json::{Value, json};

use super::camera::{Camera, head, paper, post};
use super::house::{House, Key};

pub(super) const ISSUE: &str = "/v1/liveness/challenges";

/// Somebody who does not exist, as a small camera sees him: tests are many.
pub(super) fn still(models: &Arc<Models>) -> Picture {
    filmed_at(models, 240)
}

/// The same by a camera of so many pixels across.
fn filmed_at(models: &Arc<Models>, width: u32) -> Picture {
    let photo = InProcess::default().decode(&models.asset("portrait.png").unwrap()).unwrap();
    let face = FaceEngine::new(models.clone()).detect(&photo.picture).unwrap()[0].area;
    let mut random = bonafide_context::Seeded::new(2);
    let selfie = bonafide_specimen::selfie(&photo.picture, face, 480, &mut random).unwrap();
    bonafide_media::resize(&selfie, width, width * selfie.height() / selfie.width()).unwrap()
}

pub(super) async fn issued(house: &House, key: &Key, body: &str) -> Camera {
    let reply = house.post(&key.token, ISSUE, body).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    Camera::of(&reply.json())
}

pub(super) async fn view(house: &House, key: &Key, id: &str) -> Value {
    let reply = house.get(&key.token, &format!("{ISSUE}/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn a_still_picture_is_accepted_in_no_way() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    for (screen, reason, advice) in
        [(0.0, "no_reflection", "brighter_screen"), (0.5, "flat_surface", "could_not_confirm")]
    {
        let mut camera = issued(&house, &key, r#"{"method":"reflective"}"#).await;
        camera.run(&house, &mut paper(&still, screen)).await;
        let told = camera.complete(&house).await;
        assert_eq!(told.status, 200, "{}", told.text());
        let shown = view(&house, &key, &camera.id).await;
        assert_eq!(shown["result"]["reason"], reason, "{shown:#}");
        assert_eq!(shown["state"], "judged");
        assert_eq!(shown["best_frame"], Value::Null);
        // The person learns what to do, and not what gave him away.
        assert_eq!(told.json(), json!({"state": "retry", "advice": advice, "tries_left": null}));
        // Asked again it says the same.
        assert_eq!(camera.complete(&house).await.json(), told.json());
    }
}

/// A frame that is a picture by its first bytes only: for what is refused before any
/// picture is looked at.
pub(super) fn stub(n: u64) -> Vec<u8> {
    [&[0xff, 0xd8, 0xff][..], &n.to_be_bytes()].concat()
}

/// What a part was refused with.
pub(super) fn refusal(reply: &super::house::Reply) -> (u16, String, String) {
    let json = reply.json();
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    (reply.status.as_u16(), text("code"), text("reason"))
}

pub(super) fn refused(code: u16, name: &str, reason: &str) -> (u16, String, String) {
    (code, name.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn parts_out_of_order_changed_foreign_or_without_the_key_are_refused() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let mut camera = issued(&house, &key, "{}").await;
    let mut film = |_, at| stub(at);
    let first = camera.film(&mut film);
    let mut second = camera.film(&mut film);
    let not_taken = |reason| refused(422, "recording_refused", reason);
    let path = camera.path("frames");
    let send = |part: Vec<u8>| post(&house, &camera.token, &path, part);

    assert_eq!(refusal(&send(vec![]).await), not_taken("not_a_package"));
    assert_eq!(refusal(&send(b"bnfdcap1".to_vec()).await), not_taken("not_a_package"));
    assert_eq!(refusal(&send(second.clone()).await), not_taken("out_of_order"));
    let mut changed = first.clone();
    changed[200] ^= 1;
    assert_eq!(refusal(&send(changed).await), not_taken("wrong_mac"));
    assert_eq!(refusal(&send(first[..first.len() - 1].to_vec()).await), not_taken("wrong_mac"));
    // Another challenge's part, sealed with that one's key.
    let mut other = issued(&house, &key, "{}").await;
    let foreign = other.film(&mut film);
    assert_eq!(refusal(&send(foreign).await), not_taken("wrong_mac"));
    // Nothing of this has changed anything: the first part is taken.
    let taken = send(first.clone()).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    // Its answer got lost.
    let again = send(first.clone()).await;
    assert_eq!((again.status, &again.bytes), (taken.status, &taken.bytes));
    let last = second.len() - 1;
    second[last] ^= 1;
    assert_eq!(refusal(&send(second).await), not_taken("wrong_mac"));
    // Unfinished, it is not judged.
    let reply = camera.complete(&house).await;
    assert_eq!(refusal(&reply), not_taken("unfinished"));
    assert_eq!(view(&house, &key, &camera.id).await["state"], "recording");
}

#[tokio::test]
async fn another_part_of_the_same_number_is_refused() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let mut camera = issued(&house, &key, "{}").await;
    let first = camera.film(&mut |_, at| stub(at));
    let mut twin = camera.again();
    let other = twin.film(&mut |_, at| stub(at + 7));
    assert_eq!(camera.send(&house, first).await.status, 200);
    let reply = camera.send(&house, other).await;
    assert_eq!(refusal(&reply), refused(422, "recording_refused", "part_twice"));
}

#[tokio::test]
async fn a_clock_that_runs_backwards_and_colours_that_were_not_issued_are_refused() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let mut camera = issued(&house, &key, "{}").await;
    let part = camera.film(&mut |_, at| stub(at));
    assert_eq!(camera.send(&house, part).await.status, 200);
    camera.now_ms -= 200;
    let part = camera.film(&mut |_, at| stub(at));
    let reply = camera.send(&house, part).await;
    assert_eq!(refusal(&reply), refused(422, "recording_refused", "clock_backwards"));

    // A page that shows what it made up.
    let mut camera = issued(&house, &key, "{}").await;
    camera.lie();
    let mut told = (200, String::new(), String::new());
    while told.0 == 200 && !camera.is_over() {
        let part = camera.film(&mut |_, at| stub(at));
        told = refusal(&camera.send(&house, part).await);
    }
    assert_eq!(told, refused(422, "recording_refused", "not_issued"));
}

#[tokio::test]
async fn ten_thousand_frames_and_a_frame_too_large_are_refused() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let mut camera = issued(&house, &key, "{}").await;
    let part = camera.burst(10_000, 11);
    let reply = camera.send(&house, part).await;
    assert_eq!(refusal(&reply), refused(422, "recording_refused", "too_large"));
    let mut camera = issued(&house, &key, "{}").await;
    let part = camera.burst(1, 300 * 1_024);
    let reply = camera.send(&house, part).await;
    assert_eq!(refusal(&reply), refused(422, "recording_refused", "too_large"));
    let huge = vec![0; 26 * 1_024 * 1_024];
    let reply = post(&house, &camera.token, &camera.path("frames"), huge).await;
    assert_eq!(reply.code(), "too_large");
}

#[tokio::test]
async fn what_comes_late_is_not_taken() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let mut camera = issued(&house, &key, "{}").await;
    let part = camera.film(&mut |_, at| stub(at));
    house.clock.advance(Duration::from_secs(21));
    let reply = camera.send(&house, part).await;
    assert_eq!(refusal(&reply), refused(410, "gone", "late"));

    let mut camera = issued(&house, &key, "{}").await;
    let part = camera.film(&mut |_, at| stub(at));
    assert_eq!(camera.send(&house, part).await.status, 200);
    let part = camera.film(&mut |_, at| stub(at));
    house.clock.advance(Duration::from_secs(91));
    let reply = camera.send(&house, part).await;
    assert_eq!(refusal(&reply), refused(410, "gone", "late"));
    house.clock.advance(Duration::from_secs(60));
    assert_eq!(view(&house, &key, &camera.id).await["state"], "expired");
    let reply = house.post(&key.token, &camera.path("complete"), "").await;
    assert_eq!(refusal(&reply), refused(410, "gone", "challenge_expired"));
}

#[tokio::test]
async fn of_two_who_answer_one_challenge_one_is_taken() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let mut one = issued(&house, &key, "{}").await;
    let mut two = one.again();
    let (a, b) = (one.film(&mut |_, at| stub(at)), two.film(&mut |_, at| stub(at + 9)));
    let (a, b) = tokio::join!(one.send(&house, a), two.send(&house, b));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert!(statuses[0] == 200 && [409, 422].contains(&statuses[1]), "{statuses:?}");
    assert_eq!(view(&house, &key, &one.id).await["parts"], 1);
}

#[tokio::test]
async fn a_challenge_is_judged_once_however_many_ask() {
    if bonafide_inference::testing::models("liveness").is_none() {
        return;
    }
    let house = House::open().await;
    let key = house.sandbox().await;
    let mut camera = issued(&house, &key, "{}").await;
    // Frames that are no pictures: lost, and judged all the same.
    camera.run(&house, &mut |_, at| stub(at)).await;
    let (a, b, c) =
        tokio::join!(camera.complete(&house), camera.complete(&house), camera.complete(&house));
    let all = [a, b, c];
    let done: Vec<_> = all.iter().filter(|reply| reply.status == 200).collect();
    assert!(!done.is_empty(), "{:?}", all.each_ref().map(super::house::Reply::text));
    for reply in &all {
        assert!([200, 409].contains(&reply.status.as_u16()), "{}", reply.text());
    }
    let shown = view(&house, &key, &camera.id).await;
    assert_eq!(shown["result"]["reason"], "face_lost", "{shown:#}");
    let judged = house.get(&key.token, "/v1/calls?interface=liveness.challenges.complete").await;
    assert_eq!(judged.status, 200, "{}", judged.text());
    // Nothing more is taken.
    let mut late = camera.again();
    let part = late.film(&mut |_, at| stub(at));
    let reply = late.send(&house, part).await;
    assert_eq!(refusal(&reply), refused(409, "wrong_state", "answered"));
}

#[tokio::test]
async fn the_same_frames_are_known_again() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    for reason in ["no_reflection", "replayed"] {
        let mut camera = issued(&house, &key, r#"{"method":"reflective"}"#).await;
        camera.run(&house, &mut paper(&still, 0.0)).await;
        assert_eq!(camera.complete(&house).await.status, 200);
        let shown = view(&house, &key, &camera.id).await;
        assert_eq!(shown["result"]["reason"], reason, "{shown:#}");
    }
}

#[tokio::test]
async fn the_position_is_told_and_counted_and_kept_nowhere() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let camera = issued(&house, &key, "{}").await;
    let still = still(&models);
    let small = bonafide_media::resize(&still, 240, 240 * still.height() / still.width()).unwrap();
    let jpeg = bonafide_media::encode_jpeg(&small, 80).unwrap();
    let ask = |bytes: Vec<u8>| {
        let path = camera.path("position");
        let house = &house;
        let token = camera.token.clone();
        async move { post(house, &token, &path, bytes).await }
    };
    let reply = ask(jpeg.clone()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let width = reply.json()["face"]["width"].as_f64().unwrap();
    assert!((0.1..1.0).contains(&width), "{}", reply.text());
    let grey = bonafide_media::Picture::filled(240, 320, [128; 3]).unwrap();
    let grey = bonafide_media::encode_jpeg(&grey, 80).unwrap();
    let told = json!({"advice": "no_face", "face": null});
    assert_eq!(ask(grey).await.json(), told);
    assert_eq!(ask(vec![0xff; 65 * 1_024]).await.code(), "too_large");
    assert_eq!(ask(b"\xff\xd8\xff".to_vec()).await.code(), "picture_unreadable");
}

#[tokio::test]
async fn issues_are_counted() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let body = r#"{"settings":{"mode":"liveness_only","retries":{"liveness":1}}}"#;
    let created = house.post(&key.token, "/v1/verifications", body).await.json();
    let person = created["token"].as_str().unwrap();
    for _ in 0..3 {
        assert_eq!(house.post(person, ISSUE, "{}").await.status, 201);
    }
    let reply = house.post(person, ISSUE, "{}").await;
    assert_eq!(refusal(&reply), refused(429, "rate_limited", "too_many_challenges"));
    assert_eq!(reply.headers["retry-after"], "60");
    // Nor for somebody else's verification.
    let other = house.post(&key.token, "/v1/verifications", body).await.json();
    let body = json!({"verification": other["id"]}).to_string();
    assert_eq!(house.post(person, ISSUE, &body).await.code(), "not_found");
}

#[tokio::test]
async fn movements_are_asked_for_one_after_another() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let reply = house.post(&key.token, ISSUE, r#"{"method":"actions"}"#).await.json();
    assert_eq!(reply["method"], "actions");
    assert_eq!(reply["schedule"].as_array().unwrap().len(), 5);
    assert_eq!(reply["revealed"].as_array().unwrap().len(), 1);
    let mut camera = Camera::of(&reply);
    let mut asked = vec![reply["revealed"][0]["action"].clone()];
    while !camera.is_over() {
        let part = camera.film(&mut |_, at| stub(at));
        let told = camera.send(&house, part).await;
        assert_eq!(told.status, 200, "{}", told.text());
        let next = told.json()["revealed"].as_array().unwrap().clone();
        assert!(next.len() <= 1, "{next:?}");
        asked.extend(next.into_iter().map(|one| one["action"].clone()));
    }
    assert_eq!(asked.len(), 4, "{asked:?}");
    let judged = ["turn_left", "turn_right", "nod", "open_mouth", "blink"];
    assert!(asked.iter().all(|one| judged.contains(&one.as_str().unwrap())), "{asked:?}");
}

#[tokio::test]
async fn a_verification_that_wants_the_light_takes_no_picture_and_counts_tries() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    let body =
        r#"{"settings":{"mode":"liveness_only","liveness":"reflective","retries":{"liveness":2}}}"#;
    let created = house.post(&key.token, "/v1/verifications", body).await.json();
    assert_eq!(created["next"], "liveness", "{created:#}");
    let (id, person) = (created["id"].as_str().unwrap(), created["token"].as_str().unwrap());
    let path = format!("/v1/verifications/{id}");
    let selfie = house.post(person, &format!("{path}/selfie"), r#"{"image":"/9j/4AAQ"}"#).await;
    assert_eq!(selfie.code(), "wrong_state", "{}", selfie.text());
    for (state, left) in [("retry", 1), ("refused", 0)] {
        let reply = house.post(person, ISSUE, "{}").await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let mut camera = Camera::of(&reply.json());
        camera.run(&house, &mut paper(&still, 0.5)).await;
        let told = camera.complete(&house).await.json();
        let wanted = json!({"state": state, "advice": "could_not_confirm", "tries_left": left});
        assert_eq!(told, wanted);
        // Its token opens nothing else.
        assert_eq!(house.get(&camera.token, &path).await.code(), "not_found");
        let shown = view(&house, &key, &camera.id).await;
        assert_eq!(shown["verification"], id);
        // Which of the two the numbers say first depends on the sequence; the person is
        // told the same.
        let reason = shown["result"]["reason"].as_str().unwrap();
        assert!(["flat_surface", "wrong_sequence"].contains(&reason), "{shown:#}");
    }
    let shown = house.get(&key.token, &path).await.json();
    assert_eq!(shown["state"], "review", "{shown:#}");
    let gate = json!({"gate": "liveness", "state": "failed", "reasons": ["liveness_uncertain"]});
    assert_eq!(shown["gates"], json!([gate]));
    let reply = house.post(person, ISSUE, "{}").await;
    assert_eq!(reply.code(), "wrong_state", "{}", reply.text());
}

#[tokio::test]
async fn a_head_that_reflects_the_sequence_is_accepted_and_its_best_frame_kept() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    let face = FaceEngine::new(models.clone()).detect(&still).unwrap()[0];
    let mut camera = issued(&house, &key, r#"{"method":"reflective"}"#).await;
    camera.run(&house, &mut head(&still, &face.landmarks, 0.5)).await;
    let told = camera.complete(&house).await;
    assert_eq!(told.status, 200, "{}", told.text());
    let shown = view(&house, &key, &camera.id).await;
    assert_eq!(shown["result"]["reason"], "accept", "{shown:#}");
    assert_eq!(told.json(), json!({"state": "accepted", "advice": null, "tries_left": null}));
    let path = shown["best_frame"].as_str().unwrap();
    let best = house.get(&key.token, path).await;
    assert_eq!(best.headers["content-type"], "image/jpeg");
    assert_eq!(InProcess::default().decode(&best.bytes).unwrap().picture.width(), 240);
    // The browser that made it does not get it back.
    assert_eq!(house.get(&camera.token, path).await.code(), "token_refused");
    // Both halves of the recording show the person of the best frame.
    let alike = shown["figures"]["same_person"].as_array().unwrap();
    assert!(alike.len() == 2 && alike.iter().all(|one| one.as_f64() > Some(0.5)), "{alike:?}");
}

#[tokio::test]
async fn d11_a_recording_was_collected_by_the_pages() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    let face = FaceEngine::new(models.clone()).detect(&still).unwrap()[0];
    let body = r#"{"settings":{"mode":"liveness_only","liveness":"reflective"}}"#;
    let created = house.post(&key.token, "/v1/verifications", body).await.json();
    let (id, person) = (created["id"].as_str().unwrap(), created["token"].as_str().unwrap());
    let mut camera = Camera::of(&house.post(person, ISSUE, "{}").await.json());
    camera.run(&house, &mut head(&still, &face.landmarks, 0.5)).await;
    let told = camera.complete(&house).await.json();
    assert_eq!(told["state"], "accepted", "{told:#}");
    let path = format!("/v1/verifications/{id}");
    let shown = house.get(&key.token, &path).await.json();
    assert_eq!(shown["state"], "approved", "{shown:#}");
    assert_eq!(shown["gates"], json!([{"gate": "liveness", "state": "passed", "reasons": []}]));
    let collectors: Vec<&Value> =
        shown["steps"].as_array().unwrap().iter().map(|step| &step["source"]).collect();
    assert_eq!(collectors, [&json!("sdk")]);
    let selfie = house.get(&key.token, &format!("{path}/media/selfie")).await;
    assert_eq!(selfie.status, 200, "{}", selfie.text());
    let shown = view(&house, &key, &camera.id).await;
    assert_eq!(shown["best_frame"], format!("{path}/media/selfie"));
}

#[tokio::test]
async fn the_head_of_an_earlier_run_has_the_wrong_colours() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    let face = FaceEngine::new(models.clone()).detect(&still).unwrap()[0];
    let mut film = head(&still, &face.landmarks, 0.5);
    let mut filmed = Vec::new();
    let mut camera = issued(&house, &key, r#"{"method":"reflective"}"#).await;
    camera
        .run(&house, &mut |look, at| {
            let frame = film(look, at);
            filmed.push(frame.clone());
            frame
        })
        .await;
    // The same film before another challenge, each frame a byte longer.
    let mut frames = filmed.into_iter();
    let mut camera = issued(&house, &key, r#"{"method":"reflective"}"#).await;
    let mut replay = |_, _| {
        let mut frame = frames.next().unwrap();
        frame.push(0);
        frame
    };
    camera.run(&house, &mut replay).await;
    assert_eq!(camera.complete(&house).await.status, 200);
    let shown = view(&house, &key, &camera.id).await;
    assert_eq!(shown["result"]["reason"], "wrong_sequence", "{shown:#}");
}

#[tokio::test]
async fn a_face_that_leaves_and_a_second_face_are_face_lost() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    let face = FaceEngine::new(models.clone()).detect(&still).unwrap()[0];
    let (width, height) = (still.width(), still.height());
    let empty = Picture::filled(width, height, [90; 3]).unwrap();
    let half = bonafide_media::resize(&still, width / 2, height / 2).unwrap();
    let mut two = Picture::filled(width, height, [90; 3]).unwrap();
    for row in 0..half.height() {
        for column in 0..half.width() {
            let pixel = half.pixel(column, row);
            two.set_pixel(column, row + height / 4, pixel);
            two.set_pixel(column + width / 2, row + height / 4, pixel);
        }
    }
    for (other, wanted) in [(empty, "face_lost"), (two, "face_lost")] {
        let mut film = head(&still, &face.landmarks, 0.5);
        let mut gone = paper(&other, 0.5);
        let mut both =
            |look, at| if (2_500..4_000).contains(&at) { gone(look, at) } else { film(look, at) };
        let mut camera = issued(&house, &key, r#"{"method":"reflective"}"#).await;
        camera.run(&house, &mut both).await;
        assert_eq!(camera.complete(&house).await.json()["state"], "retry");
        let shown = view(&house, &key, &camera.id).await;
        assert_eq!(shown["result"]["reason"], wanted, "{shown:#}");
    }
}

#[tokio::test]
async fn d4_recording_and_figures_rest_under_their_transaction_each_by_its_own_clock() {
    if bonafide_inference::testing::models("liveness").is_none() {
        return;
    }
    let house = House::open().await;
    let key = house.sandbox().await;
    let body = r#"{"settings":{"mode":"liveness_only","liveness":"reflective"}}"#;
    let created = house.post(&key.token, "/v1/verifications", body).await.json();
    let (id, person) = (created["id"].as_str().unwrap(), created["token"].as_str().unwrap());
    let mut camera = Camera::of(&house.post(person, ISSUE, "{}").await.json());
    let began = house.clock.now();
    camera.run(&house, &mut |_, at| stub(at)).await;
    assert_eq!(camera.complete(&house).await.status, 200);
    let realm = house.caller(&key.token).await.realm();
    let items = house.app.vault().list(&realm, id).await.unwrap();
    let hours = |category: Category| {
        let of: Vec<_> = items.iter().filter(|item| item.category == category).collect();
        assert!(!of.is_empty(), "{category}: {items:?}");
        let lives = of.iter().map(|item| item.expires.0.saturating_sub(began.0));
        (of.len(), lives.max().unwrap() / 3_600_000)
    };
    // The challenge ends with its last moment, and so does what it asks for.
    assert_eq!(hours(Category::LivenessChallenge), (1, 0));
    let (parts, recording) = hours(Category::LivenessRecording);
    assert_eq!((parts, recording), (13, 2));
    assert_eq!(hours(Category::LivenessAudit), (1, 30 * 24));
    // Nothing of it rests under another name, and all of it goes with the verification.
    let other = house.app.vault().list(&realm, &camera.id).await.unwrap();
    assert!(other.is_empty(), "{other:?}");
    let path = format!("/v1/verifications/{id}/redact");
    let gone = house.post(&key.token, &path, r#"{"scope":"all"}"#).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert!(house.app.vault().list(&realm, id).await.unwrap().is_empty());
    let shown = house.get(&key.token, &format!("{ISSUE}/{}", camera.id)).await;
    assert_eq!(shown.code(), "not_found");
}

/// What judging a recording of five seconds costs: run by hand, for the figures.
#[tokio::test]
#[ignore = "a measurement: `cargo test -p bonafide-native -- --ignored --nocapture cost`"]
async fn the_cost_of_judging() {
    let Some(models) = bonafide_inference::testing::models("liveness") else { return };
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = filmed_at(&models, 480);
    let mut costs = Vec::new();
    for round in 0..6 {
        let mut camera = issued(&house, &key, r#"{"method":"reflective"}"#).await;
        camera.run(&house, &mut paper(&still, 0.4 + f64::from(round) / 50.0)).await;
        let before = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let told = camera.complete(&house).await;
        let after = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        assert_eq!(told.status, 200, "{}", told.text());
        let ms = |at: rustix::time::Timespec| at.tv_sec * 1_000 + at.tv_nsec / 1_000_000;
        costs.push(ms(after) - ms(before));
    }
    eprintln!(
        "cpu ms a recording of 74 frames, {} by {}: {costs:?}",
        still.width(),
        still.height()
    );
}
