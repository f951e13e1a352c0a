//! The committed vectors are what the writer writes, and the reader does with
//! each what it says.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "../examples/capture_vectors.rs"]
mod made;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonafide_liveness::package::{Form, Issued, Limits, Look, Progress, Recording, Refusal};
use made::{IssuedText, Vectors, key, vectors};

const COMMITTED: &str = include_str!("../vectors/capture-package-1.json");

fn committed() -> Vectors {
    serde_json::from_str(COMMITTED).unwrap()
}

fn decode(parts: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Vec<u8>> {
    parts.into_iter().map(|part| URL_SAFE_NO_PAD.decode(part.as_ref()).unwrap()).collect()
}

fn read<'a>(
    parts: &'a [Vec<u8>],
    form: Form,
    steps: &[IssuedText],
) -> Result<Recording<'a>, Refusal> {
    let vectors = committed();
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let progress = Progress::new(vectors.challenge, vectors.nonce, form);
    Recording::read(&parts, progress, &key(), &issued(steps), &Limits::default())
}

/// Every step that a vector's recording may show.
fn issued(texts: &[IssuedText]) -> Vec<Issued> {
    let look = |text: &IssuedText| match (text.top, text.bottom, text.action) {
        (Some(top), Some(bottom), None) => Some(Look::Colours { top, bottom }),
        (None, None, Some(action)) => Some(Look::Gesture(action)),
        _ => None,
    };
    texts.iter().map(|text| Issued { step: text.step, look: look(text).unwrap() }).collect()
}

#[test]
fn the_committed_vectors_are_what_is_written() {
    let text = serde_json::to_string_pretty(&vectors()).unwrap();
    assert_eq!(COMMITTED.trim_end(), text, "see examples/capture_vectors.rs");
}

#[test]
fn recordings_are_read() {
    for vector in committed().read {
        let parts = decode(vector.parts.iter().map(|part| &part.part));
        let recording = read(&parts, vector.form, &vector.issued).unwrap();
        assert_eq!(recording.digest, vector.digest, "{}", vector.name);
    }
}

#[test]
fn recordings_are_refused_with_their_reason() {
    let steps = &committed().read[1].issued;
    for refused in committed().refused {
        let parts = decode(&refused.parts);
        let refusal = read(&parts, Form::Frames, steps).map(|_| ()).unwrap_err();
        assert_eq!(refusal.code(), refused.code, "{}", refused.name);
    }
}
