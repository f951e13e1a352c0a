//! A store that counts what it is asked, and can go away.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use bonafide_context::Timestamp;
use bonafide_vault::records::{
    Change, Condition, Migration, Records, RecordsError, Row, Select, Sqlite, Table,
};

pub(super) struct Watched {
    store: Sqlite,
    asked: AtomicU64,
    down: AtomicBool,
    rivals: Mutex<VecDeque<Change>>,
}

impl Watched {
    pub(super) fn over(store: Sqlite) -> Self {
        Self {
            store,
            asked: AtomicU64::new(0),
            down: AtomicBool::new(false),
            rivals: Mutex::default(),
        }
    }

    /// How often something was asked or written until now.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    pub(super) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// From now on, before each commit one of these is made by someone else.
    pub(super) fn outrun(&self, by: impl IntoIterator<Item = Change>) {
        *self.rivals.lock().unwrap() = by.into_iter().collect();
    }

    fn ask(&self) -> Result<&Sqlite, RecordsError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(RecordsError::Unavailable { reason: "told to be down".to_owned() });
        }
        Ok(&self.store)
    }
}

#[async_trait]
impl Records for Watched {
    async fn migrate(&self, all: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        self.ask()?.migrate(all, now).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let store = self.ask()?;
        let rival = self.rivals.lock().unwrap().pop_front();
        if let Some(rival) = rival {
            store.commit(vec![rival]).await?;
        }
        store.commit(changes).await
    }

    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError> {
        self.ask()?.select(select).await
    }

    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError> {
        self.ask()?.count(table, conditions).await
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        rows: tokio::sync::mpsc::Sender<(usize, Vec<Row>)>,
    ) -> Result<(), RecordsError> {
        self.ask()?.snapshot(tables, rows).await
    }

    async fn check(&self) -> Result<(), RecordsError> {
        self.ask()?.check().await
    }
}
