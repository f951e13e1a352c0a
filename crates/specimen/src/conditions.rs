//! How the picture is taken.

use bonafide_context::Random;
use bonafide_media::QuarterTurn;

use crate::SpecimenError;

/// The circumstances of one picture. Angles in degrees, strengths 0 to 1
/// unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// Width of the picture in pixels, before a quarter turn.
    pub width: u32,
    /// Height of the picture in pixels, before a quarter turn.
    pub height: u32,
    /// Part of the picture's width or height (whichever binds) that the
    /// document takes; above 1 it is cut off at the edges.
    pub fill: f32,
    /// Shift of the document's centre, as parts of the picture's size.
    pub offset: (f32, f32),
    /// Tilt about the horizontal axis: the far edge is the upper one.
    pub tilt_x: f32,
    /// Tilt about the vertical axis.
    pub tilt_y: f32,
    /// Rotation in the plane, clockwise.
    pub rotation: f32,
    /// The camera was turned.
    pub turn: QuarterTurn,
    /// Sigma of the lens's blur in pixels.
    pub blur: f32,
    /// Length of a motion blur in pixels and its direction in degrees.
    pub motion: (f32, f32),
    /// Standard deviation of the sensor's noise, in grey levels.
    pub noise: f32,
    /// How much darker the dark side is.
    pub uneven_light: f32,
    /// A shadow that falls over part of the document: how dark.
    pub shadow: f32,
    /// A lamp's reflection.
    pub glare: Option<Glare>,
    /// What the document lies on.
    pub background: Background,
    /// Quality of the camera's JPEG, 1 to 100; `None` leaves the pixels alone.
    pub jpeg: Option<u8>,
    /// What is wrong with the document itself.
    pub defect: Option<Defect>,
}

/// A lamp's reflection on the laminate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glare {
    /// Centre, as parts of the document's width and height.
    pub at: (f32, f32),
    /// Radius, as a part of the document's width.
    pub radius: f32,
    /// 1 is pure white in the middle.
    pub strength: f32,
}

/// What the document lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// A scanner's lid.
    White,
    /// A dark table top.
    Dark,
    /// Wood.
    Wood,
    /// A woven cloth.
    Cloth,
}

/// What is wrong with the document itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// The check digit of the date of birth is not the right one.
    WrongCheckDigit,
    /// Name and date of birth differ between the visual and the
    /// machine-readable zone.
    ZonesDisagree,
    /// The machine-readable zone is missing.
    NoMrz,
    /// A second document, of someone else, lies below the first.
    TwoDocuments,
}

/// How hard a picture is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difficulty {
    /// A flat scan.
    Scan,
    /// A phone photo taken with care.
    Phone,
    /// A phone photo taken in a hurry in poor light.
    Hurried,
    /// Beyond what may be read: the right answer says why not.
    Hopeless,
}

impl Difficulty {
    /// All four, from easy to hard.
    pub const ALL: [Self; 4] = [Self::Scan, Self::Phone, Self::Hurried, Self::Hopeless];

    /// Conditions of this difficulty for a picture of `width` x `height`.
    pub fn conditions(self, width: u32, height: u32, random: &mut dyn Random) -> Conditions {
        let flat = Conditions::flat(width, height);
        // Blur and noise grow with the picture: the lens does not get better
        // with more pixels.
        let size = (width.max(height) as f32 / 1_600.0).max(0.4);
        let mut about = |spread: f32| random.between(-f64::from(spread), f64::from(spread)) as f32;
        match self {
            Self::Scan => Conditions { noise: 1.5, jpeg: Some(88), fill: 0.98, ..flat },
            Self::Phone => Conditions {
                fill: 0.82 + about(0.05),
                offset: (about(0.03), about(0.03)),
                tilt_x: about(15.0),
                tilt_y: about(15.0),
                rotation: about(6.0),
                blur: 0.7 * size,
                noise: 3.0,
                uneven_light: 0.22,
                background: Background::Wood,
                jpeg: Some(60),
                ..flat
            },
            Self::Hurried => Conditions {
                fill: 0.7 + about(0.06),
                offset: (about(0.06), about(0.06)),
                tilt_x: about(24.0),
                tilt_y: about(24.0),
                rotation: about(18.0),
                blur: 1.1 * size,
                motion: (2.5 * size, about(90.0)),
                noise: 7.0,
                uneven_light: 0.42,
                shadow: 0.4,
                glare: Some(Glare { at: (0.65 + about(0.15), 0.3), radius: 0.08, strength: 0.85 }),
                background: Background::Cloth,
                jpeg: Some(45),
                ..flat
            },
            Self::Hopeless => Conditions {
                fill: 0.55 + about(0.1),
                offset: (about(0.1), about(0.1)),
                tilt_x: about(38.0),
                tilt_y: about(38.0),
                rotation: about(35.0),
                blur: 3.2 * size,
                motion: (9.0 * size, about(90.0)),
                noise: 16.0,
                uneven_light: 0.6,
                shadow: 0.55,
                glare: Some(Glare { at: (0.5 + about(0.2), 0.85), radius: 0.3, strength: 1.0 }),
                background: Background::Dark,
                jpeg: Some(20),
                ..flat
            },
        }
    }
}

impl Conditions {
    /// Straight from above, evenly lit, without noise and without JPEG.
    pub fn flat(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            fill: 0.96,
            offset: (0.0, 0.0),
            tilt_x: 0.0,
            tilt_y: 0.0,
            rotation: 0.0,
            turn: QuarterTurn::None,
            blur: 0.0,
            motion: (0.0, 0.0),
            noise: 0.0,
            uneven_light: 0.0,
            shadow: 0.0,
            glare: None,
            background: Background::White,
            jpeg: None,
            defect: None,
        }
    }

    /// Whether a picture can be taken like this.
    pub(crate) fn check(&self) -> Result<(), SpecimenError> {
        if ![self.width, self.height].iter().all(|side| (16..=12_000).contains(side)) {
            return Err(SpecimenError::Size);
        }
        if self.finite() { Ok(()) } else { Err(SpecimenError::Conditions) }
    }

    /// Whether every number is finite.
    pub(crate) fn finite(&self) -> bool {
        let glare = self.glare.map_or([0.0; 4], |g| [g.at.0, g.at.1, g.radius, g.strength]);
        [
            self.fill,
            self.offset.0,
            self.offset.1,
            self.tilt_x,
            self.tilt_y,
            self.rotation,
            self.blur,
            self.motion.0,
            self.motion.1,
            self.noise,
            self.uneven_light,
            self.shadow,
        ]
        .iter()
        .chain(&glare)
        .all(|value| value.is_finite())
    }
}
