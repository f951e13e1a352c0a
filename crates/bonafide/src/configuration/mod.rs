//! `bonafide.toml`: everything the server can be told. Every value has a safe
//! default; with no file at all the server runs.

mod load;

pub(crate) use load::{ConfigurationError, load};
