//! For the tests of the vision rooms: the models, where they are installed.

use std::sync::Arc;

use crate::{Engine, InferenceError, Models};

/// As [`models`], the engine alone.
pub fn engine(test: &str) -> Option<Arc<dyn Engine>> {
    models(test).map(|m| m.engine_itself())
}

/// The models in the default folder, or `None` with a line on standard error
/// that says what was skipped. With `models` in `BONAFIDE_REQUIRE` (as under
/// `make test`) a missing model fails the test instead.
///
/// # Panics
/// If the models cannot be opened although they are required, or for any other
/// reason than that they are not installed.
#[expect(clippy::panic, reason = "called by tests only, where a panic is the failure")]
pub fn models(test: &str) -> Option<Arc<Models>> {
    let required =
        std::env::var("BONAFIDE_REQUIRE").is_ok_and(|v| v.split(',').any(|w| w == "models"));
    match Models::open_default() {
        Ok(models) => Some(Arc::new(models)),
        Err(InferenceError::Missing { path }) if !required => {
            eprintln!("skipped {test}: {} is missing", path.display());
            None
        }
        Err(error) => panic!("{test} needs the models: {error}"),
    }
}
