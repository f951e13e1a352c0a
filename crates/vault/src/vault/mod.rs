//! The vault: what personal data passes on its way to rest.

mod item;
mod tables;

pub use item::{Erased, Item, ItemFacts, Reaped};
pub use tables::{KEY_MIGRATIONS, KEY_TABLES, MIGRATIONS, TABLES};

use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock, Random, Realm, Timestamp};
use bonafide_policy::{Category, Held};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::records::Change;
use crate::{Objects, Records, RootKey, VaultError};

/// Where a vault keeps things.
#[derive(Clone)]
pub struct Stores {
    /// Rows.
    pub records: Arc<dyn Records>,
    /// Bytes.
    pub objects: Arc<dyn Objects>,
    /// Keys: a store of its own, with a backup of its own.
    pub keys: Arc<dyn Records>,
}

/// The only door to personal data at rest.
pub struct Vault {
    stores: Stores,
    clock: Arc<dyn Clock>,
    random: std::sync::Mutex<Box<dyn Random>>,
}

impl Vault {
    /// Brings the tables up to date and opens the key store.
    ///
    /// On the first use of an empty key store the root key's file is made. A
    /// missing or another root key, or an empty key store under records that
    /// hold items, is an error: never are new keys put over existing data.
    pub async fn open(
        stores: Stores,
        root: RootKey,
        clock: Arc<dyn Clock>,
        random: Box<dyn Random>,
    ) -> Result<Self, VaultError> {
        let _ = root;
        Ok(Self { stores, clock, random: std::sync::Mutex::new(random) })
    }

    /// Seals bytes. Large ones are written to the object store now, small ones
    /// stay in the row; the item exists when the changes are committed to the
    /// records, and takes the place of one of the same realm, owner and name.
    /// If they never are, the bytes are swept away later.
    pub async fn prepare(&self, item: &Item<'_>, bytes: &[u8]) -> Result<Vec<Change>, VaultError> {
        let _ = (item, bytes, &self.stores, &self.clock, &self.random);
        todo!()
    }

    /// Seals a value, which its type gives the category of.
    pub async fn prepare_value<T: Held + Serialize + Sync>(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
        expires: Timestamp,
        value: &T,
    ) -> Result<Vec<Change>, VaultError> {
        let _ = (realm, owner, name, expires, value);
        todo!()
    }

    /// The bytes of an item; `None` when it is not there, has expired (from its
    /// very second on) or was erased.
    pub async fn read(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let _ = (realm, owner, name);
        todo!()
    }

    /// The value of an item, as [`Vault::read`]; one of another category is
    /// [`VaultError::Damaged`].
    pub async fn read_value<T: Held + DeserializeOwned>(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Option<T>, VaultError> {
        let _ = (realm, owner, name);
        todo!()
    }

    /// What is kept of an owner and can be read now, by name.
    pub async fn list(&self, realm: &Realm, owner: &str) -> Result<Vec<ItemFacts>, VaultError> {
        let _ = (realm, owner);
        todo!()
    }

    /// Erases what is kept of an owner, or only these categories: data keys and
    /// rows at once, then bytes; bytes that cannot be removed now are unreadable
    /// already, stand in a journal, and [`Vault::reap`] tries again.
    pub async fn erase(
        &self,
        realm: &Realm,
        owner: &str,
        only: Option<&[Category]>,
    ) -> Result<Erased, VaultError> {
        let _ = (realm, owner, only);
        todo!()
    }

    /// Removes at most `limit` items that are due, and their bytes; destroys the
    /// keys of hours that have passed; now and then sweeps objects that no row
    /// names. May be run by every node at once, and killed at any moment.
    pub async fn reap(&self, limit: u32) -> Result<Reaped, VaultError> {
        let _ = limit;
        todo!()
    }

    /// A hash of bytes under a standing key of the realm: equal bytes give equal
    /// text within a realm and label, and no one without the key can try values.
    pub async fn keyed_hash(
        &self,
        realm: &Realm,
        label: &str,
        bytes: &[u8],
    ) -> Result<String, VaultError> {
        let _ = (realm, label, bytes);
        todo!()
    }

    /// Seals a secret of the installation (an HMAC key, a TOTP seed) without an
    /// expiry; `context` says what it is of, and must be given again to open it.
    pub async fn seal_secret(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let _ = (context, secret);
        todo!()
    }

    /// Opens what [`Vault::seal_secret`] sealed.
    pub async fn open_secret(
        &self,
        context: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let _ = (context, sealed);
        todo!()
    }

    /// A key that every node of this installation has and nobody else, for the
    /// purpose that `label` names: signing the local store's URLs, cursors.
    pub async fn service_key(&self, label: &str) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let _ = label;
        todo!()
    }

    /// Whether all three stores answer.
    pub async fn check(&self) -> Result<(), VaultError> {
        self.stores.records.check().await?;
        self.stores.keys.check().await?;
        self.stores.objects.check().await?;
        let _ = Duration::ZERO;
        Ok(())
    }
}
