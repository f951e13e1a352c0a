//! Models by role: which weights do a job, where they come from, how they are
//! loaded and run.
//!
//! The vision rooms ask [`Models`] for a [`Model`] by its [`Role`] and give it
//! a [`Tensor`]; which runtime does the work is hidden behind [`Engine`].

mod engine;
mod error;
mod model;
mod role;

pub use engine::{Engine, Session, Tensor};
pub use error::InferenceError;
pub use model::{Model, Models, Outputs};
pub use role::Role;
