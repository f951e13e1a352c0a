//! Promises of the founding texts about what a verification keeps, and for how
//! long.

#![expect(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    reason = "helpers of tests fail by panicking, and each file uses some of them"
)]

#[path = "../../media/src/video/samples.rs"]
mod clips;
mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use bonafide_context::{Clock, Timestamp};
use bonafide_face::{FaceEngine, Fmr};
use bonafide_ledger::{LogQuery, View};
use bonafide_media::{Decoder, InProcess, Picture, encode_jpeg};
use bonafide_policy::Category;
use bonafide_vault::records::Table;
use bonafide_vault::{ItemFacts, Opener};
use bonafide_verify::subject::{BreachQuery, breached_data};
use bonafide_verify::verification::{
    ManualDecision, MediaName, RedactScope, ReviewOutcome, ReviewReason, State, UploadSource,
    VerificationId, cancel_verification, decide_verification, open_media, redact_verification,
};
use bonafide_verify::{CompareFaces, Decision, Selection, compare_faces, interface};
use bytes::Bytes;
use serde_json::json;
use support::{House, code, models};

const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn items_table() -> &'static Table {
    bonafide_vault::TABLES.iter().find(|table| table.name == "vault_items").unwrap()
}

impl House {
    async fn items(&self, id: &VerificationId) -> Vec<ItemFacts> {
        self.app.vault().list(&self.caller.realm(), id.as_str()).await.unwrap()
    }

    /// What rests of everybody: rows and bytes.
    async fn resting(&self) -> (u64, usize) {
        let rows = self.app.records().count(items_table(), Vec::new()).await.unwrap();
        let objects = &self.app.vault().stores().objects;
        (rows, objects.list("").await.unwrap().len())
    }

    async fn approve(&self) -> VerificationId {
        let ver = self.begin(json!({})).await;
        self.document(&ver, &self.pictures.document).await.unwrap();
        let end = self.selfie(&ver, &self.pictures.selfie).await.unwrap();
        assert_eq!(end.decision, Some(Decision::Approved), "{end:?}");
        ver
    }

    async fn open(&self, ver: &VerificationId, name: MediaName) -> Result<Bytes, &'static str> {
        let opened = self
            .call(&self.caller, &interface::VERIFICATIONS_MEDIA, async |app, call| {
                open_media(app, call, ver, name).await
            })
            .await;
        opened.map(|media| media.bytes.expose().clone()).map_err(|error| error.code())
    }
}

#[tokio::test]
async fn d4_media_and_result_rest_under_one_transaction_and_nowhere_else() {
    let test = "d4_media_and_result_rest_under_one_transaction_and_nowhere_else";
    let Some(house) = House::new(test).await else { return };
    let ver = house.approve().await;
    let items = house.items(&ver).await;
    let kept: Vec<_> = items.iter().map(|item| (item.name.as_str(), item.category)).collect();
    assert_eq!(
        kept,
        [
            ("document_front", Category::DocumentMedia),
            ("portrait", Category::FaceMedia),
            ("result", Category::Results),
            ("selfie", Category::FaceMedia),
        ]
    );
    // Nothing rests under another name, and every object is one of these.
    let (rows, objects) = house.resting().await;
    assert_eq!(rows, 4);
    assert!((1..=4).contains(&objects), "{objects}");
    let prefix = format!("items/{}/", house.caller.realm());
    for object in house.app.vault().stores().objects.list("").await.unwrap() {
        assert!(object.key.as_str().starts_with(&prefix), "{:?}", object.key);
    }
    // In no file do the pictures or what was read of them stand in clear.
    let (document, selfie) = (&house.pictures.document, &house.pictures.selfie);
    let middle = |file: &Bytes| file.slice(file.len() / 2..file.len() / 2 + 48);
    let result = json!(house.read(&ver).await.unwrap().result);
    let text =
        |name: &str| result["document"]["fields"][name]["value"].as_str().unwrap().to_owned();
    let (surname, number) = (text("surname"), text("number"));
    for file in files(house.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for part in [&middle(document)[..], &middle(selfie), surname.as_bytes(), number.as_bytes()]
        {
            assert!(!holds(&bytes, part), "{}", file.display());
        }
    }
    assert_eq!(house.open(&ver, MediaName::Selfie).await.unwrap(), selfie);
}

#[tokio::test]
async fn d5_both_sides_of_a_document_and_what_was_read_rest_under_one_transaction() {
    let test = "d5_both_sides_of_a_document_and_what_was_read_rest_under_one_transaction";
    let Some(house) = House::new(test).await else { return };
    let ver = house.begin(json!({"mode": "document_only"})).await;
    let [front, back] = &house.pictures.card;
    let end = house.sides(&ver, Some(front), Some(back)).await.unwrap();
    let items = house.items(&ver).await;
    let kept: Vec<_> = items.iter().map(|item| (item.name.as_str(), item.category)).collect();
    // A flow that compares nothing cuts no portrait out.
    assert_eq!(
        kept,
        [
            ("document_back", Category::DocumentMedia),
            ("document_front", Category::DocumentMedia),
            ("result", Category::Results),
        ],
        "{end:?}"
    );
    // Nothing rests under another name.
    assert_eq!(house.resting().await.0, 3);
    assert_eq!(house.open(&ver, MediaName::DocumentFront).await.unwrap(), front);
    assert_eq!(house.open(&ver, MediaName::DocumentBack).await.unwrap(), back);
    // What was read is in the sealed result, and in no row beside it.
    let result = json!(house.read(&ver).await.unwrap().result);
    let fields = result["document"]["fields"].as_object().unwrap();
    let values: Vec<_> = fields.values().map(|field| field["value"].as_str().unwrap()).collect();
    let long: Vec<_> = values.into_iter().filter(|value| value.len() > 4).collect();
    assert!(long.len() > 2, "{fields:?}");
    for file in files(house.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for value in &long {
            assert!(!holds(&bytes, value.as_bytes()), "{}", file.display());
        }
    }
}

/// A second of film: an empty table, the picture, the table again.
fn filmed(file: &[u8]) -> Bytes {
    let picture = InProcess::default().decode(file).unwrap().picture;
    let (width, height) = (picture.width() / 16 * 16, picture.height() / 16 * 16);
    // BT.601, limited, as a recorder would.
    let paint = |x, y| {
        let [r, g, b] = picture.pixel(x, y).map(f32::from);
        let light = 0.299 * r + 0.587 * g + 0.114 * b;
        let scaled = |share: f32| (128.0 + share * 224.0 / 255.0) as u8;
        let luma = (16.5 + light * 219.0 / 255.0) as u8;
        [luma, scaled((b - light) / 1.772), scaled((r - light) / 1.402)]
    };
    let table = clips::h264_frame(width, height, &|_, _| [90, 128, 128]);
    let card = clips::h264_frame(width, height, &paint);
    let film = vec![table.clone(), table.clone(), card.clone(), card, table];
    let (width, height) = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
    clips::Mp4::new(width, height).file(&clips::every(40, film)).into()
}

#[tokio::test]
async fn d5_a_video_of_a_document_is_read_by_its_best_frames_and_kept_like_a_photo() {
    let test = "d5_a_video_of_a_document_is_read_by_its_best_frames_and_kept_like_a_photo";
    let Some(house) = House::new(test).await else { return };
    let read = async |front: &Bytes, back: &Bytes| {
        let ver = house.begin(json!({"mode": "document_only"})).await;
        house.sides(&ver, Some(front), Some(back)).await.unwrap();
        let fields = json!(house.read(&ver).await.unwrap().result)["document"]["fields"].clone();
        (ver, fields)
    };
    let [front, back] = &house.pictures.card;
    let (_, of_photos) = read(front, back).await;
    let (film_front, film_back) = (filmed(front), filmed(back));
    let (ver, of_films) = read(&film_front, &film_back).await;
    for name in ["number", "surname", "birth_date"] {
        assert!(of_photos[name]["value"].is_string(), "{of_photos}");
        assert_eq!(of_films[name]["value"], of_photos[name]["value"], "{name}");
    }
    // The films themselves rest, under the transaction and by the same clock.
    assert_eq!(house.open(&ver, MediaName::DocumentFront).await.unwrap(), film_front);
    assert_eq!(house.open(&ver, MediaName::DocumentBack).await.unwrap(), film_back);
    let kept: Vec<_> =
        house.items(&ver).await.into_iter().map(|item| (item.name, item.category)).collect();
    assert!(kept.contains(&("document_front".to_owned(), Category::DocumentMedia)), "{kept:?}");
    house.clock.advance(2 * HOUR);
    assert!(house.open(&ver, MediaName::DocumentFront).await.is_err());
    // What is no whole film says so, and nothing of it rests.
    let before = house.resting().await.0;
    let ver = house.begin(json!({"mode": "document_only"})).await;
    let cut = film_front.slice(..film_front.len() - 1_000);
    assert_eq!(code(house.sides(&ver, Some(&cut), Some(back)).await), "video_truncated");
    assert!(house.items(&ver).await.is_empty());
    assert!(house.resting().await.0 <= before);
}

#[tokio::test]
async fn d5_of_several_photos_the_best_is_read_and_it_alone_rests() {
    let test = "d5_of_several_photos_the_best_is_read_and_it_alone_rests";
    let Some(house) = House::new(test).await else { return };
    let [front, back] = &house.pictures.card;
    let table = Picture::filled(640, 480, [128, 128, 128]).unwrap();
    let table = Bytes::from(encode_jpeg(&table, 90).unwrap());
    let ver = house.begin(json!({"mode": "document_only"})).await;
    let shots = [table.clone(), front.clone(), table.clone()];
    house.photos(&ver, &shots, &[back.clone(), table.clone()]).await.unwrap();
    let fields = json!(house.read(&ver).await.unwrap().result)["document"]["fields"].clone();
    for name in ["number", "surname", "birth_date"] {
        assert!(fields[name]["value"].is_string(), "{fields}");
    }
    assert_eq!(&house.open(&ver, MediaName::DocumentFront).await.unwrap(), front);
    assert_eq!(&house.open(&ver, MediaName::DocumentBack).await.unwrap(), back);
    let names: Vec<_> = house.items(&ver).await.into_iter().map(|item| item.name).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("document_")).count(), 2, "{names:?}");
    // A video comes alone, and nothing rests of what is refused.
    let ver = house.begin(json!({"mode": "document_only"})).await;
    let mixed = [front.clone(), filmed(front)];
    assert_eq!(code(house.photos(&ver, &mixed, &[]).await), "invalid");
    assert!(house.items(&ver).await.is_empty());
}

#[tokio::test]
async fn r4_a_video_of_a_document_is_gone_after_two_hours() {
    let test = "r4_a_video_of_a_document_is_gone_after_two_hours";
    let Some(house) = House::new(test).await else { return };
    let [front, back] = &house.pictures.card;
    let ver = house.begin(json!({"mode": "document_only"})).await;
    house.sides(&ver, Some(&filmed(front)), Some(&filmed(back))).await.unwrap();
    house.clock.advance(2 * HOUR - SECOND);
    for side in [MediaName::DocumentFront, MediaName::DocumentBack] {
        assert!(house.open(&ver, side).await.is_ok(), "a second too early");
    }
    house.clock.advance(SECOND);
    for side in [MediaName::DocumentFront, MediaName::DocumentBack] {
        assert_eq!(house.open(&ver, side).await, Err("media_not_found"));
    }
    assert_eq!(house.read(&ver).await.unwrap().result, None);
    house.clock.advance(SECOND);
    house.app.vault().reap(1_000).await.unwrap();
    assert_eq!(house.resting().await, (0, 0));
}

#[tokio::test]
async fn o8_what_is_kept_is_known_by_kind_from_its_first_byte_to_its_end() {
    let test = "o8_what_is_kept_is_known_by_kind_from_its_first_byte_to_its_end";
    let Some(house) = House::new(test).await else { return };
    let start = house.clock.now();
    let ver = house.approve().await;
    let query = BreachQuery {
        everywhere: false,
        from: start,
        until: Timestamp(start.0 + 1),
        category: None,
        after: None,
        limit: 100,
    };
    let ask = async || {
        let query = query.clone();
        house
            .call(&house.caller, &interface::BREACHES_READ, async |app, call| {
                breached_data(app, call, query).await
            })
            .await
            .unwrap()
            .entries
    };
    let found = ask().await;
    let kinds: Vec<_> = found.iter().map(|entry| entry.category.as_str()).collect();
    assert_eq!(kinds, ["document_media", "face_media", "results"]);
    let until = Timestamp(start.0 + 2 * 3_600_000);
    for entry in &found {
        assert_eq!(entry.verification.as_deref(), Some(ver.as_str()));
        assert_eq!((entry.from.0, entry.until.0), (start, until));
    }
    // What is deleted before its deadline ends there; the rest does not.
    house.clock.advance(HOUR);
    let now = house.clock.now();
    house
        .call(&house.caller, &interface::VERIFICATIONS_REDACT, async |app, call| {
            redact_verification(app, call, &ver, RedactScope::Media).await
        })
        .await
        .unwrap();
    let ends: Vec<_> = ask().await.iter().map(|entry| entry.until.0).collect();
    assert_eq!(ends, [now, now, until]);
}

#[tokio::test]
async fn d11_who_collected_a_picture_is_recorded() {
    let Some(house) = House::new("d11_who_collected_a_picture_is_recorded").await else { return };
    let ver = house.begin(json!({})).await;
    let person = house.person(&ver);
    house.document_as(&person, &ver, &house.pictures.document).await.unwrap();
    let end = house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    let sources: Vec<_> = end.steps.iter().map(|step| step.source).collect();
    assert_eq!(sources, [Some(UploadSource::Sdk), Some(UploadSource::Customer)]);
    let read = house.read(&ver).await.unwrap();
    assert_eq!(read.steps.iter().map(|step| step.source).collect::<Vec<_>>(), sources);
}

/// Verifications that came to every kind of end, and to none, all of which
/// began to keep data at the same moment.
async fn every_end(house: &House) -> Vec<(State, VerificationId)> {
    let pictures = house.pictures;
    let mut all = vec![];
    for _ in 0..4 {
        all.push(house.begin(json!({"retries": {"liveness": 1}})).await);
    }
    for ver in &all {
        house.document(ver, &pictures.document).await.unwrap();
    }
    // What comes later, and what is made of it, inherits the deadline.
    house.clock.advance(Duration::from_secs(600));
    let declined = house.selfie(&all[0], &pictures.stranger).await.unwrap();
    let review = house.selfie(&all[1], &pictures.grey).await.unwrap();
    let approved = house.selfie(&all[2], &pictures.selfie).await.unwrap();
    let ends = [declined.state, review.state, approved.state, State::Collecting];
    assert_eq!(ends, [State::Declined, State::Review, State::Approved, State::Collecting]);
    ends.into_iter().zip(all).collect()
}

#[tokio::test]
async fn r3_r4_nothing_of_any_verification_outlives_two_hours_from_its_first_byte() {
    let test = "r3_r4_nothing_of_any_verification_outlives_two_hours_from_its_first_byte";
    let Some(house) = House::new(test).await else { return };
    let first = house.app.clock().now();
    let all = every_end(&house).await;
    let due = Timestamp(first.0 + 2 * 3_600_000);
    for (state, ver) in &all {
        let items = house.items(ver).await;
        assert!(items.len() >= 2, "{state:?}: {items:?}");
        for item in &items {
            assert_eq!(item.expires, due, "{state:?}: {}", item.name);
        }
    }
    house.clock.advance(2 * HOUR - Duration::from_secs(600) - SECOND);
    assert_eq!(house.app.vault().reap(1_000).await.unwrap().items, 0);
    for (state, ver) in &all {
        assert!(!house.items(ver).await.is_empty(), "{state:?}: a second too early");
    }
    house.clock.advance(SECOND);
    // No reaper has come, and still nothing can be read.
    for (state, ver) in &all {
        assert_eq!(house.items(ver).await, [], "{state:?}");
        for name in MediaName::ALL {
            assert_eq!(house.open(ver, name).await, Err("media_not_found"), "{state:?}");
        }
        let read = house.read(ver).await.unwrap();
        assert_eq!((read.result, read.media.len()), (None, 0), "{state:?}");
    }
    house.clock.advance(SECOND);
    house.app.vault().reap(1_000).await.unwrap();
    assert_eq!(house.resting().await, (0, 0));
}

#[tokio::test]
async fn p4_after_the_end_its_data_is_delivered_and_used_for_nothing_else() {
    let test = "p4_after_the_end_its_data_is_delivered_and_used_for_nothing_else";
    let Some(house) = House::new(test).await else { return };
    let ver = house.approve().await;
    let before = house.items(&ver).await;
    let opened = house.app.vault().opened();
    assert_eq!(code(house.document(&ver, &house.pictures.document).await), "verification_ended");
    assert_eq!(code(house.selfie(&ver, &house.pictures.stranger).await), "verification_ended");
    let decision =
        ManualDecision { decision: ReviewOutcome::Declined, reason: ReviewReason::NotLive };
    let decided = house
        .call(&house.caller, &interface::VERIFICATIONS_DECIDE, async |app, call| {
            decide_verification(app, call, &ver, decision).await
        })
        .await;
    assert_eq!(code(decided), "verification_not_in_review");
    assert_eq!(house.items(&ver).await, before);
    assert_eq!(house.app.vault().opened(), opened, "nothing was opened to be used again");
    // What was given up is not even delivered.
    let given_up = house.begin(json!({})).await;
    house.document(&given_up, &house.pictures.document).await.unwrap();
    let cancelled = house
        .call(&house.caller, &interface::VERIFICATIONS_CANCEL, async |app, call| {
            cancel_verification(app, call, &given_up).await
        })
        .await;
    cancelled.unwrap();
    assert_eq!(house.open(&given_up, MediaName::DocumentFront).await, Err("media_not_found"));
}

/// Pieces of a vector as some program might leave them: its numbers as they lie
/// in memory, and as text.
fn pieces(values: &[f32]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    for four in values.chunks_exact(4) {
        pieces.push(four.iter().flat_map(|value| value.to_le_bytes()).collect());
        pieces.push(four.iter().flat_map(|value| f64::from(*value).to_le_bytes()).collect());
    }
    let told = values.iter().filter(|value| value.abs() > 0.001);
    pieces.extend(told.map(|value| format!("{:.6}", value.abs()).into_bytes()));
    pieces
}

/// Whether some piece is among the bytes; most places are ruled out by the first
/// two bytes of all pieces.
fn holds_any(bytes: &[u8], pieces: &[Vec<u8>]) -> bool {
    let place = |start: &[u8]| usize::from(start[0]) << 8 | usize::from(start[1]);
    let mut begins = vec![false; 1 << 16];
    for piece in pieces {
        begins[place(piece)] = true;
    }
    let starts = bytes.windows(2).enumerate().filter(|(_, start)| begins[place(start)]);
    starts.map(|(at, _)| &bytes[at..]).any(|rest| pieces.iter().any(|p| rest.starts_with(p)))
}

#[tokio::test]
async fn d17_the_numbers_of_a_face_are_in_no_store_answer_or_log() {
    let test = "d17_the_numbers_of_a_face_are_in_no_store_answer_or_log";
    let Some(house) = House::new(test).await else { return };
    // As the server makes it of the same file.
    let engine = FaceEngine::new(models(test).unwrap());
    let picture = InProcess::default().decode(&house.pictures.selfie).unwrap().picture;
    let face = engine.detect(&picture).unwrap().remove(0);
    let embedding = engine.embed(&picture, &face).unwrap();
    let pieces = pieces(embedding.values());
    assert!(pieces.len() > 128, "{}", pieces.len());
    let own = json!(embedding.values()).to_string();
    // What is looked for would be found.
    let cut: Vec<Vec<u8>> = pieces.iter().map(|p| p[..p.len() - 1].to_vec()).collect();
    assert!(holds_any(own.as_bytes(), &cut));
    let raw: Vec<u8> = embedding.values().iter().flat_map(|value| value.to_le_bytes()).collect();
    assert!(holds_any(&[b"x", &raw[..]].concat(), &pieces));
    let clean = |what: &str, bytes: &[u8]| {
        assert!(!holds_any(bytes, &pieces), "{what} holds a piece of the vector");
    };

    let ver = house.approve().await;
    let file = |bytes: &Bytes| bonafide_context::Sensitive::new(bytes.clone());
    let request = CompareFaces {
        a: file(&house.pictures.selfie),
        b: file(&house.pictures.document),
        fmr: Fmr::default(),
        consent: None,
        fields: Selection::All,
    };
    let compared = house
        .call(&house.caller, &interface::FACES_COMPARE, async |app, call| {
            compare_faces(app, call, request).await
        })
        .await
        .unwrap();
    clean("the comparison's answer", json!(compared).to_string().as_bytes());
    let read = house.read(&ver).await.unwrap();
    clean("the verification's answer", json!(read).to_string().as_bytes());
    // What is sealed is looked at opened.
    for item in house.items(&ver).await {
        let opened = house
            .app
            .vault()
            .read(&Opener::desk("a test"), &house.caller.realm(), ver.as_str(), &item.name)
            .await;
        clean(&item.name, &opened.unwrap().unwrap());
    }
    let view = View::of(&house.caller);
    let every = LogQuery { limit: 1_000, ..LogQuery::default() };
    let log = house.app.ledger().search(&view, &every).await.unwrap();
    assert!(log.items.len() > 5, "{log:?}");
    clean("the operation log", json!(log.items).to_string().as_bytes());
    for path in files(house.folder.path()) {
        clean(&path.display().to_string(), &std::fs::read(&path).unwrap());
    }
}
