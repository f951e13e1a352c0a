//! A part of a list.

/// Which part of a list is wanted: lists are ordered by id, and the next part
/// follows the last id of the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The last id that was seen; `None` for the first part.
    pub after: Option<String>,
    /// At most so many; `None` for [`Page::DEFAULT`], never more than [`Page::MAX`].
    pub limit: Option<u32>,
}

impl Page {
    /// How many where nothing is said.
    pub const DEFAULT: u32 = 50;
    /// How many at most: one more than any page that is shown, so that who shows
    /// it sees whether there are more.
    pub const MAX: u32 = 201;

    /// How many rows to ask for.
    pub(crate) fn rows(&self) -> u32 {
        self.limit.unwrap_or(Self::DEFAULT).clamp(1, Self::MAX)
    }
}
