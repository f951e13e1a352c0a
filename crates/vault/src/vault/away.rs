//! One item that is to go, by its name.

use bonafide_context::Realm;

use super::Vault;
use crate::VaultError;
use crate::records::Change;

impl Vault {
    /// The changes that take one item away, committed with what takes its place
    /// somewhere else: its data key goes with the row, its bytes are journalled. For
    /// what is corrected; what is deleted goes by [`Vault::erase`], with a receipt.
    pub async fn taken_away(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Vec<Change>, VaultError> {
        self.displace(realm, owner, name, self.clock.moment()).await
    }
}
