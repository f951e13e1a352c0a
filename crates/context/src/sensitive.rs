//! Values that must not be printed, and that leave nothing in memory.

use std::fmt;

use bytes::Bytes;
use serde::{Serialize, Serializer};
use zeroize::Zeroize;

/// What can be overwritten where it lies.
pub trait Wipe {
    /// Overwrites it with zeros.
    fn wipe(&mut self);
}

impl Wipe for String {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

impl Wipe for Vec<u8> {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

/// Bytes that somebody else still holds are left to the last who does.
impl Wipe for Bytes {
    fn wipe(&mut self) {
        if let Ok(mut own) = std::mem::take(self).try_into_mut() {
            own.as_mut().zeroize();
        }
    }
}

/// A personal or secret value: it has no `Display`, its `Debug` and `Serialize`
/// show `***` only, and when it is dropped its memory is overwritten.
///
/// Whoever opens it says so in the code with [`Sensitive::expose`], which is
/// what a reviewer greps for.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sensitive<T: Wipe>(T);

impl<T: Wipe> Sensitive<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the code that has to work with it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Wipe + Default> Sensitive<T> {
    /// The value itself, given away: whoever takes it answers for its memory.
    pub fn into_exposed(mut self) -> T {
        std::mem::take(&mut self.0)
    }
}

impl<T: Wipe> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: Wipe> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Wipe> Serialize for Sensitive<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn neither_debug_nor_serialize_shows_the_value() {
        let secret = Sensitive::new("ERIKSSON".to_owned());
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
        assert_eq!(*secret.expose(), "ERIKSSON");
    }

    /// Writes down what it held when it was overwritten.
    #[derive(Default)]
    struct Watched(String, Option<Rc<RefCell<Vec<String>>>>);

    impl Wipe for Watched {
        fn wipe(&mut self) {
            if let Some(wiped) = self.1.take() {
                wiped.borrow_mut().push(self.0.clone());
            }
        }
    }

    #[test]
    fn r8_a_value_is_overwritten_when_it_is_dropped() {
        let wiped = Rc::new(RefCell::new(Vec::new()));
        let value = |text: &str| Sensitive::new(Watched(text.to_owned(), Some(wiped.clone())));
        drop(value("+15550100"));
        assert_eq!(*wiped.borrow(), ["+15550100"]);
        let given = value("given away").into_exposed();
        assert_eq!(wiped.borrow().len(), 1);
        drop(given);

        let mut text = "+15550100".to_owned();
        text.wipe();
        assert_eq!(text, "");
        let mut list = vec![1, 2, 3];
        list.wipe();
        assert!(list.is_empty());
        let shared = Bytes::from(vec![1, 2, 3]);
        shared.clone().wipe();
        assert_eq!(shared, [1, 2, 3][..], "what another holds is his");
    }
}
