//! The light of the room and of the screen.

use std::array::from_fn;

use bonafide_context::Random;

/// The room's light; all light in lux of white, each channel by itself.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    /// Light from everywhere, more of it from above, by channel.
    diffuse: [f64; 3],
    /// Light from one side, by channel.
    direct: [f64; 3],
    /// Where that comes from; unit, in the camera's frame.
    from: [f64; 3],
    /// What comes from below as a share of what comes from above.
    floor: f64,
    /// Light on the wall, as a share of that on the face.
    pub(crate) wall: f64,
    /// Mains flicker: share, and turns a second as the camera's shutter leaves it.
    flicker: (f64, f64),
}

impl Room {
    pub(crate) fn draw(lux: f64, kelvin: f64, direct: f64, random: &mut dyn Random) -> Self {
        let tint = blackbody(kelvin);
        let elevation = random.between(-10.0, 70.0).to_radians();
        let azimuth = random.between(-135.0, 135.0).to_radians();
        Self {
            diffuse: tint.map(|t| t * lux * (1.0 - direct)),
            direct: tint.map(|t| t * lux * direct),
            from: [
                elevation.cos() * azimuth.sin(),
                elevation.sin(),
                elevation.cos() * azimuth.cos(),
            ],
            floor: random.between(0.2, 0.6),
            wall: random.between(0.4, 1.1),
            flicker: (random.between(0.0, 0.01), random.between(3.0, 25.0)),
        }
    }

    /// Light that falls on a surface, and of the direct light what a mirror sends back to
    /// the camera, with the sharpness of a gloss.
    pub(crate) fn on(
        &self,
        normal: [f64; 3],
        open: f64,
        gloss: Option<f64>,
        eye: [f64; 3],
    ) -> ([f64; 3], [f64; 3]) {
        let above = f64::midpoint(1.0, normal[1]);
        let even = (self.floor + (1.0 - self.floor) * above) / f64::midpoint(1.0, self.floor);
        let facing = ((dot(normal, self.from) + 0.12) / 1.12).max(0.0);
        let light = from_fn(|k| self.diffuse[k] * even * open + self.direct[k] * facing);
        let mirrored = gloss.map_or(0.0, |sharp| highlight(normal, self.from, eye, sharp));
        (light, self.direct.map(|value| value * mirrored))
    }

    /// Its strength at a time, about 1.
    pub(crate) fn strength(&self, time: f64) -> f64 {
        let (share, turns) = self.flicker;
        1.0 + share * (std::f64::consts::TAU * turns * time).sin()
    }

    /// The mean light, by channel.
    pub(crate) fn mean(&self) -> [f64; 3] {
        from_fn(|k| self.diffuse[k] + 0.4 * self.direct[k])
    }
}

/// A screen beside the camera, seen as a few small lamps.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    lamps: Vec<Lamp>,
    /// Light of full white, in candela a square metre.
    pub(crate) nits: f64,
    /// Time in which a pixel comes 63 % of the way, in seconds.
    pub(crate) settle: f64,
    /// Light of black as a share of white.
    pub(crate) black: f64,
}

#[derive(Clone, Copy, Debug)]
struct Lamp {
    at: [f64; 3],
    /// Square metres.
    area: f64,
    top: bool,
}

impl Screen {
    /// A screen of a size in centimetres whose upper edge is just below the camera.
    pub(crate) fn new(width: f64, height: f64, nits: f64, settle: f64, black: f64) -> Self {
        let (columns, rows) = (3, 4);
        let area = width * height / f64::from(columns * rows) / 10_000.0;
        let lamps = (0..rows).flat_map(|row| {
            (0..columns).map(move |column| Lamp {
                at: [
                    width * ((f64::from(column) + 0.5) / f64::from(columns) - 0.5),
                    -0.7 - height * (f64::from(row) + 0.5) / f64::from(rows),
                    0.0,
                ],
                area,
                top: row < rows / 2,
            })
        });
        Self { lamps: lamps.collect(), nits, settle, black }
    }

    /// Light that white top and bottom halves throw on a point, and what a gloss mirrors.
    pub(crate) fn on(
        &self,
        point: [f64; 3],
        normal: [f64; 3],
        gloss: Option<f64>,
        eye: [f64; 3],
    ) -> Halves {
        let mut out = Halves::default();
        for lamp in &self.lamps {
            let way: [f64; 3] = from_fn(|k| lamp.at[k] - point[k]);
            let far = dot(way, way).sqrt();
            let to = way.map(|w| w / far);
            // The screen looks along -z; a panel is dimmer to the side.
            let leaving = to[2].max(0.0);
            let arriving = self.nits * lamp.area * leaving * leaving.sqrt() / (far / 100.0).powi(2);
            let light = arriving * dot(normal, to).max(0.0);
            let mirrored = gloss.map_or(0.0, |sharp| arriving * highlight(normal, to, eye, sharp));
            let (sum, shine) = if lamp.top {
                (&mut out.top, &mut out.top_mirrored)
            } else {
                (&mut out.bottom, &mut out.bottom_mirrored)
            };
            *sum += light;
            *shine += mirrored;
        }
        out
    }
}

/// What the two halves of a screen do at a point.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Halves {
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    pub(crate) top_mirrored: f64,
    pub(crate) bottom_mirrored: f64,
}

/// Phong's highlight, of unit total.
fn highlight(normal: [f64; 3], to: [f64; 3], eye: [f64; 3], sharp: f64) -> f64 {
    let facing = dot(normal, to);
    if facing <= 0.0 {
        return 0.0;
    }
    let mirrored: [f64; 3] = from_fn(|k| 2.0 * facing * normal[k] - to[k]);
    dot(mirrored, eye).max(0.0).powi(sharp as i32) * (sharp + 2.0) / 2.0
}

pub(crate) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Linear red, green and blue of a black body, green 1: ratios of the sRGB primaries
/// along the Planckian locus (a fit of the published locus between 2,000 and 10,000 K).
fn blackbody(kelvin: f64) -> [f64; 3] {
    // Against daylight of 6,500 K, in reciprocal megakelvin.
    let warm = 1.0e6 / kelvin - 1.0e6 / 6_500.0;
    [(warm * 0.0034).exp(), 1.0, (-warm * 0.0068).exp()]
}
