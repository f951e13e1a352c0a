//! What can go wrong between a weight file and an answer.

use std::path::PathBuf;

use crate::Role;
use crate::manifest::ManifestError;

/// Why a model could not be loaded or run. Never carries input data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferenceError {
    /// A file of the manifest is not in the models folder.
    #[error("{path} is missing: run `bonafide models fetch`", path = path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file in the models folder is not the one that the manifest names.
    #[error("refused {path}: its sha256 is {found}, the manifest names {expected}; run `bonafide models fetch`", path = path.display())]
    WrongHash {
        /// Which file.
        path: PathBuf,
        /// By the manifest.
        expected: String,
        /// Of the file.
        found: String,
    },
    /// The manifest itself is unusable.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// No model of the manifest does this job.
    #[error("the manifest has no model for {role:?}")]
    NoModel {
        /// Which job.
        role: Role,
    },
    /// The manifest has no runtime library for this processor.
    #[error("the manifest has no inference runtime for {arch} machines")]
    NoRuntime {
        /// The processor.
        arch: &'static str,
    },
    /// The manifest has no such file.
    #[error("the manifest has no file called {name}")]
    NoAsset {
        /// The name asked for.
        name: String,
    },
    /// The runtime would tell its maker about this machine.
    #[error(
        "the inference runtime is not opened, as it would report to its maker: set {variable}=1 in the environment"
    )]
    Reports {
        /// What keeps it from doing so.
        variable: &'static str,
    },
    /// The runtime refused the model or failed while running it.
    #[error("the inference engine failed when it {doing}: {reason}")]
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
