//! Sealing: AES-256-GCM envelopes, and the keys they are under.
//!
//! Everything that rests is sealed under a key of its own (a data key), which
//! rests wrapped under a key of the `KeyRing`: of a realm, category and hour of
//! expiry, or a standing one. Those rest in the key store, wrapped under the
//! [`RootKey`], which rests in a file: in the open, or wrapped by a [`KeyService`]. What is wrapped is sealed in the same kind of envelope.

mod binding;
mod key;
mod random;
mod ring;
mod root;
mod service;
mod wrapped;

pub use binding::Binding;
pub use key::{Key, OVERHEAD};
pub use root::RootKey;
pub use service::{KeyService, KeyServiceError};

pub(crate) use random::SharedRandom;
pub(crate) use ring::{KeyFacts, KeyName, KeyRing};
pub(crate) use root::hex;
