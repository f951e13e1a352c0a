//! Rows in one file: the embedded store.
//!
//! One task writes. What is waiting when it begins shares one transaction and
//! one fsync (group commit), each commit guarded from the failures of the
//! others. Several connections read; a reader sees every commit that was
//! answered before it began. Another process (the command line beside a running
//! server) may use the same file: it waits its turn.

mod readers;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bonafide_context::Timestamp;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqliteConnection};

use super::driver::{self, Driver, Fault, driver, no_lists};
use super::sql::{self, Dialect};
use super::{
    Change, Condition, Migration, Pieces, Records, RecordsError, Row, Select, Table, migrate,
    snapshot,
};
use readers::Readers;
use writer::Writer;

/// How long a writer waits for one of another process.
const BUSY: Duration = Duration::from_secs(10);

/// A store of rows in one SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
}

impl Sqlite {
    /// Opens the file, which only its owner can read, or makes it. Must be
    /// called within a tokio runtime; its task ends when the store is dropped.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, RecordsError> {
        let path = path.as_ref().to_owned();
        create(&path)?;
        let mut first = writing(&path).await.map_err(|fault| fault.into_error("the store"))?;
        run(&mut first, "SELECT 1 FROM sqlite_master")
            .await
            .map_err(|fault| fault.into_error("the store"))?;
        let writer = Writer::start(path.clone(), first);
        let readers = Readers::of(path.clone());
        Ok(Self { path, writer, readers })
    }
}

#[async_trait]
impl Records for Sqlite {
    async fn migrate(&self, migrations: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        let whole = |fault: Fault| fault.into_error("the store");
        let mut connection = writing(&self.path).await.map_err(whole)?;
        // Taking the lock of the file first: of two nodes one waits, and finds
        // the work done. A transaction that does not end is taken back.
        run(&mut connection, "BEGIN IMMEDIATE").await.map_err(whole)?;
        migrate::apply::<sqlx::Sqlite>(&mut connection, Dialect::Sqlite, migrations, now).await?;
        run(&mut connection, "COMMIT").await.map_err(whole)
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let statements = sql::changes(Dialect::Sqlite, changes)?;
        if statements.is_empty() { Ok(()) } else { self.writer.commit(statements).await }
    }

    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError> {
        let table = select.table;
        let statement = sql::select(Dialect::Sqlite, select)?;
        self.readers.rows(table, statement).await
    }

    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError> {
        let statement = sql::count(Dialect::Sqlite, table, conditions)?;
        self.readers.count(table, statement).await
    }

    async fn check(&self) -> Result<(), RecordsError> {
        let sql = "SELECT COUNT(*) FROM sqlite_master";
        self.readers.count(&migrate::SCHEMA_MIGRATIONS, driver::plain(sql, Vec::new())).await?;
        self.writer.check()
    }

    async fn scrub(&self) -> Result<bool, RecordsError> {
        self.writer.scrub().await
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        pieces: Pieces,
    ) -> Result<(), RecordsError> {
        let whole = |fault: Fault| fault.into_error("the store");
        let mut connection = reading(&self.path).await.map_err(whole)?;
        run(&mut connection, "BEGIN").await.map_err(whole)?;
        snapshot::read::<sqlx::Sqlite>(&mut connection, Dialect::Sqlite, tables, pieces).await
    }
}

/// Makes the file, so that its owner alone can read it from its first byte on;
/// SQLite gives the files beside it the same mode.
fn create(path: &Path) -> Result<(), RecordsError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(RecordsError::Unavailable { reason: error.kind().to_string() }),
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-16000")
        // The log shrinks again after a burst.
        .pragma("journal_size_limit", "33554432")
        .statement_cache_capacity(512)
        .disable_statement_logging()
}

/// A connection that may write.
async fn writing(path: &Path) -> Result<SqliteConnection, Fault> {
    options(path).connect().await.map_err(|error| driver::fault::<sqlx::Sqlite>(&error))
}

/// A connection that only reads.
async fn reading(path: &Path) -> Result<SqliteConnection, Fault> {
    let options = options(path).pragma("query_only", "ON");
    options.connect().await.map_err(|error| driver::fault::<sqlx::Sqlite>(&error))
}

async fn run(connection: &mut SqliteConnection, sql: &str) -> Result<(), Fault> {
    <sqlx::Sqlite as Driver>::run(connection, sql.to_owned()).await
}

driver!(sqlx::Sqlite, SqliteArguments, SqliteRow, no_lists, judge);

/// By the result codes of <https://www.sqlite.org/rescode.html>.
fn judge(error: &dyn sqlx::error::DatabaseError) -> Fault {
    let code: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    let refused = |reason: &str| Fault::Refused(reason.to_owned());
    match code & 0xff {
        1 => Fault::Statement("it has no such table or column: migrate it".to_owned()),
        5 | 6 => refused("another process is writing for too long"),
        8 => refused("the file cannot be written"),
        10 => Fault::Gone(format!("the disk fails, code {code}")),
        11 | 26 => refused("the file is damaged, or is not a store"),
        13 => refused("the disk is full"),
        14 => refused("the file cannot be opened"),
        19 => Fault::Shape,
        _ => Fault::Refused(format!("SQLite result code {code}")),
    }
}
