//! The bearer token of a key, and the hash that the key is known by.

use aws_lc_rs::{constant_time, digest};
use bonafide_context::{Environment, Region};
use bonafide_ledger::KeyId;

use crate::verification_token;

/// Length of a secret: 64 hexadecimal digits are 256 bits.
const SECRET_LENGTH: usize = 64;
const MARK: &str = "bf_";

/// A bearer token, taken apart.
pub(super) struct BearerToken<'a> {
    pub(super) environment: Environment,
    pub(super) region: Region,
    pub(super) key: KeyId,
    pub(super) secret: &'a str,
}

impl<'a> BearerToken<'a> {
    /// Reads `bf_<environment>_<region>_<id>_<secret>`; anything else is `None`.
    /// It says the region so that a node of another one, which has no such key,
    /// can say where to call.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix(MARK)?.splitn(4, '_');
        let environment = parts.next()?.parse().ok()?;
        let region = parts.next()?.parse().ok()?;
        let id = parts.next()?;
        let secret = parts.next()?;
        // Lengths first: no text of a stranger's length is copied or hashed.
        if id.len() > 32 || !is_secret(secret) {
            return None;
        }
        let key = format!("{}{id}", KeyId::PREFIX).parse().ok()?;
        Some(Self { environment, region, key, secret })
    }

    /// The token of a key.
    pub(super) fn write(
        environment: Environment,
        region: &Region,
        key: &KeyId,
        secret: &str,
    ) -> String {
        let id = key.as_str().strip_prefix(KeyId::PREFIX).unwrap_or_default();
        format!("{MARK}{environment}_{region}_{id}_{secret}")
    }
}

/// The region that a bearer token says it is of, a key's or a browser's; whether it is
/// anybody's is not asked. `None` for what is no token.
pub fn token_region(token: &str) -> Option<Region> {
    if verification_token::is_one(token) {
        return verification_token::region(token);
    }
    BearerToken::read(token).map(|token| token.region)
}

/// Whether this is the form of a secret.
fn is_secret(text: &str) -> bool {
    text.len() == SECRET_LENGTH
        && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// What a secret is known by: its SHA-256.
///
/// A slow hash is for what people think up. A secret of 256 random bits cannot
/// be found by trying whatever a try costs, so the slow hash would only be paid
/// for: by every call, and by us under a flood of wrong tokens.
pub(crate) fn hash(secret: &str) -> [u8; digest::SHA256_OUTPUT_LEN] {
    let mut hash = [0; digest::SHA256_OUTPUT_LEN];
    for (to, from) in
        hash.iter_mut().zip(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref())
    {
        *to = *from;
    }
    hash
}

/// Whether two hashes are the same, in a time that does not depend on where
/// they differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Seeded;
    use proptest::prelude::*;

    fn sample(seed: u64, environment: Environment) -> (KeyId, String, String) {
        let key = KeyId::new(&mut Seeded::new(seed));
        let secret = crate::accounts::hex(&hash(&seed.to_string()));
        let token = BearerToken::write(environment, &"eu-1".parse().unwrap(), &key, &secret);
        (key, secret, token)
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(crate::accounts::hex(&hash("abc")), expected);
        assert!(same(&hash("abc"), &hash("abc")) && !same(&hash("abc"), &hash("abd")));
        assert!(!same(&hash("abc"), &[]));
    }

    proptest! {
        #[test]
        fn a_token_round_trips(seed in any::<u64>(), live in any::<bool>()) {
            let environment = if live { Environment::Live } else { Environment::Sandbox };
            let (key, secret, token) = sample(seed, environment);
            let read = BearerToken::read(&token).unwrap();
            prop_assert_eq!(read.environment, environment);
            prop_assert_eq!(read.region.as_str(), "eu-1");
            prop_assert_eq!(read.key, key);
            prop_assert_eq!(read.secret, secret);
        }

        #[test]
        fn a_token_with_anything_else_in_it_is_none(
            seed in any::<u64>(),
            at in 0usize..110,
            put in "[^0-9a-f]",
        ) {
            let (_, _, token) = sample(seed, Environment::Live);
            // In the secret no character but a hexadecimal digit may stand.
            let at = token.len() - 1 - at % SECRET_LENGTH;
            let mut broken = token.clone();
            broken.replace_range(at..=at, &put);
            prop_assert!(BearerToken::read(&broken).is_none());
            prop_assert!(BearerToken::read(&token[..at]).is_none());
            let longer = format!("{token}{put}");
            prop_assert!(BearerToken::read(&longer).is_none());
        }

        #[test]
        fn no_text_breaks_it(text in "(bf_)?(live_|sandbox_)?\\PC{0,200}") {
            if let Some(read) = BearerToken::read(&text) {
                let again = BearerToken::write(read.environment, &read.region, &read.key, read.secret);
                prop_assert_eq!(again, text);
            }
        }
    }
}
