//! What can be called.

use crate::Scope;

/// An interface: declared once, as a constant of the room that answers it.
///
/// ```
/// use bonafide_ledger::{Interface, Scope};
///
/// /// Reads a document from its pictures.
/// pub const DOCUMENTS_READ: Interface =
///     Interface::new("documents.read", "document", Some(Scope::Document));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interface {
    /// The name in monitoring rows, prices and usage: `documents.read`. Every
    /// dialect that offers the same use case writes the same name.
    pub name: &'static str,
    /// The family that policies speak of: `document`, `face`, `liveness`,
    /// `verification` …
    pub family: &'static str,
    /// The scope that a key needs; `None` if any key will do.
    pub scope: Option<Scope>,
}

impl Interface {
    /// An interface.
    pub const fn new(name: &'static str, family: &'static str, scope: Option<Scope>) -> Self {
        Self { name, family, scope }
    }
}
