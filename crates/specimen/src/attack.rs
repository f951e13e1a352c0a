//! Presentation attacks, rendered.
//!
//! These are drawings of attacks, for tests of the path that an attack takes
//! through the product. No print was made and no screen filmed: how well a
//! detector tells them apart says nothing about how well it tells real ones.

use bonafide_context::Random;
use bonafide_media::{Border, Homography, Picture, Point, Quad, Rect, resize, warp_perspective};

use crate::{SpecimenError, filter};

/// How a face is presented that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// A sheet of paper with the photograph printed on it, held up.
    Print,
    /// The photograph on a screen.
    Replay,
}

/// The photograph as a camera sees it on paper or on a screen; same size.
pub fn present(
    photo: &Picture,
    attack: Attack,
    random: &mut dyn Random,
) -> Result<Picture, SpecimenError> {
    let (width, height) = (photo.width(), photo.height());
    if !(48..=12_000).contains(&width) || !(48..=12_000).contains(&height) {
        return Err(SpecimenError::Size);
    }
    let medium = match attack {
        Attack::Print => printed(photo, random)?,
        Attack::Replay => displayed(photo)?,
    };
    let mut about = |part: f32| random.between(-f64::from(part), f64::from(part)) as f32;
    let (w, h) = (width as f32, height as f32);
    let edge = Quad::from_rect(Rect::new(0.0, 0.0, w, h).grown(-0.05 * w.min(h)));
    let held = Quad(edge.0.map(|p| Point::new(p.x + about(0.02) * w, p.y + about(0.02) * h)));
    let map = Homography::between(&held, &Quad::from_rect(medium.bounds()))
        .ok_or(SpecimenError::Conditions)?;
    let room = match attack {
        Attack::Print => [112, 108, 102],
        Attack::Replay => [38, 38, 42],
    };
    let mut out = warp_perspective(&medium, &map, width, height, Border::Colour(room))?;
    filter::blur(&mut out, 0.6 * w / 720.0);
    filter::noise(&mut out, 3.0, random);
    filter::jpeg(&out, 75)
}

/// Paper: fewer colours, no deep black, a halftone screen, fibres, a white
/// border and a bend that shades it.
fn printed(photo: &Picture, random: &mut dyn Random) -> Result<Picture, SpecimenError> {
    let (width, height) = (photo.width(), photo.height());
    let border = width.min(height) / 24 + 1;
    let mut sheet = Picture::filled(width, height, [238, 236, 230])?;
    let inner = resize(photo, width - 2 * border, height - 2 * border)?;
    let dots = 2.0 * std::f32::consts::PI / (width as f32 / 260.0).max(2.2);
    let bend = random.between(0.25, 0.75) as f32 * width as f32;
    for y in 0..height {
        for x in 0..width {
            let mut colour = sheet.pixel(x, y).map(f32::from);
            let within = x >= border && y >= border;
            if within && x - border < inner.width() && y - border < inner.height() {
                let c = inner.pixel(x - border, y - border).map(f32::from);
                let grey = (c[0] + c[1] + c[2]) / 3.0;
                // Screen at 45 degrees, as black is printed.
                let (u, v) = ((x + y) as f32 * 0.707, (x as f32 - y as f32) * 0.707);
                let screen = 7.0 * (u * dots).sin() * (v * dots).sin();
                colour = c.map(|c| 44.0 + (grey + (c - grey) * 0.72) * 0.74 + screen);
            }
            let away = (x as f32 - bend) / width as f32;
            let shade = 1.0 - 0.28 * away * away + 0.06 * (-(away * 40.0).powi(2)).exp();
            sheet.set_pixel(x, y, colour.map(|c| (c * shade).clamp(0.0, 255.0) as u8));
        }
    }
    filter::noise(&mut sheet, 2.0, random);
    Ok(sheet)
}

/// A screen: its own gamma and blue cast, pixel rows that beat with the
/// camera's (moiré), a black bezel and a reflection.
fn displayed(photo: &Picture) -> Result<Picture, SpecimenError> {
    let (width, height) = (photo.width(), photo.height());
    let bezel = width.min(height) / 18 + 1;
    let mut screen = Picture::filled(width, height, [14, 14, 16])?;
    let inner = resize(photo, width - 2 * bezel, height - 2 * bezel)?;
    for y in 0..inner.height() {
        for x in 0..inner.width() {
            let (fx, fy) = (x as f32, y as f32);
            let grid = 1.0 + 0.05 * (fx * 2.09).sin() + 0.05 * (fy * 2.05).sin();
            let beat = 1.0 + 0.05 * (fx * 0.11 + fy * 0.037).sin() * (fy * 0.093 - fx * 0.02).sin();
            let across = fx / inner.width() as f32 - fy / inner.height() as f32;
            let reflection = 26.0 * (-(across - 0.35).powi(2) * 60.0).exp();
            let c = inner.pixel(x, y);
            let cast = [0.95, 1.0, 1.1];
            let colour: [u8; 3] = std::array::from_fn(|i| {
                let lit = 255.0 * (f32::from(c[i]) / 255.0).powf(1.18) * cast[i];
                (lit * grid * beat + reflection).clamp(0.0, 255.0) as u8
            });
            screen.set_pixel(x + bezel, y + bezel, colour);
        }
    }
    Ok(screen)
}
