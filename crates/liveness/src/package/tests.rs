use bonafide_context::Seeded;
use proptest::prelude::*;

use super::*;
use crate::challenge::{Challenge, Level, Method};

const NONCE: [u8; 16] = [9; 16];
const NAME: &str = "lch_1";

fn key() -> Key {
    Key::new([7; 32])
}

fn jpeg(seed: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, seed];
    bytes.resize(length.max(4), seed);
    bytes
}

fn at(ms: u64) -> Thousandths {
    Thousandths::new(ms * 1000)
}

fn facts() -> (ClockFacts, ClientFacts) {
    let clock = ClockFacts {
        source: ClockSource::Performance,
        origin_ms: 1_700_000_000_000,
        resolution_ms: Thousandths::new(100),
    };
    let camera = Camera {
        label_sha256: None,
        width: Some(640),
        height: Some(480),
        rate: Some(Thousandths::new(29_970)),
        facing: Facing::User,
        exposure: Control::Continuous,
        white_balance: Control::Unknown,
    };
    let screen = Screen { width: 390, height: 844, ratio: Thousandths::new(3000) };
    (clock, ClientFacts { sdk: "0.1.0".into(), screen, camera })
}

fn red(step: u16) -> (u16, Look) {
    (step, Look::Colours { top: Rgb([255, 0, 0]), bottom: Rgb([255, 0, 0]) })
}

fn issued(steps: u16) -> Vec<Issued> {
    (0..steps).map(red).map(|(step, look)| Issued { step, look }).collect()
}

fn frame(i: u32, ms: u64, body: &[u8], here: bool) -> Frame {
    Frame {
        i,
        at_ms: at(ms),
        clock: FrameClock::Capture,
        presented: i + 1,
        width: 480,
        height: 640,
        kind: FrameType::Jpeg,
        sha256: Digest::of(body),
        length: u32::try_from(body.len()).unwrap(),
        here,
    }
}

/// A part that shows one step and takes two frames of it, the second of which
/// comes late if `lag`.
struct Maker {
    manifests: Vec<Manifest>,
    bodies: Vec<Vec<Vec<u8>>>,
}

impl Maker {
    fn new(parts: u16) -> Maker {
        let mut maker = Maker { manifests: Vec::new(), bodies: Vec::new() };
        for part in 0..parts {
            let start = 1000 + u64::from(part) * 400;
            let i = u32::from(part) * 2;
            let (a, b) = (jpeg(part as u8, 40), jpeg(part as u8 ^ 0x80, 50));
            let (clock, client) = facts();
            let shown = Shown { step: Some(red(part)), at_ms: at(start), next_ms: at(start + 16) };
            maker.manifests.push(Manifest {
                challenge: NAME.into(),
                nonce: Nonce::from_bytes(NONCE),
                part,
                previous: None,
                last: part + 1 == parts,
                clock: (part == 0).then_some(clock),
                client: (part == 0).then_some(client),
                shown: vec![shown],
                frames: vec![frame(i, start + 50, &a, true), frame(i + 1, start + 90, &b, true)],
                late: Vec::new(),
                events: vec![Event { at_ms: at(start), event: ClientEvent::CameraLocked }],
                video: None,
            });
            maker.bodies.push(vec![a, b]);
        }
        maker
    }

    /// The second frame of part 0 comes with part 1.
    fn lagging(mut self) -> Maker {
        let body = self.bodies[0].pop().unwrap();
        self.manifests[0].frames[1].here = false;
        self.manifests[1].late.push(LateFrame { i: 1, length: body.len() as u32 });
        self.bodies[1].push(body);
        self
    }

    /// A video comes with the last part, in the place of frames.
    fn filmed(mut self) -> Maker {
        self.manifests.iter_mut().for_each(|manifest| manifest.frames.clear());
        self.bodies.iter_mut().for_each(Vec::clear);
        let bytes = [b"\x1a\x45\xdf\xa3", [7; 60].as_slice()].concat();
        let video = Video {
            kind: VideoType::Webm,
            start_ms: at(990),
            clock: FrameClock::Presentation,
            sha256: Digest::of(&bytes),
            length: u32::try_from(bytes.len()).unwrap(),
        };
        self.manifests.last_mut().unwrap().video = Some(video);
        self.bodies.last_mut().unwrap().push(bytes);
        self
    }

    fn write(&self) -> Vec<Vec<u8>> {
        let mut previous = None;
        let mut parts = Vec::new();
        for (manifest, bodies) in self.manifests.iter().zip(&self.bodies) {
            let manifest = Manifest { previous, ..manifest.clone() };
            let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
            let part = write(&manifest, &bodies, &key());
            previous = part.last_chunk().map(|mac| Digest::from_bytes(*mac));
            parts.push(part);
        }
        parts
    }

    fn read(&self) -> Result<Progress, Refusal> {
        self.read_with(&issued(20), &Limits::default())
    }

    fn read_with(&self, issued: &[Issued], limits: &Limits) -> Result<Progress, Refusal> {
        self.read_as(Form::Frames, issued, limits)
    }

    fn read_as(&self, form: Form, issued: &[Issued], limits: &Limits) -> Result<Progress, Refusal> {
        let mut progress = Progress::new(NAME, Nonce::from_bytes(NONCE), form);
        for bytes in self.write() {
            let before = progress.clone();
            match Part::open(&bytes, &key(), limits)
                .and_then(|part| progress.take(&part, issued, limits))
            {
                Ok(taken) => assert_eq!(taken, Taken::New),
                Err(refusal) => {
                    assert_eq!(progress, before, "a refused part changes nothing");
                    return Err(refusal);
                }
            }
        }
        progress.complete().map(|()| progress)
    }
}

fn refused(parts: u16, change: impl FnOnce(&mut Maker)) -> Refusal {
    let mut maker = Maker::new(parts);
    change(&mut maker);
    maker.read().unwrap_err()
}

#[test]
fn what_is_written_is_read() {
    let maker = Maker::new(3).lagging();
    let progress = maker.read().unwrap();
    assert_eq!((progress.parts(), progress.frames(), progress.reached()), (3, 6, Some(2)));
    let parts = maker.write();
    let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let new = Progress::new(NAME, Nonce::from_bytes(NONCE), Form::Frames);
    let recording = Recording::read(&slices, new, &key(), &issued(3), &Limits::default()).unwrap();
    assert_eq!(recording.frames.len(), 6);
    assert_eq!(recording.frames[1].bytes, maker.bodies[1][2].as_slice());
    assert!(recording.frames.iter().all(|f| Digest::of(f.bytes) == f.frame.sha256));
    assert_eq!((recording.digest, recording.repeated()), (progress.digest(), 0));
    assert_eq!((recording.clock, recording.client), facts());
    assert_eq!((recording.shown.len(), recording.events.len()), (3, 3));
}

#[test]
fn a_video_comes_in_the_place_of_frames() {
    let maker = Maker::new(3).filmed();
    let film = |maker: &Maker| maker.read_as(Form::Video, &issued(20), &Limits::default());
    let progress = film(&maker).unwrap();
    assert_eq!((progress.parts(), progress.frames(), progress.reached()), (3, 0, None));
    let parts = maker.write();
    let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let new = Progress::new(NAME, Nonce::from_bytes(NONCE), Form::Video);
    let recording = Recording::read(&slices, new, &key(), &issued(3), &Limits::default()).unwrap();
    let video = recording.video.unwrap();
    assert_eq!((video.bytes.len(), video.video.start_ms), (64, at(990)));
    assert!(recording.frames.is_empty());

    // Whoever was asked for frames sends frames, and the other way round.
    assert_eq!(maker.read(), Err(Refusal::Form));
    assert_eq!(film(&Maker::new(3)), Err(Refusal::Form));
    let changed = |change: fn(&mut Maker)| {
        let mut maker = Maker::new(3).filmed();
        change(&mut maker);
        film(&maker)
    };
    let earlier = changed(|m| {
        m.manifests[1].video = m.manifests[2].video.take();
        m.bodies.swap(1, 2);
    });
    assert_eq!(earlier, Err(Refusal::Form));
    let none = changed(|m| {
        m.manifests[2].video = None;
        m.bodies[2].clear();
    });
    assert_eq!(none, Err(Refusal::Form));
    assert_eq!(changed(|m| m.bodies[2][0][40] ^= 1), Err(Refusal::FrameHash));
    assert_eq!(changed(|m| m.bodies[2][0][0] ^= 1), Err(Refusal::FrameType));
    assert_eq!(changed(|m| m.bodies[2][0].push(0)), Err(Refusal::Length));
    assert_eq!(changed(|m| m.bodies[2][0].truncate(63)), Err(Refusal::Length));
    let mp4 = changed(|m| m.manifests[2].video.as_mut().unwrap().kind = VideoType::Mp4);
    assert_eq!(mp4, Err(Refusal::FrameType));
}

#[test]
fn who_sends_a_video_knows_the_whole_sequence_beforehand() {
    let challenge = Challenge::draw(Method::Reflective, Level::Standard, &mut Seeded::new(5));
    let of = |form| Progress::new(NAME, Nonce::from_bytes(NONCE), form).answered(&challenge);
    assert_eq!((of(Form::Frames), of(Form::Video)), (0, challenge.secrets().len()));
}

#[test]
fn progress_survives_being_written() {
    let progress = Maker::new(2).read().unwrap();
    let text = serde_json::to_string(&progress).unwrap();
    assert_eq!(serde_json::from_str::<Progress>(&text).unwrap(), progress);
}

#[test]
fn a_lost_answer_is_asked_again_byte_for_byte() {
    let parts = Maker::new(2).write();
    let limits = Limits::default();
    let mut progress = Progress::new(NAME, Nonce::from_bytes(NONCE), Form::Frames);
    let open = |i: usize| Part::open(&parts[i], &key(), &limits).unwrap();
    assert_eq!(progress.take(&open(0), &issued(9), &limits), Ok(Taken::New));
    let once = progress.clone();
    assert_eq!(progress.take(&open(0), &issued(9), &limits), Ok(Taken::Again));
    assert_eq!(progress, once);
    assert_eq!(progress.take(&open(1), &issued(9), &limits), Ok(Taken::New));
    assert_eq!(progress.take(&open(0), &issued(9), &limits), Ok(Taken::Again));
    let mut other = Maker::new(2);
    other.manifests[1].events.clear();
    let other = other.write();
    let other = Part::open(&other[1], &key(), &limits).unwrap();
    assert_eq!(progress.take(&other, &issued(9), &limits), Err(Refusal::PartTwice));
}

#[test]
fn each_refusal_has_its_reason() {
    assert_eq!(
        refused(2, |m| m.manifests[1].challenge = "lch_2".into()),
        Refusal::AnotherChallenge
    );
    assert_eq!(
        refused(2, |m| m.manifests[0].nonce = Nonce::from_bytes([1; 16])),
        Refusal::AnotherChallenge
    );
    assert_eq!(
        refused(3, |m| drop((m.manifests.remove(1), m.bodies.remove(1)))),
        Refusal::OutOfOrder
    );
    assert_eq!(refused(2, |m| m.manifests[0].last = true), Refusal::Closed);
    assert_eq!(refused(2, |m| m.manifests[1].last = false), Refusal::Unfinished);
    assert_eq!(refused(2, |m| m.manifests[0].client = None), Refusal::Facts);
    assert_eq!(refused(2, |m| m.manifests[1].clock = Some(facts().0)), Refusal::Facts);
    assert_eq!(refused(2, |m| m.manifests[1].frames[0].at_ms = at(1090)), Refusal::ClockBackwards);
    assert_eq!(refused(2, |m| m.manifests[1].shown[0].at_ms = at(1000)), Refusal::ClockBackwards);
    assert_eq!(refused(2, |m| m.manifests[1].events[0].at_ms = at(1)), Refusal::ClockBackwards);
    assert_eq!(refused(2, |m| m.manifests[1].frames[0].i = 1), Refusal::FrameOrder);
    assert_eq!(refused(2, |m| m.manifests[1].frames[0].i = 3), Refusal::FrameOrder);
    assert_eq!(refused(2, |m| m.bodies[0][0][9] ^= 1), Refusal::FrameHash);
    assert_eq!(refused(2, |m| m.manifests[0].frames[0].kind = FrameType::Webp), Refusal::FrameType);
    assert_eq!(refused(2, |m| m.bodies[0][1].truncate(49)), Refusal::Length);
    assert_eq!(refused(2, |m| m.bodies[0][1].push(0)), Refusal::Length);
    assert_eq!(refused(2, |m| m.manifests[0].frames[0].length = 200 * 1024 + 1), Refusal::TooLarge);
    let late = LateFrame { i: 0, length: 40 };
    let again = move |m: &mut Maker, late: LateFrame| {
        let body = m.bodies[0][0].clone();
        m.manifests[1].late.push(late);
        m.bodies[1].push(body);
    };
    assert_eq!(refused(2, |m| again(m, late)), Refusal::UnknownFrame);
    assert_eq!(refused(2, |m| again(m, LateFrame { i: 99, ..late })), Refusal::UnknownFrame);
    let mut missing = Maker::new(2).lagging();
    missing.manifests[1].late.clear();
    missing.bodies[1].pop();
    assert_eq!(missing.read(), Err(Refusal::FramesMissing));
    let mut empty = Maker::new(1);
    empty.manifests[0].frames.clear();
    empty.bodies[0].clear();
    assert_eq!(empty.read(), Err(Refusal::NoFrames));
}

#[test]
fn a_chain_is_broken_by_another_part_before() {
    let one = Maker::new(2).write();
    let mut two = Maker::new(2);
    two.manifests[0].events.clear();
    let two = two.write();
    let limits = Limits::default();
    let mut progress = Progress::new(NAME, Nonce::from_bytes(NONCE), Form::Frames);
    let open = |bytes| Part::open(bytes, &key(), &limits).unwrap();
    progress.take(&open(&one[0]), &issued(9), &limits).unwrap();
    assert_eq!(progress.take(&open(&two[1]), &issued(9), &limits), Err(Refusal::BrokenChain));
}

#[test]
fn only_what_was_issued_is_shown_and_in_order() {
    let limits = Limits::default();
    assert_eq!(Maker::new(3).read_with(&issued(2), &limits), Err(Refusal::NotIssued));
    assert_eq!(refused(2, |m| m.manifests[1].shown[0].step = Some(red(0))), Refusal::NotIssued);
    assert_eq!(refused(3, |m| m.manifests[1].shown[0].step = Some(red(2))), Refusal::NotIssued);
    let green = Look::Colours { top: Rgb([0, 255, 0]), bottom: Rgb([255, 0, 0]) };
    assert_eq!(refused(2, |m| m.manifests[1].shown[0].step = Some((1, green))), Refusal::NotIssued);
    let mut held = Maker::new(2);
    held.manifests[1].shown.insert(0, Shown { step: None, at_ms: at(1350), next_ms: at(1366) });
    assert!(held.read().is_ok());
}

#[test]
fn frames_of_a_flash_reveal_the_one_four_ahead() {
    let mut random = Seeded::new(5);
    let challenge = Challenge::draw(Method::Reflective, Level::Standard, &mut random);
    let all = Issued::of(&challenge, usize::MAX);
    assert_eq!(all.len(), challenge.schedule().len());
    let limits = Limits::default();
    let mut progress = Progress::new(NAME, Nonce::from_bytes(NONCE), Form::Frames);
    let mut maker = Maker::new(15);
    let mut open = Issued::of(&challenge, 0);
    // Grey, black and grey at the end, and the first four flashes.
    assert_eq!(open.len(), 3 + 4);
    for manifest in &mut maker.manifests {
        let step = manifest.part;
        let look = all.iter().find(|issued| issued.step == step).unwrap().look;
        manifest.shown[0].step = Some((step, look));
    }
    for (step, bytes) in maker.write().iter().enumerate() {
        let part = Part::open(bytes, &key(), &limits).unwrap();
        assert_eq!(progress.take(&part, &open, &limits), Ok(Taken::New));
        assert_eq!(progress.answered(&challenge), step.saturating_sub(1).min(12));
        open = Issued::of(&challenge, progress.answered(&challenge));
    }
    assert_eq!(progress.complete(), Ok(()));
}

#[test]
fn limits_hold_over_all_parts() {
    let all = issued(99);
    let limits = Limits::default();
    let few = Limits { parts: 2, ..limits };
    assert_eq!(Maker::new(3).read_with(&all, &few), Err(Refusal::TooLarge));
    assert_eq!(
        Maker::new(3).read_with(&all, &Limits { frames: 5, ..limits }),
        Err(Refusal::TooLarge)
    );
    assert_eq!(
        Maker::new(3).read_with(&all, &Limits { entries: 2, ..limits }),
        Err(Refusal::TooLarge)
    );
    let size: usize = Maker::new(3).write().iter().map(Vec::len).sum();
    let bytes = |recording_bytes| Limits { recording_bytes, ..limits };
    assert!(Maker::new(3).read_with(&all, &bytes(size)).is_ok());
    assert_eq!(Maker::new(3).read_with(&all, &bytes(size - 1)), Err(Refusal::TooLarge));
    let manifest = Limits { manifest_bytes: 100, ..limits };
    assert_eq!(Maker::new(1).read_with(&all, &manifest), Err(Refusal::TooLarge));
}

#[test]
fn ten_thousand_frames_are_refused_before_they_are_kept() {
    let refusal = refused(1, |m| {
        let body = m.bodies[0][0].clone();
        m.manifests[0].frames =
            (0..10_000).map(|i| frame(i, 2000 + u64::from(i), &body, false)).collect();
        m.bodies[0].clear();
    });
    assert_eq!(refusal, Refusal::TooLarge);
}

#[test]
fn nothing_is_read_that_is_not_sealed() {
    let limits = Limits::default();
    let part = Maker::new(1).write().remove(0);
    let open = |bytes: &[u8]| Part::open(bytes, &key(), &limits).map(|_| ()).unwrap_err();
    assert_eq!(Part::open(&part, &Key::new([8; 32]), &limits).map(|_| ()), Err(Refusal::WrongMac));
    assert_eq!(open(&[]), Refusal::NotAPackage);
    assert_eq!(open(b"bnfdcap2aaaaaaaaaaaaaaaaaaaaaaaa"), Refusal::NotAPackage);
    assert_eq!(open(&part[..12]), Refusal::Length);
    assert_eq!(open(&part[..60]), Refusal::Length);
    assert_eq!(open(&part[..part.len() - 1]), Refusal::WrongMac);
    let sealed = |manifest: &str| {
        let mut bytes = Vec::from(MAGIC);
        bytes.extend((manifest.len() as u32).to_be_bytes());
        bytes.extend(manifest.as_bytes());
        let mac = key().seal(&bytes);
        bytes.extend(mac.as_bytes());
        bytes
    };
    let manifest = serde_json::to_string(&Maker::new(1).manifests[0]).unwrap();
    for (from, to) in [
        ("{\"challenge\"", "{\"also\":1,\"challenge\""),
        ("\"part\":0", "\"part\":0,\"part\":0"),
        ("\"part\":0", "\"part\":-1"),
        ("1050", "1e999"),
        ("1050", "-1050"),
        ("camera_locked", "anything_else"),
        ("#ff0000", "#FF0000"),
        ("#ff0000", "red"),
        ("\"step\":0", "\"hold\":true,\"step\":0"),
        ("\"next_ms\":1016", "\"next_ms\":999"),
        ("\"user\"", "\"someone\""),
    ] {
        let changed = manifest.replace(from, to);
        assert_ne!(changed, manifest, "{from}");
        assert_eq!(open(&sealed(&changed)), Refusal::Manifest, "{to}");
    }
    assert_eq!(open(&sealed(&"[".repeat(10_000))), Refusal::Manifest);
}

#[test]
fn numbers_are_written_as_browsers_write_them() {
    let text = |thousandths| serde_json::to_string(&Thousandths::new(thousandths)).unwrap();
    assert_eq!(text(0), "0");
    assert_eq!(text(1), "0.001");
    assert_eq!(text(1_234_500), "1234.5");
    assert_eq!(text(1_234_000), "1234");
    assert_eq!(text(9_999_999_999_999), "9999999999.999");
}

#[test]
fn codes_are_unique() {
    let codes: std::collections::HashSet<&str> = Refusal::ALL.map(Refusal::code).into();
    assert_eq!(codes.len(), Refusal::ALL.len());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut framed = Vec::from(MAGIC);
        framed.extend(&bytes);
        prop_assert!(Part::open(&bytes, &key(), &Limits::default()).is_err());
        prop_assert!(Part::open(&framed, &key(), &Limits::default()).is_err());
    }

    #[test]
    fn any_change_of_a_byte_is_noticed(at in 0usize..10_000, bit in 0u8..8) {
        let mut part = Maker::new(1).write().remove(0);
        let at = at % part.len();
        part[at] ^= 1 << bit;
        prop_assert!(Part::open(&part, &key(), &Limits::default()).is_err());
    }

    #[test]
    fn any_sealed_manifest_is_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        cut in 0usize..2000,
    ) {
        let whole = serde_json::to_vec(&Maker::new(1).manifests[0]).unwrap();
        let mut manifest = whole[..cut % whole.len()].to_vec();
        manifest.extend(bytes);
        let mut part = Vec::from(MAGIC);
        part.extend((manifest.len() as u32).to_be_bytes());
        part.extend(manifest);
        let mac = key().seal(&part);
        part.extend(mac.as_bytes());
        prop_assert!(Part::open(&part, &key(), &Limits::default()).is_err());
    }

    #[test]
    fn thousandths_survive(thousandths in 0u64..=10_000_000_000_000) {
        let number = Thousandths::new(thousandths);
        let text = serde_json::to_string(&number).unwrap();
        prop_assert_eq!(serde_json::from_str::<Thousandths>(&text).unwrap(), number);
    }

    #[test]
    fn recordings_of_any_length_are_read(parts in 1u16..60, lag in any::<bool>()) {
        let maker = Maker::new(parts);
        let maker = if lag && parts > 1 { maker.lagging() } else { maker };
        let progress = maker.read_with(&issued(60), &Limits::default()).unwrap();
        prop_assert_eq!(progress.frames(), usize::from(parts) * 2);
    }
}
