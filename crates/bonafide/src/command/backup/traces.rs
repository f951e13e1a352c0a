//! The traces of calls in a backup: monitoring rows, counters and the operation log.
//!
//! They rest in clear and have an end (row R1), and a backup is not to outlast it.
//! So each line of the file holds some of them that end in the same hour, sealed under
//! a key of that hour. The keys go with the keys' backup, of which the newest takes the
//! place of the one before: once an hour has passed, no copy of the file opens.

use std::collections::BTreeMap;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_context::{TenantId, Timestamp};
use bonafide_ledger::{LogEntry, TRACES, TraceEnds};
use bonafide_policy::Category;
use bonafide_vault::records::dump::{pack, unpack};
use bonafide_vault::records::{Change, Row, Table};
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::sync::mpsc;

use super::{PAGE, damaged, failed, put, unusable};
use crate::failure::Failure;
use crate::house::House;

/// The name of the operation log among the tables.
const OPERATION_LOG: &str = "operation-log";
/// Rows of one line at most.
const ROWS: usize = 2_000;
/// Rows that wait to be sealed at most, of all lines together.
const WAITING: usize = 20_000;
/// An hour and a day, in milliseconds.
const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// Some traces that end in the same hour.
#[derive(Serialize, Deserialize)]
struct Line {
    table: String,
    category: String,
    /// When the hour begins in which they end, in milliseconds since 1970.
    ends: u64,
    /// In base64.
    sealed: String,
}

/// What was written, or read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traces {
    pub(super) rows: u64,
    pub(super) entries: u64,
    /// Lines that do not open any more.
    pub(super) over: u64,
}

/// Writes everything that does not end within this hour.
pub(super) async fn save(house: &House, file: &Path) -> Result<Traces, Failure> {
    let records = &*house.stores.records;
    let ends = TraceEnds::read(records).await.map_err(failed)?;
    let now = bonafide_context::Clock::now(&bonafide_context::SystemClock::start());
    let mut writer = Writer::create(house, file, (ends, now)).await?;
    let (pieces, mut read) = mpsc::channel(2);
    let taken = async {
        while let Some((at, rows)) = read.recv().await {
            let Some(&table) = TRACES.get(at) else { continue };
            for row in rows {
                writer.row(table, row).await?;
            }
        }
        writer.all().await
    };
    // At one moment, so that counters equal rows.
    let (snapshot, taken) = tokio::join!(records.snapshot(TRACES, pieces), taken);
    taken?;
    snapshot.map_err(failed)?;
    // After the rows: a call that was moved from the journal to the index meanwhile is
    // then in both, never in neither.
    let index = house.index(&house.outbound()?)?;
    for day in index.partitions().await.map_err(failed)? {
        let mut after: Option<String> = None;
        loop {
            let page = index.page(day, after.as_deref(), PAGE).await.map_err(failed)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            for entry in &page {
                writer.entry(entry).await?;
            }
        }
    }
    writer.finish().await
}

/// Puts back what still opens.
pub(super) async fn load(house: &House, file: &Path) -> Result<Traces, Failure> {
    let source = File::open(file).await.map_err(|error| unusable(file, &error))?;
    let index = house.index(&house.outbound()?)?;
    let mut lines = BufReader::new(source).lines();
    let mut done = Traces::default();
    while let Some(line) = lines.next_line().await.map_err(|error| unusable(file, &error))? {
        let line: Line = serde_json::from_str(&line).map_err(|_| damaged(file))?;
        let category: Category = line.category.parse().map_err(|_| damaged(file))?;
        let sealed = BASE64_STANDARD.decode(&line.sealed).map_err(|_| damaged(file))?;
        let opened = house.vault.open_from_backup(category, Timestamp(line.ends), &sealed).await;
        let Some(opened) = opened.map_err(failed)? else {
            done.over += 1;
            continue;
        };
        if line.table == OPERATION_LOG {
            let mut entries: Vec<LogEntry> =
                serde_json::from_slice(&opened).map_err(|_| damaged(file))?;
            done.entries += entries.len() as u64;
            put(&*index, &mut entries).await?;
            continue;
        }
        let table = TRACES.iter().copied().find(|table| table.name == line.table);
        let table: &'static Table = table.ok_or_else(|| damaged(file))?;
        let rows = unpack(table, &opened).map_err(failed)?;
        done.rows += rows.len() as u64;
        // A restore that was interrupted finds some of them there.
        let rows = rows.into_iter().map(Change::InsertIfAbsent).collect();
        house.stores.records.commit(rows).await.map_err(failed)?;
    }
    Ok(done)
}

/// What waits to be sealed.
enum Batch {
    Rows(&'static Table, Vec<Row>),
    Entries(Vec<LogEntry>),
}

impl Batch {
    fn len(&self) -> usize {
        match self {
            Self::Rows(_, rows) => rows.len(),
            Self::Entries(entries) => entries.len(),
        }
    }
}

struct Writer<'h> {
    house: &'h House,
    file: &'h Path,
    sink: BufWriter<File>,
    ends: TraceEnds,
    now: Timestamp,
    waiting: BTreeMap<(&'static str, u64), Batch>,
    /// How many rows and entries that is.
    waits: usize,
    done: Traces,
}

impl<'h> Writer<'h> {
    async fn create(
        house: &'h House,
        file: &'h Path,
        (ends, now): (TraceEnds, Timestamp),
    ) -> Result<Self, Failure> {
        let sink = File::create(file).await.map_err(|error| unusable(file, &error))?;
        let (sink, waiting, done) = (BufWriter::new(sink), BTreeMap::new(), Traces::default());
        Ok(Self { house, file, sink, ends, now, waiting, waits: 0, done })
    }

    /// When the hour begins in which what a tenant's call of a day left ends; `None` if
    /// it is this one. A day ends with its first call, so that nothing rests longer here
    /// than where it is served.
    fn ends(&self, tenant: TenantId, category: Category, interface: &str, at: u64) -> Option<u64> {
        let day = Timestamp(at / DAY * DAY);
        let ends =
            self.ends.of_interface(tenant, category, interface, day).0.min(i64::MAX.unsigned_abs());
        let hour = ends / HOUR * HOUR;
        (hour > self.now.0).then_some(hour)
    }

    async fn row(&mut self, table: &'static Table, row: Row) -> Result<(), Failure> {
        let read = |name: &str| row.moment(name).map_err(failed);
        let at = match table.columns.iter().any(|column| column.name == "day") {
            true => read("day")?.0.saturating_mul(DAY),
            false => read("started_at")?.0,
        };
        let tenant = TenantId(read("app_id")?.0);
        // What waits for the index names it inside; those rows are few and young.
        let interface = row.text("interface").unwrap_or_default();
        let Some(ends) = self.ends(tenant, table.category, interface, at) else {
            return Ok(());
        };
        let batch = self.waiting.entry((table.name, ends));
        if let Batch::Rows(_, rows) = batch.or_insert_with(|| Batch::Rows(table, Vec::new())) {
            rows.push(row);
        }
        self.waits += 1;
        self.done.rows += 1;
        self.full((table.name, ends)).await
    }

    async fn entry(&mut self, entry: &LogEntry) -> Result<(), Failure> {
        let category = Category::OperationLog;
        let Some(ends) = self.ends(entry.app_id, category, &entry.interface, entry.started_at)
        else {
            return Ok(());
        };
        let batch = self.waiting.entry((OPERATION_LOG, ends));
        if let Batch::Entries(entries) = batch.or_insert_with(|| Batch::Entries(Vec::new())) {
            entries.push(entry.clone());
        }
        self.waits += 1;
        self.done.entries += 1;
        self.full((OPERATION_LOG, ends)).await
    }

    /// Seals a batch that is full, and everything where too much waits.
    async fn full(&mut self, key: (&'static str, u64)) -> Result<(), Failure> {
        let is_full = self.waiting.get(&key).is_some_and(|batch| batch.len() >= ROWS);
        let full = is_full.then(|| self.waiting.remove(&key)).flatten();
        if let Some(batch) = full {
            self.seal(key, batch).await?;
        }
        if self.waits >= WAITING { self.all().await } else { Ok(()) }
    }

    async fn all(&mut self) -> Result<(), Failure> {
        while let Some((key, batch)) = self.waiting.pop_first() {
            self.seal(key, batch).await?;
        }
        Ok(())
    }

    async fn seal(
        &mut self,
        (table, ends): (&'static str, u64),
        batch: Batch,
    ) -> Result<(), Failure> {
        self.waits = self.waits.saturating_sub(batch.len());
        let (category, bytes) = match &batch {
            Batch::Rows(table, rows) => (table.category, pack(table, rows)),
            Batch::Entries(entries) => {
                (Category::OperationLog, serde_json::to_vec(entries).map_err(failed)?)
            }
        };
        let sealed = self.house.vault.seal_for_backup(category, Timestamp(ends), &bytes).await;
        let line = Line {
            table: table.to_owned(),
            category: category.as_str().to_owned(),
            ends,
            sealed: BASE64_STANDARD.encode(sealed.map_err(failed)?),
        };
        let mut line = serde_json::to_vec(&line).map_err(failed)?;
        line.push(b'\n');
        self.sink.write_all(&line).await.map_err(|error| unusable(self.file, &error))
    }

    async fn finish(mut self) -> Result<Traces, Failure> {
        self.all().await?;
        self.sink.flush().await.map_err(|error| unusable(self.file, &error))?;
        self.sink.get_ref().sync_all().await.map_err(|error| unusable(self.file, &error))?;
        Ok(self.done)
    }
}
