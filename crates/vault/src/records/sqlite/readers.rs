//! Connections that read.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use sqlx::SqliteConnection;
use tokio::sync::Semaphore;

use super::{Driver as _, Fault, reading};
use crate::records::sql::Statement;
use crate::records::{Kind, RecordsError, Row, Table, Value};

/// At most so many at once; one that fails or whose caller went away is closed,
/// and the next is opened anew.
const READERS: usize = 4;

/// A few connections, opened when they are needed.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    permits: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    /// Of this file.
    pub(super) fn of(path: PathBuf) -> Self {
        Self { path, permits: Semaphore::new(READERS), idle: Mutex::new(Vec::new()) }
    }

    /// The rows that a statement reads.
    pub(super) async fn rows(
        &self,
        table: &'static Table,
        statement: Statement,
    ) -> Result<Vec<Row>, RecordsError> {
        let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
        let rows = self.fetch(statement, &kinds).await;
        let rows = rows.map_err(|fault| fault.into_error(table.name))?;
        Ok(rows.into_iter().map(|values| Row::from_values(table, values)).collect())
    }

    /// The number that a statement reads.
    pub(super) async fn count(
        &self,
        table: &'static Table,
        statement: Statement,
    ) -> Result<u64, RecordsError> {
        let rows = self.fetch(statement, &[Kind::Integer]).await;
        let rows = rows.map_err(|fault| fault.into_error(table.name))?;
        match rows.first().and_then(|row| row.first()) {
            Some(Value::Integer(count)) => Ok(u64::try_from(*count).unwrap_or(0)),
            _ => Err(RecordsError::Shape { table: table.name }),
        }
    }

    async fn fetch(&self, statement: Statement, kinds: &[Kind]) -> Result<Vec<Vec<Value>>, Fault> {
        let closed = |_| Fault::Gone("it is being closed".to_owned());
        let _permit = self.permits.acquire().await.map_err(closed)?;
        let mut connection = match self.take() {
            Some(idle) => idle,
            None => reading(&self.path).await?,
        };
        let rows = sqlx::Sqlite::fetch(&mut connection, statement, kinds).await?;
        self.put(connection);
        Ok(rows)
    }

    fn take(&self) -> Option<SqliteConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, connection: SqliteConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}
