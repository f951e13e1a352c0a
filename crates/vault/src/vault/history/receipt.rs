//! Receipts for those whose data was destroyed.

use std::sync::Arc;

use bonafide_context::{Realm, Timestamp};
use bonafide_transparency::leaf::{Deletion, Leaf, Opening};
use bonafide_transparency::note::Keyring;
use bonafide_transparency::{Origin, Reader, Receipt, SignedCheckpoint};

use super::super::Vault;
use super::super::tables::EVENTS;
use super::LogStorage;
use super::append::position;
use crate::VaultError;
use crate::records::{Condition, Direction, Row, Select};

/// More destructions of one owner than this are not told at once.
const MOST: u32 = 100;

/// That data of an owner was destroyed.
#[derive(Clone, Debug)]
pub struct DeletionReceipt {
    /// When.
    pub at: Timestamp,
    /// What the log says of it.
    pub deletion: Deletion,
    /// What shows that the log means this owner.
    pub opening: Opening,
    /// The proof, once the log has it.
    pub receipt: Option<Receipt>,
}

impl Vault {
    /// What was destroyed of an owner, the first first, each with its receipt
    /// under the newest checkpoint. Known for as long as it is known whose it
    /// was; the log keeps the leaf.
    pub async fn deletion_receipts(
        &self,
        realm: &Realm,
        owner: &str,
    ) -> Result<Vec<DeletionReceipt>, VaultError> {
        let select = Select::from(&EVENTS)
            .and(Condition::is("realm", realm.to_string()))
            .and(Condition::is("owner", owner))
            .order("at", Direction::Ascending)
            .order("id", Direction::Ascending)
            .limit(MOST);
        let rows = self.stores.records.select(select).await?;
        let mut receipts = match self.receipts(&rows).await {
            // Parts of the log that a checkpoint names are removed once a newer
            // one has made them superfluous: it is read again.
            Err(VaultError::History { .. }) => self.receipts(&rows).await?,
            receipts => receipts?,
        }
        .into_iter();
        let mut told = Vec::with_capacity(rows.len());
        for row in &rows {
            let receipt = receipts.next().flatten();
            let leaf = Leaf::decode(row.bytes("leaf")?).map_err(super::unusable)?;
            let Leaf::Deletion(deletion) = leaf else { continue };
            let opening = row.bytes("opening")?.try_into().map_err(|_| VaultError::Damaged)?;
            let (at, opening) = (row.moment("at")?, Opening::from_bytes(opening));
            told.push(DeletionReceipt { at, deletion, opening, receipt });
        }
        Ok(told)
    }

    async fn receipts(&self, rows: &[Row]) -> Result<Vec<Option<Receipt>>, VaultError> {
        let mut receipts = Vec::with_capacity(rows.len());
        let mut reader = None;
        for row in rows {
            if row.optional_integer("logged")?.is_none() {
                receipts.push(None);
                continue;
            }
            if reader.is_none() {
                reader = Some(self.log_reader().await?);
            }
            let Some((reader, checkpoint)) = &reader else { continue };
            let index = position(row)?;
            if reader.entry(index).await? != row.bytes("leaf")? {
                return Err(super::unusable("the log has another leaf in an event's place"));
            }
            receipts.push(Some(reader.receipt(index, checkpoint.clone()).await?));
        }
        Ok(receipts)
    }

    pub(super) async fn log_reader(&self) -> Result<(Reader, SignedCheckpoint), VaultError> {
        let key = self.log_verifier().await?;
        let storage = Arc::new(LogStorage::new(Arc::clone(&self.stores.records)));
        let origin = Origin::from(key.name());
        Ok(Reader::published(storage, &origin, &Keyring::of(key)).await?)
    }
}
