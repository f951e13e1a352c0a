//! Printing a side.

use bonafide_context::Random;
use bonafide_media::{Picture, Rect};

use super::layout::{CardLayout, Colour, Face, Print, Side};
use super::{Holding, LOOKS};
use crate::SpecimenError;
use crate::canvas::{Canvas, Ink};
use crate::font::{Fonts, Typeface};
use crate::pattern::{self, Style};

/// What differs between the looks of one layout.
struct Look {
    /// All letters are this much larger.
    size: f32,
    /// Everything stands this much beside its place, in millimetres.
    shift: (f32, f32),
    /// Lines stand this much further apart.
    apart: f32,
    paper: [u8; 3],
    label: [u8; 3],
    /// Latin letters of the Han font instead of the sans serif.
    one_face: bool,
}

impl Look {
    fn of(layout: &CardLayout, look: u64) -> Self {
        let part = |n: u64| ((look * 7 + n * 3) % LOOKS) as f32 / (LOOKS - 1) as f32;
        let papers = layout.papers.len().max(1);
        let labels = [[40, 78, 150], [30, 96, 110], [96, 60, 40], [60, 60, 70]];
        Self {
            size: 0.95 + 0.1 * part(0),
            shift: (2.0 * part(1) - 1.0, 1.6 * part(2) - 0.8),
            apart: 0.985 + 0.03 * part(3),
            paper: layout.papers.get(look as usize % papers).copied().unwrap_or([238; 3]),
            label: labels[look as usize % labels.len()],
            one_face: look.is_multiple_of(2),
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "a printed side depends on this much")]
pub(crate) fn print(
    layout: &CardLayout,
    side: &Side,
    holding: &Holding,
    look: u64,
    portrait: &Picture,
    fonts: &Fonts,
    scale: f32,
    random: &mut dyn Random,
) -> Result<Canvas, SpecimenError> {
    let look = Look::of(layout, look);
    let style = Style { paper: look.paper, ..Style::pick(random) };
    let mut canvas = Canvas::new(layout.size_mm, scale, look.paper)?;
    pattern::print(&mut canvas, &style, random);
    let place = |[x, y, w, h]: [f32; 4]| Rect::new(x + look.shift.0, y + look.shift.1, w, h);
    if let Some(at) = side.portrait {
        canvas.place(portrait, place(at), 1.0, 0.0)?;
    }
    if let Some(at) = side.ghost {
        canvas.place(portrait, place(at), 0.3, 2.0)?;
    }
    for print in &side.print {
        if let Some(text) = holding.fill(&print.text) {
            line(&mut canvas, print, &text, &look, fonts)?;
        }
    }
    // Nobody shall take it for a real one.
    let (width, height) = layout.size_mm;
    let red = Ink([196, 30, 40], 0.55);
    let latin = fonts.face(Typeface::Sans)?;
    canvas.text(latin, "SPECIMEN · FICTITIOUS", width - 31.0, height - 1.0, 1.7, 30.0, red);
    if let Some([x, y, w, h]) = side.portrait {
        let red = Ink([196, 30, 40], 0.8);
        canvas.text(latin, "SPECIMEN", x + look.shift.0, y + look.shift.1 + h, w * 0.19, w, red);
    }
    Ok(canvas)
}

fn line(
    canvas: &mut Canvas,
    print: &Print,
    text: &str,
    look: &Look,
    fonts: &Fonts,
) -> Result<(), SpecimenError> {
    let em = print.em * look.size;
    let ink = match print.ink {
        Colour::Value => Ink::BLACK,
        Colour::Label => Ink(look.label, 0.92),
        Colour::Red => Ink([176, 30, 40], 0.92),
    };
    let face = |c: char| match print.font {
        Face::OcrB if c.is_ascii() => Typeface::OcrB,
        _ if c.is_ascii() && !look.one_face => Typeface::Sans,
        // Latin letters with marks that the Han font lacks.
        _ if ('\u{80}'..'\u{2000}').contains(&c) => Typeface::Sans,
        _ => Typeface::Han,
    };
    let mut y = print.at.1 * look.apart + look.shift.1;
    let left = print.at.0 + look.shift.0;
    let mut x = left;
    for word in words(text, print.wrap.is_some()) {
        let wide: f32 = word.chars().map(|c| fonts.advance(face(c), c, em) + print.spread).sum();
        if print.wrap.is_some_and(|wrap| x > left && x - left + wide > wrap) {
            (x, y) = (left, y + print.leading);
            if word.chars().all(char::is_whitespace) {
                continue;
            }
        }
        for c in word.chars() {
            canvas.glyph(fonts.face(face(c))?, c, x, y, em, ink);
            x += fonts.advance(face(c), c, em) + print.spread;
        }
    }
    Ok(())
}

/// What may not be broken: words, spaces, single Han characters.
fn words(text: &str, wrapped: bool) -> Vec<String> {
    if !wrapped {
        return vec![text.to_owned()];
    }
    let mut words: Vec<String> = Vec::new();
    let kind = |c: char| {
        if c == ' ' {
            0
        } else if (c as u32) >= 0x2e80 {
            1
        } else {
            2
        }
    };
    for c in text.chars() {
        match words.last_mut() {
            Some(word)
                if kind(c) == 2 && word.chars().next_back().is_some_and(|l| kind(l) == 2) =>
            {
                word.push(c);
            }
            _ => words.push(c.to_string()),
        }
    }
    words
}
