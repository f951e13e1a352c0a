//! Rows in MySQL or MariaDB.

use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::mysql::{
    MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow,
};

use super::pool::Connections;
use super::{Dialect, Fault, Served, Server};
use crate::records::driver::{self, driver, no_lists};
use crate::records::{Records, RecordsError};

/// A store of rows in a MySQL (8.0.17 or newer) or MariaDB (10.6 or newer)
/// database at `mysql://USER:PASSWORD@HOST/DATABASE` (or `mariadb://`); connects
/// when it is first used. Must be called within a tokio runtime.
///
/// How durable a commit is, is a setting of the whole server:
/// `innodb_flush_log_at_trx_commit` must be 1, which is its default.
pub fn mysql(url: &str) -> Result<impl Records + use<>, RecordsError> {
    let options = MySqlConnectOptions::from_str(url).map_err(|_| RecordsError::Address)?;
    let options = options.statement_cache_capacity(512).disable_statement_logging();
    // The driver asks for CLIENT_FOUND_ROWS: a row that meets the conditions
    // counts, also when it is as it should be already.
    Ok(Server::<sqlx::MySql>::new(Connections::new(
        options,
        &[
            "SET SESSION sql_mode = \
             'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
            "SET SESSION innodb_lock_wait_timeout = 5",
        ],
    )))
}

/// One lock a database: the name of a lock is known to the whole server.
const LOCK: &str = "SELECT GET_LOCK(CONCAT('bonafide.', LEFT(SHA1(DATABASE()), 40)), 600)";
const UNLOCK: &str = "SELECT RELEASE_LOCK(CONCAT('bonafide.', LEFT(SHA1(DATABASE()), 40)))";

impl Served for sqlx::MySql {
    const BEGIN: &'static str = "START TRANSACTION";
    const BEGIN_SNAPSHOT: &'static [&'static str] = &[
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ];

    async fn dialect(connection: &mut MySqlConnection) -> Result<Dialect, Fault> {
        let versions = driver::texts::<Self>(connection, "SELECT VERSION()", Vec::new()).await?;
        let maria = versions.iter().any(|version| version.contains("MariaDB"));
        Ok(if maria { Dialect::MariaDb } else { Dialect::MySql })
    }

    async fn begin_migrations(connection: &mut MySqlConnection) -> Result<(), Fault> {
        match driver::number::<Self>(connection, LOCK, Vec::new()).await? {
            Some(1) => Ok(()),
            _ => Err(Fault::Refused("another node has been migrating it for too long".to_owned())),
        }
    }

    async fn end_migrations(connection: &mut MySqlConnection) -> Result<(), Fault> {
        driver::number::<Self>(connection, UNLOCK, Vec::new()).await.map(|_| ())
    }
}

driver!(sqlx::MySql, MySqlArguments, MySqlRow, no_lists, judge);

/// By the numbers of <https://mariadb.com/kb/en/mariadb-error-codes/>.
fn judge(error: &dyn sqlx::error::DatabaseError) -> Fault {
    let number =
        error.try_downcast_ref::<MySqlDatabaseError>().map_or(0, MySqlDatabaseError::number);
    let refused = |reason: &str| Fault::Refused(reason.to_owned());
    match number {
        1020 | 1205 | 1213 => Fault::Retry,
        1048 | 1264 | 1364 | 1366 | 1406 | 1690 => Fault::Shape,
        1044 | 1045 | 1142 | 1698 => refused("it refuses the user or the password"),
        1049 => refused("it has no such database"),
        1054 | 1146 => refused("it has no such table or column: migrate it"),
        1021 | 1114 => refused("its disk is full"),
        1153 => refused("raise its max_allowed_packet to 16 MiB or more"),
        1290 | 1792 | 1836 => refused("it only reads"),
        1040 | 1053 | 1077 | 1079 | 1152..=1161 | 1184 | 1203 | 1317 | 1927 | 2006 | 2013 => {
            Fault::Gone(format!("it takes no work now, code {number}"))
        }
        _ => Fault::Refused(format!("MySQL error number {number}")),
    }
}
