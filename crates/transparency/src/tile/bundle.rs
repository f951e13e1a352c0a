//! Bundles of entries: each a big-endian 16-bit length, then so many bytes.

/// The most bytes an entry can have: its length is written in 16 bits.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Why bytes are not a bundle of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The bytes end within an entry.
    #[error("the bundle ends within entry {0}")]
    Short(usize),
    /// Bytes follow the last entry.
    #[error("bytes follow the last entry of the bundle")]
    Rest,
    /// An entry is longer than its length can say.
    #[error("an entry has at most 65535 bytes")]
    EntryTooLarge,
}

/// The bytes of a bundle.
pub fn encode_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLarge)?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle of exactly `width`.
pub fn decode_bundle(bytes: &[u8], width: u16) -> Result<Vec<Vec<u8>>, BundleError> {
    let mut rest = bytes;
    let entries = (0..usize::from(width))
        .map(|at| {
            let (length, after) = rest.split_first_chunk::<2>().ok_or(BundleError::Short(at))?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, after) = after.split_at_checked(length).ok_or(BundleError::Short(at))?;
            rest = after;
            Ok(entry.to_vec())
        })
        .collect::<Result<_, _>>()?;
    if rest.is_empty() { Ok(entries) } else { Err(BundleError::Rest) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_big_endian() {
        assert_eq!(encode_bundle(&[&b"ab"[..], b""]), Ok(b"\0\x02ab\0\0".to_vec()));
        assert_eq!(encode_bundle(&[vec![0; 65_536]]), Err(BundleError::EntryTooLarge));
        assert_eq!(decode_bundle(b"\0\x02ab\0\0", 1), Err(BundleError::Rest));
        assert_eq!(decode_bundle(b"\0\x02ab\0\0", 3), Err(BundleError::Short(2)));
        assert_eq!(decode_bundle(b"\0\x02a", 1), Err(BundleError::Short(0)));
    }

    proptest! {
        #[test]
        fn bundles_round_trip(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..256),
        ) {
            let bytes = encode_bundle(&entries).unwrap();
            prop_assert_eq!(decode_bundle(&bytes, entries.len() as u16), Ok(entries));
        }

        #[test]
        fn what_is_read_is_what_was_written(bytes: Vec<u8>, width in 0u16..=256) {
            if let Ok(entries) = decode_bundle(&bytes, width) {
                prop_assert_eq!(encode_bundle(&entries), Ok(bytes));
            }
        }
    }
}
