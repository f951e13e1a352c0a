//! A store that can be told to take no trace of a call.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bonafide_context::Timestamp;
use bonafide_vault::records::{
    Change, Condition, Migration, Pieces, Records, RecordsError, Row, Select, Sqlite, Table,
};

pub(super) struct Store {
    store: Sqlite,
    takes_no_trace: AtomicBool,
}

impl Store {
    pub(super) fn over(store: Sqlite) -> Self {
        Self { store, takes_no_trace: AtomicBool::new(false) }
    }

    /// From now on, a commit with the monitoring row of a call fails.
    pub(super) fn take_no_trace(&self, so: bool) {
        self.takes_no_trace.store(so, Ordering::SeqCst);
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
        if self.takes_no_trace.load(Ordering::SeqCst) && changes.iter().any(is_row_of_a_call) {
            return Err(RecordsError::Unavailable { reason: "told to take no trace".to_owned() });
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
