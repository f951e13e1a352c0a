//! The native API: /v1, JSON and multipart, OpenAPI.

pub mod door;
