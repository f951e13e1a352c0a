//! The deletion journal: what was erased before its hour, so that an older copy
//! of the records does not bring it back.
//!
//! Erasing takes an item's row, and with it the only copy of its data key. An
//! older copy of the row still has it, wrapped under the key of an hour that has
//! not passed. So each erasure leaves a line, in its own commit; the line is
//! carried over to the key store, which has a backup of its own, before the
//! erasure is answered; and no item is opened that the key store has such a line
//! for. A line is kept until the key of the item's hour is gone.
//!
//! A line names an item by the hash of its realm, owner and name, and means every
//! item of that name from before its moment: also one that an older copy of the
//! records has in the place of the one that was erased. The line of a deadline
//! that was moved earlier names one item, and the moment.

use std::collections::BTreeMap;

use bonafide_context::{Keeper, Timestamp};
use bonafide_transparency::{Hash, SignedCheckpoint};

use super::Vault;
use super::stored::Stored;
use super::tables::{DEAD, DEATHS, KEY_MARKS, MARKS};
use crate::records::{
    Change, Condition, Direction, Expect, Operator, RecordsError, Row, Select, Value,
};
use crate::seal::{self, KeyName};
use crate::{Records, VaultError};

/// Lines carried over by one commit at most.
const BATCH: u32 = 500;
/// How often an attempt to carry lines over is repeated when another node was at
/// it.
const ATTEMPTS: u32 = 3;
/// The mark of the log's head up to which the key store has every line.
const REACHES: &str = "journal";

/// What the journal says of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The hash of an item's place, or the id of an item.
    key: String,
    /// Of an erasure: the item that was there.
    item: Option<String>,
    /// Of an erasure: what is from before it is dead. Of an earlier deadline: from
    /// when on the item is dead.
    since: u64,
    /// When the key of the item's hour is gone, and the line with it.
    ends: u64,
}

impl Line {
    /// Of an item that is erased now; `None` if it is past its deadline, which
    /// every copy of its row knows.
    pub(super) fn erased(stored: &Stored, now: Timestamp) -> Option<Self> {
        let ends = stored.sealed_until().0.min(i64::MAX.unsigned_abs());
        (ends > now.0).then(|| Self {
            key: place(stored),
            item: Some(stored.id.clone()),
            since: now.0,
            ends: end_of_hour(ends),
        })
    }

    /// Of an item that is to go earlier than its row says in older copies.
    pub(super) fn earlier(stored: &Stored, from: Timestamp) -> Self {
        let ends = end_of_hour(stored.sealed_until().0);
        Self { key: stored.id.clone(), item: None, since: from.0, ends }
    }

    /// The change that writes it down beside what happened.
    pub(super) fn change(self, random: &mut dyn bonafide_context::Random) -> Change {
        let mut id = [0; 16];
        random.fill(&mut id);
        Change::Insert(
            Row::new(&DEATHS)
                .with("id", seal::hex(&id))
                .with("dead", self.key)
                .with("item", self.item)
                .with("since", self.since)
                .with("ends", self.ends),
        )
    }

    fn read(row: &Row, key: &str) -> Result<Self, VaultError> {
        let number = |column| Ok::<_, VaultError>(u64::try_from(row.integer(column)?).unwrap_or(0));
        Ok(Self {
            key: row.text(key)?.to_owned(),
            item: row.optional_text("item")?.map(str::to_owned),
            since: number("since")?,
            ends: number("ends")?,
        })
    }

    /// What two lines of the same key say together.
    fn and(self, other: Self) -> Self {
        let ends = self.ends.max(other.ends);
        // Of two erasures the later says all that the earlier did; of two
        // deadlines the earlier holds.
        let (later, earlier) =
            if self.since >= other.since { (self, other) } else { (other, self) };
        Self { ends, ..if later.item.is_some() { later } else { earlier } }
    }

    fn row(self) -> Row {
        Row::new(&DEAD)
            .with("id", self.key)
            .with("item", self.item)
            .with("since", self.since)
            .with("ends", self.ends)
    }

    /// Whether an item under this key is dead at `now`.
    pub(super) fn says_dead(&self, stored: &Stored, now: Timestamp) -> bool {
        if !Keeper::DeletionJournal.works() {
            return false;
        }
        match &self.item {
            Some(item) => *item == stored.id || stored.facts.created.0 < self.since,
            None => self.since <= now.0,
        }
    }
}

impl Vault {
    /// Whether the journal says that an item is not to be opened.
    pub(super) async fn is_dead(
        &self,
        stored: &Stored,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let lines = self.lines([stored]).await?;
        Ok([place(stored), stored.id.clone()]
            .iter()
            .any(|key| lines.get(key).is_some_and(|line| line.says_dead(stored, now))))
    }

    /// Which of these items the journal says are not to be opened.
    pub(super) async fn dead_among<'s>(
        &self,
        items: &'s [Stored],
        now: Timestamp,
    ) -> Result<Vec<&'s Stored>, VaultError> {
        let lines = self.lines(items).await?;
        let dead = |stored: &&Stored| {
            [place(stored), stored.id.clone()]
                .iter()
                .any(|key| lines.get(key).is_some_and(|line| line.says_dead(stored, now)))
        };
        Ok(items.iter().filter(dead).collect())
    }

    async fn lines<'s>(
        &self,
        items: impl IntoIterator<Item = &'s Stored>,
    ) -> Result<BTreeMap<String, Line>, VaultError> {
        let mut keys = Vec::new();
        for stored in items {
            keys.push(place(stored).into());
            keys.push(stored.id.as_str().into());
        }
        let select = Select::from(&DEAD).and(Condition::In("id", keys));
        let rows = self.stores.keys.select(select).await.map_err(VaultError::of_keys)?;
        rows.iter().map(|row| Line::read(row, "id").map(|line| (line.key.clone(), line))).collect()
    }

    /// Carries lines over to the key store; returns how many.
    pub(super) async fn carry_over(&self) -> Result<u64, VaultError> {
        let mut carried = 0;
        loop {
            let select = Select::from(&DEATHS)
                .and(Condition::Null("carried"))
                .order("id", Direction::Ascending)
                .limit(BATCH);
            let rows = self.stores.records.select(select).await?;
            if rows.is_empty() {
                return Ok(carried);
            }
            let mut lines: BTreeMap<String, Line> = BTreeMap::new();
            let mut ids: Vec<Value> = Vec::with_capacity(rows.len());
            for row in &rows {
                ids.push(row.text("id")?.into());
                let line = Line::read(row, "dead")?;
                let line = match lines.remove(&line.key) {
                    Some(other) => line.and(other),
                    None => line,
                };
                lines.insert(line.key.clone(), line);
            }
            self.write_lines(lines).await?;
            let change = Change::Update {
                table: &DEATHS,
                set: vec![("carried", self.clock.moment().into())],
                conditions: vec![Condition::In("id", ids)],
                expect: Expect::Any,
            };
            self.stores.records.commit(vec![change]).await?;
            carried += rows.len() as u64;
        }
    }

    async fn write_lines(&self, lines: BTreeMap<String, Line>) -> Result<(), VaultError> {
        let keys: Vec<Value> = lines.keys().map(|key| key.as_str().into()).collect();
        let there = || Condition::In("id", keys.clone());
        let mut attempt = 0;
        loop {
            let mut lines = lines.clone();
            let known = self.stores.keys.select(Select::from(&DEAD).and(there())).await;
            for row in &known.map_err(VaultError::of_keys)? {
                let known = Line::read(row, "id")?;
                if let Some(line) = lines.remove(&known.key) {
                    lines.insert(known.key.clone(), line.and(known));
                }
            }
            let old =
                Change::Delete { table: &DEAD, conditions: vec![there()], expect: Expect::Any };
            let new = lines.into_values().map(|line| Change::Insert(line.row()));
            let changes = std::iter::once(old).chain(new).collect();
            match self.stores.keys.commit(changes).await {
                Ok(()) => return Ok(()),
                Err(RecordsError::Conflict) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(VaultError::of_keys(error)),
            }
        }
    }

    /// How many lines wait to be carried over to the key store.
    pub async fn unjournalled(&self) -> Result<u64, VaultError> {
        Ok(self.stores.records.count(&DEATHS, vec![Condition::Null("carried")]).await?)
    }

    /// Takes out lines whose keys are gone.
    pub(super) async fn forget_lines(&self, now: Timestamp) -> Result<(), VaultError> {
        let over = || Condition::Compare("ends", Operator::AtMost, now.into());
        let carried = vec![over(), Condition::NotNull("carried")];
        for (store, table, conditions) in
            [(&self.stores.records, &DEATHS, carried), (&self.stores.keys, &DEAD, vec![over()])]
        {
            if store.count(table, conditions.clone()).await? > 0 {
                let change = Change::Delete { table, conditions, expect: Expect::Any };
                store.commit(vec![change]).await?;
            }
        }
        Ok(())
    }

    /// Writes down that the key store has every line of what the log says up to
    /// this checkpoint: in the key store, and beside the lines, so that a key
    /// store that was put back is noticed.
    pub(super) async fn journal_reaches(&self, to: &SignedCheckpoint) -> Result<(), VaultError> {
        let size = to.head().size;
        let line = Row::new(&KEY_MARKS).with("name", REACHES).with("at", 0u64).with("value", "");
        let older = || vec![Condition::is("name", REACHES), Condition::less("at", size)];
        let keys = Change::Update {
            table: &KEY_MARKS,
            set: vec![("at", size.into()), ("value", to.to_text().into())],
            conditions: older(),
            expect: Expect::Any,
        };
        let changes = vec![Change::InsertIfAbsent(line), keys];
        self.stores.keys.commit(changes).await.map_err(VaultError::of_keys)?;
        let line = Row::new(&MARKS).with("name", REACHES).with("at", 0u64);
        let records = Change::Update {
            table: &MARKS,
            set: vec![("at", size.into())],
            conditions: older(),
            expect: Expect::Any,
        };
        Ok(self.stores.records.commit(vec![Change::InsertIfAbsent(line), records]).await?)
    }

    /// The checkpoint up to which the key store has every line; `None` if it has
    /// never had any.
    pub async fn journal(&self) -> Result<Option<SignedCheckpoint>, VaultError> {
        let select = Select::from(&KEY_MARKS).and(Condition::is("name", REACHES));
        let rows = self.stores.keys.select(select).await.map_err(VaultError::of_keys)?;
        let Some(row) = rows.first() else { return Ok(None) };
        let text = row.text("value")?;
        if text.is_empty() {
            return Ok(None);
        }
        SignedCheckpoint::parse(text.as_bytes()).map(Some).map_err(|_| VaultError::Damaged)
    }

    /// If the key store is older than the records, which remember how far it
    /// reached: every line is carried over again.
    pub(super) async fn mend_journal(&self) -> Result<(), VaultError> {
        let reached = reached(self.stores.records.as_ref()).await?;
        let reaches = self.journal().await?.map_or(0, |journal| journal.head().size);
        if reaches < reached {
            let change = Change::Update {
                table: &DEATHS,
                set: vec![("carried", Value::Null)],
                conditions: vec![Condition::NotNull("carried")],
                expect: Expect::Any,
            };
            self.stores.records.commit(vec![change]).await?;
        }
        Ok(())
    }
}

async fn reached(records: &dyn Records) -> Result<u64, VaultError> {
    let select = Select::from(&MARKS).and(Condition::is("name", REACHES));
    let rows = records.select(select).await?;
    let at = rows.first().map(|row| row.optional_integer("at")).transpose()?.flatten();
    Ok(at.and_then(|at| u64::try_from(at).ok()).unwrap_or(0))
}

/// The hash of where an item lies: says nothing of whose it is, whose ids are
/// drawn at random.
fn place(stored: &Stored) -> String {
    let mut text = Vec::with_capacity(160);
    for part in ["bonafide/vault/place/v1", &stored.realm, &stored.owner, &stored.facts.name] {
        text.extend_from_slice(&(part.len() as u64).to_be_bytes());
        text.extend_from_slice(part.as_bytes());
    }
    Hash::sha256(&text).to_hex()
}

fn end_of_hour(expires: u64) -> u64 {
    KeyName::end_of_hour(Timestamp(expires)).min(i64::MAX.unsigned_abs())
}
