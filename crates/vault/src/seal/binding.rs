//! What an envelope is bound to.

/// The associated data of an envelope: it opens only under the same binding, so
/// that what was sealed as one thing cannot be put in the place of another.
///
/// Each part is written with its length: no two lists of parts are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding(Vec<u8>);

impl Binding {
    /// A binding to a kind of thing (`content`, `data key` …).
    pub fn new(kind: &str) -> Self {
        Self(Vec::with_capacity(128)).part(kind)
    }

    /// Bound to this as well.
    #[must_use]
    pub fn part(mut self, part: &str) -> Self {
        self.0.extend_from_slice(&(part.len() as u64).to_be_bytes());
        self.0.extend_from_slice(part.as_bytes());
        self
    }

    /// Bound to this number as well.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lists_of_parts_are_alike() {
        assert_ne!(Binding::new("a").part("bc"), Binding::new("a").part("b").part("c"));
        assert_ne!(Binding::new("ab").part("c"), Binding::new("a").part("bc"));
        assert_ne!(Binding::new("a"), Binding::new("a").part(""));
    }
}
