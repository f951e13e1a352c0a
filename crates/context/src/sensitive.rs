//! Values that must not be printed.

use std::fmt;

use serde::{Serialize, Serializer};

/// A personal or secret value: it has no `Display`, and its `Debug` and
/// `Serialize` show `***` only.
///
/// Whoever opens it says so in the code with [`Sensitive::expose`], which is
/// what a reviewer greps for.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the code that has to work with it.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, given away.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> Serialize for Sensitive<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_serialize_shows_the_value() {
        let secret = Sensitive::new("ERIKSSON");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
        assert_eq!(*secret.expose(), "ERIKSSON");
    }
}
