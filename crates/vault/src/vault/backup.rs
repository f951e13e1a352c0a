//! What a backup takes along of rows that rest in clear and have an end: sealed under
//! keys that end with them, so that no copy of the backup outlasts them (row R1).

use bonafide_context::Timestamp;
use bonafide_policy::Category;
use zeroize::Zeroizing;

use super::Vault;
use crate::VaultError;
use crate::seal::{Binding, KeyName};

impl Vault {
    /// Seals rows of a category for a backup. They open until the hour of `ends`
    /// begins, with a key that is destroyed then: whoever keeps the backup for longer
    /// has nothing but noise.
    pub async fn seal_for_backup(
        &self,
        category: Category,
        ends: Timestamp,
        rows: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let name = KeyName::backup(category, ends);
        let key = self.ring.get_or_make(&name, self.clock.moment(), &self.random).await?;
        self.random.with(|random| key.seal(&binding(&name), rows, random))
    }

    /// Opens what [`Vault::seal_for_backup`] sealed; `None` once its time is over, or
    /// its key is gone.
    pub async fn open_from_backup(
        &self,
        category: Category,
        ends: Timestamp,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let name = KeyName::backup(category, ends);
        if name.is_over(self.clock.moment()) {
            return Ok(None);
        }
        match self.ring.find(&name).await? {
            Some(key) => key.open(&binding(&name), sealed).map(Some),
            None => Ok(None),
        }
    }
}

fn binding(name: &KeyName) -> Binding {
    Binding::new("rows of a backup").part(name.id())
}
