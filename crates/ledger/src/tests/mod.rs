//! The ledger over real embedded stores, with faults where they can happen.

mod closing;
mod reading;
mod reaping;
mod servers;
mod shipping;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bonafide_context::{CallId, Clock, Date, Environment, FixedClock, Seeded, TenantId, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::records::{
    self, Change, Column, Condition, Kind, Migration, Pieces, Records, RecordsError, Row, Select,
    Sqlite, Step, Table,
};

use crate::index::{Embedded, IndexQuery, Refused};
use crate::ledger::lock;
use crate::tables::CALLS;
use crate::{
    ApplicationId, Call, Caller, IndexError, Interface, KeyId, Ledger, LogEntry, LogIndex,
    MIGRATIONS, Prices, Scope, Scopes, View,
};

pub(super) const READ: Interface =
    Interface::new("documents.read", "document", Some(Scope::Document));
pub(super) const COMPARE: Interface = Interface::new("faces.compare", "face", Some(Scope::Face));

/// 2026-11-22T12:00:00Z.
pub(super) const NOON: u64 = 1_795_348_800_000;
pub(super) const DAY: u64 = 86_400_000;

/// What a use case would store: one row a name.
static THINGS: Table = Table {
    name: "things",
    category: Category::Configuration,
    columns: &[Column::new("name", Kind::Name)],
    key: &["name"],
    indexes: &[],
};

const THING_MIGRATIONS: &[Migration] =
    &[Migration { room: "things", version: 1, steps: &[Step::Create(&THINGS)] }];

/// A ledger with its stores, which go when it goes.
pub(super) struct House {
    pub(super) ledger: Ledger,
    pub(super) records: Arc<Faulty>,
    pub(super) index: Arc<Switched>,
    pub(super) clock: Arc<FixedClock>,
    random: Mutex<Seeded>,
    _folder: tempfile::TempDir,
}

impl House {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(folder.path().join("records.db")).await.unwrap();
        Self::over(Arc::new(sqlite), folder).await
    }

    /// A house over another record store, which may have been used before.
    pub(super) async fn over(records: Arc<dyn Records>, folder: tempfile::TempDir) -> Self {
        Self::with_chance(records, folder, 1).await
    }

    /// The same with ids of its own, for stores that are not empty.
    pub(super) async fn with_chance(
        records: Arc<dyn Records>,
        folder: tempfile::TempDir,
        seed: u64,
    ) -> Self {
        for migrations in [records::MIGRATIONS, MIGRATIONS, THING_MIGRATIONS] {
            records.migrate(migrations, Timestamp(NOON)).await.unwrap();
        }
        let records = Arc::new(Faulty { inner: records, faults: Mutex::new(VecDeque::new()) });
        let index = Arc::new(Switched {
            inner: Embedded::open(folder.path().join("log")).unwrap(),
            down: AtomicBool::new(false),
            refuses: Mutex::new(None),
        });
        let clock = Arc::new(FixedClock::at(Timestamp(NOON)));
        let prices = r#"{"currency":"EUR","interfaces":{
            "documents.read":{"ok":30000,"unreadable":10000},"faces.compare":{"*":5}}}"#;
        let prices: Prices = serde_json::from_str(prices).unwrap();
        let ledger = Ledger::new(
            records.clone(),
            index.clone(),
            prices,
            clock.clone(),
            &mut Seeded::new(seed),
        );
        let random = Mutex::new(Seeded::new(seed));
        Self { ledger, records, index, clock, random, _folder: folder }
    }

    /// Another node over the same stores.
    pub(super) fn second_node(&self) -> Ledger {
        self.node(2)
    }

    /// A node with this chance.
    pub(super) fn node(&self, seed: u64) -> Ledger {
        Ledger::new(
            self.records.clone(),
            self.index.clone(),
            Prices::free(),
            self.clock.clone(),
            &mut Seeded::new(seed),
        )
    }

    pub(super) fn open(&self, caller: &Caller, interface: &'static Interface) -> Call {
        self.ledger.open_call(self.new_call(), caller.clone(), interface)
    }

    /// The name of a call that begins now.
    pub(super) fn new_call(&self) -> CallId {
        CallId::new(self.clock.now(), &mut *lock(&self.random))
    }

    /// Rows of a table that meet a condition.
    pub(super) async fn count(&self, table: &'static Table, conditions: Vec<Condition>) -> u64 {
        self.records.inner.count(table, conditions).await.unwrap()
    }

    pub(super) async fn rows(&self, table: &'static Table) -> Vec<Row> {
        self.records.inner.select(Select::from(table)).await.unwrap()
    }

    /// The results of all monitoring rows.
    pub(super) async fn results(&self) -> Vec<String> {
        let rows = self.rows(&CALLS).await;
        let mut results: Vec<_> =
            rows.iter().map(|row| row.text("result").unwrap().to_owned()).collect();
        results.sort_unstable();
        results
    }

    /// All counted calls equal all rows, and so do the fees.
    pub(super) async fn counter_equals_rows(&self) {
        let rows = self.rows(&CALLS).await;
        let counters = self.rows(&crate::tables::USAGE).await;
        let sum = |rows: &[Row], column| -> i64 {
            rows.iter().map(|row| row.integer(column).unwrap()).sum()
        };
        assert_eq!(sum(&counters, "calls"), i64::try_from(rows.len()).unwrap());
        assert_eq!(sum(&counters, "fees"), sum(&rows, "fee"));
    }
}

pub(super) fn caller(seed: u64) -> Caller {
    let mut random = Seeded::new(seed);
    Caller {
        tenant: TenantId(1_300_000_000 + seed),
        application: ApplicationId::new(&mut random),
        environment: Environment::Sandbox,
        region: "apac".parse().unwrap(),
        key: Some(KeyId::new(&mut random)),
        scopes: [Scope::Document, Scope::Face].into_iter().collect(),
        bound_to: None,
    }
}

/// The same tenant's administrator, with another application.
pub(super) fn admin_of(caller: &Caller) -> Caller {
    let application = ApplicationId::new(&mut Seeded::new(99));
    Caller { application, scopes: Scopes::all(), ..caller.clone() }
}

pub(super) fn today() -> Date {
    Timestamp(NOON).date()
}

pub(super) fn view(caller: &Caller) -> View {
    View::of(caller)
}

pub(super) fn thing(name: &str) -> Change {
    Change::Insert(Row::new(&THINGS).with("name", name))
}

pub(super) fn malformed_thing() -> Change {
    Change::Insert(Row::new(&THINGS).with("no such column", "x"))
}

/// What happens to the next commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The store does not answer.
    Down,
    /// It was committed, but nobody knows.
    UnknownDone,
    /// It was not committed, but nobody knows.
    UnknownLost,
    /// It never comes back.
    Hangs,
}

/// A record store with faults to order.
pub(super) struct Faulty {
    pub(super) inner: Arc<dyn Records>,
    faults: Mutex<VecDeque<Fault>>,
}

impl Faulty {
    pub(super) fn next(&self, faults: &[Fault]) {
        lock(&self.faults).extend(faults);
    }
}

#[async_trait]
impl Records for Faulty {
    async fn migrate(&self, migrations: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        self.inner.migrate(migrations, now).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let fault = lock(&self.faults).pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::None => self.inner.commit(changes).await,
            Fault::Down => Err(RecordsError::Unavailable { reason: "a test".to_owned() }),
            Fault::UnknownDone => {
                self.inner.commit(changes).await.unwrap();
                Err(RecordsError::Unknown)
            }
            Fault::UnknownLost => Err(RecordsError::Unknown),
            Fault::Hangs => std::future::pending().await,
        }
    }

    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError> {
        self.inner.select(select).await
    }

    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError> {
        self.inner.count(table, conditions).await
    }

    async fn check(&self) -> Result<(), RecordsError> {
        self.inner.check().await
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        pieces: Pieces,
    ) -> Result<(), RecordsError> {
        self.inner.snapshot(tables, pieces).await
    }
}

/// An index that can be switched off, or made to refuse entries of a step.
pub(super) struct Switched {
    inner: Embedded,
    down: AtomicBool,
    refuses: Mutex<Option<&'static str>>,
}

impl Switched {
    pub(super) fn down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    pub(super) fn refuse(&self, step: Option<&'static str>) {
        *lock(&self.refuses) = step;
    }

    fn up(&self) -> Result<&Embedded, IndexError> {
        if self.down.load(Ordering::SeqCst) {
            Err(IndexError::Unavailable { reason: "a test".to_owned() })
        } else {
            Ok(&self.inner)
        }
    }
}

#[async_trait]
impl LogIndex for Switched {
    async fn put(&self, entries: &[LogEntry]) -> Result<Vec<Refused>, IndexError> {
        let step = *lock(&self.refuses);
        let refused = |entry: &LogEntry| step == Some(entry.step.as_str());
        let taken: Vec<_> = entries.iter().filter(|entry| !refused(entry)).cloned().collect();
        self.up()?.put(&taken).await?;
        let refused = entries.iter().enumerate().filter(|(_, entry)| refused(entry));
        Ok(refused
            .map(|(place, _)| Refused { place, reason: "mapper_parsing_exception".to_owned() })
            .collect())
    }

    async fn search(&self, query: &IndexQuery) -> Result<Vec<LogEntry>, IndexError> {
        self.up()?.search(query).await
    }

    async fn partitions(&self) -> Result<Vec<Date>, IndexError> {
        self.up()?.partitions().await
    }

    async fn page(
        &self,
        day: Date,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LogEntry>, IndexError> {
        self.up()?.page(day, after, limit).await
    }

    async fn drop_partition(&self, day: Date) -> Result<(), IndexError> {
        self.up()?.drop_partition(day).await
    }

    async fn forget(
        &self,
        day: Date,
        tenant: TenantId,
        interface: Option<&str>,
    ) -> Result<(), IndexError> {
        self.up()?.forget(day, tenant, interface).await
    }

    async fn check(&self) -> Result<(), IndexError> {
        self.up()?.check().await
    }
}
