//! The native API: /v1, JSON and multipart, OpenAPI.

pub mod door;
mod input;
mod problem;

pub use problem::{CALL_ID, Code, Problem};
