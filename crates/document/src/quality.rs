//! Why a document could not be read: size, sharpness, glare, turn, cut edges.

use bonafide_media::{Picture, Quad, Rect};

use crate::Warning;
use crate::layout::Frame;

/// Lines lower than this (pixels of the picture, as the detector draws them,
/// which is about 1.6 times the capitals) cannot be read.
const MIN_LINE: f32 = 10.0;
/// Text whose edges are wider than this part of the line's height is blurred.
const MAX_EDGE: f32 = 0.16;
/// A page of which this part or more is burnt out has glare on it,
const MIN_GLARE: f32 = 0.015;
/// unless so much is burnt out that the paper itself is white.
const MAX_GLARE: f32 = 0.45;
/// Text tilted by more than this, in degrees, is hard to find.
const MAX_TILT: f32 = 20.0;
/// Lines looked at.
const MAX_SAMPLES: usize = 24;

/// What stands in the way of reading the text of `picture`, which lies in
/// `lines` along `frame`. Ask only when something was not read: a document that
/// was read needs no excuse.
pub(crate) fn obstacles(picture: &Picture, lines: &[Quad], frame: &Frame) -> Vec<Warning> {
    let mut found = Vec::new();
    let sample = || lines.iter().filter(|q| q.width() > 2.0 * q.height()).take(MAX_SAMPLES);
    let small = median(sample().map(|quad| quad.height())).is_some_and(|h| h < MIN_LINE);
    if small {
        found.push(Warning::TooSmall);
    }
    let edges = median(sample().filter_map(|quad| edge_width(picture, quad)));
    // Small text has wide edges for its height, too: one reason is enough.
    if !small && edges.is_some_and(|width| width > MAX_EDGE) {
        found.push(Warning::Blurred);
    }
    let corners: Vec<_> = lines.iter().flat_map(|quad| quad.0).collect();
    let burnt = Rect::around(&corners).map_or(0.0, |region| burnt_out(picture, region));
    if (MIN_GLARE..MAX_GLARE).contains(&burnt) {
        found.push(Warning::Glare);
    }
    let tilt = frame.angle.to_degrees().rem_euclid(90.0);
    if tilt.min(90.0 - tilt) > MAX_TILT {
        found.push(Warning::Turned);
    }
    if lines.iter().any(|quad| leaves(picture, quad)) {
        found.push(Warning::CutOff);
    }
    found
}

/// Whether a picture without legible text is blurred as a whole: no edge in it
/// is sharp.
pub(crate) fn is_featureless(picture: &Picture) -> bool {
    let step = (picture.width().max(picture.height()) / 480).max(1);
    let luma = |x: u32, y: u32| {
        let [r, g, b] = picture.pixel(x, y);
        (i32::from(r) * 77 + i32::from(g) * 150 + i32::from(b) * 29) >> 8
    };
    let mut steep = 0usize;
    let mut all = 0usize;
    for y in (0..picture.height()).step_by(step as usize) {
        for x in (1..picture.width()).step_by(step as usize) {
            all += 1;
            steep += usize::from((luma(x, y) - luma(x - 1, y)).abs() > 16);
        }
    }
    steep * 500 < all
}

/// Width of the edges of a line's letters over the line's height: contrast over
/// steepest slope. `None` where there is no contrast.
fn edge_width(picture: &Picture, quad: &Quad) -> Option<f32> {
    let luma = picture.crop(quad.bounds().intersect(picture.bounds()))?.luma();
    let (w, h) = (i64::from(luma.width), i64::from(luma.height));
    let mut values: Vec<u8> = luma.values.clone();
    values.sort_unstable();
    let at = |part: usize| values.get(values.len() * part / 100).copied().unwrap_or(0);
    let contrast = f32::from(at(95)) - f32::from(at(5));
    if contrast < 30.0 {
        return None;
    }
    let mut slopes: Vec<u8> = Vec::with_capacity(values.len());
    for y in 0..h {
        for x in 1..w {
            slopes.push(luma.at(x, y).abs_diff(luma.at(x - 1, y)));
        }
    }
    slopes.sort_unstable();
    let steepest = f32::from(*slopes.get(slopes.len() * 98 / 100)?);
    Some(contrast / steepest.max(1.0) / quad.height().max(1.0))
}

/// Part of the region whose every channel is at its end. Text pages that are
/// white all over count as not burnt out by the caller's upper bound.
fn burnt_out(picture: &Picture, region: Rect) -> f32 {
    let area = region.intersect(picture.bounds());
    let step = ((area.w.max(area.h) / 320.0).ceil().max(1.0)) as usize;
    let (mut white, mut all) = (0usize, 0usize);
    for y in (area.y as u32..(area.y + area.h) as u32).step_by(step) {
        for x in (area.x as u32..(area.x + area.w) as u32).step_by(step) {
            all += 1;
            white += usize::from(picture.pixel(x, y).iter().all(|c| *c >= 252));
        }
    }
    if all == 0 { 0.0 } else { white as f32 / all as f32 }
}

/// Whether a line runs into the picture's edge.
fn leaves(picture: &Picture, quad: &Quad) -> bool {
    let margin = 0.1 * quad.height();
    let (w, h) = (picture.width() as f32 - 1.0, picture.height() as f32 - 1.0);
    let outside = |at: f32, end: f32| at < -margin || at > end + margin;
    quad.width() > 3.0 * quad.height()
        && quad.0.iter().filter(|p| outside(p.x, w) || outside(p.y, h)).count() >= 2
}

fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut sorted: Vec<f32> = values.filter(|v| v.is_finite()).collect();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of bars like letters, `height` high, softened over `blur` pixels.
    fn text(height: u32, blur: u32) -> (Picture, Vec<Quad>) {
        let mut picture = Picture::filled(600, 400, [200; 3]).unwrap();
        let mut lines = Vec::new();
        for row in 0..4u32 {
            let top = 20 + row * 90;
            for y in top..top + height {
                for x in 40..500u32 {
                    let stroke = (height / 5).max(1);
                    let away = (x % (stroke * 4)).abs_diff(stroke * 2) as f32;
                    let ink = (away - stroke as f32 / 2.0) / blur.max(1) as f32;
                    let ink = ink.clamp(0.0, 1.0);
                    picture.set_pixel(x, y, [(40.0 + 160.0 * ink) as u8; 3]);
                }
            }
            lines.push(Quad::from_rect(Rect::new(
                36.0,
                top as f32 - 4.0,
                470.0,
                height as f32 + 8.0,
            )));
        }
        (picture, lines)
    }

    const LEVEL: Frame = Frame { angle: 0.0 };

    #[test]
    fn sharp_text_has_no_excuse() {
        let (picture, lines) = text(24, 1);
        assert_eq!(obstacles(&picture, &lines, &LEVEL), []);
        assert!(!is_featureless(&picture));
    }

    #[test]
    fn blur_and_small_size_are_told_apart() {
        let (picture, lines) = text(24, 9);
        assert_eq!(obstacles(&picture, &lines, &LEVEL), [Warning::Blurred]);
        let (picture, mut lines) = text(4, 1);
        for quad in &mut lines {
            let b = quad.bounds();
            *quad = Quad::from_rect(Rect::new(b.x, b.y + 2.0, b.w, 8.0));
        }
        assert_eq!(obstacles(&picture, &lines, &LEVEL), [Warning::TooSmall]);
    }

    #[test]
    fn glare_tilt_and_cut_edges() {
        let (mut picture, mut lines) = text(24, 1);
        for y in 60..160 {
            for x in 100..300 {
                picture.set_pixel(x, y, [255; 3]);
            }
        }
        assert_eq!(obstacles(&picture, &lines, &LEVEL), [Warning::Glare]);
        let (picture, _) = text(24, 1);
        let tilted = Frame { angle: 0.6 };
        assert_eq!(obstacles(&picture, &lines, &tilted), [Warning::Turned]);
        lines.push(Quad::from_rect(Rect::new(-30.0, 360.0, 300.0, 30.0)));
        assert_eq!(obstacles(&picture, &lines, &LEVEL), [Warning::CutOff]);
    }

    #[test]
    fn a_flat_picture_is_featureless() {
        let flat = Picture::filled(300, 200, [90; 3]).unwrap();
        assert!(is_featureless(&flat));
        assert_eq!(obstacles(&flat, &[], &LEVEL), []);
    }
}
