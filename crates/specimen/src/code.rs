//! Cards that carry a barcode, and nothing else that could be read.

use bonafide_context::Random;
use bonafide_media::{Picture, Rect};
use rxing::{BarcodeFormat, EncodeHints, MultiFormatWriter, Writer};

use crate::canvas::{Canvas, Ink};
use crate::conditions::Conditions;
use crate::render::photograph;
use crate::scene::{self, Placed};
use crate::{SpecimenError, pattern};

/// A barcode and how large it is printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Code<'a> {
    /// What kind it is.
    pub symbology: Symbology,
    /// What it says.
    pub text: &'a str,
    /// Width on the card, millimetres; a card is 85.6 wide and 54 high.
    pub width_mm: f32,
    /// Height, of bars and stacked bars.
    pub height_mm: f32,
}

/// The kinds of barcode that can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbology {
    /// Stacked bars, as on licences.
    Pdf417,
    /// QR code.
    Qr,
    /// DataMatrix.
    DataMatrix,
    /// Bars.
    Code128,
}

/// The back of a card with a barcode, photographed. The same arguments and the same
/// state of `random` give the same pixels.
pub fn render_code(
    code: &Code<'_>,
    conditions: &Conditions,
    random: &mut dyn Random,
) -> Result<Picture, SpecimenError> {
    if !conditions.finite() {
        return Err(SpecimenError::Conditions);
    }
    let (width_mm, height_mm) = (85.6, 54.0);
    let quad = scene::corners(conditions, width_mm / height_mm)?;
    let [a, b, c, d] = quad.0;
    let across = a.distance(b).max(d.distance(c)) / width_mm;
    let down = a.distance(d).max(b.distance(c)) / height_mm;
    // Printed finer than the camera sees it, so that modules keep their widths.
    let scale = (2.0 * across.max(down)).clamp(1.0, 60.0);
    let style = pattern::Style::pick(random);
    let mut card = Canvas::new((width_mm, height_mm), scale, style.paper)?;
    pattern::print(&mut card, &style, random);
    print(&mut card, code)?;
    let placed = Placed { page: &card.picture, quad, corner: 3.0 * scale };
    photograph(&[placed], conditions, random)
}

fn print(card: &mut Canvas, code: &Code<'_>) -> Result<(), SpecimenError> {
    let format = match code.symbology {
        Symbology::Pdf417 => BarcodeFormat::PDF_417,
        Symbology::Qr => BarcodeFormat::QR_CODE,
        Symbology::DataMatrix => BarcodeFormat::DATA_MATRIX,
        Symbology::Code128 => BarcodeFormat::CODE_128,
    };
    let hints = EncodeHints { Margin: Some("0".to_owned()), ..EncodeHints::default() };
    let modules = MultiFormatWriter
        .encode_with_hints(code.text, &format, 0, 0, &hints)
        .map_err(|_| SpecimenError::Code)?;
    let (columns, rows) = (modules.getWidth(), modules.getHeight());
    let (width, height) = match code.symbology {
        Symbology::Qr | Symbology::DataMatrix => (code.width_mm, code.width_mm),
        _ => (code.width_mm, code.height_mm),
    };
    let (card_width, card_height) = card.size_mm();
    let (left, top) = ((card_width - width) / 2.0, (card_height - height) / 2.0);
    let quiet = 2.0;
    card.fill(
        Rect::new(left - quiet, top - quiet, width + 2.0 * quiet, height + 2.0 * quiet),
        Ink([250, 250, 248], 1.0),
    );
    let (w, h) = (width / columns as f32, height / rows as f32);
    for y in 0..rows {
        for x in 0..columns {
            if modules.get(x, y) {
                let at = Rect::new(left + x as f32 * w, top + y as f32 * h, w, h);
                card.fill(at, Ink::BLACK);
            }
        }
    }
    Ok(())
}
