//! How far a long run has come.

/// A step of a long run, for a progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, e.g. `faces`.
    pub doing: &'static str,
    /// Items done so far.
    pub done: usize,
    /// Items in all.
    pub of: usize,
}
