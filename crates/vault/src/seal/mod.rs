//! Sealing: AES-256-GCM envelopes, and the keys they are under.

mod root;

pub use root::RootKey;
