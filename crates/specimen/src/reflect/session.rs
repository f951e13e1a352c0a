//! One recording: who, where, with what, and the frames that come of it.

use bonafide_context::{Random, Seeded};
use bonafide_liveness::{Challenge, GREY, Level, Method, Reveal, Shown};
use bonafide_media::{Point, encode_jpeg};

use super::camera::{Backlight, Camera, Filming};
use super::head::{Head, People};
use super::kind::Presented;
use super::light::{Room, Screen};
use super::motion::Motion;
use super::relief::Relief;
use super::scene::{Finish, Lens, Scene};
use super::sheet::{Display, sheet};

/// Where the conditions are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Ordinary rooms, phones and people: what the method is tuned on.
    Main,
    /// The same ranges, other heads: for reports only.
    Heldout,
    /// One condition of each recording at its extreme: for reports only.
    Stress,
}

/// A condition that is taken to its extreme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extreme {
    /// 0.5 to 4 lux.
    DarkRoom,
    /// 2,000 to 5,000 lux.
    Daylight,
    /// Light from everywhere.
    DiffuseLight,
    /// Light from one side.
    DirectLight,
    /// A screen of 60 to 150 candela a square metre.
    DimScreen,
    /// 9 to 15 frames a second.
    FewFrames,
    /// Two to four times as much motion.
    Motion,
    /// 150 to 250 ms from the display to the frame.
    SlowCamera,
    /// JPEG quality 30 to 50.
    Compression,
    /// Flat, uneven faces.
    OddFace,
}

impl Extreme {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::DarkRoom,
        Self::Daylight,
        Self::DiffuseLight,
        Self::DirectLight,
        Self::DimScreen,
        Self::FewFrames,
        Self::Motion,
        Self::SlowCamera,
        Self::Compression,
        Self::OddFace,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::DarkRoom => "dark_room",
            Self::Daylight => "daylight",
            Self::DiffuseLight => "diffuse_light",
            Self::DirectLight => "direct_light",
            Self::DimScreen => "dim_screen",
            Self::FewFrames => "few_frames",
            Self::Motion => "motion",
            Self::SlowCamera => "slow_camera",
            Self::Compression => "compression",
            Self::OddFace => "odd_face",
        }
    }
}

/// A recording that has not been filmed yet. Everything follows from its seed.
pub struct Session {
    /// Who or what is before the camera.
    pub presented: Presented,
    /// The condition at its extreme, in the stress set.
    pub extreme: Option<Extreme>,
    /// Light of the room.
    pub lux: f64,
    /// Skin, from 0 (Fitzpatrick I) to 5 (VI).
    pub skin: f64,
    /// From the display to the frame, in seconds.
    pub latency_s: f64,
    /// Frames a second.
    pub rate: f64,
    /// What the server asked for.
    pub challenge: Challenge,
    /// What the screen shows.
    pub shown: Vec<Shown>,
    level: Level,
    relief: Relief,
    hair: [f64; 3],
    display: Option<Display>,
    room: Room,
    screen: Screen,
    camera: Camera,
    motion: Motion,
    quality: u8,
    landmark_noise: f64,
    /// What the face reflects, if that is not what the screen shows.
    reflects: Reflects,
    random: Seeded,
}

/// What light the face or its picture answers.
enum Reflects {
    Screen,
    Nothing,
    /// These colours, imitated on a display or in an injected picture, so much later.
    Imitated(Vec<Shown>, f64),
}

/// A frame as a phone sends it.
pub struct Shot {
    /// By the display's clock, in seconds.
    pub time_s: f64,
    /// The frame.
    pub jpeg: Vec<u8>,
    /// Where a detector sees eyes, nose and mouth.
    pub landmarks: [Point; 5],
}

impl Session {
    /// Draws a recording of `presented`; `head` replaces the written heads.
    pub fn draw(presented: Presented, set: Set, head: Option<&Relief>, seed: u64) -> Self {
        let mut random = Seeded::new(seed);
        let random = &mut random;
        let extreme =
            (set == Set::Stress).then(|| pick(&Extreme::ALL, random).unwrap_or(Extreme::DarkRoom));
        let at = |wanted: Extreme, then: (f64, f64), else_: (f64, f64)| {
            if extreme == Some(wanted) { then } else { else_ }
        };
        let ranged = |(low, high): (f64, f64), random: &mut Seeded| random.between(low, high);
        let lux_range = match extreme {
            Some(Extreme::DarkRoom) => (0.5, 4.0),
            Some(Extreme::Daylight) => (2_000.0, 5_000.0),
            // Flat faces were asked for where their light is good.
            Some(Extreme::OddFace) => (5.0, 400.0),
            _ => (5.0, 1_000.0),
        };
        let lux = logarithmic(lux_range, random);
        let direct = match extreme {
            Some(Extreme::DiffuseLight) => (0.0, 0.2),
            Some(Extreme::DirectLight) => (0.5, 0.9),
            _ => (0.2, 0.75),
        };
        let direct = ranged(direct, random);
        let room = Room::draw(lux, random.between(2_700.0, 7_500.0), direct, random);
        let people = match (set, extreme) {
            (_, Some(Extreme::OddFace)) => People::Odd,
            (Set::Main, _) => People::Ordinary,
            _ => People::Others,
        };
        let skin = random.between(0.0, 5.0);
        let person = Head::draw(people, skin, random);
        let face = head.map_or_else(|| person.relief(), |head| person.lend_skin(head));
        let phone = random.unit() < 0.8;
        let nits = ranged(at(Extreme::DimScreen, (60.0, 150.0), (150.0, 500.0)), random);
        let (settle, black) = (random.between(0.001, 0.012), random.between(0.0, 0.003));
        let (width, height) = if phone { (6.6, 14.2) } else { (30.0, 19.0) };
        let screen = Screen::new(width, height, nits, settle, black);
        let distance = if phone { random.between(25.0, 48.0) } else { random.between(35.0, 50.0) };
        let rate = ranged(at(Extreme::FewFrames, (9.0, 15.0), (15.0, 30.0)), random);
        let latency_s = ranged(at(Extreme::SlowCamera, (0.15, 0.25), (0.03, 0.15)), random);
        let quality = ranged(at(Extreme::Compression, (30.0, 50.0), (60.0, 90.0)), random);
        let moved = ranged(at(Extreme::Motion, (2.0, 4.0), (0.3, 1.3)), random);
        let moved = if presented.is_flat() { moved * 1.6 } else { moved };
        let camera = Camera {
            rate,
            exposure_settles: random.between(0.15, 0.8),
            white_settles: random.between(0.5, 3.0),
            white_strength: random.between(0.0, 0.6),
            newest: random.between(0.65, 1.0),
            contrast: random.between(0.0, 0.5),
            saturation: random.between(1.0, 1.3),
            crosstalk: random.between(0.0, 0.08),
            readout: random.between(0.008, 0.03),
            full: random.between(5_000.0, 12_000.0),
            read: random.between(1.5, 4.0),
            target: random.between(0.16, 0.26),
        };
        let level = Level::Standard;
        let challenge = Challenge::draw(Method::Reflective, level, random);
        let shown = on_screen(&challenge);
        let other =
            |random: &mut Seeded| on_screen(&Challenge::draw(Method::Reflective, level, random));
        let reflects = match presented {
            Presented::InjectSelfie => Reflects::Nothing,
            Presented::ScreenReplay => Reflects::Imitated(Vec::new(), 0.0),
            Presented::SequenceReplay => {
                Reflects::Imitated(other(random), random.between(-0.1, 0.1))
            }
            Presented::SequenceGuessed => Reflects::Imitated(other(random), 0.0),
            Presented::RelightLag => Reflects::Imitated(shown.clone(), random.between(0.2, 0.4)),
            _ => Reflects::Screen,
        };
        let mut session_random = Seeded::new(random.u64());
        let relief =
            if presented.is_flat() { sheet(presented, &face, random) } else { face.clone() };
        let display = presented.is_displayed().then(|| {
            // Whoever plays a face back filmed it in light that suited him.
            let dim = logarithmic((5.0, 200.0), random);
            Display::new(&relief, &face, &screen, random.between(25.0, 40.0), dim, random)
        });
        let motion = Motion::draw(distance, moved, &mut session_random);
        Self {
            presented,
            extreme,
            lux,
            skin,
            latency_s,
            rate,
            challenge,
            shown,
            level,
            relief,
            hair: person.hair(),
            display,
            room,
            screen,
            camera,
            motion,
            quality: quality as u8,
            landmark_noise: random.between(1.0, 2.0),
            reflects,
            random: session_random,
        }
    }

    /// Other sequences of the same length, as they would have been shown.
    pub fn foreign(&self, count: usize) -> Vec<Vec<Shown>> {
        let mut random = self.random.clone();
        let mut other = || on_screen(&Challenge::draw(Method::Reflective, self.level, &mut random));
        (0..count).map(|_| other()).filter(|other| *other != self.shown).collect()
    }

    /// How long the issued sequence is.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Films it: frames `width` pixels wide, 3 by 4 (more exactly 10 by 13).
    pub fn film(mut self, width: u32) -> Vec<Shot> {
        let random = &mut self.random;
        let lens = Lens { width, height: width * 13 / 10, focal: random.between(1.0, 1.15) };
        let gloss = match self.presented {
            Presented::PrintGlossy => {
                Some((random.between(60.0, 300.0), random.between(0.02, 0.06)))
            }
            kind if kind.is_displayed() => Some((random.between(100.0, 250.0), 0.04)),
            kind if kind.is_flat() => None,
            // Skin shines a little, a solid mask as well.
            _ => Some((random.between(8.0, 20.0), random.between(0.01, 0.05))),
        };
        let matte = if self.display.is_some() { random.between(0.02, 0.06) } else { 1.0 };
        let grey = |random: &mut Seeded, low: f64, high: f64| {
            let value = random.between(low, high);
            [0; 3].map(|_| value * random.between(0.75, 1.25))
        };
        let scene = Scene {
            relief: &self.relief,
            finish: Finish { gloss, matte },
            hair: self.hair,
            shirt: grey(random, 0.05, 0.6),
            wall: grey(random, 0.2, 0.7),
            behind: random.between(50.0, 200.0),
            room: &self.room,
            screen: &self.screen,
            lens,
        };
        let dark = |shown: &[Shown]| -> Vec<Shown> {
            shown.iter().map(|shown| Shown { top: [0.0; 3], bottom: [0.0; 3], ..*shown }).collect()
        };
        let lit = match self.reflects {
            Reflects::Nothing => {
                let mut dark = dark(&self.shown);
                // Also before the first and after the last.
                dark.iter_mut().take(1).for_each(|first| first.start_s = -10.0);
                dark
            }
            _ => self.shown.clone(),
        };
        let backlight = Backlight::new(&lit, self.screen.settle, self.screen.black);
        let imitated = match &self.reflects {
            Reflects::Imitated(shown, late) => {
                Some((Backlight::new(shown, self.screen.settle, 0.0), *late, shown.is_empty()))
            }
            _ => None,
        };
        let mut filming = Filming::new(&self.camera, lens, random);
        let bias: [[f64; 2]; 5] = [(); 5].map(|()| [random.normal(), random.normal()]);
        let pixels = self.landmark_noise * f64::from(width) / 480.0;
        let end = self.shown.last().map_or(0.0, |last| last.end_s);
        let (mut time, mut last) = (random.between(0.0, 1.0 / self.rate), 0.0);
        let mut shots = Vec::new();
        while time < end {
            // Two in a hundred frames never come.
            if random.unit() >= 0.02 {
                let since: f64 = time - last;
                let stand = self.motion.at(since, random);
                last = time;
                let seen = time - self.latency_s + 0.004 * random.normal();
                let emits = self.display.as_ref().zip(imitated.as_ref()).map(
                    |(display, (backlight, late, still))| {
                        let now = backlight.mean(seen - late - 0.01, seen - late + 0.01);
                        let colour = [0, 1, 2].map(|k| f64::midpoint(now[k], now[3 + k]));
                        display.shows(if *still { [0.0; 3] } else { colour })
                    },
                );
                let light = scene.draw(&stand, emits.as_deref());
                let flicker = self.room.strength(seen);
                let taken = filming.take(&light, &backlight, seen, since, flicker);
                let jpeg = taken.and_then(|frame| encode_jpeg(&frame, self.quality).ok());
                if let Some(jpeg) = jpeg {
                    let mut landmarks = scene.landmarks(&stand);
                    for (point, bias) in landmarks.iter_mut().zip(&bias) {
                        for (value, bias) in point.iter_mut().zip(bias) {
                            *value += pixels * (bias + random.normal());
                        }
                    }
                    let landmarks = landmarks.map(|[x, y]| Point::new(x as f32, y as f32));
                    shots.push(Shot { time_s: time, jpeg, landmarks });
                }
            }
            time += 1.0 / self.rate + (0.003 * random.normal()).clamp(-0.009, 0.009);
        }
        shots
    }
}

/// What the screen shows for a challenge when nothing holds it up.
pub fn on_screen(challenge: &Challenge) -> Vec<Shown> {
    let mut secrets = challenge.secrets().into_iter();
    let mut start = 0.0;
    let steps = challenge.schedule().into_iter().map(|step| {
        let (start_s, end_s) = (start, start + f64::from(step.ms()) / 1000.0);
        start = end_s;
        let baseline = match step {
            bonafide_liveness::Step::Grey { .. } => [GREY; 3],
            _ => [0.0; 3],
        };
        let (top, bottom) = match step.is_secret().then(|| secrets.next()).flatten() {
            Some(Reveal::Flash { top, bottom, .. }) => (top.levels(), bottom.levels()),
            _ => (baseline, baseline),
        };
        Shown { start_s, end_s, top, bottom, secret: step.is_secret() }
    });
    steps.collect()
}

fn logarithmic((low, high): (f64, f64), random: &mut dyn Random) -> f64 {
    random.between(low.ln(), high.ln()).exp()
}

fn pick<T: Copy>(items: &[T], random: &mut dyn Random) -> Option<T> {
    items.get(usize::try_from(random.below(items.len() as u64)).ok()?).copied()
}
