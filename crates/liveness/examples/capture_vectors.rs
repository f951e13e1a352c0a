//! Test vectors of the capture package: what a writer must produce byte for
//! byte, and what a reader must refuse, with its reason.
//!
//! ```sh
//! cargo run -p bonafide-liveness --example capture_vectors > crates/liveness/vectors/capture-package-1.json
//! ```

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonafide_liveness::package::{
    Camera, ClientEvent, ClientFacts, ClockFacts, ClockSource, Control, Digest, Event, Facing,
    Form, Frame, FrameClock, FrameType, Gesture, Key, LateFrame, Look, MAGIC, Manifest, Nonce,
    Refusal, Rgb, Screen, Shown, Thousandths, Video, VideoType, write,
};
use serde::{Deserialize, Serialize};

/// All vectors.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vectors {
    /// The challenge's name.
    pub(crate) challenge: String,
    /// Its nonce.
    pub(crate) nonce: Nonce,
    /// Its HMAC key, in base64url.
    pub(crate) key: String,
    /// Recordings that are read.
    pub(crate) read: Vec<Vector>,
    /// Recordings that are refused, at the last part or when they are complete.
    pub(crate) refused: Vec<Refused>,
}

/// A recording.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vector {
    /// What it shows.
    pub(crate) name: String,
    /// In what form it was asked for.
    pub(crate) form: Form,
    /// Steps that were revealed by its end.
    pub(crate) issued: Vec<IssuedText>,
    /// Its parts.
    pub(crate) parts: Vec<PartVector>,
    /// Its digest.
    pub(crate) digest: Digest,
}

/// A step, as the display log writes it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct IssuedText {
    /// The step's number.
    pub(crate) step: u16,
    /// The upper half.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) top: Option<Rgb>,
    /// The lower half.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bottom: Option<Rgb>,
    /// Or what is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<Gesture>,
}

/// A part: what goes in, and the bytes that come out, in base64url.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PartVector {
    /// The manifest's text, exactly.
    pub(crate) manifest: String,
    /// Bytes of frames, in the order of the part.
    pub(crate) bodies: Vec<String>,
    /// The part.
    pub(crate) part: String,
}

/// A recording that is refused.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// What is wrong with it.
    pub(crate) name: String,
    /// Its parts, in base64url.
    pub(crate) parts: Vec<String>,
    /// The refusal's code.
    pub(crate) code: String,
}

/// The key of all vectors: bytes 0 to 31.
pub(crate) fn key() -> Key {
    Key::new(KEY)
}

const KEY: [u8; 32] = {
    let mut key = [0; 32];
    let mut i = 0;
    while i < 32 {
        key[i] = i as u8;
        i += 1;
    }
    key
};
const CHALLENGE: &str = "lch_vectors";
const NONCE: [u8; 16] = *b"sixteen bytes ok";

/// All vectors.
pub(crate) fn vectors() -> Vectors {
    let read = vec![
        recorded("one part that is first and last, as a dialect uploads it", &[single()]),
        recorded("three parts: a hold, bytes that come late, WebP", &streamed()),
        recorded("actions, without exact facts of the camera", &[actions()]),
        recorded("a video, the display log in two parts", &filmed()),
    ];
    let refused = refused();
    Vectors {
        challenge: CHALLENGE.into(),
        nonce: Nonce::from_bytes(NONCE),
        key: URL_SAFE_NO_PAD.encode(KEY),
        read,
        refused,
    }
}

/// A manifest and its frames' bytes.
type Made = (Manifest, Vec<Vec<u8>>);

fn single() -> Made {
    let frames = [jpeg(0, 33), jpeg(1, 40)];
    let mut made = part(0, true, &[(colours(0, GREY), 100_000)], 120_500, &frames);
    made.0.events = vec![Event { at_ms: ms(99_500), event: ClientEvent::CameraLocked }];
    made
}

fn streamed() -> [Made; 3] {
    let shown = [(colours(0, GREY), 100_000), (colours(1, BLACK), 400_025)];
    let mut first = part(0, false, &shown, 120_125, &[jpeg(0, 50), jpeg(1, 51)]);
    first.0.frames[1].here = false;
    let late = first.1.remove(1);
    let shown = [(colours(2, [[255, 0, 0]; 2]), 600_000), (None, 950_000)];
    let mut second = part(1, false, &shown, 620_000, &[jpeg(2, 52), jpeg(3, 53)]);
    number(&mut second, 2);
    second.0.late = vec![LateFrame { i: 1, length: 51 }];
    second.1.push(late);
    second.0.events = vec![Event { at_ms: ms(955_001), event: ClientEvent::UploadResumed }];
    let shown = [(colours(3, [[0, 255, 255], [255, 0, 0]]), 1_300_000)];
    let mut third = part(2, true, &shown, 1_350_001, &[webp(54)]);
    third.0.frames[0].kind = FrameType::Webp;
    third.0.frames[0].clock = FrameClock::Presentation;
    number(&mut third, 4);
    [first, second, third]
}

fn actions() -> Made {
    let shown = [
        (Some((0, Look::Gesture(Gesture::Rest))), 0),
        (Some((1, Look::Gesture(Gesture::TurnLeft))), 800_000),
        (Some((2, Look::Gesture(Gesture::Blink))), 3_800_000),
    ];
    let mut made = part(0, true, &shown, 1, &[jpeg(0, 20)]);
    made.0.frames[0].clock = FrameClock::Now;
    if let Some(client) = &mut made.0.client {
        client.camera = Camera {
            label_sha256: None,
            width: None,
            height: None,
            rate: None,
            facing: Facing::Unknown,
            exposure: Control::Unknown,
            white_balance: Control::Unknown,
        };
    }
    made
}

fn filmed() -> [Made; 2] {
    let shown = [(colours(0, GREY), 100_000), (colours(1, BLACK), 400_000)];
    let first = part(0, false, &shown, 0, &[]);
    let shown = [(colours(2, [[255, 0, 0]; 2]), 600_000)];
    let mut second = part(1, true, &shown, 0, &[]);
    let mut bytes = Vec::from(b"\x1a\x45\xdf\xa3");
    bytes.resize(70, 0x5a);
    second.0.video = Some(Video {
        kind: VideoType::Webm,
        start_ms: ms(95_250),
        clock: FrameClock::Capture,
        sha256: Digest::of(&bytes),
        length: 70,
    });
    second.1.push(bytes);
    [first, second]
}

/// Recordings with one fault each.
fn refused() -> Vec<Refused> {
    let changed = |name: &str, refusal: Refusal, change: fn(&mut [Made; 3])| {
        let mut made = streamed();
        change(&mut made);
        Refused { name: name.into(), parts: encode(&chain(&made)), code: refusal.code().into() }
    };
    let bytes = |name: &str, refusal: Refusal, change: fn(&mut Vec<Vec<u8>>)| {
        let mut parts = chain(&streamed());
        change(&mut parts);
        Refused { name: name.into(), parts: encode(&parts), code: refusal.code().into() }
    };
    vec![
        bytes("another version", Refusal::NotAPackage, |p| p[0][MAGIC.len() - 1] = b'2'),
        bytes("cut short", Refusal::Length, |p| p[0].truncate(40)),
        bytes("a bit changed", Refusal::WrongMac, |p| p[0][100] ^= 1),
        bytes("its HMAC cut off", Refusal::WrongMac, |p| {
            let length = p[0].len() - 32;
            p[0].truncate(length);
        }),
        bytes("the second part first", Refusal::OutOfOrder, |p| drop(p.remove(0))),
        bytes("a part left out", Refusal::OutOfOrder, |p| drop(p.remove(1))),
        bytes("the last part missing", Refusal::Unfinished, |p| p.truncate(2)),
        changed("of another challenge", Refusal::AnotherChallenge, |m| {
            m[0].0.challenge = "lch_another".into();
        }),
        changed("with another nonce", Refusal::AnotherChallenge, |m| {
            m[0].0.nonce = Nonce::from_bytes([0; 16]);
        }),
        changed("facts twice", Refusal::Facts, |m| m[1].0.clock = m[0].0.clock.clone()),
        changed("a clock that runs backwards", Refusal::ClockBackwards, |m| {
            m[1].0.frames[0].at_ms = m[0].0.frames[0].at_ms;
        }),
        changed("a frame's number repeated", Refusal::FrameOrder, |m| m[1].0.frames[0].i = 1),
        changed("a frame's bytes exchanged", Refusal::FrameHash, |m| m[0].1[0] = jpeg(9, 50)),
        changed("a frame of another type", Refusal::FrameType, |m| {
            m[0].0.frames[0].kind = FrameType::Webp;
        }),
        changed("bytes that came before", Refusal::UnknownFrame, |m| m[1].0.late[0].i = 0),
        changed("bytes that never came", Refusal::FramesMissing, |m| {
            m[1].0.late.clear();
            m[1].1.pop();
        }),
        changed("a video where frames were asked for", Refusal::Form, |m| {
            let [_, film] = filmed();
            m[2].0.video = film.0.video;
            m[2].1.extend(film.1);
        }),
        changed("a colour that was not issued", Refusal::NotIssued, |m| {
            m[1].0.shown[0].step = colours(2, [[0, 255, 0]; 2]);
        }),
    ]
}

const GREY: [[u8; 3]; 2] = [[137; 3]; 2];
const BLACK: [[u8; 3]; 2] = [[0; 3]; 2];

fn colours(step: u16, [top, bottom]: [[u8; 3]; 2]) -> Option<(u16, Look)> {
    Some((step, Look::Colours { top: Rgb(top), bottom: Rgb(bottom) }))
}

fn ms(microseconds: u64) -> Thousandths {
    Thousandths::new(microseconds)
}

fn jpeg(seed: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, seed];
    bytes.resize(length, 0x5a);
    bytes
}

fn webp(length: usize) -> Vec<u8> {
    let mut bytes = Vec::from(b"RIFF\x2e\x00\x00\x00WEBP");
    bytes.resize(length, 0x5a);
    bytes
}

/// Numbers the frames of a part from `first`.
fn number(made: &mut Made, first: u32) {
    made.0.frames.iter_mut().zip(first..).for_each(|(frame, i)| frame.i = i);
}

/// A part with frames 33.333 ms apart.
fn part(
    part: u16,
    last: bool,
    shown: &[(Option<(u16, Look)>, u64)],
    start: u64,
    bodies: &[Vec<u8>],
) -> Made {
    let frame = |(i, body): (u32, &Vec<u8>)| Frame {
        i,
        at_ms: ms(start + u64::from(i) * 33_333),
        clock: FrameClock::Capture,
        presented: i * 2 + 1,
        width: 480,
        height: 640,
        kind: FrameType::Jpeg,
        sha256: Digest::of(body),
        length: u32::try_from(body.len()).unwrap_or_default(),
        here: true,
    };
    let camera = Camera {
        label_sha256: Some(Digest::of(b"front camera")),
        width: Some(640),
        height: Some(480),
        rate: Some(ms(29_970)),
        facing: Facing::User,
        exposure: Control::Manual,
        white_balance: Control::Continuous,
    };
    let first = part == 0;
    let manifest = Manifest {
        challenge: CHALLENGE.into(),
        nonce: Nonce::from_bytes(NONCE),
        part,
        previous: None,
        last,
        clock: first.then_some(ClockFacts {
            source: ClockSource::Performance,
            origin_ms: 1_800_000_000_000,
            resolution_ms: ms(100),
        }),
        client: first.then(|| ClientFacts {
            sdk: "0.1.0".into(),
            screen: Screen { width: 390, height: 844, ratio: ms(2_625) },
            camera,
        }),
        shown: shown
            .iter()
            .map(|(step, at)| Shown { step: *step, at_ms: ms(*at), next_ms: ms(at + 16_600) })
            .collect(),
        frames: (0..).zip(bodies).map(frame).collect(),
        late: Vec::new(),
        events: Vec::new(),
        video: None,
    };
    (manifest, bodies.to_vec())
}

/// The HMAC that a part ends with.
fn mac(part: &[u8]) -> Option<Digest> {
    part.last_chunk().map(|mac| Digest::from_bytes(*mac))
}

/// Writes parts, each of which names the one before it.
fn chain(made: &[Made]) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for (manifest, bodies) in made {
        let previous = parts.last().and_then(|part| mac(part));
        parts.push(write(&Manifest { previous, ..manifest.clone() }, &slices(bodies), &key()));
    }
    parts
}

fn slices(bodies: &[Vec<u8>]) -> Vec<&[u8]> {
    bodies.iter().map(Vec::as_slice).collect()
}

fn encode(parts: &[Vec<u8>]) -> Vec<String> {
    parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect()
}

fn recorded(name: &str, made: &[Made]) -> Vector {
    let parts = chain(made);
    let text = |part: &[u8]| {
        let length =
            part.get(8..12).map_or(0, |l| l.iter().fold(0, |n, b| n << 8 | usize::from(*b)));
        String::from_utf8_lossy(part.get(12..12 + length).unwrap_or_default()).into_owned()
    };
    let steps = made.iter().flat_map(|(manifest, _)| &manifest.shown).filter_map(|s| s.step);
    let issued = steps.map(|(step, look)| match look {
        Look::Colours { top, bottom } => {
            IssuedText { step, top: Some(top), bottom: Some(bottom), action: None }
        }
        Look::Gesture(action) => IssuedText { step, top: None, bottom: None, action: Some(action) },
    });
    let macs: Vec<u8> = parts.iter().filter_map(|p| mac(p)).flat_map(|m| *m.as_bytes()).collect();
    let is_film = made.iter().any(|(manifest, _)| manifest.video.is_some());
    Vector {
        name: name.into(),
        form: if is_film { Form::Video } else { Form::Frames },
        issued: issued.collect(),
        parts: made
            .iter()
            .zip(&parts)
            .map(|((_, bodies), part)| PartVector {
                manifest: text(part),
                bodies: encode(bodies),
                part: URL_SAFE_NO_PAD.encode(part),
            })
            .collect(),
        digest: Digest::of(&macs),
    }
}

#[cfg_attr(test, expect(dead_code, reason = "a test takes the vectors, not the program"))]
fn main() {
    match serde_json::to_string_pretty(&vectors()) {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("{error}"),
    }
}
