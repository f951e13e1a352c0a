//! Data categories, purposes and retention: what may be kept, why and for how
//! long. Types only: no I/O, no clock.
//!
//! A value rests only if its type names its category ([`Held`]); the category
//! fixes how long ([`Retention`]).

mod category;
mod held;
mod retention;

pub use category::{Category, Purpose, UnknownName};
pub use held::Held;
pub use retention::{Period, Retention};
