//! Recordings that come as a video file.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use bonafide_face::{Face, FaceEngine};
use bonafide_media::{Decoder as _, InProcess, Picture};
use bonafide_policy::Category;
use serde_json::{Value, json};

use super::camera::{Camera, FRAME_MS, head, paper, post};
use super::house::{House, Key};
use super::liveness::{ISSUE, issued, refusal, refused, still, view};

const VIDEO: &str = r#"{"method":"reflective","recording":"video"}"#;

/// Whether there is an ffmpeg; a missing one fails where it has to be there.
fn ffmpeg() -> bool {
    let there = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).status();
    let wanted = std::env::var("BONAFIDE_REQUIRE").is_ok_and(|list| list.contains("services"));
    assert!(there.is_ok() || !wanted, "ffmpeg is missing: scripts/services.sh install");
    there.is_ok()
}

/// Frames as a WebM with VP8.
fn webm(frames: &[Vec<u8>]) -> Vec<u8> {
    let rate = format!("1000/{FRAME_MS}");
    let mut run = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "image2pipe", "-c:v", "mjpeg", "-framerate", &rate, "-i", "-"])
        .args(["-c:v", "libvpx", "-b:v", "2M", "-deadline", "good", "-f", "webm", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut pipe, all) = (run.stdin.take().unwrap(), frames.concat());
    let writer = std::thread::spawn(move || pipe.write_all(&all).unwrap());
    let output = run.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    output.stdout
}

/// A WebM with a tone and no picture.
fn tone() -> Vec<u8> {
    let tone = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "sine=duration=1"])
        .args(["-c:a", "libopus", "-f", "webm", "-"])
        .output()
        .unwrap();
    assert!(tone.status.success());
    tone.stdout
}

/// A video in the place of frames, handed in after the time that it took.
async fn handed_in(house: &House, camera: &mut Camera, part: Vec<u8>) {
    house.clock.advance(Duration::from_secs(6));
    let reply = camera.send(house, part).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["revealed"], json!([]), "all of it was told before");
}

async fn judged(house: &House, key: &Key, camera: &Camera) -> Value {
    let told = camera.complete(house).await;
    assert_eq!(told.status, 200, "{}", told.text());
    view(house, key, &camera.id).await
}

/// A house, its key, and the still of a head with the face in it, to be filmed; none where
/// models or an encoder are missing.
async fn before_the_camera() -> Option<(House, Key, Picture, Face)> {
    let models = bonafide_inference::testing::models("liveness")?;
    if !ffmpeg() {
        return None;
    }
    let house = House::open().await;
    let key = house.sandbox().await;
    let still = still(&models);
    let face = FaceEngine::new(models).detect(&still).unwrap()[0];
    Some((house, key, still, face))
}

#[tokio::test]
async fn a_head_that_was_filmed_is_accepted_and_a_filmed_paper_is_not() {
    let Some((house, key, still, face)) = before_the_camera().await else { return };
    let mut camera = issued(&house, &key, VIDEO).await;
    let part = camera.video(&mut head(&still, &face.landmarks, 0.5), &webm);
    handed_in(&house, &mut camera, part).await;
    let shown = judged(&house, &key, &camera).await;
    assert_eq!(shown["result"]["reason"], "accept", "{shown:#}");
    assert_eq!(shown["figures"]["filmed"], true);
    let best = house.get(&key.token, shown["best_frame"].as_str().unwrap()).await;
    assert_eq!(best.headers["content-type"], "image/jpeg");
    assert_eq!(InProcess::default().decode(&best.bytes).unwrap().picture.width(), 240);

    let mut camera = issued(&house, &key, VIDEO).await;
    let part = camera.video(&mut paper(&still, 0.5), &webm);
    handed_in(&house, &mut camera, part).await;
    let shown = judged(&house, &key, &camera).await;
    assert_eq!(shown["result"]["reason"], "flat_surface", "{shown:#}");
    assert_eq!(shown["best_frame"], Value::Null);
}

#[tokio::test]
async fn the_film_of_an_earlier_challenge_has_the_wrong_colours_and_a_copy_is_known() {
    let Some((house, key, still, face)) = before_the_camera().await else { return };
    let mut camera = issued(&house, &key, VIDEO).await;
    let film = std::cell::RefCell::new(Vec::new());
    let part = camera.video(&mut head(&still, &face.landmarks, 0.5), &|frames| {
        *film.borrow_mut() = webm(frames);
        film.borrow().clone()
    });
    handed_in(&house, &mut camera, part).await;
    let film = film.into_inner();
    assert_eq!(judged(&house, &key, &camera).await["result"]["reason"], "accept");

    let reason = async |bytes: Vec<u8>| {
        let mut camera = issued(&house, &key, VIDEO).await;
        let part = camera.video(&mut |_, _| Vec::new(), &|_| bytes.clone());
        handed_in(&house, &mut camera, part).await;
        judged(&house, &key, &camera).await["result"]["reason"].clone()
    };
    assert_eq!(reason(film.clone()).await, "replayed");
    // Two bytes more behind the last cluster: an element of nothing.
    let longer = [film.as_slice(), &[0xec, 0x80]].concat();
    assert_eq!(reason(longer).await, "wrong_sequence");
}

#[tokio::test]
async fn a_video_that_is_none_ends_with_its_reason_and_nothing_is_judged() {
    if bonafide_inference::testing::models("liveness").is_none() || !ffmpeg() {
        return;
    }
    let house = House::open().await;
    let key = house.sandbox().await;
    for (bytes, reason) in
        [(b"\x1a\x45\xdf\xa3".to_vec(), "video_truncated"), (tone(), "no_video_track")]
    {
        let mut camera = issued(&house, &key, VIDEO).await;
        let part = camera.video(&mut |_, _| Vec::new(), &|_| bytes.clone());
        handed_in(&house, &mut camera, part).await;
        let reply = camera.complete(&house).await;
        assert_eq!(refusal(&reply), refused(422, "recording_refused", reason));
        assert_eq!(view(&house, &key, &camera.id).await["result"], Value::Null);
    }
}

#[tokio::test]
async fn d4_r3_a_video_rests_under_its_transaction_for_two_hours_and_goes_with_it() {
    if bonafide_inference::testing::models("liveness").is_none() || !ffmpeg() {
        return;
    }
    let house = House::open().await;
    let key = house.sandbox().await;
    let realm = house.caller(&key.token).await.realm();
    let grey = Picture::filled(240, 320, [90; 3]).unwrap();
    let begun = async || {
        let body = r#"{"settings":{"mode":"liveness_only","liveness":"reflective"}}"#;
        let created = house.post(&key.token, "/v1/verifications", body).await.json();
        let id = created["id"].as_str().unwrap().to_owned();
        let body = json!({ "verification": id, "recording": "video" }).to_string();
        let mut camera = issued(&house, &key, &body).await;
        let part = camera.video(&mut paper(&grey, 0.2), &webm);
        handed_in(&house, &mut camera, part).await;
        assert_eq!(camera.complete(&house).await.status, 200);
        (id, camera)
    };
    let videos = async |owner: &str| {
        let items = house.app.vault().list(&realm, owner).await.unwrap();
        items.into_iter().filter(|item| item.category == Category::LivenessRecording).count()
    };
    let ((first, camera), (second, _)) = (begun().await, begun().await);
    assert_eq!((videos(&first).await, videos(&camera.id).await), (1, 0));
    let path = format!("/v1/verifications/{first}/redact");
    let gone = house.post(&key.token, &path, r#"{"scope":"all"}"#).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!((videos(&first).await, videos(&second).await), (0, 1));
    house.clock.advance(Duration::from_secs(2 * 3_600 - 1));
    assert_eq!(videos(&second).await, 1);
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(videos(&second).await, 0);
}

#[tokio::test]
async fn a_video_is_for_the_applications_key_comes_soon_and_in_its_form() {
    let house = House::open().await;
    let key = house.sandbox().await;
    // A person's browser cannot choose the weaker way.
    let body = r#"{"settings":{"mode":"liveness_only","liveness":"reflective"}}"#;
    let created = house.post(&key.token, "/v1/verifications", body).await.json();
    let person = created["token"].as_str().unwrap();
    assert_eq!(house.post(person, ISSUE, VIDEO).await.code(), "not_possible");

    let reply = house.post(&key.token, ISSUE, VIDEO).await;
    let told = reply.json();
    assert_eq!((told["recording"].as_str(), reply.status.as_u16()), (Some("video"), 201));
    assert_eq!(told["revealed"].as_array().unwrap().len(), 12, "all of it");

    // Frames where a video was asked for, and the other way round.
    let mut camera = Camera::of(&told);
    let frames = camera.film(&mut |_, at| super::liveness::stub(at));
    let path = camera.path("frames");
    let reply = post(&house, &camera.token, &path, frames).await;
    assert_eq!(refusal(&reply), refused(422, "recording_refused", "form"));
    let film = |_: &[Vec<u8>]| b"\x1a\x45\xdf\xa3 and so on".to_vec();
    let mut other = issued(&house, &key, r#"{"method":"actions"}"#).await;
    let part = other.write(Vec::new(), Vec::new(), &[], true);
    assert_eq!(post(&house, &other.token, &other.path("frames"), part).await.status, 200);

    // Twenty seconds after the sequence could have ended it is too late.
    let mut camera = Camera::of(&told);
    let part = camera.video(&mut |_, _| Vec::new(), &film);
    house.clock.advance(Duration::from_millis(24_951));
    let reply = post(&house, &camera.token, &path, part).await;
    assert_eq!(refusal(&reply), refused(410, "gone", "late"));
}
