//! Rows in PostgreSQL.

use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgRow};

use super::pool::Connections;
use super::{Dialect, Driver, Fault, Served, Server};
use crate::records::driver::{self, driver};
use crate::records::sql::Bind;
use crate::records::{Records, RecordsError};

/// A store of rows in a PostgreSQL database (version 12 or newer, UTF-8) at
/// `postgres://USER:PASSWORD@HOST/DATABASE`; connects when it is first used.
/// Must be called within a tokio runtime.
pub fn postgres(url: &str) -> Result<impl Records + use<>, RecordsError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| RecordsError::Address)?;
    let options = options
        .application_name("bonafide")
        .statement_cache_capacity(512)
        .disable_statement_logging();
    Ok(Server::<sqlx::Postgres>::new(Connections::new(
        options,
        // What is answered is durable, whatever the role is set to; a stronger
        // promise (of standbys) stays.
        &["SELECT set_config('synchronous_commit', 'on', false) \
           WHERE current_setting('synchronous_commit') = 'off'"],
    )))
}

/// The same number on every node: the lock of those who migrate.
const LOCK: &str = "SELECT 1 FROM (SELECT pg_advisory_xact_lock(4776192075532116)) AS locked";

impl Served for sqlx::Postgres {
    const BEGIN: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";
    const BEGIN_SNAPSHOT: &'static [&'static str] =
        &["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"];

    async fn dialect(connection: &mut PgConnection) -> Result<Dialect, Fault> {
        let sql = "SELECT current_setting('server_encoding')::text";
        let encoding = driver::texts::<Self>(connection, sql, Vec::new()).await?;
        if encoding.iter().any(|encoding| encoding == "UTF8") {
            Ok(Dialect::Postgres)
        } else {
            Err(Fault::Refused("make its database with the encoding UTF8".to_owned()))
        }
    }

    async fn begin_migrations(connection: &mut PgConnection) -> Result<(), Fault> {
        Self::run(connection, Self::BEGIN.to_owned()).await?;
        Self::run(connection, LOCK.to_owned()).await
    }

    async fn end_migrations(connection: &mut PgConnection) -> Result<(), Fault> {
        Self::run(connection, "COMMIT".to_owned()).await
    }
}

driver!(sqlx::Postgres, PgArguments, PgRow, list, judge);

fn list(
    arguments: &mut PgArguments,
    list: Bind,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    use sqlx::Arguments as _;
    match list {
        Bind::Texts(texts) => arguments.add(texts),
        Bind::Integers(numbers) => arguments.add(numbers),
        Bind::One(..) => Err("not a list".into()),
    }
}

/// By the codes of <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn judge(error: &dyn sqlx::error::DatabaseError) -> Fault {
    let code = error.code().unwrap_or_default();
    let refused = |reason: &str| Fault::Refused(reason.to_owned());
    match code.as_ref() {
        "40001" | "40P01" | "55P03" => Fault::Retry,
        "23502" | "23514" => Fault::Shape,
        "25006" => refused("it only reads: it is a standby"),
        "3D000" => refused("it has no such database"),
        "42501" => refused("its user may not do this"),
        "42P01" | "42703" => refused("it has no such table or column: migrate it"),
        "53100" => refused("its disk is full"),
        "53300" | "57P01" | "57P02" | "57P03" | "57P05" => {
            Fault::Gone(format!("it takes no work now, code {code}"))
        }
        code if code.starts_with("22") => Fault::Shape,
        code if code.starts_with("28") => refused("it refuses the user or the password"),
        code if code.starts_with("08") => Fault::Gone(format!("connection error, code {code}")),
        code => Fault::Refused(format!("PostgreSQL error code {code}")),
    }
}
