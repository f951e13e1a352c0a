//! The machine-readable zone (MRZ) of travel documents, after ICAO Doc 9303
//! (eighth edition, parts 3 to 7), and of the French national identity card of
//! 1988 to 2021, which has a layout of its own.
//!
//! - [`write()`] makes the lines from [`Fields`], with correct check digits.
//!
//! No vision here: text in, values out.

mod check;
mod date;
mod format;
mod name;
mod write;

pub use check::{Check, check_digit};
pub use date::{PartialDate, PartialDateError};
pub use format::{Field, Format};
pub use name::{same_name, transliterate};
pub use write::{Fields, Sex, WriteError, write};
