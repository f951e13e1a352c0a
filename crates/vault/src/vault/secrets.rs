//! What the vault's standing keys are for.

use bonafide_context::Realm;
use zeroize::Zeroizing;

use super::Vault;
use crate::VaultError;
use crate::seal::{Binding, KeyName, hex};

impl Vault {
    /// A hash of bytes under a standing key of the realm: equal bytes give equal
    /// text within a realm and label, and no one without the key can try values.
    pub async fn keyed_hash(
        &self,
        realm: &Realm,
        label: &str,
        bytes: &[u8],
    ) -> Result<String, VaultError> {
        let name = KeyName::standing(&format!("hash/{realm}"));
        let key = self.ring.get_or_make(&name, self.clock.moment(), &self.random).await?;
        Ok(hex(&key.hash(&Binding::new("keyed hash").part(label), bytes)))
    }

    /// Seals a secret of the installation (an HMAC key, a TOTP seed) without an
    /// expiry; `context` says what it is of, and must be given again to open it.
    pub async fn seal_secret(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.ring.get_or_make(&secrets(), self.clock.moment(), &self.random).await?;
        let binding = Binding::new("secret").part(context);
        self.random.with(|random| key.seal(&binding, secret, random))
    }

    /// Opens what [`Vault::seal_secret`] sealed.
    pub async fn open_secret(
        &self,
        context: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let key = self.ring.find(&secrets()).await?.ok_or(VaultError::KeyMissing)?;
        key.open(&Binding::new("secret").part(context), sealed)
    }

    /// A key that every node of this installation has and nobody else, for the
    /// purpose that `label` names: signing the local store's URLs, cursors.
    pub async fn service_key(&self, label: &str) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let name = KeyName::standing("service");
        let key = self.ring.get_or_make(&name, self.clock.moment(), &self.random).await?;
        Ok(Zeroizing::new(key.hash(&Binding::new("service key").part(label), &[])))
    }

    /// Wraps up to `limit` keys of the key store under the first root key that are
    /// still under another; returns how many. Once it returns 0, the other one
    /// ([`crate::RootKey::and`]) is not needed any more.
    pub async fn rotate_root(&self, limit: u32) -> Result<u64, VaultError> {
        self.ring.rewrap(limit, &self.random).await
    }

    /// How many keys are under which root key, each by a name that says nothing of
    /// it; the one that wraps now comes first, whether or not there are any.
    pub async fn roots(&self) -> Result<Vec<(String, u64)>, VaultError> {
        self.ring.roots().await
    }
}

fn secrets() -> KeyName {
    KeyName::standing("secrets")
}
