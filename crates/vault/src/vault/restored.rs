//! Whether the records are those that they were, or an older copy.
//!
//! After a restore nothing personal is opened or kept until it is known that the
//! deletion journal at hand reaches as far as the newest checkpoint of the log
//! that anybody holds: until then a deletion could be missing in it. What
//! `bonafide restore` puts back says so itself (a row that is in no backup);
//! records that were put back by other means are noticed because the key store,
//! or a checkpoint that the operator keeps, knows of a longer log.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use bonafide_context::Timestamp;
use bonafide_transparency::note::Keyring;
use bonafide_transparency::{Head, Origin, Reader, SignedCheckpoint};

use super::history::position_of;
use super::remove::journal_entry;
use super::stored::{Content, Stored};
use super::tables::{EVENTS, ITEMS, LOG, RESTORED};
use super::{Vault, history};
use crate::VaultError;
use crate::records::{Change, Condition, Direction, Expect, Records, RecordsError, Row, Select};

/// Rows looked at by one commit.
const PAGE: u32 = 500;
/// The row's name.
const NAME: &str = "restored";

/// What [`Vault::accept_restore`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Items of the older copy that had been deleted since, and are again.
    pub removed: u64,
    /// How many leaves of the log the deletion journal speaks for.
    pub journal: u64,
    /// How many leaves the newest checkpoint speaks for that was held against it.
    pub checkpoint: u64,
    /// How many leaves the log has.
    pub log: u64,
}

/// Writes down that these records are about to be restored: to be done before
/// anything is loaded into them. Until [`Vault::accept_restore`] nothing personal
/// is opened or kept.
pub async fn begin_restore(records: &dyn Records) -> Result<(), RecordsError> {
    records.commit(vec![Change::InsertIfAbsent(Row::new(&RESTORED).with("name", NAME))]).await
}

impl Vault {
    /// The moment from which deadlines count, where personal data is to be opened
    /// or kept: an error while the clock is behind, or while what was restored is
    /// not checked.
    pub fn ready(&self) -> Result<Timestamp, VaultError> {
        if self.unchecked.load(Ordering::SeqCst) {
            return Err(VaultError::RestoreUnchecked);
        }
        self.clock.now()
    }

    /// Whether what was restored waits to be checked.
    pub fn is_unchecked(&self) -> bool {
        self.unchecked.load(Ordering::SeqCst)
    }

    /// Looks again whether a restore waits to be checked: another process may
    /// have begun one, or checked it.
    pub(super) async fn look_for_restore(&self) -> Result<bool, VaultError> {
        let waits = self.restored_row().await?.is_some();
        self.unchecked.store(waits, Ordering::SeqCst);
        Ok(waits)
    }

    /// At the opening: records that know less of the log than the key store does
    /// are an older copy.
    pub(super) async fn notice_older_records(&self) -> Result<(), VaultError> {
        if self.look_for_restore().await? {
            return Ok(());
        }
        if let Some(journal) = self.journal().await?
            && self.log_size().await? < journal.head().size
        {
            self.distrust().await?;
        }
        Ok(())
    }

    /// Holds checkpoints that the operator kept against the log: if one speaks for
    /// more than the journal and these records do, they are an older copy, and
    /// nothing personal is opened or kept any more. Returns whether they are.
    pub async fn hold_against(&self, held: &[SignedCheckpoint]) -> Result<bool, VaultError> {
        let newest = held.iter().map(|checkpoint| checkpoint.head().size).max().unwrap_or(0);
        let journal = self.journal().await?.map_or(0, |journal| journal.head().size);
        if newest > journal.max(self.log_size().await?) {
            self.distrust().await?;
        }
        self.look_for_restore().await
    }

    async fn distrust(&self) -> Result<(), VaultError> {
        let row = Row::new(&RESTORED).with("name", NAME).with("applied", self.log_size().await?);
        self.stores.records.commit(vec![Change::InsertIfAbsent(row)]).await?;
        self.unchecked.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Writes down how much of the log the restored records had, before a longer
    /// copy of the log is put in its place.
    async fn remember_applied(&self) -> Result<(), VaultError> {
        let applied = self.log_size().await?;
        let change = Change::Update {
            table: &RESTORED,
            set: vec![("applied", applied.into())],
            conditions: vec![Condition::is("name", NAME), Condition::Null("applied")],
            expect: Expect::Any,
        };
        Ok(self.stores.records.commit(vec![change]).await?)
    }

    /// Takes the log out of restored records, to put a longer copy of it in its
    /// place ([`crate::LOG_TABLES`]).
    pub async fn clear_log(&self) -> Result<(), VaultError> {
        self.remember_applied().await?;
        let all = Change::Delete { table: &LOG, conditions: Vec::new(), expect: Expect::Any };
        Ok(self.stores.records.commit(vec![all]).await?)
    }

    /// Checks what was restored against the newest checkpoints that the operator
    /// or a witness holds, one or more, and takes out again what the journal says
    /// is deleted. Then personal data is opened and kept again.
    ///
    /// # Errors
    ///
    /// [`VaultError::JournalTooOld`] if the journal does not reach to the newest
    /// checkpoint; [`VaultError::History`] if a checkpoint is of another log, if
    /// log, journal and checkpoints show two histories, or if the log lacks its
    /// newest leaves. Nothing was changed then.
    pub async fn accept_restore(&self, held: &[SignedCheckpoint]) -> Result<Accepted, VaultError> {
        let Some(newest) = held.iter().max_by_key(|checkpoint| checkpoint.head().size) else {
            return Err(VaultError::RestoreUnchecked);
        };
        let newest = newest.head().size;
        let log = self.log_size().await?;
        let row = self.restored_row().await?;
        let applied = row.as_ref().map(|row| row.optional_integer("applied")).transpose()?;
        let applied = applied.flatten().and_then(|at| u64::try_from(at).ok()).unwrap_or(log);
        let journal = self.journal().await?;
        let reaches = journal.as_ref().map_or(0, |journal| journal.head().size);
        // Records speak for their own deletions: the rows are gone.
        if reaches.max(applied) < newest {
            return Err(VaultError::JournalTooOld { have: reaches.max(applied), newest });
        }
        self.one_history(held.iter().chain(&journal), log).await?;
        let now = self.clock.moment();
        let removed = self.replay(now).await?;
        self.recognise_events(applied, now).await?;
        let conditions = vec![Condition::is("name", NAME)];
        let done = Change::Delete { table: &RESTORED, conditions, expect: Expect::Any };
        self.stores.records.commit(vec![done]).await?;
        self.unchecked.store(false, Ordering::SeqCst);
        Ok(Accepted { removed, journal: reaches, checkpoint: newest, log })
    }

    /// Whether all of these are of this log, which has everything that they speak
    /// for.
    async fn one_history<'c>(
        &self,
        checkpoints: impl Iterator<Item = &'c SignedCheckpoint>,
        log: u64,
    ) -> Result<(), VaultError> {
        let key = self.log_verifier().await?;
        let (origin, keys) = (Origin::from(key.name()), Keyring::of(key));
        let mut reader: Option<Reader> = None;
        for checkpoint in checkpoints {
            checkpoint.verify(&origin, &keys).map_err(history::unusable)?;
            let head: Head = checkpoint.head();
            if head.size > log {
                return Err(history::unusable(format_args!(
                    "it has {log} leaves and there were {}: give a backup of the keys that has \
                     the newer part of the log",
                    head.size
                )));
            }
            if head.size == 0 {
                continue;
            }
            let reader = match &mut reader {
                Some(reader) => reader,
                none => none.insert(self.log_reader().await?.0),
            };
            if reader.head_at(head.size).await? != head {
                return Err(history::unusable(format_args!(
                    "it shows two histories: at {} leaves it is not the one of a checkpoint",
                    head.size
                )));
            }
        }
        Ok(())
    }

    /// Takes out every item that the journal says is dead. The log has said so
    /// already: there is no event.
    async fn replay(&self, now: Timestamp) -> Result<u64, VaultError> {
        let (mut removed, mut last) = (0, String::new());
        loop {
            let page = Select::from(&ITEMS)
                .and(Condition::After(vec![("id", last.as_str().into())]))
                .order("id", Direction::Ascending)
                .limit(PAGE);
            let rows = self.stores.records.select(page).await?;
            let Some(row) = rows.last() else { return Ok(removed) };
            row.text("id")?.clone_into(&mut last);
            let items: Vec<Stored> = rows.iter().map(Stored::read).collect::<Result<_, _>>()?;
            let mut changes = Vec::new();
            for stored in self.dead_among(&items, now).await? {
                removed += 1;
                changes.push(Change::Delete {
                    table: &ITEMS,
                    conditions: vec![Condition::is("id", stored.id.as_str())],
                    expect: Expect::Any,
                });
                if let Content::Object(key) = &stored.content {
                    changes.push(journal_entry(key.as_str(), now));
                }
            }
            if !changes.is_empty() {
                self.stores.records.commit(changes).await?;
            }
        }
    }

    /// Finds events that wait to be logged, as far as the restored records know,
    /// in the part of the log that is newer than they are: none is said twice.
    async fn recognise_events(&self, applied: u64, now: Timestamp) -> Result<(), VaultError> {
        let waiting = Select::from(&EVENTS).and(Condition::Null("logged"));
        let rows = self.stores.records.select(waiting).await?;
        if rows.is_empty() || self.log_size().await? <= applied {
            return Ok(());
        }
        let mut leaves: BTreeMap<&[u8], &str> = BTreeMap::new();
        for row in &rows {
            leaves.insert(row.bytes("leaf")?, row.text("id")?);
        }
        let (reader, _) = self.log_reader().await?;
        let mut entries = reader.entries(applied);
        while let Some((at, entry)) = entries.next().await? {
            let Some(id) = leaves.remove(entry.as_slice()) else { continue };
            let change = Change::Update {
                table: &EVENTS,
                set: vec![("position", at.into()), ("logged", now.into())],
                conditions: vec![Condition::is("id", id)],
                expect: Expect::Any,
            };
            self.stores.records.commit(vec![change]).await?;
        }
        // Places that were given and not taken are given anew.
        let placed: Vec<_> = rows
            .iter()
            .filter(|row| position_of(row).is_some())
            .filter_map(|row| row.text("id").ok().map(Into::into))
            .collect();
        let change = Change::Update {
            table: &EVENTS,
            set: vec![("position", crate::records::Value::Null)],
            conditions: vec![Condition::In("id", placed), Condition::Null("logged")],
            expect: Expect::Any,
        };
        Ok(self.stores.records.commit(vec![change]).await?)
    }

    async fn restored_row(&self) -> Result<Option<Row>, VaultError> {
        let select = Select::from(&RESTORED).and(Condition::is("name", NAME));
        Ok(self.stores.records.select(select).await?.into_iter().next())
    }
}
