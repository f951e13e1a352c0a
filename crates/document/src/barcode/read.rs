//! Finding and reading barcodes in photos.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bonafide_media::{Affine, Border, Luma, Picture, Point, resize, warp_affine};
use rxing::common::{GlobalHistogramBinarizer, HybridBinarizer};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader, RXingResult, Reader,
};

use super::MOST_TEXT;
use super::stripes::{Stripes, stripes};

/// A kind of barcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symbology {
    /// Stacked bars: licences of North America, cards of the Philippines.
    Pdf417,
    /// QR code.
    Qr,
    /// DataMatrix.
    DataMatrix,
    /// Bars: document numbers.
    Code128,
}

impl Symbology {
    /// All of them, the likeliest first.
    pub const ALL: [Self; 4] = [Self::Pdf417, Self::Qr, Self::DataMatrix, Self::Code128];

    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf417 => "pdf417",
            Self::Qr => "qr",
            Self::DataMatrix => "data_matrix",
            Self::Code128 => "code_128",
        }
    }

    fn format(self) -> BarcodeFormat {
        match self {
            Self::Pdf417 => BarcodeFormat::PDF_417,
            Self::Qr => BarcodeFormat::QR_CODE,
            Self::DataMatrix => BarcodeFormat::DATA_MATRIX,
            Self::Code128 => BarcodeFormat::CODE_128,
        }
    }

    fn of(format: BarcodeFormat) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.format() == format)
    }
}

/// A barcode that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Barcode {
    /// What kind it is.
    pub symbology: Symbology,
    /// What it says.
    pub text: String,
}

/// What barcodes say is personal.
impl fmt::Debug for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Barcode({:?}, {} bytes)", self.symbology, self.text.len())
    }
}

/// Reads the first barcode of one of the kinds, as far as a bounded number of attempts
/// reaches: a few sizes, two ways of telling black from white, and the direction in
/// which bars run in the picture.
///
/// `None` is the usual answer: most sides have none.
pub fn read(picture: &Picture, wanted: &[Symbology]) -> Option<Barcode> {
    if wanted.is_empty() || picture.width().min(picture.height()) < LEAST_SIDE {
        return None;
    }
    let mut seen = Views { picture, wanted };
    seen.read()
}

/// Nothing smaller holds a barcode.
const LEAST_SIDE: u32 = 64;
/// Long side of the picture as it is looked at: a module of the finest barcode has
/// three pixels then.
const LONG_SIDE: u32 = 1_600;
const LONGER_SIDE: u32 = 2_400;
/// A blurred barcode is clearer smaller.
const SHORT_SIDE: u32 = 900;

struct Views<'a> {
    picture: &'a Picture,
    wanted: &'a [Symbology],
}

impl Views<'_> {
    fn read(&mut self) -> Option<Barcode> {
        let base = bounded(self.picture, LONG_SIDE)?;
        let plain = base.luma();
        if let Some(found) = self.attempt(&plain, Binary::Local) {
            return Some(found);
        }
        let bars = self.wanted.iter().any(|w| matches!(w, Symbology::Pdf417 | Symbology::Code128));
        if bars && let Some(stripes) = stripes(&plain) {
            for enlarged in [1.0, 1.6] {
                if let Some(view) = straight(&base, &stripes, enlarged) {
                    for binary in [Binary::Local, Binary::Global] {
                        if let Some(found) = self.attempt(&view, binary) {
                            return Some(found);
                        }
                    }
                }
            }
        }
        if let Some(found) = self.attempt(&plain, Binary::Global) {
            return Some(found);
        }
        for side in [LONGER_SIDE, SHORT_SIDE] {
            if self.picture.width().max(self.picture.height()) > side {
                let view = bounded(self.picture, side)?.luma();
                if let Some(found) = self.attempt(&view, Binary::Local) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn attempt(&self, view: &Luma, binary: Binary) -> Option<Barcode> {
        let hints = DecodeHints {
            PossibleFormats: Some(self.wanted.iter().map(|w| w.format()).collect()),
            TryHarder: Some(true),
            ..DecodeHints::default()
        };
        let source = Luma8Source::new_with_slice(&view.values, view.width, view.height).ok()?;
        // The library is a translation of one whose exceptions became panics in places.
        // A picture that makes it panic holds no barcode that we can read.
        let found = catch_unwind(AssertUnwindSafe(|| match binary {
            Binary::Local => decode(BinaryBitmap::new(HybridBinarizer::new(source)), &hints),
            Binary::Global => {
                decode(BinaryBitmap::new(GlobalHistogramBinarizer::new(source)), &hints)
            }
        }));
        let found = found.ok().flatten()?;
        let text = found.getText();
        if text.is_empty() || text.len() > MOST_TEXT {
            return None;
        }
        Some(Barcode {
            symbology: Symbology::of(*found.getBarcodeFormat())?,
            text: text.to_owned(),
        })
    }
}

/// How black is told from white.
#[derive(Clone, Copy)]
enum Binary {
    /// By the neighbourhood.
    Local,
    /// By the whole picture.
    Global,
}

fn decode<B: rxing::Binarizer>(
    mut bitmap: BinaryBitmap<B>,
    hints: &DecodeHints,
) -> Option<RXingResult> {
    MultiFormatReader::default().decode_with_hints(&mut bitmap, hints).ok()
}

fn bounded(picture: &Picture, side: u32) -> Option<Picture> {
    let long = picture.width().max(picture.height());
    if long <= side {
        return Some(picture.clone());
    }
    let scaled = |n: u32| ((u64::from(n) * u64::from(side) / u64::from(long)) as u32).max(1);
    resize(picture, scaled(picture.width()), scaled(picture.height())).ok()
}

/// The part of the picture where the bars are, turned so that they stand upright.
fn straight(picture: &Picture, stripes: &Stripes, enlarged: f32) -> Option<Luma> {
    let (sin, cos) = stripes.angle.sin_cos();
    let width = (stripes.length * enlarged).clamp(32.0, LONGER_SIDE as f32) as u32;
    let height = (stripes.breadth * enlarged).clamp(32.0, LONGER_SIDE as f32) as u32;
    let (w, h) = (width as f32 / 2.0, height as f32 / 2.0);
    let corner = |x: f32, y: f32| {
        let (x, y) = (x / enlarged, y / enlarged);
        Point::new(stripes.middle.x + x * cos - y * sin, stripes.middle.y + x * sin + y * cos)
    };
    let from = [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)];
    let to = [
        Point::new(0.0, 0.0),
        Point::new(2.0 * w, 0.0),
        Point::new(2.0 * w, 2.0 * h),
        Point::new(0.0, 2.0 * h),
    ];
    let map = Affine::similarity(&to, &from)?;
    Some(warp_affine(picture, &map, width, height, Border::Nearest).ok()?.luma())
}
