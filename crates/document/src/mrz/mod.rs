//! The machine-readable zone (MRZ) of travel documents, after ICAO Doc 9303
//! (eighth edition, parts 3 to 7), and of the French national identity card of
//! 1988 to 2021, which has a layout of its own.
//!
//! - [`write()`] makes the lines from [`Fields`], with correct check digits.
//! - [`parse`] reads exact lines and reports every check digit by name.
//! - [`read()`] finds the zone among lines as a recogniser read them, puts right
//!   what check digits prove, and says how sure each field is.
//!
//! No vision here: text in, values out.

mod check;
mod date;
mod fit;
mod format;
mod name;
mod parse;
mod read;
mod reading;
mod repair;
mod state;
mod write;

pub use check::{Check, check_digit};
pub use date::{PartialDate, PartialDateError};
pub use format::{Field, Format};
pub use name::{same_name, transliterate};
pub use parse::{Checks, Issue, Mrz, ParseError, Warning, parse};
pub use read::{Context, Proof, Reading, Repair, RepairKind, read};
pub use reading::{Cell, LineReading};
pub use state::is_known_state;
pub use write::{Fields, Sex, WriteError, write};
