//! Writes a part: for tests, simulators, and other clients in Rust.

use super::binding::Key;
use super::manifest::Manifest;
use super::part::MAGIC;

/// A part of `manifest` and the bytes of its frames, in their order, sealed with
/// `key`. Checks nothing: a test must be able to write what is refused. The
/// manifest is written as `JSON.stringify` would.
pub fn write(manifest: &Manifest, bodies: &[&[u8]], key: &Key) -> Vec<u8> {
    // Only a map with keys that are no text could fail; a manifest has none.
    let manifest = serde_json::to_vec(manifest).unwrap_or_default();
    // A manifest of 4 GiB is refused by any reader, however long it says it is.
    let length = u32::try_from(manifest.len()).unwrap_or(u32::MAX);
    let mut part = Vec::from(MAGIC);
    part.extend_from_slice(&length.to_be_bytes());
    part.extend_from_slice(&manifest);
    bodies.iter().for_each(|body| part.extend_from_slice(body));
    let mac = key.seal(&part);
    part.extend_from_slice(mac.as_bytes());
    part
}
