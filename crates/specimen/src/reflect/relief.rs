//! A surface before the camera: depth and colour over a grid.

use std::array::from_fn;

/// A surface that is a height over a plane, in the face's own frame: x to the right of
/// the picture, y up, z to the camera, in centimetres, eyes and mouth where
/// [`bonafide_liveness::canonical::LANDMARKS`] has them.
#[derive(Clone, Debug)]
pub struct Relief {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) left: f64,
    pub(crate) bottom: f64,
    pub(crate) step: f64,
    /// One for each crossing of the grid, row by row from the bottom.
    pub(crate) points: Vec<Place>,
    /// Where the five landmarks lie on it.
    pub(crate) landmarks: [[f64; 3]; 5],
}

/// A crossing of the grid.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// Whether the surface is there at all.
    pub(crate) there: bool,
    pub(crate) z: f64,
    pub(crate) normal: [f64; 3],
    /// Share of light that it gives back, red, green and blue.
    pub(crate) albedo: [f64; 3],
    /// Share of the surroundings' light that finds its way here: folds are darker.
    pub(crate) open: f64,
}

impl Relief {
    /// A surface from its depth (none where it ends) and colour at each point.
    pub(crate) fn new(
        (left, right): (f64, f64),
        (bottom, top): (f64, f64),
        step: f64,
        depth: impl Fn(f64, f64) -> Option<f64>,
        albedo: impl Fn(f64, f64) -> [f64; 3],
        landmarks: [[f64; 2]; 5],
    ) -> Self {
        let columns = ((right - left) / step).ceil() as usize + 1;
        let rows = ((top - bottom) / step).ceil() as usize + 1;
        let mut out = Self {
            columns,
            rows,
            left,
            bottom,
            step,
            points: Vec::with_capacity(columns * rows),
            landmarks: landmarks.map(|[x, y]| [x, y, depth(x, y).unwrap_or(0.0)]),
        };
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = out.at(column, row);
                let z = depth(x, y);
                out.points.push(Place {
                    there: z.is_some(),
                    z: z.unwrap_or(0.0),
                    normal: [0.0, 0.0, 1.0],
                    albedo: albedo(x, y),
                    open: 1.0,
                });
            }
        }
        out.light_up();
        out
    }

    /// Coordinates of a crossing.
    pub(crate) fn at(&self, column: usize, row: usize) -> (f64, f64) {
        (self.left + column as f64 * self.step, self.bottom + row as f64 * self.step)
    }

    /// The crossing, if the surface is there.
    pub(crate) fn place(&self, column: i64, row: i64) -> Option<&Place> {
        let column = usize::try_from(column).ok().filter(|column| *column < self.columns)?;
        let row = usize::try_from(row).ok().filter(|row| *row < self.rows)?;
        self.points.get(row * self.columns + column).filter(|place| place.there)
    }

    /// Normals and openness from the depths.
    fn light_up(&mut self) {
        let mut found = Vec::with_capacity(self.points.len());
        for row in 0..self.rows as i64 {
            for column in 0..self.columns as i64 {
                let Some(here) = self.place(column, row) else {
                    found.push(None);
                    continue;
                };
                let slope = |dx: i64, dy: i64| {
                    let ahead = self.place(column + dx, row + dy).map(|p| p.z);
                    let behind = self.place(column - dx, row - dy).map(|p| p.z);
                    match (ahead, behind) {
                        (Some(a), Some(b)) => (a - b) / (2.0 * self.step),
                        (Some(a), None) => (a - here.z) / self.step,
                        (None, Some(b)) => (here.z - b) / self.step,
                        (None, None) => 0.0,
                    }
                };
                let (dx, dy) = (slope(1, 0), slope(0, 1));
                let length = (dx * dx + dy * dy + 1.0).sqrt();
                let normal = [-dx / length, -dy / length, 1.0 / length];
                found.push(Some((normal, self.openness(column, row, here.z))));
            }
        }
        for (place, found) in self.points.iter_mut().zip(found) {
            if let Some((normal, open)) = found {
                place.normal = normal;
                place.open = open;
            }
        }
    }

    /// How much of the half space in front is not hidden by the surface itself: the mean
    /// over eight directions of how low the horizon is.
    fn openness(&self, column: i64, row: i64, z: f64) -> f64 {
        let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
        let hidden: f64 = directions
            .iter()
            .map(|(dx, dy)| {
                let far = f64::from(dx * dx + dy * dy).sqrt() * self.step;
                (1..=10)
                    .filter_map(|n| {
                        let place =
                            self.place(column + n * i64::from(*dx), row + n * i64::from(*dy))?;
                        let (up, along) = (place.z - z, far * n as f64);
                        Some((up / up.hypot(along)).max(0.0))
                    })
                    .fold(0.0, f64::max)
            })
            .sum();
        1.0 - 0.5 * hidden / directions.len() as f64
    }
}

/// Values that vary smoothly over a plane, mean 0 and standard deviation about 1.
#[derive(Clone, Debug)]
pub(crate) struct Smooth {
    waves: [([f64; 2], f64); 12],
}

impl Smooth {
    /// Waves as long as `length` centimetres, more or less.
    pub(crate) fn new(length: f64, random: &mut dyn bonafide_context::Random) -> Self {
        Self {
            waves: from_fn(|_| {
                let frequency = std::f64::consts::TAU / length * random.between(0.5, 1.6);
                let (sin, cos) = random.between(0.0, std::f64::consts::TAU).sin_cos();
                ([frequency * cos, frequency * sin], random.between(0.0, std::f64::consts::TAU))
            }),
        }
    }

    pub(crate) fn at(&self, x: f64, y: f64) -> f64 {
        let sum: f64 = self.waves.iter().map(|([a, b], phase)| (a * x + b * y + phase).sin()).sum();
        sum / (self.waves.len() as f64 / 2.0).sqrt()
    }
}
