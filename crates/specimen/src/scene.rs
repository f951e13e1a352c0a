//! Pages on a table before a camera.

use bonafide_context::Random;
use bonafide_media::{Homography, Picture, Point, Quad, Rect};

use crate::SpecimenError;
use crate::conditions::{Background, Conditions};

/// A page and its corners in the picture.
pub(crate) struct Placed<'a> {
    pub(crate) page: &'a Picture,
    /// Corners of the page in the picture.
    pub(crate) quad: Quad,
    /// Radius of the page's rounded corners, in its pixels.
    pub(crate) corner: f32,
}

impl Placed<'_> {
    /// Maps page pixels to the picture.
    pub(crate) fn to_picture(&self) -> Result<Homography, SpecimenError> {
        let bounds = page_quad(self.page);
        Homography::between(&bounds, &self.quad).ok_or(SpecimenError::Conditions)
    }
}

fn page_quad(page: &Picture) -> Quad {
    let (w, h) = (page.width() as f32, page.height() as f32);
    // From edge to edge: pixel centres lie at whole numbers.
    Quad::from_rect(Rect::new(-0.5, -0.5, w, h))
}

/// How far the camera stands away, in widths of the document: a phone held at
/// a passport.
const DISTANCE: f32 = 2.2;

/// Corners of a document `aspect` times as wide as high in the picture.
pub(crate) fn corners(conditions: &Conditions, aspect: f32) -> Result<Quad, SpecimenError> {
    let (sin_x, cos_x) = conditions.tilt_x.to_radians().sin_cos();
    let (sin_y, cos_y) = conditions.tilt_y.to_radians().sin_cos();
    let (sin_z, cos_z) = conditions.rotation.to_radians().sin_cos();
    // Seen edge-on or from behind there is nothing to render.
    if cos_x < 0.2 || cos_y < 0.2 {
        return Err(SpecimenError::Conditions);
    }
    let half = 0.5 / aspect.max(0.01);
    let seen = [(-0.5, -half), (0.5, -half), (0.5, half), (-0.5, half)].map(|(x, y)| {
        let (x, z) = (x * cos_y, x * sin_y);
        let (y, z) = (y * cos_x - z * sin_x, y * sin_x + z * cos_x);
        let near = DISTANCE / (DISTANCE + z);
        let (x, y) = (x * near, y * near);
        Point::new(x * cos_z - y * sin_z, x * sin_z + y * cos_z)
    });
    let around = Rect::around(&seen).ok_or(SpecimenError::Conditions)?;
    let (width, height) = (conditions.width as f32, conditions.height as f32);
    let fit = (width / around.w).min(height / around.h) * conditions.fill.clamp(0.02, 6.0);
    let middle = around.center();
    let centre = Point::new(
        width * (0.5 + conditions.offset.0) - 0.5,
        height * (0.5 + conditions.offset.1) - 0.5,
    );
    let quad =
        Quad(seen.map(|p| {
            Point::new(centre.x + (p.x - middle.x) * fit, centre.y + (p.y - middle.y) * fit)
        }));
    let finite = quad.0.iter().all(|p| p.x.is_finite() && p.y.is_finite());
    if finite { Ok(quad) } else { Err(SpecimenError::Conditions) }
}

/// The picture that the camera's lens sees: no blur, no noise yet.
pub(crate) fn compose(
    placed: &[Placed<'_>],
    conditions: &Conditions,
    random: &mut dyn Random,
) -> Result<Picture, SpecimenError> {
    let (width, height) = (conditions.width, conditions.height);
    let mut out = Picture::filled(width, height, [0; 3])?;
    let ground = Ground::new(conditions.background, width, random);
    let light = Light::new(conditions, placed.first(), random);
    let mut back = Vec::new();
    for place in placed {
        let map = place.to_picture()?.inverse().ok_or(SpecimenError::Conditions)?;
        // The shadow that the page throws on the table, in page pixels.
        back.push((place, map.m.map(|v| v as f32), place.page.width() as f32 * 0.012));
    }
    for (y, row) in out.bytes_mut().chunks_exact_mut(width as usize * 3).enumerate() {
        let y = y as f32;
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let x = x as f32;
            let mut colour = ground.at(x, y);
            for (place, m, reach) in &back {
                let w = m[6] * x + m[7] * y + m[8];
                let u = (m[0] * x + m[1] * y + m[2]) / w;
                let v = (m[3] * x + m[4] * y + m[5]) / w;
                let outside = place.distance_outside(u, v);
                // Beyond the horizon the place is not a number.
                if outside.is_nan() || outside >= *reach * 4.0 {
                    continue;
                }
                if outside > 0.0 {
                    let dark = 1.0 - 0.45 * (-outside / reach).exp();
                    colour = colour.map(|c| c * dark);
                }
                let cover = (0.5 - outside).clamp(0.0, 1.0);
                if cover > 0.0 {
                    let page = sample(place.page, u, v);
                    for (c, p) in colour.iter_mut().zip(page) {
                        *c += (p - *c) * cover;
                    }
                }
            }
            let (factor, add) = light.at(x, y);
            *pixel = colour.map(|c| {
                let lit = (c * factor).min(255.0);
                (lit + (255.0 - lit) * add + 0.5) as u8
            });
        }
    }
    Ok(out)
}

impl Placed<'_> {
    /// Distance from the page's edge in page pixels, negative within.
    fn distance_outside(&self, u: f32, v: f32) -> f32 {
        let (hw, hh) = (self.page.width() as f32 / 2.0, self.page.height() as f32 / 2.0);
        let dx = (u + 0.5 - hw).abs() - (hw - self.corner);
        let dy = (v + 0.5 - hh).abs() - (hh - self.corner);
        dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - self.corner
    }
}

/// Bilinear, coordinates clamped to the page.
fn sample(page: &Picture, u: f32, v: f32) -> [f32; 3] {
    let u = u.clamp(0.0, page.width() as f32 - 1.0);
    let v = v.clamp(0.0, page.height() as f32 - 1.0);
    let (x, y) = (u as u32, v as u32);
    let (tx, ty) = (u - x as f32, v - y as f32);
    let (a, b) = (page.pixel(x, y), page.pixel(x + 1, y));
    let (c, d) = (page.pixel(x, y + 1), page.pixel(x + 1, y + 1));
    std::array::from_fn(|i| {
        let upper = f32::from(a[i]) * (1.0 - tx) + f32::from(b[i]) * tx;
        let lower = f32::from(c[i]) * (1.0 - tx) + f32::from(d[i]) * tx;
        upper * (1.0 - ty) + lower * ty
    })
}

/// The table: a tile of 256 x 256 that repeats mirrored.
struct Ground {
    tile: Vec<[f32; 3]>,
    /// Tile pixels a picture pixel.
    scale: f32,
}

const TILE: usize = 256;

impl Ground {
    fn new(background: Background, width: u32, random: &mut dyn Random) -> Self {
        let mut coarse =
            || -> Vec<f32> { (0..32 * 32).map(|_| random.between(-1.0, 1.0) as f32).collect() };
        let (first, second) = (coarse(), coarse());
        let value = |grid: &[f32], x: f32, y: f32| {
            let (x, y) = (x.rem_euclid(31.0), y.rem_euclid(31.0));
            let (i, j) = (x as usize, y as usize);
            let (tx, ty) = (x.fract(), y.fract());
            let at = |i: usize, j: usize| grid[(j % 32) * 32 + i % 32];
            let upper = at(i, j) * (1.0 - tx) + at(i + 1, j) * tx;
            let lower = at(i, j + 1) * (1.0 - tx) + at(i + 1, j + 1) * tx;
            upper * (1.0 - ty) + lower * ty
        };
        let tile = (0..TILE * TILE)
            .map(|i| {
                let (x, y) = ((i % TILE) as f32, (i / TILE) as f32);
                let fine = value(&second, x * 0.9, y * 0.9);
                match background {
                    Background::White => [246.0 + fine; 3],
                    Background::Dark => {
                        let level = 46.0 + 7.0 * value(&first, x * 0.05, y * 0.05) + 3.0 * fine;
                        [level, level * 1.02, level * 1.06]
                    }
                    Background::Wood => {
                        let bend = 5.0 * value(&first, x * 0.012, y * 0.03);
                        let ring = ((y * 0.16 + bend) * 1.6).sin();
                        let level = 1.0 + 0.1 * ring + 0.06 * value(&second, x * 0.05, y * 0.9);
                        [158.0 * level, 112.0 * level, 74.0 * level]
                    }
                    Background::Cloth => {
                        let weave = (x * 1.25).sin() * (y * 1.25).sin();
                        let level = 1.0 + 0.13 * weave + 0.08 * value(&first, x * 0.06, y * 0.06);
                        [92.0 * level, 104.0 * level, 126.0 * level + 3.0 * fine]
                    }
                }
            })
            .collect();
        Self { tile, scale: 700.0 / width.max(1) as f32 }
    }

    fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let mirrored = |at: f32| {
            let period = (at * self.scale) as usize % (2 * TILE);
            if period < TILE { period } else { 2 * TILE - 1 - period }
        };
        self.tile[mirrored(y) * TILE + mirrored(x)]
    }
}

/// Lamps and shadows: a factor and how far towards white.
struct Light {
    /// `[a, b, c]` of the plane `a·x + b·y + c`.
    slope: [f32; 3],
    /// Edge of the shadow, likewise, in widths of its soft edge; and how dark.
    shadow: ([f32; 3], f32),
    /// Centre, 1 / (2 radius²), strength.
    glare: Option<(Point, f32, f32)>,
}

impl Light {
    fn new(conditions: &Conditions, first: Option<&Placed<'_>>, random: &mut dyn Random) -> Self {
        let (width, height) = (conditions.width as f32, conditions.height as f32);
        let diagonal = width.hypot(height);
        let mut plane = |strength: f32, level: f32| {
            let angle = random.between(0.0, std::f64::consts::TAU) as f32;
            let (sin, cos) = angle.sin_cos();
            let (a, b) = (cos * strength / diagonal, sin * strength / diagonal);
            [a, b, level - a * width / 2.0 - b * height / 2.0]
        };
        let uneven = conditions.uneven_light.clamp(0.0, 1.0);
        let slope = plane(uneven * 1.4, 1.0 - uneven * 0.4);
        let shadow = (plane(14.0, 0.0), conditions.shadow.clamp(0.0, 1.0));
        let glare = conditions.glare.zip(first).and_then(|(glare, first)| {
            let (w, h) = (first.page.width() as f32, first.page.height() as f32);
            let at = Point::new(glare.at.0 * w, glare.at.1 * h);
            let centre = first.to_picture().ok()?.apply(at);
            let radius = (glare.radius * first.quad.width()).max(1.0);
            Some((centre, 0.5 / (radius * radius), glare.strength.clamp(0.0, 1.0)))
        });
        Self { slope, shadow, glare }
    }

    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let on = |plane: &[f32; 3]| plane[0] * x + plane[1] * y + plane[2];
        let mut factor = on(&self.slope).clamp(0.05, 1.3);
        if self.shadow.1 > 0.0 {
            let t = (on(&self.shadow.0) + 0.5).clamp(0.0, 1.0);
            factor *= 1.0 - self.shadow.1 * t * t * (3.0 - 2.0 * t);
        }
        let add = self.glare.map_or(0.0, |(centre, sharp, strength)| {
            let (dx, dy) = (x - centre.x, y - centre.y);
            let falloff = (dx * dx + dy * dy) * sharp;
            // A lamp has an inner disc that is burnt out.
            if falloff > 8.0 { 0.0 } else { ((1.6 * (-falloff).exp()).min(1.0)) * strength }
        });
        (factor, add)
    }
}
