//! Who keeps the key under which the root key is wrapped: a cloud's key management
//! service, or a hardware module.
//!
//! Each is a [`bonafide_vault::KeyService`]. The root key rests only as what the
//! service made of it; the server has it opened once, at the start, and keeps it in
//! memory. So a service that is down stops a start and no running server, and one
//! that was told to let nobody in any more stops every later start. Which are there,
//! and why: `docs/decisions/0008-root-key.md`.

mod aws;
mod pkcs11;

pub use aws::{AwsKms, AwsKmsSettings};
pub use pkcs11::{Pkcs11, Pkcs11Settings};
