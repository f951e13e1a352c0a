//! Parameters of a query or a form, as they were sent.

use std::collections::BTreeSet;

/// Names and values, decoded, in the order in which they came. They may say whom a
/// request is about, and have no readable form.
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads `a=b&c=d`, percent-encoded. Every text is some pairs.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a name comes twice.
    pub(crate) fn repeats(&self) -> bool {
        let mut seen = BTreeSet::new();
        !self.iter().all(|(name, _)| seen.insert(name))
    }
}
