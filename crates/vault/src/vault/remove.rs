//! What takes things out of the vault: on request, when they are due, and when
//! nothing names them.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use bonafide_context::{Keeper, Realm, Timestamp};
use bonafide_policy::Category;
use futures_util::{StreamExt, stream};

use super::journal::Line;
use super::stored::{Content, PREFIX, Stored};
use super::tables::{ITEMS, REMOVALS};
use super::{Cause, Erased, Overdue, Reaped, Vault, history, upload};
use crate::VaultError;
use crate::objects::ObjectKey;
use crate::records::{
    Change, Condition, Direction, Expect, Operator, RecordsError, Row, Select, Value,
};

/// Rows removed by one commit at most.
const BATCH: u32 = 500;
/// Objects removed at the same time.
const AT_ONCE: usize = 16;
/// The longest pause between two attempts to remove an object, in milliseconds.
const LONGEST_PAUSE: u64 = 60_000;
/// How often a node looks for objects that no row names, in milliseconds.
const SWEEP_EVERY: u64 = 3_600_000;
/// How old such an object must be, in milliseconds: a call that is still under
/// way has written its bytes and not yet its row.
const GRACE: u64 = 15 * 60_000;
/// How long an upload waits to be taken in, in milliseconds.
const UPLOAD_RESTS: u64 = 3_600_000;

impl Vault {
    /// Erases what is kept of an owner, or only these categories, because it was
    /// asked for: as [`Vault::erase_because`].
    pub async fn erase(
        &self,
        realm: &Realm,
        owner: &str,
        only: Option<&[Category]>,
    ) -> Result<Erased, VaultError> {
        self.erase_because(Cause::Request, realm, owner, only).await
    }

    /// Erases what is kept of an owner, or only these categories, but for what is
    /// under a legal hold: data keys and rows at once, together with the event that the log is to say; then bytes.
    /// Bytes that cannot be removed now are unreadable already, stand in a
    /// journal, and [`Vault::reap`] tries again.
    pub async fn erase_because(
        &self,
        cause: Cause,
        realm: &Realm,
        owner: &str,
        only: Option<&[Category]>,
    ) -> Result<Erased, VaultError> {
        // A clock that is behind hinders nobody from erasing.
        let now = self.clock.moment();
        let mut erased = Erased::default();
        if !Keeper::Erasure.works() {
            return Ok(erased);
        }
        loop {
            let mut select = Select::from(&ITEMS)
                .and(Condition::is("realm", realm.to_string()))
                .and(Condition::is("owner", owner))
                .and(Condition::Null("held"));
            if let Some(only) = only {
                let names = only.iter().map(|category| category.as_str().into()).collect();
                select = select.and(Condition::In("category", names));
            }
            let rows = self.stores.records.select(select.limit(BATCH)).await?;
            if rows.is_empty() {
                break;
            }
            let removed = self.remove_rows(rows, cause, now).await?;
            erased.items += removed.items;
            erased.pending += removed.pending;
        }
        erased.held = self.stores.records.count(&ITEMS, held(realm, owner)).await?;
        // Before the answer, so that an older copy of the records brings back
        // nothing that was answered for. A key store that is down opens nothing
        // meanwhile, and the reaper carries the lines over when it is back.
        if erased.items > 0 {
            if let Err(error) = self.carry_over().await {
                tracing::warn!(%error, "the deletion journal waits for the key store");
            }
            self.unscrubbed.store(true, Ordering::SeqCst);
            self.scrub().await;
        }
        Ok(erased)
    }

    /// Removes at most `limit` items that are due, and their bytes; destroys the
    /// keys of hours that have passed; now and then sweeps objects that no row
    /// names. May be run by every node at once, and killed at any moment. Bytes
    /// that an object store will not give up are no error: they are counted, and
    /// tried again.
    pub async fn reap(&self, limit: u32) -> Result<Reaped, VaultError> {
        self.clock.share(self.stores.records.as_ref()).await?;
        self.look_for_restore().await?;
        let now = self.clock.moment();
        if !Keeper::Reaper.works() {
            return Ok(Reaped::default());
        }
        let due = Select::from(&ITEMS)
            .and(Condition::Compare("expires", Operator::AtMost, now.into()))
            .order("expires", Direction::Ascending)
            .limit(limit);
        let rows = self.stores.records.select(due).await?;
        let mut reaped =
            Reaped { more: rows.len() as u64 >= u64::from(limit.max(1)), ..Reaped::default() };
        if let Some(first) = rows.first() {
            reaped.lag_ms = now.0.saturating_sub(first.moment("expires")?.0);
        }
        for batch in rows.chunks(BATCH as usize) {
            let removed = self.remove_rows(batch.to_vec(), Cause::Expiry, now).await?;
            reaped.items += removed.items;
            reaped.objects += removed.objects;
        }
        self.forget_events(now, limit).await?;
        reaped.objects += self.retry_removals(now, limit).await?;
        reaped.keys = self.ring.destroy_past(now).await?;
        self.tell_keys(now).await?;
        self.carry_over().await?;
        self.forget_lines(now).await?;
        self.destroy_ended_holds(now).await?;
        let last = self.swept.load(Ordering::SeqCst);
        if now.0.saturating_sub(last) >= SWEEP_EVERY {
            reaped.orphans = self.sweep(now).await?;
            self.swept.store(now.0, Ordering::SeqCst);
        }
        if reaped.items > 0 || reaped.keys > 0 {
            self.unscrubbed.store(true, Ordering::SeqCst);
        }
        self.scrub().await;
        reaped.pending = self.stores.records.count(&REMOVALS, Vec::new()).await?;
        Ok(reaped)
    }

    /// Overwrites what is left of removed keys in the journals of the stores. What
    /// hinders it now is over soon, and the reaper tries again.
    async fn scrub(&self) {
        if !self.unscrubbed.swap(false, Ordering::SeqCst) {
            return;
        }
        for store in [&self.stores.records, &self.stores.keys] {
            match store.scrub().await {
                Ok(true) => {}
                Ok(false) => self.unscrubbed.store(true, Ordering::SeqCst),
                Err(error) => {
                    self.unscrubbed.store(true, Ordering::SeqCst);
                    tracing::warn!(%error, "the journal of a store is not overwritten yet");
                }
            }
        }
    }

    /// How far behind its deadlines the vault is.
    pub async fn overdue(&self) -> Result<Overdue, VaultError> {
        let now = self.clock.moment();
        let due = || Condition::Compare("expires", Operator::AtMost, now.into());
        let items = self.stores.records.count(&ITEMS, vec![due()]).await?;
        let pending = self.stores.records.count(&REMOVALS, Vec::new()).await?;
        let mut lag_ms = 0;
        if items > 0 {
            let first = Select::from(&ITEMS).and(due()).order("expires", Direction::Ascending);
            if let Some(row) = self.stores.records.select(first.limit(1)).await?.first() {
                lag_ms = now.0.saturating_sub(row.moment("expires")?.0);
            }
        }
        Ok(Overdue { items, lag_ms, pending })
    }

    /// Removes objects that no row names, and uploads that nobody took, when they
    /// are old enough; returns how many. A store that is down leaves them for the
    /// next time.
    async fn sweep(&self, now: Timestamp) -> Result<u64, VaultError> {
        let uploads = self.older(upload::PREFIX, UPLOAD_RESTS, now).await;
        let old = self.older(PREFIX, GRACE, now).await;
        let mut swept = self.remove_objects(uploads).await.0.len() as u64;
        for batch in old.chunks(BATCH as usize) {
            let ids =
                batch.iter().filter_map(|key| Stored::of_object(key).map(|(_, id)| id.into()));
            let select = Select::from(&ITEMS).and(Condition::In("id", ids.collect()));
            let rows = self.stores.records.select(select).await?;
            let named: HashSet<&str> = rows
                .iter()
                .filter_map(|row| row.optional_text("object").transpose())
                .collect::<Result<_, _>>()?;
            let orphans =
                batch.iter().filter(|key| !named.contains(key.as_str())).cloned().collect();
            swept += self.remove_objects(orphans).await.0.len() as u64;
        }
        Ok(swept)
    }

    /// Objects under a prefix that were made so long ago.
    async fn older(&self, prefix: &str, age_ms: u64, now: Timestamp) -> Vec<ObjectKey> {
        let listed = self.stores.objects.list(prefix).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "objects cannot be listed: none were swept");
            Vec::new()
        });
        let old = |created: Timestamp| created.0.saturating_add(age_ms) <= now.0;
        listed
            .into_iter()
            .map(|facts| facts.key)
            .filter(|key| Stored::of_object(key).is_some_and(|(created, _)| old(created)))
            .collect()
    }

    /// Takes rows out, and with them the data keys; then their bytes. What
    /// somebody else takes out at the same time is left to him, so that each
    /// item is in one event.
    async fn remove_rows(
        &self,
        mut rows: Vec<Row>,
        cause: Cause,
        now: Timestamp,
    ) -> Result<Removed, VaultError> {
        loop {
            let changes = self.destruction(&rows, cause, now)?;
            match self.stores.records.commit(changes).await {
                Ok(()) => break,
                Err(RecordsError::Conflict) => {
                    let before = rows.len();
                    rows = self.still_there(&rows).await?;
                    if rows.is_empty() {
                        return Ok(Removed::default());
                    }
                    // Nobody has taken any of them: it is another conflict.
                    if rows.len() == before {
                        return Err(VaultError::Conflict);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        let mut objects = Vec::new();
        for row in &rows {
            // What is no key was never written; the journal shows it.
            objects.extend(row.optional_text("object")?.map(str::parse::<ObjectKey>));
        }
        let objects = objects.into_iter().flatten().collect();
        let (done, failed) = self.remove_objects(objects).await;
        self.forget(&done).await?;
        let (objects, pending) = (done.len() as u64, failed.len() as u64);
        Ok(Removed { items: rows.len() as u64, objects, pending })
    }

    /// The changes that take rows out, each of them by nobody else.
    fn destruction(
        &self,
        rows: &[Row],
        cause: Cause,
        now: Timestamp,
    ) -> Result<Vec<Change>, VaultError> {
        let mut changes =
            self.random.with(|random| history::deletions(rows, cause, now, random))?;
        for row in rows {
            // What is of no use to anybody goes even if its row is not understood.
            let line = Stored::read(row).ok().and_then(|stored| Line::erased(&stored, now));
            changes.extend(line.map(|line| self.random.with(|random| line.change(random))));
            if let Some(object) = row.optional_text("object")? {
                changes.push(journal_entry(object, now));
            }
            changes.push(Change::Delete {
                table: &ITEMS,
                conditions: vec![Condition::is("id", row.text("id")?)],
                expect: Expect::One,
            });
        }
        Ok(changes)
    }

    /// Those of these rows that nobody has taken out.
    async fn still_there(&self, rows: &[Row]) -> Result<Vec<Row>, VaultError> {
        let mut ids = Vec::with_capacity(rows.len());
        for row in rows {
            ids.push(Value::from(row.text("id")?));
        }
        let select = Select::from(&ITEMS).and(Condition::In("id", ids));
        Ok(self.stores.records.select(select).await?)
    }

    /// Tries again what could not be removed before.
    async fn retry_removals(&self, now: Timestamp, limit: u32) -> Result<u64, VaultError> {
        let due = Select::from(&REMOVALS)
            .and(Condition::Compare("due", Operator::AtMost, now.into()))
            .order("due", Direction::Ascending)
            .limit(limit);
        let rows = self.stores.records.select(due).await?;
        let mut removed = 0;
        for batch in rows.chunks(BATCH as usize) {
            let keys = batch
                .iter()
                .map(|row| row.parsed::<ObjectKey>("object"))
                .collect::<Result<Vec<_>, RecordsError>>()?;
            let (done, failed) = self.remove_objects(keys).await;
            self.forget(&done).await?;
            self.put_off(batch, &failed, now).await?;
            removed += done.len() as u64;
        }
        Ok(removed)
    }

    /// Removes objects; returns those that are gone and those that are not.
    async fn remove_objects(&self, keys: Vec<ObjectKey>) -> (Vec<ObjectKey>, Vec<ObjectKey>) {
        let deletions = stream::iter(keys).map(|key| async {
            let deleted = self.stores.objects.delete(&key).await;
            (key, deleted)
        });
        let mut outcome = (Vec::new(), Vec::new());
        let mut deletions = deletions.buffer_unordered(AT_ONCE);
        while let Some((key, deleted)) = deletions.next().await {
            match deleted {
                Ok(()) => outcome.0.push(key),
                Err(error) => {
                    tracing::warn!(%error, "an object could not be removed and will be tried again");
                    outcome.1.push(key);
                }
            }
        }
        outcome
    }

    /// Takes objects that are gone out of the journal.
    async fn forget(&self, gone: &[ObjectKey]) -> Result<(), VaultError> {
        if gone.is_empty() {
            return Ok(());
        }
        let names = gone.iter().map(|key| key.as_str().into()).collect();
        let change = Change::Delete {
            table: &REMOVALS,
            conditions: vec![Condition::In("object", names)],
            expect: Expect::Any,
        };
        Ok(self.stores.records.commit(vec![change]).await?)
    }

    /// Sets when objects that are still there are tried again.
    async fn put_off(
        &self,
        rows: &[Row],
        failed: &[ObjectKey],
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let mut changes = Vec::with_capacity(failed.len());
        for row in rows {
            let object = row.text("object")?;
            if !failed.iter().any(|key| key.as_str() == object) {
                continue;
            }
            let attempts = row.integer("attempts")?.saturating_add(1);
            let doubled = 1_000u64 << attempts.clamp(0, 10);
            let due = Timestamp(now.0.saturating_add(doubled.min(LONGEST_PAUSE)));
            changes.push(Change::Update {
                table: &REMOVALS,
                set: vec![("attempts", attempts.into()), ("due", due.into())],
                conditions: vec![Condition::is("object", object)],
                expect: Expect::Any,
            });
        }
        if changes.is_empty() {
            return Ok(());
        }
        Ok(self.stores.records.commit(changes).await?)
    }
}

fn held(realm: &Realm, owner: &str) -> Vec<Condition> {
    let realm = Condition::is("realm", realm.to_string());
    vec![realm, Condition::is("owner", owner), Condition::NotNull("held")]
}

/// What became of bytes.
#[derive(Default)]
struct Removed {
    items: u64,
    objects: u64,
    pending: u64,
}

/// The journal's entry for an item's bytes, if they lie in the object store.
pub(super) fn journal(content: &Content, now: Timestamp) -> Option<Change> {
    match content {
        Content::Row(_) => None,
        Content::Object(key) => Some(journal_entry(key.as_str(), now)),
    }
}

pub(super) fn journal_entry(object: &str, now: Timestamp) -> Change {
    Change::InsertIfAbsent(
        Row::new(&REMOVALS)
            .with("object", object)
            .with("since", now)
            .with("due", now)
            .with("attempts", 0i64),
    )
}
