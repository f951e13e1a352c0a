//! What a person uploads by a pre-signed URL, until the vault has taken it in.

use std::time::Duration;

use bonafide_context::Realm;
use zeroize::Zeroizing;

use super::Vault;
use crate::objects::{ObjectKey, ObjectsError, Presigned};
use crate::{VaultError, seal};

/// Under which prefix of the object store all uploads lie.
pub(super) const PREFIX: &str = "uploads";

/// A place for one upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadSlot {
    /// By which [`Vault::take_upload`] finds it.
    pub key: ObjectKey,
    /// To which its bytes are put.
    pub url: String,
}

impl Vault {
    /// A place to which whoever has the URL may put up to `limit` bytes, for so
    /// long. They rest there as they came, unsealed, until they are taken: do that
    /// at once. What nobody takes is removed by the sweep that follows an hour
    /// after the slot was given.
    pub async fn upload_slot(
        &self,
        realm: &Realm,
        limit: u64,
        valid: Duration,
    ) -> Result<UploadSlot, VaultError> {
        let now = self.ready()?;
        let id = self.random.with(|random| {
            let mut id = [0; 16];
            random.fill(&mut id);
            seal::hex(&id)
        });
        let key: ObjectKey = format!("{PREFIX}/{realm}/{}-{id}", now.0)
            .parse()
            .map_err(|_| VaultError::Refused { reason: "a realm that gives no object key" })?;
        let what = Presigned::Upload { limit };
        let url = self.stores.objects.presign(what, &key, now, valid).await?;
        Ok(UploadSlot { key, url })
    }

    /// Takes an upload of this realm out of the object store; `None` if there is
    /// none. One of more than `limit` bytes is removed and refused.
    pub async fn take_upload(
        &self,
        realm: &Realm,
        key: &ObjectKey,
        limit: u64,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        if !key.as_str().starts_with(&format!("{PREFIX}/{realm}/")) {
            return Ok(None);
        }
        let taken = match self.stores.objects.get(key, limit).await {
            Ok(bytes) => Ok(Some(Zeroizing::new(Vec::from(bytes)))),
            Err(ObjectsError::Missing) => return Ok(None),
            Err(ObjectsError::TooLarge { .. }) => {
                Err(VaultError::Refused { reason: "the upload is larger than was declared" })
            }
            Err(error) => return Err(error.into()),
        };
        self.stores.objects.delete(key).await?;
        taken
    }
}
