//! What the three drivers do alike, below the SQL: bind, run, read, and say
//! what went wrong without a value of a row.

use sqlx::AssertSqlSafe;

use super::sql::{Bind, Statement};
use super::{Kind, RecordsError, Value};

/// What went wrong in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A key is taken.
    Conflict,
    /// Two transactions were in each other's way: the same may be tried again
    /// at once.
    Retry,
    /// A value does not fit its column (a count grew beyond 63 bits).
    Shape,
    /// This statement cannot be run, others can.
    Statement(String),
    /// The store answered, and refused; the connection is good.
    Refused(String),
    /// The connection is lost, or there was none.
    Gone(String),
}

impl Fault {
    /// As the caller is told, of a statement about `table`.
    pub(super) fn into_error(self, table: &'static str) -> RecordsError {
        match self {
            Self::Conflict => RecordsError::Conflict,
            Self::Shape => RecordsError::Shape { table },
            Self::Retry => RecordsError::Unavailable {
                reason: "too many transactions in each other's way".to_owned(),
            },
            Self::Statement(reason) | Self::Refused(reason) | Self::Gone(reason) => {
                RecordsError::Unavailable { reason }
            }
        }
    }
}

/// A driver of sqlx, with what is needed of it.
pub(super) trait Driver: sqlx::Database {
    /// Runs a statement; gives how many rows it met.
    fn execute(
        connection: &mut Self::Connection,
        statement: Statement,
    ) -> impl Future<Output = Result<u64, Fault>> + Send;

    /// Reads rows whose columns are of these kinds.
    fn fetch(
        connection: &mut Self::Connection,
        statement: Statement,
        kinds: &[Kind],
    ) -> impl Future<Output = Result<Vec<Vec<Value>>, Fault>> + Send;

    /// Runs one or more statements that carry no values.
    fn run(
        connection: &mut Self::Connection,
        sql: String,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// What an error of the store itself means. Its message may hold values, so
    /// only its code is looked at.
    fn judge(error: &dyn sqlx::error::DatabaseError) -> Fault;
}

macro_rules! driver {
    ($driver:ty, $arguments:ty, $row:ty, $list:expr, $judge:expr) => {
        impl $crate::records::driver::Driver for $driver {
            async fn execute(
                connection: &mut Self::Connection,
                statement: $crate::records::sql::Statement,
            ) -> Result<u64, $crate::records::driver::Fault> {
                use $crate::records::driver::{fault, prepared};
                let query = prepared::<Self>(statement.sql, bind(statement.binds)?);
                let done = query.execute(connection).await.map_err(|e| fault::<Self>(&e))?;
                Ok(done.rows_affected())
            }

            async fn fetch(
                connection: &mut Self::Connection,
                statement: $crate::records::sql::Statement,
                kinds: &[$crate::records::Kind],
            ) -> Result<Vec<Vec<$crate::records::Value>>, $crate::records::driver::Fault> {
                use $crate::records::driver::{fault, prepared};
                let query = prepared::<Self>(statement.sql, bind(statement.binds)?);
                let rows = query.fetch_all(connection).await.map_err(|e| fault::<Self>(&e))?;
                rows.iter().map(|row| read(row, kinds)).collect()
            }

            async fn run(
                connection: &mut Self::Connection,
                sql: String,
            ) -> Result<(), $crate::records::driver::Fault> {
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                    .execute(connection)
                    .await
                    .map(|_| ())
                    .map_err(|e| $crate::records::driver::fault::<Self>(&e))
            }

            fn judge(error: &dyn sqlx::error::DatabaseError) -> $crate::records::driver::Fault {
                $judge(error)
            }
        }

        fn bind(
            binds: Vec<$crate::records::sql::Bind>,
        ) -> Result<$arguments, $crate::records::driver::Fault> {
            use sqlx::Arguments as _;
            use $crate::records::{Kind, Value, driver::Fault, sql::Bind};
            let mut arguments = <$arguments>::default();
            for bind in binds {
                let added = match bind {
                    Bind::One(_, Value::Text(text)) => arguments.add(text),
                    Bind::One(_, Value::Integer(number)) => arguments.add(number),
                    Bind::One(_, Value::Bytes(bytes)) => arguments.add(bytes),
                    Bind::One(Kind::Integer, Value::Null) => arguments.add(None::<i64>),
                    Bind::One(Kind::Bytes, Value::Null) => arguments.add(None::<Vec<u8>>),
                    Bind::One(_, Value::Null) => arguments.add(None::<String>),
                    list => $list(&mut arguments, list),
                };
                added.map_err(|_| Fault::Shape)?;
            }
            Ok(arguments)
        }

        fn read(
            row: &$row,
            kinds: &[$crate::records::Kind],
        ) -> Result<Vec<$crate::records::Value>, $crate::records::driver::Fault> {
            use sqlx::Row as _;
            use $crate::records::{Kind, Value, driver::Fault};
            let value = |(at, kind): (usize, &Kind)| {
                match kind {
                    Kind::Integer => row.try_get_unchecked::<Option<i64>, _>(at).map(Value::from),
                    Kind::Bytes => row.try_get_unchecked::<Option<Vec<u8>>, _>(at).map(Value::from),
                    Kind::Name | Kind::Text => {
                        row.try_get_unchecked::<Option<String>, _>(at).map(Value::from)
                    }
                }
                .map_err(|_| Fault::Shape)
            };
            kinds.iter().enumerate().map(value).collect()
        }
    };
}

pub(super) use driver;

/// A list where the engine has none: the renderer made none.
pub(super) fn no_lists<A>(
    _: &mut A,
    _: Bind,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err("no lists".into())
}

/// A statement that is prepared once a connection. Safe, since the renderer
/// puts only declared names and placeholders into it.
pub(super) fn prepared<DB: Driver>(
    sql: String,
    arguments: DB::Arguments,
) -> sqlx::query::Query<'static, DB, DB::Arguments>
where
    DB::Arguments: sqlx::IntoArguments<DB>,
{
    sqlx::query_with(AssertSqlSafe(sql), arguments)
}

/// What an error of a driver means.
pub(super) fn fault<DB: Driver>(error: &sqlx::Error) -> Fault {
    let gone = |reason: &str| Fault::Gone(reason.to_owned());
    match error {
        sqlx::Error::Database(error) if error.is_unique_violation() => Fault::Conflict,
        sqlx::Error::Database(error) => DB::judge(error.as_ref()),
        sqlx::Error::Io(error) => {
            Fault::Gone(format!("the connection is broken: {}", error.kind()))
        }
        sqlx::Error::Tls(_) => gone("no safe connection: look at its certificate"),
        sqlx::Error::PoolTimedOut => gone("no connection in time"),
        sqlx::Error::PoolClosed => gone("it is being closed"),
        sqlx::Error::WorkerCrashed => gone("its thread ended"),
        sqlx::Error::Configuration(_) => gone("its settings cannot be used"),
        sqlx::Error::Encode(_)
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::TypeNotFound { .. } => Fault::Shape,
        sqlx::Error::Protocol(_) => gone("it says something that is not understood"),
        _ => gone("the driver failed"),
    }
}

/// The first number that a statement without a table reads.
pub(super) async fn number<DB: Driver>(
    connection: &mut DB::Connection,
    sql: &str,
    binds: Vec<Bind>,
) -> Result<Option<i64>, Fault> {
    let rows = DB::fetch(connection, plain(sql, binds), &[Kind::Integer]).await?;
    Ok(rows.first().and_then(|row| match row.first() {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    }))
}

/// The texts of the first column that a statement without a table reads.
pub(super) async fn texts<DB: Driver>(
    connection: &mut DB::Connection,
    sql: &str,
    binds: Vec<Bind>,
) -> Result<Vec<String>, Fault> {
    let rows = DB::fetch(connection, plain(sql, binds), &[Kind::Text]).await?;
    let first = |row: Vec<Value>| match row.into_iter().next() {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(first).collect())
}

/// A statement that the engine itself needs.
pub(super) fn plain(sql: &str, binds: Vec<Bind>) -> Statement {
    Statement { sql: sql.to_owned(), binds, expect: super::Expect::Any, table: "the store" }
}
