//! The Tencent dialect: what the official SDKs of Tencent Cloud eKYC speak.
//!
//! A customer changes the endpoint and the keys in the SDK's configuration and nothing
//! else. [`routes`] makes a router that takes whatever no other room has a path for:
//! these SDKs call `/`, or the path that somebody wrote into their endpoint. An action is
//! one file under `actions`; the table of all of them says which work, and
//! `docs/tencent.md` is written from it.
//!
//! A request is verified by the signature over what was received, held against the
//! interface's own table of parameters, does its work in a use case of `verify`, and
//! leaves its trace in the ledger before it is answered: with status 200 and bare
//! `application/json` whatever came out, because with anything else these SDKs hide the
//! code of an error.

mod action;
mod actions;
mod code;
mod context;
mod envelope;
mod fault;
mod frame;
mod input;
mod nonce;
mod picture;
mod refuse;
mod router;
mod scale;
mod settings;
mod signature;
mod surface;

pub use action::{Service, document};
pub use nonce::{MIGRATIONS, TABLES, reap};
pub use router::{interfaces, routes, routes_with};
pub use settings::Settings;

/// What the fuzzer feeds: parsers of outside bytes, with nothing behind them.
pub mod fuzzing {
    pub use crate::input::fuzz as parameters;
    pub use crate::signature::fuzz as signature;
}
