//! The mark without which nothing rests.

use crate::Category;

/// A type whose values may rest in a store, and as what.
///
/// The vault takes only values of such a type: what nobody has put into a
/// category does not compile into storage.
pub trait Held {
    /// What kind of data this is.
    const CATEGORY: Category;
}
