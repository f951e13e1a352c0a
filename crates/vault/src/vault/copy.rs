//! Bytes for a backup.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};

use super::Vault;
use super::stored::PREFIX;
use super::tables::ITEMS;
use crate::VaultError;
use crate::objects::{ObjectKey, Objects, ObjectsError};
use crate::records::{Condition, Direction, Select};
use crate::seal::OVERHEAD;

/// Rows read at a time.
const PAGE: u32 = 500;
/// Objects copied at the same time.
const AT_ONCE: usize = 8;

/// What [`Vault::copy_objects`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Objects copied now.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that the target had already.
    pub kept: u64,
    /// Objects that were erased or expired while this ran.
    pub gone: u64,
    /// Objects removed from the target, because no row names them any more.
    pub removed: u64,
}

impl Vault {
    /// Brings `target` to hold the sealed bytes of every item that has a row, and
    /// of no others (what else lies there is left alone). Envelopes are copied as they are: without the key store they
    /// open for nobody.
    ///
    /// For a backup while the server runs: once before the records are dumped
    /// and once after. What a row of the dump names is then in the target, unless
    /// it was erased meanwhile; what came after the dump is swept when the copy
    /// is put to use.
    pub async fn copy_objects(&self, target: &dyn Objects) -> Result<Copied, VaultError> {
        let mut there: HashMap<ObjectKey, u64> =
            target.list(PREFIX).await?.into_iter().map(|facts| (facts.key, facts.size)).collect();
        let mut copied = Copied::default();
        let mut last = String::new();
        loop {
            let page = Select::from(&ITEMS)
                .and(Condition::After(vec![("id", last.as_str().into())]))
                .and(Condition::NotNull("object"))
                .order("id", Direction::Ascending)
                .limit(PAGE);
            let rows = self.stores.records.select(page).await?;
            let Some(row) = rows.last() else { break };
            row.text("id")?.clone_into(&mut last);
            let mut wanted = Vec::with_capacity(rows.len());
            for row in &rows {
                let key: ObjectKey = row.parsed("object")?;
                let size = u64::try_from(row.integer("size")?).unwrap_or(0) + OVERHEAD as u64;
                match there.remove(&key) {
                    // An object never changes under its key.
                    Some(held) if held == size => copied.kept += 1,
                    _ => wanted.push((key, size)),
                }
            }
            let copies = stream::iter(wanted).map(|(key, size)| self.copy_one(target, key, size));
            let mut copies = copies.buffer_unordered(AT_ONCE);
            while let Some(outcome) = copies.next().await {
                match outcome? {
                    Some(bytes) => {
                        copied.objects += 1;
                        copied.bytes += bytes;
                    }
                    None => copied.gone += 1,
                }
            }
        }
        for key in there.into_keys() {
            target.delete(&key).await?;
            copied.removed += 1;
        }
        Ok(copied)
    }

    async fn copy_one(
        &self,
        target: &dyn Objects,
        key: ObjectKey,
        size: u64,
    ) -> Result<Option<u64>, VaultError> {
        match self.stores.objects.get(&key, size).await {
            Ok(envelope) => {
                let bytes = envelope.len() as u64;
                target.put(&key, envelope).await?;
                Ok(Some(bytes))
            }
            Err(ObjectsError::Missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
