//! Sets of identifiers that a tenant has loaded, as keyed hashes: an identifier can
//! be asked for by whoever holds it and the key, and none can be read out.

mod build;
mod file;
mod key;
mod lookup;

pub use build::SetBuilder;
pub use file::{FALSE_POSITIVES, MOST, SetError};
pub use key::SetKey;
pub use lookup::IdentifierSet;

#[cfg(test)]
mod tests;
