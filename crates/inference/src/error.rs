//! What can go wrong between a weight file and an answer.

use std::path::PathBuf;

use crate::Role;

/// Why a model could not be loaded or run. Never carries input data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferenceError {
    /// The prepared weights of a role are not in the models folder.
    #[error("the weights of {role:?} are missing at {path}: run `bonafide models fetch`", path = path.display())]
    Missing {
        /// Whose weights.
        role: Role,
        /// Where they were looked for.
        path: PathBuf,
    },
    /// The runtime refused the model or failed while running it.
    #[error("the inference engine failed while it {doing}: {reason}")]
    Engine {
        /// What it was doing.
        doing: &'static str,
        /// The runtime's own words.
        reason: String,
    },
    /// The model's outputs are not what the role promises.
    #[error("the model of {role:?} gave an output of another shape than its role promises")]
    Shape {
        /// Whose model.
        role: Role,
    },
}
