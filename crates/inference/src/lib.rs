//! Models by role: which weights do a job, where they come from, how they are
//! prepared, loaded and run.
//!
//! The vision rooms ask [`Models`] for a [`Model`] by its [`Role`] and give it
//! a [`Tensor`]; which runtime does the work is hidden behind [`Engine`].

mod engine;
mod error;
pub mod fetch;
pub mod manifest;
mod model;
pub mod onnx;
mod ort_engine;
mod role;
#[cfg(feature = "rten")]
mod rten_engine;
pub mod store;
mod table;
pub mod testing;
mod tflite;

pub use engine::{Engine, Session, Tensor};
pub use error::InferenceError;
pub use model::{Model, Models, Outputs};
pub use ort_engine::{OnnxRuntime, QUIET};
pub use role::Role;
#[cfg(feature = "rten")]
pub use rten_engine::Rten;
