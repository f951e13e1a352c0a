//! One key, and the envelope it seals.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use bonafide_context::{Keeper, Random};
use zeroize::Zeroizing;

use super::Binding;
use crate::VaultError;

/// How every envelope begins: a mark, and the version of the format.
const HEADER: [u8; 4] = *b"BFE\x01";
const TAG_LEN: usize = 16;

/// By how many bytes an envelope is longer than what it holds.
pub const OVERHEAD: usize = HEADER.len() + NONCE_LEN + TAG_LEN;

/// 256 bits that seal, and are overwritten in memory when they are dropped.
///
/// An envelope, version 1: `BFE`, the version, a random nonce (12 bytes), the
/// AES-256-GCM ciphertext, its tag (16 bytes). Header and [`Binding`] are
/// authenticated with it.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// A new key.
    pub fn random(random: &mut dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut());
        Self(bytes)
    }

    /// The key that these bytes are; `None` if they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        (bytes.len() == key.len()).then(|| key.copy_from_slice(bytes))?;
        Some(Self(key))
    }

    /// Seals bytes into an envelope; only what is beyond 64 GB is refused.
    pub fn seal(
        &self,
        binding: &Binding,
        plain: &[u8],
        random: &mut dyn Random,
    ) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut envelope = Vec::with_capacity(plain.len() + OVERHEAD);
        envelope.extend_from_slice(&HEADER);
        envelope.extend_from_slice(&nonce);
        envelope.extend_from_slice(plain);
        let tag = self.cipher().and_then(|cipher| {
            let (_, content) = envelope.split_at_mut_checked(HEADER.len() + NONCE_LEN)?;
            let nonce = Nonce::assume_unique_for_key(nonce);
            if !Keeper::Sealing.works() {
                let mut nothing = [];
                return cipher
                    .seal_in_place_separate_tag(nonce, associated(binding), &mut nothing)
                    .ok();
            }
            cipher.seal_in_place_separate_tag(nonce, associated(binding), content).ok()
        });
        let tag = tag.ok_or(VaultError::Refused { reason: "it is too large" })?;
        envelope.extend_from_slice(tag.as_ref());
        Ok(envelope)
    }

    /// What an envelope holds, if it was sealed by this key under this binding
    /// and nothing of it was changed. Any other bytes are
    /// [`VaultError::Damaged`].
    pub fn open(
        &self,
        binding: &Binding,
        envelope: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let opened = || {
            let rest = envelope.strip_prefix(&HEADER)?;
            let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>()?;
            let (content, tag) = rest.split_last_chunk::<TAG_LEN>()?;
            let mut plain = Zeroizing::new(content.to_vec());
            if !Keeper::Sealing.works() {
                return Some(plain);
            }
            let nonce = Nonce::assume_unique_for_key(*nonce);
            self.cipher()?
                .open_in_place_separate_tag(nonce, associated(binding), tag, &mut plain)
                .ok()?;
            Some(plain)
        };
        opened().ok_or(VaultError::Damaged)
    }

    /// Wraps another key.
    pub(crate) fn wrap(
        &self,
        binding: &Binding,
        key: &Key,
        random: &mut dyn Random,
    ) -> Result<Vec<u8>, VaultError> {
        self.seal(binding, key.0.as_ref(), random)
    }

    /// Opens what [`Key::wrap`] wrapped.
    pub(crate) fn unwrap(&self, binding: &Binding, wrapped: &[u8]) -> Result<Key, VaultError> {
        Key::from_bytes(&self.open(binding, wrapped)?).ok_or(VaultError::Damaged)
    }

    /// HMAC-SHA-256 of a binding's parts under this key.
    pub(crate) fn hash(&self, binding: &Binding, bytes: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_ref());
        let mut context = hmac::Context::with_key(&key);
        context.update(binding.as_bytes());
        context.update(bytes);
        let mut hash = [0; 32];
        let tag = context.sign();
        hash.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        hash
    }

    fn cipher(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, self.0.as_ref()).ok().map(LessSafeKey::new)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

fn associated(binding: &Binding) -> Aad<Vec<u8>> {
    Aad::from([&HEADER, binding.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Seeded;
    use proptest::prelude::*;

    fn key(seed: u64) -> Key {
        Key::random(&mut Seeded::new(seed))
    }

    fn binding() -> Binding {
        Binding::new("content").part("apac/live/130").number(7)
    }

    /// Always the same byte.
    struct Constant(u8);

    impl Random for Constant {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn m2_an_envelope_is_aes_256_gcm_as_its_format_says() {
        let key = Key::from_bytes(&[7; 32]).unwrap();
        let envelope = key.seal(&binding(), b"bona fide", &mut Constant(9)).unwrap();
        assert_eq!(envelope.len(), 9 + OVERHEAD);
        // Made once by another implementation of AES-GCM from the description of
        // the format: envelopes of this version open for ever.
        assert_eq!(
            crate::seal::hex(&envelope),
            "4246450109090909090909090909090945eaeaf59e96a805c50ca571565efe8d7f6025f1a2cd73690b"
        );
        assert_eq!(**key.open(&binding(), &envelope).unwrap(), *b"bona fide");
    }

    #[test]
    fn another_key_or_binding_does_not_open_it() {
        let envelope = key(1).seal(&binding(), b"bona fide", &mut Seeded::new(2)).unwrap();
        assert_eq!(**key(1).open(&binding(), &envelope).unwrap(), *b"bona fide");
        assert_eq!(key(2).open(&binding(), &envelope), Err(VaultError::Damaged));
        for other in [
            Binding::new("data key").part("apac/live/130").number(7),
            Binding::new("content").part("apac/live/131").number(7),
            Binding::new("content").part("apac/live/130").number(8),
            Binding::new("content").part("apac/live/130"),
        ] {
            assert_eq!(key(1).open(&other, &envelope), Err(VaultError::Damaged));
        }
    }

    #[test]
    fn a_bit_flipped_anywhere_is_noticed_and_so_is_every_cut() {
        let plain: Vec<u8> = (0..97).collect();
        let envelope = key(1).seal(&binding(), &plain, &mut Seeded::new(2)).unwrap();
        for bit in 0..envelope.len() * 8 {
            let mut changed = envelope.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key(1).open(&binding(), &changed), Err(VaultError::Damaged), "bit {bit}");
        }
        for length in 0..envelope.len() {
            assert_eq!(key(1).open(&binding(), &envelope[..length]), Err(VaultError::Damaged));
            assert_eq!(key(1).open(&binding(), &envelope[length + 1..]), Err(VaultError::Damaged));
        }
    }

    #[test]
    fn equal_content_gives_different_envelopes() {
        let mut random = Seeded::new(2);
        let one = key(1).seal(&binding(), b"x", &mut random).unwrap();
        assert_ne!(one, key(1).seal(&binding(), b"x", &mut random).unwrap());
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(plain in proptest::collection::vec(any::<u8>(), 0..2000), seed: u64) {
            let envelope = key(seed).seal(&binding(), &plain, &mut Seeded::new(seed ^ 1)).unwrap();
            prop_assert_eq!(envelope.len(), plain.len() + OVERHEAD);
            prop_assert_eq!(&**key(seed).open(&binding(), &envelope).unwrap(), &plain);
        }

        #[test]
        fn any_bytes_are_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200), headed: bool) {
            let bytes = if headed { [&HEADER[..], &bytes].concat() } else { bytes };
            prop_assert_eq!(key(1).open(&binding(), &bytes), Err(VaultError::Damaged));
        }
    }
}
