//! A store that can be told to take no trace of a call.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bonafide_context::Timestamp;
use bonafide_vault::records::{
    Change, Condition, Migration, Pieces, Records, RecordsError, Row, Select, Sqlite, Table,
};
use tokio::sync::Notify;

pub(super) struct Store {
    store: Sqlite,
    takes_no_trace: AtomicBool,
    /// After so many commits none succeeds.
    commits_left: AtomicU64,
    /// The next commit of this kind waits.
    held_up: Mutex<Option<(Touch, Arc<HeldUp>)>>,
}

/// What a commit does to a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Touch {
    Inserts(&'static str),
    Updates(&'static str),
    Deletes(&'static str),
}

impl Touch {
    fn is(self, change: &Change) -> bool {
        match (self, change) {
            (Self::Inserts(name), Change::Insert(row)) => row.table().name == name,
            (Self::Updates(name), Change::Update { table, .. })
            | (Self::Deletes(name), Change::Delete { table, .. }) => table.name == name,
            _ => false,
        }
    }
}

/// A commit that waits until it is let go.
#[derive(Default)]
pub(super) struct HeldUp {
    reached: Notify,
    go: Notify,
}

impl HeldUp {
    /// Until the commit is there.
    pub(super) async fn reached(&self) {
        self.reached.notified().await;
    }

    pub(super) fn let_go(&self) {
        self.go.notify_one();
    }
}

impl Store {
    pub(super) fn over(store: Sqlite) -> Self {
        Self {
            store,
            takes_no_trace: AtomicBool::new(false),
            commits_left: AtomicU64::new(u64::MAX),
            held_up: Mutex::new(None),
        }
    }

    /// Holds up the next commit that does this to a table.
    pub(super) fn hold_up(&self, touch: Touch) -> Arc<HeldUp> {
        let held = Arc::new(HeldUp::default());
        *self.held_up.lock().unwrap() = Some((touch, held.clone()));
        held
    }

    fn holding_up(&self, changes: &[Change]) -> Option<Arc<HeldUp>> {
        let mut held = self.held_up.lock().unwrap();
        let touches = |touch: Touch| changes.iter().any(|change| touch.is(change));
        held.take_if(|(touch, _)| touches(*touch)).map(|(_, held)| held)
    }

    /// From now on, a commit with the monitoring row of a call fails.
    pub(super) fn take_no_trace(&self, so: bool) {
        self.takes_no_trace.store(so, Ordering::SeqCst);
    }
}

impl Store {
    /// Dies after so many commits: what comes later finds nothing changed.
    pub(super) fn dies_after(&self, commits: u64) {
        self.commits_left.store(commits, Ordering::SeqCst);
    }

    /// Starts again.
    pub(super) fn lives(&self) {
        self.dies_after(u64::MAX);
    }
}

fn is_row_of_a_call(change: &Change) -> bool {
    matches!(change, Change::Insert(row) if row.table().name == "ledger_calls")
}

#[async_trait]
impl Records for Store {
    async fn migrate(&self, all: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        self.store.migrate(all, now).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        if let Some(held) = self.holding_up(&changes) {
            held.reached.notify_one();
            held.go.notified().await;
        }
        if self.takes_no_trace.load(Ordering::SeqCst) && changes.iter().any(is_row_of_a_call) {
            return Err(RecordsError::Unavailable { reason: "told to take no trace".to_owned() });
        }
        let one_less = |left: u64| left.checked_sub(1);
        let (set, fetch) = (Ordering::SeqCst, Ordering::SeqCst);
        if self.commits_left.fetch_update(set, fetch, one_less).is_err() {
            return Err(RecordsError::Unavailable { reason: "told to die".to_owned() });
        }
        self.store.commit(changes).await
    }

    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError> {
        self.store.select(select).await
    }

    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError> {
        self.store.count(table, conditions).await
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        pieces: Pieces,
    ) -> Result<(), RecordsError> {
        self.store.snapshot(tables, pieces).await
    }

    async fn check(&self) -> Result<(), RecordsError> {
        self.store.check().await
    }
}
