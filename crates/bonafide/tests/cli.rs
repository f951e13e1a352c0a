//! Through the real door: the binary, its output and its exit status.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn bonafide(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bonafide")).args(arguments).output().unwrap()
}

/// The one JSON object on standard output, and the exit status.
fn json(arguments: &[&str]) -> (Value, i32) {
    let output = bonafide(arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text).unwrap_or_else(|e| {
        panic!("{arguments:?}: {e}: {text}{}", String::from_utf8_lossy(&output.stderr))
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panicked"), "{arguments:?}: {errors}");
    (value, output.status.code().unwrap())
}

fn models_are_there(test: &str) -> bool {
    bonafide_inference::testing::models(test).is_some()
}

/// A rendered passport, a selfie of its holder, and what it says.
struct Sample {
    _folder: tempfile::TempDir,
    document: PathBuf,
    selfie: PathBuf,
    truth: Value,
}

fn sample(more: &[&str]) -> Sample {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let arguments = [&["specimen", "--json", "--out", out, "--today", "2026-11-22"], more].concat();
    let (answer, code) = json(&arguments);
    assert_eq!(code, 0, "{answer}");
    Sample {
        document: folder.path().join("document.jpg"),
        selfie: folder.path().join("selfie.jpg"),
        truth: answer["truth"].clone(),
        _folder: folder,
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The answer to a sample as of a day.
fn verify(sample: &Sample, today: &str) -> (Value, i32) {
    let (document, selfie) = (text(&sample.document), text(&sample.selfie));
    json(&["verify", "--document", document, "--selfie", selfie, "--today", today, "--json"])
}

#[test]
fn a_holder_is_approved_and_the_zone_is_exact() {
    if !models_are_there("a_holder_is_approved_and_the_zone_is_exact") {
        return;
    }
    let sample = sample(&["--seed", "2"]);
    let (answer, code) = verify(&sample, "2026-11-22");
    assert_eq!(code, 0);
    assert_eq!(answer["decision"], "approved", "{answer}");
    assert_eq!(answer["reasons"], serde_json::json!([]));
    assert_eq!(answer["document"]["type"], "passport");
    assert_eq!(answer["document"]["mrz"]["lines"], sample.truth["mrz"]);
    assert_eq!(answer["document"]["mrz"]["valid"], true);
    assert_eq!(answer["comparison"]["decision"], "match");
    assert_eq!(answer["comparison"]["fmr"], 0.0001);
    assert_eq!(answer["liveness"]["decision"], "live");
    assert!(answer["timings_ms"]["total"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_page_photographed_in_any_turn_is_read_and_compared() {
    if !models_are_there("a_page_photographed_in_any_turn_is_read_and_compared") {
        return;
    }
    use bonafide_media::{Decoder, InProcess, QuarterTurn, encode_jpeg};
    let sample = sample(&["--seed", "2"]);
    let upright = InProcess::default().decode(&std::fs::read(&sample.document).unwrap()).unwrap();
    for turn in [QuarterTurn::Right, QuarterTurn::Half, QuarterTurn::Left] {
        let turned = encode_jpeg(&upright.picture.turned(turn), 90).unwrap();
        std::fs::write(&sample.document, turned).unwrap();
        let (answer, code) = verify(&sample, "2026-11-22");
        assert_eq!(code, 0);
        assert_eq!(answer["decision"], "approved", "{turn:?}: {answer}");
        assert_eq!(answer["document"]["mrz"]["lines"], sample.truth["mrz"], "{turn:?}");
    }
}

#[test]
fn an_expired_document_is_declined() {
    if !models_are_there("an_expired_document_is_declined") {
        return;
    }
    let sample = sample(&["--seed", "2", "--difficulty", "0"]);
    let (answer, code) = verify(&sample, "2050-01-01");
    assert_eq!(code, 0, "the job ran, whatever the verdict");
    assert_eq!(answer["decision"], "declined", "{answer}");
    let reasons = answer["reasons"].as_array().unwrap();
    assert!(reasons.contains(&"document_expired".into()), "{answer}");
}

#[test]
fn a_selfie_is_no_document_and_a_document_without_portrait_no_match() {
    if !models_are_there("a_selfie_is_no_document_and_a_document_without_portrait_no_match") {
        return;
    }
    let sample = sample(&["--seed", "5", "--kind", "id_card_back"]);
    let (selfie, code) = json(&["document", "read", text(&sample.selfie), "--json"]);
    assert_eq!(code, 0);
    assert_eq!(selfie["type"], "unknown", "{selfie}");
    assert_eq!(selfie["mrz"], Value::Null);
    assert!(selfie["warnings"].as_array().unwrap().contains(&"no_document".into()), "{selfie}");

    let (answer, code) = verify(&sample, "2026-11-22");
    assert_eq!(code, 0);
    assert_eq!(answer["decision"], "review", "{answer}");
    assert_eq!(answer["comparison"]["decision"], "unavailable");
}

#[test]
fn unusable_input_is_named_and_exits_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = write("empty.jpg", b"");
    let words = write("words.jpg", b"hello");
    let head =
        write("head.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x9c\x40\0\0\x9c\x40\x08\x02\0\0\0");
    let missing = folder.path().join("missing.jpg").to_str().unwrap().to_owned();
    for (file, expected) in
        [(&empty, "empty"), (&words, "not_an_image"), (&missing, "file_unreadable")]
    {
        for command in [["document", "read"], ["face", "liveness"]] {
            let (answer, code) = json(&[command[0], command[1], file, "--json"]);
            assert_eq!(code, 2, "{answer}");
            assert_eq!(answer["error"]["code"], expected, "{answer}");
            assert!(!answer["error"]["message"].as_str().unwrap().is_empty());
        }
    }
    let (answer, code) = json(&["document", "read", &head, "--json"]);
    assert_eq!(code, 2, "{answer}");
}

#[test]
fn wrong_usage_exits_with_2_in_the_form_asked_for() {
    let (answer, code) = json(&["face", "compare", "one.jpg", "--json"]);
    assert_eq!(code, 2);
    assert_eq!(answer["error"]["code"], "usage");
    let (answer, code) = json(&["face", "compare", "a", "b", "--fmr", "0.5", "--json"]);
    assert_eq!(code, 2);
    assert!(answer["error"]["message"].as_str().unwrap().contains("1e-3"), "{answer}");
    let output = bonafide(&["face", "compare", "one.jpg"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert_eq!(bonafide(&["--help"]).status.code(), Some(0));
}

#[test]
fn missing_models_say_how_to_get_them() {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().to_str().unwrap();
    let (answer, code) = json(&["models", "verify", "--models", models, "--json"]);
    assert_eq!(code, 1);
    assert_eq!(answer["ok"], false);
    let file = folder.path().join("libonnxruntime.so");
    std::fs::write(&file, "not a library").unwrap();
    let image = folder.path().join("image.png");
    let pixel = bonafide_media::Picture::filled(4, 4, [9, 9, 9]).unwrap();
    std::fs::write(&image, bonafide_media::encode_png(&pixel).unwrap()).unwrap();
    let image = image.to_str().unwrap();
    let (answer, code) = json(&["face", "liveness", image, "--models", models, "--json"]);
    assert_eq!(code, 1);
    assert_eq!(answer["error"]["code"], "models_wrong_hash", "{answer}");
    std::fs::remove_file(&file).unwrap();
    let (answer, code) = json(&["face", "liveness", image, "--models", models, "--json"]);
    assert_eq!(code, 1);
    assert_eq!(answer["error"]["code"], "models_missing", "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("bonafide models fetch"));
}

#[test]
fn a_picture_without_a_face_is_unavailable() {
    if !models_are_there("a_picture_without_a_face_is_unavailable") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grey.png");
    let grey = bonafide_media::Picture::filled(320, 240, [128; 3]).unwrap();
    std::fs::write(&path, bonafide_media::encode_png(&grey).unwrap()).unwrap();
    let path = path.to_str().unwrap();
    let (answer, code) = json(&["face", "compare", path, path, "--json"]);
    assert_eq!((code, &answer["decision"]), (0, &"unavailable".into()));
    assert_eq!(answer["reasons"], serde_json::json!(["no_face_a", "no_face_b"]));
    let (answer, code) = json(&["face", "liveness", path, "--json"]);
    assert_eq!((code, &answer["decision"]), (0, &"unavailable".into()));
    assert_eq!(answer["score"], Value::Null);
    let (answer, code) = json(&["document", "read", path, "--json"]);
    assert_eq!((code, &answer["type"]), (0, &"unknown".into()));
    // A plain grey field may as well be a picture out of focus.
    assert_eq!(answer["warnings"], serde_json::json!(["no_document", "blurred"]));
}
