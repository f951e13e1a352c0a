//! A frame as light: the surface in its pose before the wall, pixel by pixel.

use std::array::from_fn;
use std::f64::consts::PI;

use super::light::{Room, Screen};
use super::relief::{Place, Relief};

/// Where the surface is: turned about its own middle, then moved.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stand {
    /// Radians about the vertical.
    pub(crate) yaw: f64,
    /// Radians about the horizontal.
    pub(crate) pitch: f64,
    /// Radians about the line of sight.
    pub(crate) roll: f64,
    /// Centimetres from the camera's axis, and the distance.
    pub(crate) at: [f64; 3],
}

impl Stand {
    fn turn(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let ((sy, cy), (sp, cp), (sr, cr)) =
            (self.yaw.sin_cos(), self.pitch.sin_cos(), self.roll.sin_cos());
        let (x, z) = (cy * x + sy * z, cy * z - sy * x);
        let (y, z) = (cp * y - sp * z, cp * z + sp * y);
        [cr * x - sr * y, cr * y + sr * x, z]
    }

    /// A point of the face's frame in the camera's: the camera looks along -z.
    fn place(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        // Heads turn about a point behind the face.
        let [x, y, z] = self.turn([x, y, z + 4.0]);
        [x + self.at[0], y + self.at[1], z - 4.0 - self.at[2]]
    }
}

/// A pinhole camera.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lens {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Focal length as a share of the width.
    pub(crate) focal: f64,
}

impl Lens {
    pub(crate) fn project(&self, [x, y, z]: [f64; 3]) -> [f64; 2] {
        let scale = self.focal * f64::from(self.width) / -z;
        [
            f64::from(self.width) / 2.0 + x * scale - 0.5,
            f64::from(self.height) / 2.0 - y * scale - 0.5,
        ]
    }
}

/// How a surface gives light back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finish {
    /// Sharpness of the highlight, and the share of light in it.
    pub(crate) gloss: Option<(f64, f64)>,
    /// Factor on the albedo: a switched-on display reflects little of the room.
    pub(crate) matte: f64,
}

/// Light of one pixel before it is known what the screen shows when it is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Light {
    /// From the room, and what the surface itself emits.
    pub(crate) room: [f64; 3],
    /// A white top half of the screen adds this.
    pub(crate) top: [f64; 3],
    /// A white bottom half.
    pub(crate) bottom: [f64; 3],
}

/// What is the same for all frames of a recording.
pub(crate) struct Scene<'a> {
    pub(crate) relief: &'a Relief,
    pub(crate) finish: Finish,
    pub(crate) hair: [f64; 3],
    pub(crate) shirt: [f64; 3],
    pub(crate) wall: [f64; 3],
    /// Centimetres from the face to the wall.
    pub(crate) behind: f64,
    pub(crate) room: &'a Room,
    pub(crate) screen: &'a Screen,
    pub(crate) lens: Lens,
}

/// A point of the surface as the camera sees it.
#[derive(Clone, Copy, Default)]
struct Seen {
    at: [f64; 2],
    near: f64,
    light: Light,
}

impl Scene<'_> {
    /// The light of every pixel, row by row. `emits` is what a point of the surface shines
    /// by itself, by the index of the grid's crossing.
    pub(crate) fn draw(&self, stand: &Stand, emits: Option<&[[f64; 3]]>) -> Vec<Light> {
        let mut canvas = self.backdrop(stand);
        let mut depth = vec![f64::NEG_INFINITY; canvas.len()];
        let seen: Vec<Option<Seen>> = (0..self.relief.rows)
            .flat_map(|row| (0..self.relief.columns).map(move |column| (column, row)))
            .map(|(column, row)| {
                let place = self.relief.place(column as i64, row as i64)?;
                let at = row * self.relief.columns + column;
                let own = emits.and_then(|emits| emits.get(at)).copied().unwrap_or_default();
                Some(self.see(self.relief.at(column, row), place, stand, own))
            })
            .collect();
        let corner = |column: usize, row: usize| {
            seen.get(row * self.relief.columns + column).copied().flatten()
        };
        for row in 0..self.relief.rows.saturating_sub(1) {
            for column in 0..self.relief.columns.saturating_sub(1) {
                let (a, b) = (corner(column, row), corner(column + 1, row));
                let (c, d) = (corner(column, row + 1), corner(column + 1, row + 1));
                if let (Some(a), Some(b), Some(c)) = (a, b, c) {
                    self.fill(&mut canvas, &mut depth, &[a, b, c]);
                }
                if let (Some(b), Some(c), Some(d)) = (b, c, d) {
                    self.fill(&mut canvas, &mut depth, &[b, d, c]);
                }
            }
        }
        canvas
    }

    /// The five landmarks in pixels.
    pub(crate) fn landmarks(&self, stand: &Stand) -> [[f64; 2]; 5] {
        self.relief.landmarks.map(|point| self.lens.project(stand.place(point)))
    }

    fn see(&self, (x, y): (f64, f64), place: &Place, stand: &Stand, own: [f64; 3]) -> Seen {
        let point = stand.place([x, y, place.z]);
        let normal = stand.turn(place.normal);
        let far = super::light::dot(point, point).sqrt();
        let eye = point.map(|value| -value / far);
        let sharp = self.finish.gloss.map(|(sharp, _)| sharp);
        let share = self.finish.gloss.map_or(0.0, |(_, share)| share);
        let (lit, shine) = self.room.on(normal, place.open, sharp, eye);
        let halves = self.screen.on(point, normal, sharp, eye);
        let back = place.albedo.map(|albedo| albedo * self.finish.matte / PI);
        let mirror = share / PI;
        Seen {
            at: self.lens.project(point),
            near: -1.0 / point[2].min(-1.0),
            light: Light {
                room: from_fn(|k| back[k] * lit[k] + mirror * shine[k] + own[k]),
                top: from_fn(|k| back[k] * halves.top + mirror * halves.top_mirrored),
                bottom: from_fn(|k| back[k] * halves.bottom + mirror * halves.bottom_mirrored),
            },
        }
    }

    /// Wall, body and the head behind the face.
    fn backdrop(&self, stand: &Stand) -> Vec<Light> {
        let room = self.room.mean();
        let away = stand.at[2];
        let matte = |albedo: [f64; 3], room_share: f64, distance: f64, open: f64| {
            let point = [0.0, 0.0, -distance];
            let halves = self.screen.on(point, [0.0, 0.0, 1.0], None, [0.0, 0.0, 1.0]);
            Light {
                room: from_fn(|k| albedo[k] / PI * room[k] * room_share * open),
                top: albedo.map(|albedo| albedo / PI * halves.top),
                bottom: albedo.map(|albedo| albedo / PI * halves.bottom),
            }
        };
        let wall = matte(self.wall, self.room.wall, away + self.behind, 1.0);
        let hair = matte(self.hair, 0.8, away + 6.0, 1.0);
        let shirt = matte(self.shirt, 0.9, away + 8.0, 1.0);
        // What of the screen's light the head keeps from the wall is left out.
        let scale = self.lens.focal * f64::from(self.lens.width) / away;
        let middle = self.lens.project([stand.at[0], stand.at[1], -away]);
        let mut canvas = Vec::with_capacity((self.lens.width * self.lens.height) as usize);
        for row in 0..self.lens.height {
            for column in 0..self.lens.width {
                let x = (f64::from(column) - middle[0]) / scale;
                let y = (middle[1] - f64::from(row)) / scale;
                let head = (x / 8.9).powi(2) + ((y - 1.2) / 11.8).powi(2) < 1.0;
                let neck = x.abs() < 5.5 && y < -4.0;
                let body = y < -13.0 - 0.012 * x * x && x.abs() < 24.0;
                let mut light = match () {
                    () if body => shirt,
                    () if head || neck => hair,
                    () => wall,
                };
                // A wall is not evenly lit.
                let shade = 1.0 + 0.004 * x + 0.006 * y;
                light.room = light.room.map(|value| value * shade.clamp(0.6, 1.4));
                canvas.push(light);
            }
        }
        canvas
    }

    /// Fills a triangle, nearer ones before farther ones.
    fn fill(&self, canvas: &mut [Light], depth: &mut [f64], [a, b, c]: &[Seen; 3]) {
        let area = cross(a.at, b.at, c.at);
        if area.abs() < 1e-9 {
            return;
        }
        let span = |axis: usize, limit: u32| {
            let values = [a.at[axis], b.at[axis], c.at[axis]];
            let low = values.into_iter().fold(f64::INFINITY, f64::min).ceil().max(0.0);
            let high = values.into_iter().fold(f64::NEG_INFINITY, f64::max).floor();
            (low as u32)..(high.min(f64::from(limit) - 1.0) + 1.0).max(0.0) as u32
        };
        let columns = span(0, self.lens.width);
        for row in span(1, self.lens.height) {
            for column in columns.clone() {
                let at = [f64::from(column), f64::from(row)];
                let weights = [cross(at, b.at, c.at), cross(a.at, at, c.at), cross(a.at, b.at, at)]
                    .map(|weight| weight / area);
                if weights.iter().any(|weight| *weight < -1e-9) {
                    continue;
                }
                let mix =
                    |of: [f64; 3]| weights[0] * of[0] + weights[1] * of[1] + weights[2] * of[2];
                let near = mix([a.near, b.near, c.near]);
                let index = (row * self.lens.width + column) as usize;
                let Some((pixel, depth)) = canvas.get_mut(index).zip(depth.get_mut(index)) else {
                    continue;
                };
                if near <= *depth {
                    continue;
                }
                *depth = near;
                let (p, q, r) = (&a.light, &b.light, &c.light);
                *pixel = Light {
                    room: from_fn(|k| mix([p.room[k], q.room[k], r.room[k]])),
                    top: from_fn(|k| mix([p.top[k], q.top[k], r.top[k]])),
                    bottom: from_fn(|k| mix([p.bottom[k], q.bottom[k], r.bottom[k]])),
                };
            }
        }
    }
}

fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
}
