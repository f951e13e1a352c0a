//! Randomness that tasks share.

use std::sync::{Mutex, PoisonError};

use bonafide_context::Random;

/// One source of randomness for all tasks of a vault.
pub(crate) struct SharedRandom(Mutex<Box<dyn Random>>);

impl SharedRandom {
    pub(crate) fn new(random: Box<dyn Random>) -> Self {
        Self(Mutex::new(random))
    }

    /// Draws from it; others wait.
    pub(crate) fn with<T>(&self, draw: impl FnOnce(&mut dyn Random) -> T) -> T {
        // A source has no state that a panic of another task could spoil.
        draw(self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }
}
