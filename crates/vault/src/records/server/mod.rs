//! Rows in a database server that several nodes share.
//!
//! What MySQL and PostgreSQL do alike: a pool of connections; commits that are
//! repeated while it is certain that nothing happened (a deadlock, a connection
//! that was lost before its `COMMIT` was sent); a clear error at once while the
//! server is away, and work again when it is back.

mod mysql;
mod pool;
mod postgres;

pub use mysql::mysql;
pub use postgres::postgres;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bonafide_context::Timestamp;
use sqlx::pool::PoolConnection;
use tokio::sync::{OnceCell, RwLock};

use super::driver::{self, Driver, Fault};
use super::snapshot::{self, Pieces};
use super::sql::{self, Dialect, Statement};
use super::{
    Change, Condition, Kind, Migration, Records, RecordsError, Row, Select, Table, Value, migrate,
};
use pool::Connections;

/// How long one attempt at a commit or a question may take.
const ANSWER: Duration = Duration::from_secs(15);

/// How long migrations may take, waiting for another node included.
const MIGRATE: Duration = Duration::from_secs(600);

/// How often a transaction is begun before others in its way are too many.
const ATTEMPTS: u32 = 12;

/// What a server's driver needs beyond its statements.
trait Served: Driver {
    /// Begins a transaction that sees what others committed before each of its
    /// statements.
    const BEGIN: &'static str;
    /// Begins one that sees everything as it was at one moment, and only reads.
    const BEGIN_SNAPSHOT: &'static [&'static str];

    /// Which dialect the server speaks.
    fn dialect(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<Dialect, Fault>> + Send;

    /// Begins migrations: no other node does them now.
    fn begin_migrations(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Ends them.
    fn end_migrations(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// A store in a server. Cheap to clone.
struct Server<DB: Served> {
    shared: Arc<Shared<DB>>,
}

struct Shared<DB: Served> {
    connections: Connections<DB>,
    dialect: OnceCell<Dialect>,
    /// A commit is repeated alone: of many that stand in each other's way,
    /// again and again, one gets through each time.
    way: RwLock<()>,
}

impl<DB: Served> std::fmt::Debug for Server<DB> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("driver", &DB::NAME).finish_non_exhaustive()
    }
}

/// Why a transaction did not end well.
enum Trouble {
    /// Nothing happened.
    Before(Fault),
    /// Of the statements, this one did not meet what it expects.
    Unmet,
    /// The end was sent, and its answer is missing.
    During,
}

impl<DB: Served> Server<DB> {
    fn new(connections: Connections<DB>) -> Self {
        Self {
            shared: Arc::new(Shared {
                connections,
                dialect: OnceCell::new(),
                way: RwLock::new(()),
            }),
        }
    }
}

impl<DB: Served> Shared<DB> {
    async fn dialect(&self) -> Result<Dialect, RecordsError> {
        let ask = || async {
            let mut connection = self.connections.take(true).await?;
            in_time(ANSWER, DB::dialect(&mut connection)).await
        };
        self.dialect.get_or_try_init(ask).await.copied().map_err(whole)
    }

    /// Commits, again and again while it is certain that nothing happened and
    /// there is hope.
    async fn commit(&self, statements: Vec<Statement>) -> Result<(), RecordsError> {
        let table = statements.first().map_or("the store", |statement| statement.table);
        let mut lost = 0;
        let mut _alone = None;
        let mut beside = Some(self.way.read().await);
        for attempt in 0..ATTEMPTS {
            // Of a statement that is a transaction by itself nobody would know
            // whether it was lost on a connection that had been dead before.
            let sure = lost > 0 || statements.len() == 1;
            let mut connection = self.connections.take(sure).await.map_err(whole)?;
            let work = transaction::<DB>(&mut connection, &statements);
            let trouble = match work.await {
                Ok(()) => return Ok(()),
                Err(trouble) => trouble,
            };
            let fault = match trouble {
                Trouble::During => {
                    pool::abandon(connection);
                    return Err(RecordsError::Unknown);
                }
                Trouble::Before(Fault::Gone(reason)) => {
                    pool::abandon(connection);
                    lost += 1;
                    if lost > 2 {
                        return Err(RecordsError::Unavailable { reason });
                    }
                    continue;
                }
                Trouble::Unmet => Fault::Conflict,
                Trouble::Before(fault) => fault,
            };
            let back = DB::run(&mut connection, "ROLLBACK".to_owned());
            match in_time(ANSWER, back).await {
                Ok(()) => drop(connection),
                Err(_) => pool::abandon(connection),
            }
            if fault != Fault::Retry {
                return Err(fault.into_error(table));
            }
            if beside.take().is_some() {
                _alone = Some(self.way.write().await);
            }
            // Later attempts wait longer: the other may be of another node.
            tokio::time::sleep(Duration::from_millis(2 << attempt.min(7))).await;
        }
        Err(Fault::Retry.into_error(table))
    }

    /// Reads; repeated over another connection if the first was lost.
    async fn fetch(
        &self,
        table: &'static Table,
        statement: Statement,
        kinds: &[Kind],
    ) -> Result<Vec<Vec<Value>>, RecordsError> {
        let mut lost = 0;
        loop {
            let mut connection = self.connections.take(lost > 0).await.map_err(whole)?;
            let rows = DB::fetch(&mut connection, statement.clone(), kinds);
            match in_time(ANSWER, rows).await {
                Ok(rows) => return Ok(rows),
                Err(Fault::Gone(_)) if lost < 2 => {
                    pool::abandon(connection);
                    lost += 1;
                }
                Err(fault) => {
                    if matches!(fault, Fault::Gone(_)) {
                        pool::abandon(connection);
                    }
                    return Err(fault.into_error(table.name));
                }
            }
        }
    }

    async fn migrate(&self, migrations: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        let dialect = self.dialect().await?;
        let mut connection = self.connections.take(true).await.map_err(whole)?;
        let work = async {
            DB::begin_migrations(&mut connection).await.map_err(whole)?;
            migrate::apply::<DB>(&mut connection, dialect, migrations, now).await?;
            DB::end_migrations(&mut connection).await.map_err(whole)
        };
        let done = tokio::time::timeout(MIGRATE, work).await.unwrap_or_else(|_| {
            let reason = "another node has been migrating it for too long".to_owned();
            Err(RecordsError::Unavailable { reason })
        });
        if done.is_err() {
            // The server gives up the lock, and the transaction, with it.
            pool::abandon(connection);
        }
        done
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        pieces: Pieces,
    ) -> Result<(), RecordsError> {
        let dialect = self.dialect().await?;
        let mut connection = self.connections.take(true).await.map_err(whole)?;
        let work = async {
            for sql in DB::BEGIN_SNAPSHOT {
                DB::run(&mut connection, (*sql).to_owned()).await.map_err(whole)?;
            }
            snapshot::read::<DB>(&mut connection, dialect, tables, pieces).await
        };
        let done = work.await;
        // Whatever became of it, nobody else gets this transaction.
        pool::abandon(connection);
        done
    }
}

/// All statements in one transaction.
async fn transaction<DB: Served>(
    connection: &mut PoolConnection<DB>,
    statements: &[Statement],
) -> Result<(), Trouble> {
    let run = |sql: &str| sql.to_owned();
    // A statement of which nothing is expected is a transaction by itself.
    if let [only] = statements
        && only.expect == super::Expect::Any
    {
        return match in_time(ANSWER, DB::execute(connection, only.clone())).await {
            Ok(_) => Ok(()),
            Err(Fault::Gone(_)) => Err(Trouble::During),
            Err(fault) => Err(Trouble::Before(fault)),
        };
    }
    let all = async {
        DB::run(connection, run(DB::BEGIN)).await.map_err(Trouble::Before)?;
        for statement in statements {
            let met = DB::execute(connection, statement.clone()).await.map_err(Trouble::Before)?;
            if !statement.met(met) {
                return Err(Trouble::Unmet);
            }
        }
        Ok(())
    };
    tokio::time::timeout(ANSWER, all).await.unwrap_or_else(|_| Err(Trouble::Before(late())))?;
    match in_time(ANSWER, DB::run(connection, run("COMMIT"))).await {
        Ok(()) => Ok(()),
        Err(Fault::Retry) => Err(Trouble::Before(Fault::Retry)),
        Err(_) => Err(Trouble::During),
    }
}

async fn in_time<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(late()))
}

fn late() -> Fault {
    Fault::Gone("no answer in time".to_owned())
}

/// A fault that has to do with no table.
fn whole(fault: Fault) -> RecordsError {
    fault.into_error("the store")
}

#[async_trait]
impl<DB: Served> Records for Server<DB>
where
    Shared<DB>: Send + Sync,
{
    async fn migrate(&self, migrations: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        self.shared.migrate(migrations, now).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let statements = sql::changes(self.shared.dialect().await?, changes)?;
        if statements.is_empty() {
            return Ok(());
        }
        // A task of its own: a caller that goes away in the middle must not
        // hand a connection with half a transaction to the next.
        let shared = Arc::clone(&self.shared);
        let commit = tokio::spawn(async move { shared.commit(statements).await });
        commit.await.unwrap_or(Err(RecordsError::Unknown))
    }

    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError> {
        let table = select.table;
        let statement = sql::select(self.shared.dialect().await?, select)?;
        let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
        let rows = self.shared.fetch(table, statement, &kinds).await?;
        Ok(rows.into_iter().map(|values| Row::from_values(table, values)).collect())
    }

    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError> {
        let statement = sql::count(self.shared.dialect().await?, table, conditions)?;
        let rows = self.shared.fetch(table, statement, &[Kind::Integer]).await?;
        match rows.first().and_then(|row| row.first()) {
            Some(Value::Integer(count)) => Ok(u64::try_from(*count).unwrap_or(0)),
            _ => Err(RecordsError::Shape { table: table.name }),
        }
    }

    async fn check(&self) -> Result<(), RecordsError> {
        let mut connection = self.shared.connections.take(true).await.map_err(whole)?;
        let one = driver::number::<DB>(&mut connection, "SELECT 1", Vec::new());
        in_time(Duration::from_secs(3), one).await.map(|_| ()).map_err(whole)
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        pieces: Pieces,
    ) -> Result<(), RecordsError> {
        self.shared.snapshot(tables, pieces).await
    }
}
