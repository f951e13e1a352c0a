//! The one task that writes, and that overwrites what was deleted.

use std::path::PathBuf;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Either, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::{BUSY, Fault, bind, run, writing};
use crate::records::driver;
use crate::records::sql::{Bind, Statement};
use crate::records::{Expect, RecordsError};

/// At most so many commits share one transaction.
const GROUP: usize = 256;

/// At most so many wait; a task with one more waits to be let in.
const WAITING: usize = 4_096;

/// How long the overwriting of the journal waits for readers, in milliseconds:
/// whoever commits waits with it.
const SCRUB_WAITS: u64 = 250;

/// Where work is handed in.
#[derive(Debug)]
pub(super) struct Writer {
    waiting: mpsc::Sender<Work>,
}

enum Work {
    Commit(Commit),
    /// The journal is to be overwritten.
    Scrub(oneshot::Sender<Result<bool, RecordsError>>),
}

/// One commit and whom to tell.
struct Commit {
    batch: Batch,
    done: oneshot::Sender<Result<(), RecordsError>>,
}

/// The statements of one commit as one text: they cost one way to the thread
/// that holds the file, and are prepared once.
#[derive(Clone)]
struct Batch {
    sql: String,
    binds: Vec<Bind>,
    expected: Vec<(Expect, &'static str)>,
}

impl Writer {
    /// Starts the task, which ends when the `Writer` is dropped.
    pub(super) fn start(path: PathBuf, connection: SqliteConnection) -> Self {
        let (waiting, handed_in) = mpsc::channel(WAITING);
        tokio::spawn(write(path, connection, handed_in));
        Self { waiting }
    }

    /// Commits the statements together; they are on the disk when this returns.
    pub(super) async fn commit(&self, statements: Vec<Statement>) -> Result<(), RecordsError> {
        let (done, answer) = oneshot::channel();
        let commit = Work::Commit(Commit { batch: Batch::of(statements), done });
        self.waiting.send(commit).await.map_err(|_| closed())?;
        // The task does not drop what it has begun.
        answer.await.map_err(|_| RecordsError::Unknown)?
    }

    /// Moves the journal into the file, where deleted rows are overwritten, and
    /// cuts it off; `false` if a reader still needs it.
    pub(super) async fn scrub(&self) -> Result<bool, RecordsError> {
        let (done, answer) = oneshot::channel();
        self.waiting.send(Work::Scrub(done)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| RecordsError::Unknown)?
    }

    /// Whether the task is there.
    pub(super) fn check(&self) -> Result<(), RecordsError> {
        if self.waiting.is_closed() { Err(closed()) } else { Ok(()) }
    }
}

impl Batch {
    fn of(statements: Vec<Statement>) -> Self {
        let mut batch = Self { sql: String::new(), binds: Vec::new(), expected: Vec::new() };
        for statement in statements {
            batch.sql.push_str(&statement.sql);
            batch.sql.push(';');
            batch.binds.extend(statement.binds);
            batch.expected.push((statement.expect, statement.table));
        }
        batch
    }
}

fn closed() -> RecordsError {
    RecordsError::Unavailable { reason: "it is being closed".to_owned() }
}

async fn write(path: PathBuf, first: SqliteConnection, mut handed_in: mpsc::Receiver<Work>) {
    let mut connection = Some(first);
    let mut work = Vec::with_capacity(GROUP);
    while handed_in.recv_many(&mut work, GROUP).await > 0 {
        let (mut group, mut scrubs) = (Vec::with_capacity(work.len()), Vec::new());
        for one in work.drain(..) {
            match one {
                Work::Commit(commit) => group.push(commit),
                Work::Scrub(done) => scrubs.push(done),
            }
        }
        // After a failure of the disk the file is opened anew.
        let mut open = match connection.take() {
            Some(open) => open,
            None => match writing(&path).await {
                Ok(open) => open,
                Err(fault) => {
                    let error = fault.into_error("the store");
                    answer_all(&mut group, &error);
                    tell(scrubs, &Err(error));
                    continue;
                }
            },
        };
        let good = group.is_empty() || commit_group(&mut open, &mut group).await;
        if !scrubs.is_empty() {
            tell(scrubs, &cut_off(&mut open).await);
        }
        if good {
            connection = Some(open);
        }
    }
}

/// Moves the journal into the file and cuts it off; gives whether all of it.
async fn cut_off(connection: &mut SqliteConnection) -> Result<bool, RecordsError> {
    let whole = |fault: Fault| fault.into_error("the store");
    run(connection, &format!("PRAGMA busy_timeout = {SCRUB_WAITS}")).await.map_err(whole)?;
    // How many frames there are and how many were moved follow.
    let done = sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| whole(driver::fault::<sqlx::Sqlite>(&error)));
    run(connection, &format!("PRAGMA busy_timeout = {}", BUSY.as_millis())).await.map_err(whole)?;
    done.map(|(hindered, _, _)| hindered == 0)
}

fn tell(
    scrubs: Vec<oneshot::Sender<Result<bool, RecordsError>>>,
    answer: &Result<bool, RecordsError>,
) {
    for done in scrubs {
        let _ = done.send(answer.clone());
    }
}

/// Commits a group and answers each; gives whether the connection is good.
async fn commit_group(connection: &mut SqliteConnection, group: &mut Vec<Commit>) -> bool {
    // Guards cost pages copied aside, and few commits fail: without them first.
    let mut results = together(connection, group, false).await;
    if group.len() > 1 && matches!(results, Err(Trouble::OneFailed(_))) {
        if run(connection, "ROLLBACK").await.is_err() {
            answer_all(group, &closed());
            return false;
        }
        results = together(connection, group, true).await;
    }
    match results {
        Ok(results) => {
            for (commit, result) in group.drain(..).zip(results) {
                // Its caller may have gone away: it is committed all the same.
                let _ = commit.done.send(result);
            }
            true
        }
        Err(Trouble::OneFailed(error)) => {
            // It was alone.
            let good = run(connection, "ROLLBACK").await.is_ok();
            answer_all(group, &error);
            good
        }
        Err(Trouble::Whole(fault)) => {
            // Without a transaction (`BEGIN` failed) there is nothing to take
            // back, and the error says so.
            let _ = run(connection, "ROLLBACK").await;
            let good = !matches!(fault, Fault::Gone(_));
            answer_all(group, &fault.into_error("the store"));
            good
        }
        Err(Trouble::Commit) => {
            answer_all(group, &RecordsError::Unknown);
            false
        }
    }
}

/// Why a group was not committed.
enum Trouble {
    /// One of it conflicts, and no guard held the others harmless.
    OneFailed(RecordsError),
    /// The store cannot write.
    Whole(Fault),
    /// The disk failed while the end of the transaction was written: after a
    /// crash it may be found there, or not.
    Commit,
}

/// Runs a group in one transaction; with `guarded` each in a savepoint of its
/// own, and with a result of its own.
async fn together(
    connection: &mut SqliteConnection,
    group: &[Commit],
    guarded: bool,
) -> Result<Vec<Result<(), RecordsError>>, Trouble> {
    run(connection, "BEGIN IMMEDIATE").await.map_err(Trouble::Whole)?;
    let mut results = Vec::with_capacity(group.len());
    for commit in group {
        if guarded {
            run(connection, "SAVEPOINT one").await.map_err(Trouble::Whole)?;
        }
        let result = match execute(connection, commit.batch.clone()).await {
            Err(Failure::Whole(fault)) => return Err(Trouble::Whole(fault)),
            Err(Failure::One(error)) if !guarded => return Err(Trouble::OneFailed(error)),
            Err(Failure::One(error)) => {
                run(connection, "ROLLBACK TO one").await.map_err(Trouble::Whole)?;
                Err(error)
            }
            Ok(()) => Ok(()),
        };
        if guarded {
            run(connection, "RELEASE one").await.map_err(Trouble::Whole)?;
        }
        results.push(result);
    }
    run(connection, "COMMIT").await.map_err(|fault| match fault {
        Fault::Gone(_) => Trouble::Commit,
        other => Trouble::Whole(other),
    })?;
    Ok(results)
}

/// Why a batch did not do what it should.
enum Failure {
    /// For a reason of its own.
    One(RecordsError),
    /// Since the store cannot write.
    Whole(Fault),
}

async fn execute(connection: &mut SqliteConnection, batch: Batch) -> Result<(), Failure> {
    use sqlx::Executor as _;
    let arguments = bind(batch.binds).map_err(Failure::Whole)?;
    let query = sqlx::query_with(AssertSqlSafe(batch.sql), arguments);
    let mut expected = batch.expected.into_iter();
    let mut table = "the store";
    let mut unmet = false;
    let mut results = connection.fetch_many(query);
    loop {
        match results.try_next().await {
            Ok(None) if unmet => return Err(Failure::One(RecordsError::Conflict)),
            Ok(None) => return Ok(()),
            Ok(Some(Either::Left(done))) => {
                let Some((expect, of)) = expected.next() else { continue };
                table = of;
                unmet |= expect == Expect::One && done.rows_affected() != 1;
            }
            Ok(Some(Either::Right(_))) => {}
            Err(_) if unmet => return Err(Failure::One(RecordsError::Conflict)),
            Err(error) => {
                return Err(match driver::fault::<sqlx::Sqlite>(&error) {
                    fault @ (Fault::Conflict | Fault::Shape | Fault::Statement(_)) => {
                        let of = expected.next().map_or(table, |(_, of)| of);
                        Failure::One(fault.into_error(of))
                    }
                    fault => Failure::Whole(fault),
                });
            }
        }
    }
}

fn answer_all(group: &mut Vec<Commit>, error: &RecordsError) {
    for commit in group.drain(..) {
        let _ = commit.done.send(Err(error.clone()));
    }
}
