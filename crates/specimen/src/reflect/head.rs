//! A head that was written down, not scanned: measures of faces as sums of smooth hills
//! and hollows, so that many different people can be drawn from ranges.
//!
//! The middle of the ranges was fitted by least squares to the depths of a published mean
//! of scanned faces (the reference of the Surrey face model), which is not the one that
//! the verifier's normals come from: beside a smooth quadratic their normals correlate by
//! 0.92 and 0.95, up and towards the camera; those of the fit with the verifier's by 0.90
//! and 0.94.

use bonafide_context::Random;
use bonafide_liveness::canonical::LANDMARKS;

use super::relief::{Relief, Smooth};

/// The shape and the skin of one person.
#[derive(Clone, Debug)]
pub struct Head {
    /// How wide, how high and how deep against the average.
    size: [f64; 3],
    /// Heights of the features against the average.
    features: Features,
    /// Small unevenness of the shape and how high it is, in centimetres.
    bumps: (Smooth, f64),
    skin: Skin,
}

#[derive(Clone, Copy, Debug)]
struct Features {
    nose: f64,
    nose_width: f64,
    tip_up: f64,
    brow: f64,
    temples: f64,
    sockets: f64,
    eyeballs: f64,
    cheeks: f64,
    folds: f64,
    lips: f64,
    chin: f64,
    jaw: f64,
    forehead: f64,
    lean: f64,
}

#[derive(Clone, Debug)]
struct Skin {
    colour: [f64; 3],
    freckles: (Smooth, f64),
    beard: Option<f64>,
    hair: [f64; 3],
}

/// Linear reflectance of skin of the Fitzpatrick types I to VI.
const TONES: [[f64; 3]; 6] = [
    [0.60, 0.42, 0.34],
    [0.52, 0.35, 0.27],
    [0.42, 0.27, 0.195],
    [0.30, 0.18, 0.125],
    [0.18, 0.10, 0.068],
    [0.10, 0.055, 0.037],
];

/// Which people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum People {
    /// Ordinary proportions.
    Ordinary,
    /// Other proportions of every feature, with unevenness: for the held-out set.
    Others,
    /// Flat, uneven faces.
    Odd,
}

impl Head {
    /// Draws a person; `skin` from 0 (I) to 5 (VI).
    pub(crate) fn draw(people: People, skin: f64, random: &mut dyn Random) -> Self {
        let depth = match people {
            People::Ordinary | People::Others => (0.85, 1.2),
            People::Odd => (0.6, 0.8),
        };
        let spread = match people {
            People::Ordinary => 0.15,
            People::Others | People::Odd => 0.28,
        };
        let bumps = match people {
            People::Ordinary => 0.03,
            People::Others => 0.10,
            People::Odd => 0.25,
        };
        let mut about = |mean: f64| mean * random.between(1.0 - spread, 1.0 + spread);
        let features = Features {
            nose: about(1.0),
            nose_width: about(1.0),
            tip_up: about(1.0),
            brow: about(1.0),
            temples: about(1.0),
            sockets: about(1.0),
            eyeballs: about(1.0),
            cheeks: about(1.0),
            folds: about(1.0),
            lips: about(1.0),
            chin: about(1.0),
            jaw: about(1.0),
            forehead: about(1.0),
            lean: about(1.0) - 1.0,
        };
        let grey = random.between(0.0, 1.0).powi(2) * 0.25 + 0.015;
        Self {
            size: [
                random.between(0.94, 1.07),
                random.between(0.94, 1.07),
                random.between(depth.0, depth.1),
            ],
            features,
            bumps: (Smooth::new(4.0, random), bumps),
            skin: Skin {
                colour: tone(skin),
                freckles: (Smooth::new(2.2, random), random.between(0.04, 0.06)),
                beard: (random.unit() < 0.25).then(|| random.between(0.35, 0.8)),
                hair: [grey, grey * 0.85, grey * 0.7],
            },
        }
    }

    /// Reflectance of the hair.
    pub(crate) fn hair(&self) -> [f64; 3] {
        self.skin.hair
    }

    /// The surface from hairline to chin and from ear to ear.
    pub(crate) fn relief(&self) -> Relief {
        let landmarks = LANDMARKS.map(|[x, y]| [x * self.size[0], y * self.size[1]]);
        Relief::new(
            (-8.2, 8.2),
            (-10.2, 10.0),
            0.36,
            |x, y| self.depth(x, y),
            |x, y| self.colour(x, y),
            landmarks,
        )
    }

    /// Another head's shape with this one's skin.
    pub(crate) fn lend_skin(&self, shape: &Relief) -> Relief {
        let mut lent = shape.clone();
        for row in 0..lent.rows {
            for column in 0..lent.columns {
                let (x, y) = lent.at(column, row);
                let colour = self.colour(x * self.size[0], y * self.size[1]);
                if let Some(place) = lent.points.get_mut(row * shape.columns + column) {
                    place.albedo = colour;
                }
            }
        }
        lent
    }

    /// How far a point of the face stands out, in centimetres; none beside the face.
    pub(crate) fn depth(&self, x: f64, y: f64) -> Option<f64> {
        let (x, y) = (x / self.size[0], y / self.size[1]);
        let f = &self.features;
        let half = half_width(y, f.jaw);
        let across = x / half;
        if half <= 0.0 || across.abs() > 0.985 {
            return None;
        }
        let round = 6.04 * (1.0 - (1.0 - across * across).sqrt());
        let back = if y > 2.5 { 0.001 + 0.012 * (f.forehead - 1.0) } else { 0.013 };
        let along = back * (y - 2.5).powi(2);
        let under_chin = 2.73 * (-8.5 - y).max(0.0).powi(2);
        let lean = 0.06 * f.lean * y;
        let sides = |cx: f64, cy: f64, sx: f64, sy: f64| hill(x.abs() - cx, y - cy, sx, sy);
        let middle = |cy: f64, sx: f64, sy: f64| hill(x, y - cy, sx, sy);
        let detail = 0.81 * f.forehead * middle(5.2, 2.64, 2.64)
            + 0.45 * f.brow * sides(2.75, 5.3, 1.39, 1.65)
            + 0.70 * f.temples * sides(4.5, 4.04, 1.27, 2.17)
            - 1.11 * f.sockets * sides(3.15, 2.29, 2.53, 1.38)
            + 0.75 * f.eyeballs * sides(3.34, 2.22, 1.24, 1.06)
            + 0.20 * f.cheeks * sides(5.1, -0.8, 1.03, 2.11)
            + 0.70 * f.cheeks * sides(3.5, -3.6, 2.0, 3.15)
            - 0.31 * f.folds * sides(2.84, -3.9, 1.1, 2.12)
            + self.nose(x, y)
            + 1.25 * f.lips * middle(-3.53, 2.4, 1.2)
            - 0.22 * f.lips * middle(-4.46, 2.42, 0.37)
            + 0.87 * f.lips * middle(-5.15, 1.92, 1.1)
            - 0.16 * f.lips * middle(-5.99, 1.36, 0.42)
            + 1.08 * f.chin * middle(-7.76, 3.74, 2.36);
        let (bumps, height) = &self.bumps;
        let z = 4.76 - round - along - under_chin + lean + detail + height * bumps.at(x, y);
        (under_chin < 3.5).then_some(z * self.size[2])
    }

    /// A ridge that rises from between the eyes to the tip, falls off steeply below it,
    /// and has wings at its sides.
    fn nose(&self, x: f64, y: f64) -> f64 {
        let f = &self.features;
        let tip = -0.9 + 0.25 * (f.tip_up - 1.0);
        let height = 2.7 * f.nose;
        let (rise, width) = if y > tip {
            let up = ((y - tip) / (3.47 - tip)).min(1.0);
            let soft = (-((y - tip - 0.3).max(0.0) + 0.9).powi(2)).exp() * 0.07;
            ((1.0 - up) * (1.0 - soft), 1.21 + 0.21 * hill(0.0, y - tip, 1.0, 0.9))
        } else {
            (hill(0.0, y - tip, 1.0, 1.34), 1.27)
        };
        let width = width * f.nose_width;
        let ridge = height * rise * (-(x.abs() / width).powf(2.57) / 1.1).exp();
        let wings =
            0.66 * f.nose_width * hill(x.abs() - 1.41 * f.nose_width, y - tip + 0.36, 0.33, 0.45);
        ridge + wings
    }

    fn colour(&self, x: f64, y: f64) -> [f64; 3] {
        let (x, y) = (x / self.size[0], y / self.size[1]);
        let (freckles, depth) = &self.skin.freckles;
        let uneven = 1.0 + depth * freckles.at(x, y);
        let mut colour = self.skin.colour.map(|value| value * uneven);
        let mut towards = |other: [f64; 3], share: f64| {
            for (value, other) in colour.iter_mut().zip(other) {
                *value += (other - *value) * share.clamp(0.0, 1.0);
            }
        };
        let hair = self.skin.hair;
        if let Some(beard) = self.skin.beard {
            let below = ((-2.6 - y) / 0.8).clamp(0.0, 1.0);
            let around = 1.0 - hill(x, y + 4.3, 2.0, 0.8);
            towards(hair, (1.0 - beard) * below * around);
        }
        let [red, green, blue] = self.skin.colour;
        towards([red * 0.85, green * 0.55, blue * 0.62], 0.8 * hill(x, y + 4.35, 2.1, 0.75));
        towards(hair, 0.85 * hill(x.abs() - 3.0, y - 4.35, 1.7, 0.35));
        towards([0.5, 0.48, 0.46], 0.7 * hill(x.abs() - 3.15, y - 2.62, 1.0, 0.32));
        towards([0.02, 0.02, 0.02], hill(x.abs() - 3.15, y - 2.62, 0.42, 0.4));
        towards(
            [red * 0.25, green * 0.15, blue * 0.15],
            hill(x.abs() - 0.65, y + 1.75, 0.35, 0.18),
        );
        towards(hair, (y - 8.6) / 0.8);
        colour.map(|value| value.clamp(0.005, 0.95))
    }
}

/// A hill of height 1.
pub(crate) fn hill(x: f64, y: f64, wide: f64, high: f64) -> f64 {
    (-(x / wide).powi(2) - (y / high).powi(2)).exp()
}

/// Half of the face's width at a height.
fn half_width(y: f64, jaw: f64) -> f64 {
    // From the crown over cheekbones and jaw to under the chin.
    let table = [
        (10.2, 4.6),
        (8.4, 6.3),
        (6.0, 7.2),
        (3.0, 7.5),
        (0.0, 7.35),
        (-3.0, 6.95),
        (-5.0, 6.3),
        (-7.0, 5.15),
        (-8.4, 4.1),
        (-9.4, 3.0),
        (-10.2, 1.8),
    ];
    let jaw = |y: f64, half: f64| if y < 0.0 { half * (1.0 + (jaw - 1.0) * 0.3) } else { half };
    for pair in table.windows(2) {
        let &[(above, wide), (below, narrow)] = pair else { continue };
        if (below..=above).contains(&y) {
            let share = (y - below) / (above - below);
            return jaw(y, narrow + (wide - narrow) * share);
        }
    }
    0.0
}

/// Skin between two of the tones.
fn tone(skin: f64) -> [f64; 3] {
    let skin = skin.clamp(0.0, 5.0);
    let at = (skin.floor() as usize).min(TONES.len() - 2);
    let share = skin - at as f64;
    let pair = TONES.get(at).zip(TONES.get(at + 1));
    let Some((light, dark)) = pair else { return TONES[0] };
    [0, 1, 2].map(|k| light[k].powf(1.0 - share) * dark[k].powf(share))
}

#[cfg(test)]
mod tests {
    use bonafide_context::Seeded;
    use bonafide_liveness::canonical::cells;

    use super::*;

    /// The written heads are faces: their normals go with those of an independent model,
    /// without being the same.
    #[test]
    fn normals_of_written_heads_are_those_of_faces() {
        let mut random = Seeded::new(5);
        for people in [People::Ordinary, People::Others] {
            let (mut upward, mut towards) = (Vec::new(), Vec::new());
            for _ in 0..10 {
                let head = Head::draw(people, 2.0, &mut random);
                for cell in cells() {
                    let slope = |dx: f64, dy: f64| {
                        let ahead = head.depth(cell.x + dx, cell.y + dy);
                        let behind = head.depth(cell.x - dx, cell.y - dy);
                        Some((ahead? - behind?) / (2.0 * (dx + dy)))
                    };
                    let Some((dx, dy)) = slope(0.4, 0.0).zip(slope(0.0, 0.4)) else { continue };
                    let length = (1.0 + dx * dx + dy * dy).sqrt();
                    upward.push((-dy / length, cell.upward));
                    towards.push((1.0 / length, cell.towards));
                }
            }
            let (up, to) = (correlation(&upward), correlation(&towards));
            assert!((0.8..0.99).contains(&up), "{people:?} upward {up}");
            assert!((0.8..0.99).contains(&to), "{people:?} towards {to}");
        }
    }

    fn correlation(pairs: &[(f64, f64)]) -> f64 {
        let n = pairs.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
        let (a, b) = (mean(|p| p.0), mean(|p| p.1));
        let cross: f64 = pairs.iter().map(|(x, y)| (x - a) * (y - b)).sum();
        let first: f64 = pairs.iter().map(|(x, _)| (x - a).powi(2)).sum();
        let second: f64 = pairs.iter().map(|(_, y)| (y - b).powi(2)).sum();
        cross / (first * second).sqrt()
    }
}
