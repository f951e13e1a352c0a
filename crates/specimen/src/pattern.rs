//! Security printing: tinted paper, guilloche lines and rosettes.

use std::f32::consts::TAU;

use bonafide_context::Random;

use crate::canvas::{Canvas, Ink};

/// The look of one issuing state: all of them made up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Name as it stands on top, in English and the second language.
    pub(crate) state: &'static str,
    /// Paper.
    pub(crate) paper: [u8; 3],
    /// Lines of the pattern, first and second ink.
    pub(crate) lines: [[u8; 3]; 2],
    /// Headings.
    pub(crate) heading: [u8; 3],
    /// Which second language labels have, see `page::LABELS`.
    pub(crate) language: usize,
}

/// The code `UTO` of Doc 9303 stands for all of them.
pub(crate) const STYLES: [Style; 5] = [
    Style {
        state: "UTOPIA / UTOPIE",
        paper: [243, 240, 232],
        lines: [[120, 150, 190], [205, 150, 150]],
        heading: [32, 52, 104],
        language: 0,
    },
    Style {
        state: "REPUBLIC OF UTOPIA / REPÚBLICA DE UTOPÍA",
        paper: [236, 243, 236],
        lines: [[120, 175, 140], [190, 170, 110]],
        heading: [22, 82, 58],
        language: 1,
    },
    Style {
        state: "KINGDOM OF UTOPIA / KÖNIGREICH UTOPIEN",
        paper: [244, 236, 238],
        lines: [[190, 130, 160], [140, 140, 195]],
        heading: [106, 26, 50],
        language: 2,
    },
    Style {
        state: "UTOPIAN FEDERATION / FÉDÉRATION UTOPIENNE",
        paper: [234, 240, 246],
        lines: [[110, 165, 190], [160, 140, 190]],
        heading: [18, 70, 96],
        language: 0,
    },
    Style {
        state: "FREE CITY OF UTOPIA / CIUDAD LIBRE DE UTOPÍA",
        paper: [246, 241, 226],
        lines: [[200, 160, 100], [130, 165, 165]],
        heading: [92, 56, 16],
        language: 1,
    },
];

impl Style {
    pub(crate) fn pick(random: &mut dyn Random) -> Self {
        STYLES[random.below(STYLES.len() as u64) as usize]
    }
}

/// Covers the page with two families of waving lines, each of three sines of
/// its own, and two rosettes.
pub(crate) fn print(canvas: &mut Canvas, style: &Style, random: &mut dyn Random) {
    let (width, height) = canvas.size_mm();
    tint(canvas, style);
    for (family, colour) in style.lines.into_iter().enumerate() {
        let ink = Ink(colour, 0.42);
        let waves: [(f32, f32, f32); 3] = std::array::from_fn(|_| {
            (
                random.between(0.4, 2.2) as f32,
                random.between(1.0, 5.0) as f32,
                random.between(0.0, f64::from(TAU)) as f32,
            )
        });
        let step = if family == 0 { 1.5 } else { 2.1 };
        let count = (height / step) as i32 + 6;
        for line in -3..count {
            let base = line as f32 * step;
            // The phase runs with the line, so that the lines braid.
            let drift = line as f32 * 0.13;
            for px in 0..canvas.picture.width() {
                let x = px as f32 / canvas.scale;
                let wave: f32 = waves
                    .iter()
                    .map(|(high, turns, phase)| {
                        high * (TAU * turns * x / width + phase + drift).sin()
                    })
                    .sum();
                let y = (base + wave) * canvas.scale;
                let (whole, part) = (y.floor(), y - y.floor());
                canvas.blend(i64::from(px), whole as i64, ink, 1.0 - part);
                canvas.blend(i64::from(px), whole as i64 + 1, ink, part);
            }
        }
    }
    let lobes = 7.0 + random.below(6) as f32;
    rosette(canvas, width * 0.72, height * 0.42, height * 0.26, lobes, Ink(style.lines[0], 0.38));
    rosette(canvas, width * 0.2, height * 0.5, height * 0.2, lobes + 3.0, Ink(style.lines[1], 0.3));
}

/// The paper turns from its own colour to the first ink's tint and back.
fn tint(canvas: &mut Canvas, style: &Style) {
    let width = canvas.picture.width();
    for px in 0..width {
        let along = px as f32 / width.max(1) as f32;
        let ink = Ink(style.lines[0], 0.14 * (1.0 - (along * TAU).cos()) / 2.0);
        for y in 0..canvas.picture.height() {
            canvas.blend(i64::from(px), i64::from(y), ink, 1.0);
        }
    }
}

/// A flower of closed curves around (`x`, `y`), `radius` millimetres wide.
pub(crate) fn rosette(canvas: &mut Canvas, x: f32, y: f32, radius: f32, lobes: f32, ink: Ink) {
    for ring in 0..7 {
        let size = radius * (1.0 - ring as f32 * 0.11) * canvas.scale;
        let steps = (size * TAU * 1.6).clamp(8.0, 60_000.0) as u32;
        for step in 0..steps {
            let angle = TAU * step as f32 / steps as f32;
            let r = size * (0.78 + 0.22 * (lobes * angle + ring as f32 * 0.7).sin());
            let (sin, cos) = angle.sin_cos();
            canvas.dot(x * canvas.scale + r * cos, y * canvas.scale + r * sin, ink);
        }
    }
}
