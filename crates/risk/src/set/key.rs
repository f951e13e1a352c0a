//! The key of a tenant's sets.

use aws_lc_rs::hmac;
use bonafide_context::Realm;

use super::file::Header;
use crate::registered::Kind;

/// The key that a tenant's identifiers are hashed with in one environment. Without it
/// a set answers nothing: a phone number has some thirty bits, and a hash without a
/// key would be read back by counting.
pub struct SetKey {
    /// Of identifiers, a key for each kind: so no set of one kind answers for another,
    /// and a hash takes one step.
    phone: hmac::Key,
    email: hmac::Key,
    device: hmac::Key,
    /// Of files: that a file is whole, and made with this key.
    seal: hmac::Key,
}

/// Keys have no readable form.
impl std::fmt::Debug for SetKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetKey(***)")
    }
}

impl SetKey {
    /// The key of a realm, out of 32 secret bytes of the tenant's. Tenant and
    /// environment go into it, so that one secret by mistake in two places makes two
    /// keys all the same; the region does not, because a set may serve several.
    pub fn derive(secret: &[u8; 32], realm: &Realm) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let of = |label: &str| {
            let mut context = hmac::Context::with_key(&root);
            for part in ["bonafide risk set 1", label, realm.environment.as_str()] {
                context.update(part.as_bytes());
                context.update(&[0]);
            }
            context.update(realm.tenant.0.to_string().as_bytes());
            hmac::Key::new(hmac::HMAC_SHA256, context.sign().as_ref())
        };
        Self {
            phone: of("phone numbers"),
            email: of("e-mail addresses"),
            device: of("devices"),
            seal: of("files"),
        }
    }

    /// The hash of an identifier in its normal form: the first 64 bits of an
    /// HMAC-SHA256.
    pub(super) fn hash(&self, kind: Kind, normal: &str) -> u64 {
        let key = match kind {
            Kind::Phone => &self.phone,
            Kind::Email => &self.email,
            Kind::Device => &self.device,
        };
        let tag = hmac::sign(key, normal.as_bytes());
        u64::from_be_bytes(tag.as_ref().first_chunk().copied().unwrap_or_default())
    }

    /// What a file begins with besides its header, to tell another's key from a
    /// broken file before the whole of it is read.
    pub(super) fn mark(&self, header: &Header) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.seal);
        context.update(b"mark");
        context.update(&header.bytes());
        tag(&context.sign())
    }

    /// Takes in a file, to seal it or to see that it is whole.
    pub(super) fn sealing(&self) -> hmac::Context {
        let mut context = hmac::Context::with_key(&self.seal);
        context.update(b"file");
        context
    }
}

/// The bytes of a tag.
pub(super) fn tag(tag: &hmac::Tag) -> [u8; 32] {
    tag.as_ref().first_chunk().copied().unwrap_or_default()
}
