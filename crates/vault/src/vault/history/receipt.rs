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
use super::event::DELETION;
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

/// An event of an owner's, and the proof that it stands in the log.
#[derive(Clone, Debug)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// What the log says of it.
    pub leaf: Leaf,
    /// What shows that the log means this owner.
    pub opening: Opening,
    /// What shows who read, of a reading.
    pub reader: Option<Opening>,
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
        // The first versions wrote no kind, and knew no other.
        let mut told = self.told(realm, owner, Condition::Null("kind")).await?;
        told.extend(self.told(realm, owner, Condition::is("kind", DELETION)).await?);
        let receipt = |told: Told| match told.leaf {
            Leaf::Deletion(deletion) => {
                let Told { at, opening, receipt, .. } = told;
                Some(DeletionReceipt { at, deletion, opening, receipt })
            }
            _ => None,
        };
        Ok(told.into_iter().filter_map(receipt).collect())
    }

    /// All that the log was told of an owner, the newest first and a hundred at
    /// most: destructions, consents, readings, restrictions; each with its proof
    /// under the newest checkpoint. Known for as long as it is known whose it was.
    pub async fn events_of(&self, realm: &Realm, owner: &str) -> Result<Vec<Told>, VaultError> {
        let select = of(realm, owner).order("at", Direction::Descending);
        self.proven(select.order("id", Direction::Descending).limit(MOST)).await
    }

    async fn told(
        &self,
        realm: &Realm,
        owner: &str,
        which: Condition,
    ) -> Result<Vec<Told>, VaultError> {
        let select = of(realm, owner).and(which).order("at", Direction::Ascending);
        self.proven(select.order("id", Direction::Ascending).limit(MOST)).await
    }

    async fn proven(&self, select: Select) -> Result<Vec<Told>, VaultError> {
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
            let reader = row.optional_bytes("reader")?.map(opening).transpose()?;
            let (at, opening) = (row.moment("at")?, opening(row.bytes("opening")?)?);
            told.push(Told { at, leaf, opening, reader, receipt });
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

    /// The log up to its published checkpoint, with that. An error before the log
    /// is begun.
    pub async fn log_reader(&self) -> Result<(Reader, SignedCheckpoint), VaultError> {
        let key = self.log_verifier().await?;
        let storage = Arc::new(LogStorage::new(Arc::clone(&self.stores.records)));
        let origin = Origin::from(key.name());
        Ok(Reader::published(storage, &origin, &Keyring::of(key)).await?)
    }
}

fn of(realm: &Realm, owner: &str) -> Select {
    Select::from(&EVENTS)
        .and(Condition::is("realm", realm.to_string()))
        .and(Condition::is("owner", owner))
}

fn opening(bytes: &[u8]) -> Result<Opening, VaultError> {
    Ok(Opening::from_bytes(bytes.try_into().map_err(|_| VaultError::Damaged)?))
}
