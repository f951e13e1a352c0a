//! A browser that films a still picture while its screen shows what it is told.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonafide_liveness::canonical;
use bonafide_liveness::package::{
    Camera as CameraFacts, ClientFacts, ClockFacts, ClockSource, Control, Digest, Facing, Frame,
    FrameClock, FrameType, Gesture, Key, Look, Manifest, Nonce, Rgb, Screen, Shown, Thousandths,
    Video, VideoType, write,
};
use bonafide_media::{Picture, Point, encode_jpeg};
use serde_json::Value;

use super::house::{House, Reply};

/// Milliseconds from frame to frame, and from part to part.
pub(super) const FRAME_MS: u64 = 67;
const PART_MS: u64 = 402;
/// From the display to the frame.
const LAG_MS: u64 = 90;

/// One challenge on its way through a browser.
#[derive(Clone)]
pub(super) struct Camera {
    pub(super) id: String,
    pub(super) token: String,
    key: Key,
    nonce: Nonce,
    schedule: Vec<(String, u64)>,
    known: BTreeMap<u16, Value>,
    previous: Option<Digest>,
    part: u16,
    frames: u32,
    /// The video that the next part holds.
    film: Option<Video>,
    /// The page's clock.
    pub(super) now_ms: u64,
}

impl Camera {
    /// Of what a challenge's issue was answered with.
    pub(super) fn of(issued: &Value) -> Self {
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(issued[name].as_str().unwrap()).unwrap();
        let text = |name: &str| issued[name].as_str().unwrap().to_owned();
        let step = |step: &Value| {
            (step["kind"].as_str().unwrap().to_owned(), step["ms"].as_u64().unwrap())
        };
        let mut camera = Self {
            id: text("id"),
            token: text("token"),
            key: Key::new(bytes("key").try_into().unwrap()),
            nonce: Nonce::from_bytes(bytes("nonce").try_into().unwrap()),
            schedule: issued["schedule"].as_array().unwrap().iter().map(step).collect(),
            known: BTreeMap::new(),
            previous: None,
            part: 0,
            frames: 0,
            film: None,
            now_ms: 1_000,
        };
        camera.learn(&issued["revealed"]);
        camera
    }

    pub(super) fn path(&self, what: &str) -> String {
        format!("/v1/liveness/challenges/{}/{what}", self.id)
    }

    fn learn(&mut self, revealed: &Value) {
        for one in revealed.as_array().unwrap() {
            let step = u16::try_from(one["step"].as_u64().unwrap()).unwrap();
            self.known.insert(step, one.clone());
        }
    }

    /// What a step looks like, as far as this browser knows.
    fn look(&self, step: u16) -> Option<Look> {
        let grey = |value| Look::Colours { top: Rgb([value; 3]), bottom: Rgb([value; 3]) };
        match self.schedule[usize::from(step)].0.as_str() {
            "grey" => Some(grey(137)),
            "black" => Some(grey(0)),
            "rest" => Some(Look::Gesture(Gesture::Rest)),
            // What is not known yet is not shown: a page waits.
            _ => {
                let one = self.known.get(&step)?;
                let rgb = |name: &str| serde_json::from_value(one[name].clone()).ok();
                match serde_json::from_value(one["action"].clone()) {
                    Ok(gesture) => Some(Look::Gesture(gesture)),
                    Err(_) => Some(Look::Colours { top: rgb("top")?, bottom: rgb("bottom")? }),
                }
            }
        }
    }

    /// When each step begins, by the page's clock, and the end.
    fn starts(&self) -> Vec<u64> {
        let mut at = 1_000;
        let mut starts = vec![at];
        for (_, ms) in &self.schedule {
            at += ms;
            starts.push(at);
        }
        starts
    }

    /// The next part: what is shown and filmed in its time. `film` gives a frame of
    /// what stood on the screen and the time in milliseconds.
    pub(super) fn film(&mut self, film: &mut dyn FnMut(Look, u64) -> Vec<u8>) -> Vec<u8> {
        let end = *self.starts().last().unwrap();
        let to = (self.now_ms + PART_MS).min(end);
        let (shown, filmed) = self.scene(to, film);
        let mut frames = Vec::new();
        for (at, bytes) in &filmed {
            frames.push(Frame {
                i: self.frames,
                at_ms: Thousandths::new(at * 1_000),
                clock: FrameClock::Capture,
                presented: self.frames,
                width: 240,
                height: 320,
                kind: FrameType::Jpeg,
                sha256: Digest::of(bytes),
                length: u32::try_from(bytes.len()).unwrap(),
                here: true,
            });
            self.frames += 1;
        }
        let bodies: Vec<Vec<u8>> = filmed.into_iter().map(|(_, bytes)| bytes).collect();
        self.write(shown, frames, &bodies, to == end)
    }

    /// All of it in one part, as a video that `encode` makes of the frames.
    pub(super) fn video(
        &mut self,
        film: &mut dyn FnMut(Look, u64) -> Vec<u8>,
        encode: &dyn Fn(&[Vec<u8>]) -> Vec<u8>,
    ) -> Vec<u8> {
        let start = self.now_ms;
        let end = *self.starts().last().unwrap();
        let (shown, filmed) = self.scene(end, film);
        let bodies: Vec<Vec<u8>> = filmed.into_iter().map(|(_, bytes)| bytes).collect();
        let bytes = encode(&bodies);
        self.film = Some(Video {
            kind: VideoType::Webm,
            start_ms: Thousandths::new(start * 1_000),
            clock: FrameClock::Capture,
            sha256: Digest::of(&bytes),
            length: u32::try_from(bytes.len()).unwrap(),
        });
        self.write(shown, Vec::new(), &[bytes], true)
    }

    /// What is shown until `to`, and what is filmed of it when.
    fn scene(
        &mut self,
        to: u64,
        film: &mut dyn FnMut(Look, u64) -> Vec<u8>,
    ) -> (Vec<Shown>, Vec<(u64, Vec<u8>)>) {
        let (starts, from) = (self.starts(), self.now_ms);
        let on = |at: u64| {
            let step = starts.iter().rposition(|start| at >= *start).unwrap_or(0);
            u16::try_from(step.min(self.schedule.len() - 1)).unwrap()
        };
        let within = |start: &&u64| (from..to).contains(*start);
        let shown = starts.iter().take(self.schedule.len()).filter(within).map(|start| Shown {
            step: Some((on(*start), self.look(on(*start)).expect("revealed in time"))),
            at_ms: Thousandths::new(start * 1_000),
            next_ms: Thousandths::new((start + 16) * 1_000),
        });
        let shown: Vec<Shown> = shown.collect();
        let mut filmed = Vec::new();
        let mut at = from;
        while at < to {
            let look = self.look(on(at.saturating_sub(LAG_MS))).unwrap();
            filmed.push((at, film(look, at)));
            at += FRAME_MS;
        }
        self.now_ms = to;
        (shown, filmed)
    }

    /// A part of these.
    pub(super) fn write(
        &mut self,
        shown: Vec<Shown>,
        frames: Vec<Frame>,
        bodies: &[Vec<u8>],
        last: bool,
    ) -> Vec<u8> {
        let first = self.part == 0;
        let manifest = Manifest {
            challenge: self.id.clone(),
            nonce: self.nonce,
            part: self.part,
            previous: self.previous,
            last,
            clock: first.then_some(ClockFacts {
                source: ClockSource::Performance,
                origin_ms: 1_795_000_000_000,
                resolution_ms: Thousandths::new(100),
            }),
            client: first.then(|| ClientFacts {
                sdk: "0.1.0".to_owned(),
                screen: Screen { width: 390, height: 844, ratio: Thousandths::new(3_000) },
                camera: CameraFacts {
                    label_sha256: None,
                    width: Some(480),
                    height: Some(640),
                    rate: None,
                    facing: Facing::User,
                    exposure: Control::Unknown,
                    white_balance: Control::Unknown,
                },
            }),
            shown,
            frames,
            late: Vec::new(),
            events: Vec::new(),
            video: self.film.take(),
        };
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let part = write(&manifest, &bodies, &self.key);
        self.previous = Some(Digest::from_bytes(part[part.len() - 32..].try_into().unwrap()));
        self.part += 1;
        part
    }

    /// Another browser that knows as much as this one knew at the beginning.
    pub(super) fn again(&self) -> Self {
        Self { previous: None, part: 0, frames: 0, now_ms: 1_000, ..self.clone() }
    }

    /// Takes every colour for another than it is.
    pub(super) fn lie(&mut self) {
        for one in self.known.values_mut() {
            for half in ["top", "bottom"] {
                let lie = if one[half] == "#ff0000" { "#00ff00" } else { "#ff0000" };
                one[half] = lie.into();
            }
        }
    }

    /// A part of so many frames of so many bytes.
    pub(super) fn burst(&mut self, count: u32, bytes: usize) -> Vec<u8> {
        let mut body = vec![0; bytes];
        body[..3].copy_from_slice(&[0xff, 0xd8, 0xff]);
        let frame = |i: u32| Frame {
            i,
            at_ms: Thousandths::new(1_000_000 + u64::from(i)),
            clock: FrameClock::Capture,
            presented: i,
            width: 480,
            height: 640,
            kind: FrameType::Jpeg,
            sha256: Digest::of(&body),
            length: u32::try_from(bytes).unwrap(),
            here: true,
        };
        let frames = (0..count).map(frame).collect();
        let bodies = vec![body.clone(); count as usize];
        self.write(Vec::new(), frames, &bodies, false)
    }

    /// Whether everything of the schedule has been filmed.
    pub(super) fn is_over(&self) -> bool {
        self.now_ms >= *self.starts().last().unwrap()
    }

    /// Sends a part, and learns what it lays open.
    pub(super) async fn send(&mut self, house: &House, part: Vec<u8>) -> Reply {
        let reply = post(house, &self.token, &self.path("frames"), part).await;
        if reply.status == 200 {
            self.learn(&reply.json()["revealed"]);
        }
        reply
    }

    /// Films all of it as it is asked for, the server's clock running along.
    pub(super) async fn run(&mut self, house: &House, film: &mut dyn FnMut(Look, u64) -> Vec<u8>) {
        while !self.is_over() {
            let part = self.film(film);
            house.clock.advance(Duration::from_millis(PART_MS));
            let reply = self.send(house, part).await;
            assert_eq!(reply.status, 200, "part {}: {}", self.part - 1, reply.text());
        }
    }

    pub(super) async fn complete(&self, house: &House) -> Reply {
        house.post(&self.token, &self.path("complete"), "").await
    }
}

/// Sends a file.
pub(super) async fn post(house: &House, token: &str, path: &str, body: Vec<u8>) -> Reply {
    let kind = if path.ends_with("position") { "image/jpeg" } else { "application/octet-stream" };
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body))
        .unwrap();
    house.raw(request).await
}

/// A paper with a picture on it: it reflects the screen everywhere alike, `screen` times
/// as much as the room lights it.
pub(super) fn paper(picture: &Picture, screen: f64) -> impl FnMut(Look, u64) -> Vec<u8> {
    let flat = vec![LEVELS / 2; picture.pixels() as usize];
    lit(picture, flat, screen)
}

/// The same picture as if it were the head itself: where it looks to the camera it
/// reflects the screen more, where it looks up less, for the room lights it from above.
pub(super) fn head(
    picture: &Picture,
    landmarks: &[Point; 5],
    screen: f64,
) -> impl FnMut(Look, u64) -> Vec<u8> {
    let pose = canonical::Pose::of(landmarks).unwrap();
    let mut levels = Vec::with_capacity(picture.pixels() as usize);
    for row in 0..picture.height() {
        for column in 0..picture.width() {
            let [x, y] = pose.centimetres(column.into(), row.into());
            let near = |cell: &&canonical::Cell| {
                ((cell.x - x).powi(2) + (cell.y - y).powi(2)).mul_add(1e3, 0.0) as i64
            };
            let cell = canonical::cells().iter().min_by_key(near).unwrap();
            let share = 0.1 + 1.3 * cell.towards - 0.9 * cell.upward;
            // What lies behind the head is farther from the screen.
            let share = if x.abs() > 9.0 || y.abs() > 12.0 { 0.1 } else { share };
            levels.push(((share * LEVELS as f64 / 2.0).round() as usize).min(LEVELS));
        }
    }
    lit(picture, levels, screen)
}

/// The room's light is not the screen's: were all channels alike, a sequence and its
/// complement would be hard to tell apart.
const WARM: [f64; 3] = [0.75, 1.0, 1.35];

/// Steps of how much a place reflects: so many are twice as much as paper does.
const LEVELS: usize = 40;

fn lit(picture: &Picture, levels: Vec<usize>, screen: f64) -> impl FnMut(Look, u64) -> Vec<u8> {
    let picture = picture.clone();
    move |look, at| {
        let shine = match look {
            Look::Colours { top, bottom } => [0, 1, 2].map(|channel| {
                let of = |colour: Rgb| match colour.0[channel] {
                    0 => 0.0,
                    255 => 1.0,
                    _ => 0.25,
                };
                screen * WARM[channel] * (of(top) + of(bottom)) / 2.0
            }),
            Look::Gesture(_) => [0.0; 3],
        };
        let table = |level: usize, shine: f64| {
            let light = 0.45 * (1.0 + shine * level as f64 * 2.0 / LEVELS as f64);
            std::array::from_fn::<u8, 256, _>(|value| encoded(linear(value as f64 / 255.0) * light))
        };
        let tables: Vec<[[u8; 256]; 3]> =
            (0..=LEVELS).map(|level| shine.map(|shine| table(level, shine))).collect();
        let mut frame = picture.clone();
        for (n, value) in frame.bytes_mut().iter_mut().enumerate() {
            // The noise of a camera, another in every frame.
            let noise = (n as u64 ^ (at << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62;
            let table = &tables[levels[n / 3]][n % 3];
            *value = table[usize::from(*value)].saturating_add(noise as u8);
        }
        encode_jpeg(&frame, 85).unwrap()
    }
}

/// sRGB (IEC 61966-2-1) to light.
fn linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// And back.
fn encoded(light: f64) -> u8 {
    let light = light.min(1.0);
    let value =
        if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (255.0 * value).round() as u8
}
