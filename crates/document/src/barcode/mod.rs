//! Barcodes on documents and what they say.
//!
//! - [`read()`] finds and reads one in a photo.
//! - [`aamva`]: driving licences and identity cards of the USA and Canada (PDF417).
//! - [`cccd`]: identity cards of Viet Nam (QR).
//! - [`aadhaar`]: the secure QR code of India's Aadhaar, signed.

pub mod aadhaar;
pub mod aamva;
pub mod cccd;
mod compare;
mod read;
mod stripes;

pub use read::{Barcode, Symbology, read};

use crate::mrz::Sex;
use bonafide_context::Date;

/// No barcode of a document holds more text.
pub(crate) const MOST_TEXT: usize = 16 << 10;

/// Why the text of a barcode says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PayloadError {
    /// It is longer than any barcode of this kind.
    #[error("the barcode holds more than {} KiB: no document's does", MOST_TEXT >> 10)]
    TooLong,
    /// It is of another kind.
    #[error("the barcode is not of this kind")]
    Foreign,
    /// It is of this kind, but broken off or garbled.
    #[error("the barcode is garbled: photograph it again")]
    Garbled,
}

/// Who holds the document, as far as its barcode says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// Document or personal number, without marks.
    pub number: Option<String>,
    /// Surname, where names are told apart.
    pub surname: Option<String>,
    /// First names and middle names; the whole name where they are not told apart.
    pub given_names: Option<String>,
    /// Date of birth.
    pub birth: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Day of issue.
    pub issue: Option<Date>,
    /// Day of expiry.
    pub expiry: Option<Date>,
    /// Address, its parts as they stand, parted by commas.
    pub address: Option<String>,
}

/// Values are personal.
impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder(***)")
    }
}

/// A text with something in it.
fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A day of eight digits: year first, day first or month first.
fn day(text: &str, order: Order) -> Option<Date> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let (year, month, day) = match order {
        Order::Year => (part(0..4)?, part(4..6)?, part(6..8)?),
        Order::Day => (part(4..8)?, part(2..4)?, part(0..2)?),
        Order::Month => (part(4..8)?, part(0..2)?, part(2..4)?),
    };
    Date::new(i32::try_from(year).ok()?, month, day).ok()
}

/// What stands first in a date.
#[derive(Clone, Copy)]
enum Order {
    Year,
    Day,
    Month,
}
