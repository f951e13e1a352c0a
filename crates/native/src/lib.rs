//! The native API: /v1, JSON and multipart, OpenAPI.
//!
//! [`routes`] makes a router over the rooms below. One endpoint is one file
//! under `api`, described by one value, its route: the router, the OpenAPI
//! document and the denial matrix are made from the table of these, so that a
//! new route is served, described and refused to strangers without anyone
//! remembering.
//!
//! Every request is authenticated before its body is read, leaves its trace in
//! the ledger before it is answered, and is refused with a [`Problem`].

mod answer;
mod api;
mod cursor;
mod docs;
pub mod door;
mod frame;
mod input;
mod log;
mod objects;
mod openapi;
mod problem;
mod refuse;
mod route;
mod router;
mod settings;
#[cfg(test)]
mod tests;

pub use frame::{MIGRATIONS, TABLES, held, reap};
pub use log::public_log;
pub use objects::local_objects;
pub use problem::{CALL_ID, Code, Problem};
pub use router::{interfaces, openapi, routes, routes_with};
pub use settings::Settings;
