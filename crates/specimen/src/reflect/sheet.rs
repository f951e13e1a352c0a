//! Pictures of a face on something that is no face.

use std::array::from_fn;
use std::f64::consts::PI;

use bonafide_context::Random;

use super::head::hill;
use super::kind::Presented;
use super::light::{Room, Screen};
use super::relief::{Relief, Smooth};

/// Half of a sheet's width and height, in centimetres: A4 with the face life-size.
const HALF: (f64, f64) = (10.4, 14.0);
const STEP: f64 = 0.4;

/// The surface of an attack that is a sheet, printed with a photograph of `face`.
pub(crate) fn sheet(kind: Presented, face: &Relief, random: &mut dyn Random) -> Relief {
    let bend = Bend::draw(kind, random);
    let print = Photograph::take(face, random);
    let oval = matches!(kind, Presented::Mask2d | Presented::Mask2dFitted);
    let inside =
        move |x: f64, y: f64| !oval || (x / 8.0).powi(2) + ((y - 0.2) / 10.2).powi(2) < 1.0;
    Relief::new(
        (-HALF.0, HALF.0),
        (-HALF.1, HALF.1),
        STEP,
        |x, y| inside(x, y).then(|| bend.depth(x, y)),
        |x, y| print.reflectance(x, y),
        face.landmarks.map(|[x, y, _]| [x, y]),
    )
}

/// How paper lies.
struct Bend {
    /// Radius of a cylinder, whether its axis stands, and where it is nearest.
    cylinder: Option<(f64, bool, f64)>,
    crumples: Option<(Smooth, f64)>,
    nose: f64,
    chin: f64,
    sockets: f64,
}

impl Bend {
    fn draw(kind: Presented, random: &mut dyn Random) -> Self {
        let mut bend = Self { cylinder: None, crumples: None, nose: 0.0, chin: 0.0, sockets: 0.0 };
        match kind {
            Presented::PrintBent => {
                let radius = random.between(6.0, 22.0).max(HALF.0 + 1.0);
                // Bent tighter than its own half width a sheet would meet itself: only
                // the part towards the camera is seen then.
                bend.cylinder = Some((radius, random.unit() < 0.75, random.between(-2.0, 2.0)));
            }
            Presented::PrintCrumpled => {
                bend.crumples = Some((
                    Smooth::new(random.between(4.0, 9.0), random),
                    random.between(0.4, 1.5) / 2.0,
                ));
            }
            Presented::Mask2d => {
                bend.cylinder = Some((random.between(7.0, 12.0), true, 0.0));
                bend.nose = random.between(0.3, 1.2);
            }
            Presented::Mask2dFitted => {
                bend.cylinder = Some((random.between(7.0, 12.0), true, 0.0));
                bend.nose = random.between(1.2, 2.5);
                bend.chin = random.between(0.2, 0.8);
                bend.sockets = random.between(0.1, 0.5);
            }
            _ => (),
        }
        bend
    }

    fn depth(&self, x: f64, y: f64) -> f64 {
        let cylinder = self.cylinder.map_or(0.0, |(radius, stands, nearest)| {
            let across = (if stands { x } else { y }) - nearest;
            // Beyond the steepest part the paper goes on straight.
            let bound = across.abs().min(radius * 0.85);
            let slope = bound / (radius * radius - bound * bound).sqrt();
            (radius * radius - bound * bound).sqrt() - radius - slope * (across.abs() - bound)
        });
        let crumples = self.crumples.as_ref().map_or(0.0, |(bumps, high)| high * bumps.at(x, y));
        // Folded paper: a ridge from between the eyes that ends below the tip.
        let nose =
            self.nose * (hill(x, y + 0.4, 1.5, 2.0) * 0.5 + hill(x, y + 0.9, 1.2, 1.3) * 0.5);
        let chin = self.chin * hill(x, y + 7.6, 2.0, 1.4);
        let sockets = self.sockets * hill(x.abs() - 2.8, y - 2.8, 1.4, 1.0);
        cylinder + crumples + nose + chin - sockets
    }
}

/// A photograph of a face, with the light that was on it when it was taken.
struct Photograph {
    face: Relief,
    room: Room,
    behind: [f64; 3],
    exposure: f64,
}

impl Photograph {
    fn take(face: &Relief, random: &mut dyn Random) -> Self {
        let room =
            Room::draw(100.0, random.between(3500.0, 7000.0), random.between(0.1, 0.6), random);
        let grey = random.between(0.1, 0.7);
        let mut out = Self { face: face.clone(), room, behind: [grey; 3], exposure: 1.0 };
        // As a good print has it: the face is of middle brightness.
        let sum: f64 = [(-4.0, 0.0), (4.0, 0.0), (0.0, 6.0), (0.0, -7.0)]
            .iter()
            .map(|(x, y)| out.reflectance(*x, *y)[1])
            .sum();
        out.exposure = random.between(0.2, 0.4) / (sum / 4.0).max(1e-3);
        out
    }

    fn reflectance(&self, x: f64, y: f64) -> [f64; 3] {
        let column = ((x - self.face.left) / self.face.step).round() as i64;
        let row = ((y - self.face.bottom) / self.face.step).round() as i64;
        let Some(place) = self.face.place(column, row) else { return self.behind };
        let (lit, _) = self.room.on(place.normal, place.open, None, [0.0, 0.0, 1.0]);
        from_fn(|k| (self.exposure * place.albedo[k] * lit[k] / 100.0).clamp(0.03, 0.85))
    }
}

/// A display that shows a face under light of its maker's choice.
pub(crate) struct Display {
    /// Light of full white, in candela a square metre.
    nits: f64,
    /// For each crossing of the sheet: what the room gives the shown face, and what the
    /// imitated screen adds in white.
    points: Vec<([f64; 3], [f64; 3])>,
}

impl Display {
    /// A display whose picture lies on `sheet`; the imitated screen is as strong against
    /// the imitated room as `screen` at `distance` is against a room of `lux`.
    pub(crate) fn new(
        sheet: &Relief,
        face: &Relief,
        screen: &Screen,
        distance: f64,
        lux: f64,
        random: &mut dyn Random,
    ) -> Self {
        let room =
            Room::draw(lux, random.between(3500.0, 7000.0), random.between(0.1, 0.5), random);
        let mut points = Vec::with_capacity(sheet.points.len());
        for row in 0..sheet.rows {
            for column in 0..sheet.columns {
                let (x, y) = sheet.at(column, row);
                let at = (
                    ((x - face.left) / face.step).round() as i64,
                    ((y - face.bottom) / face.step).round() as i64,
                );
                let point = face.place(at.0, at.1).map_or(
                    (room.mean().map(|value| 0.3 * value / PI), [0.0; 3]),
                    |place| {
                        let (lit, _) = room.on(place.normal, place.open, None, [0.0, 0.0, 1.0]);
                        let halves = screen.on(
                            [x, y, place.z - 5.0 - distance],
                            place.normal,
                            None,
                            [0.0, 0.0, 1.0],
                        );
                        let screen = halves.top + halves.bottom;
                        (
                            from_fn(|k| place.albedo[k] / PI * lit[k]),
                            place.albedo.map(|albedo| albedo / PI * screen),
                        )
                    },
                );
                points.push(point);
            }
        }
        // Exposed as a camera would: the mean of the room's part at a fifth of white, with
        // room for the screen's.
        let mean: f64 = points.iter().map(|(room, _)| room[1]).sum::<f64>() / points.len() as f64;
        let gain = 0.18 / mean.max(1e-9);
        for (room, screen) in &mut points {
            *room = room.map(|value| value * gain);
            *screen = screen.map(|value| value * gain);
        }
        Self { nits: random.between(200.0, 500.0), points }
    }

    /// What every point shines when the imitated screen shows a colour.
    pub(crate) fn shows(&self, colour: [f64; 3]) -> Vec<[f64; 3]> {
        let shine = |(room, screen): &([f64; 3], [f64; 3])| {
            from_fn(|k| self.nits * (room[k] + screen[k] * colour[k]).min(1.0))
        };
        self.points.iter().map(shine).collect()
    }
}
