//! What every room may name: the clock, the calendar, randomness, whom a call
//! belongs to, and values that must not be printed.
//!
//! Time and randomness are parameters in Bonafide. A room that needs either
//! takes a [`Clock`] or a [`Random`]; the two types that touch the ambient ones
//! ([`SystemClock`] and [`OsRandom`]) live here and are chosen by the binary.

mod call;
mod clock;
mod date;
mod door;
mod keeper;
mod random;
mod sensitive;
mod stack;

pub use call::{CallId, Environment, NameError, Realm, Region, TenantId};
pub use clock::{Clock, FixedClock, SystemClock, Timestamp};
pub use date::{Date, DateError};
pub use door::{Answered, ClientAddress, Forget};
pub use keeper::Keeper;
pub use random::{OsRandom, Random, Seeded};
pub use sensitive::{Sensitive, Wipe};
pub use stack::{leaving_no_trace, overwrite_stack};
