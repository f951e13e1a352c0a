//! Rows: what every record store can do, and no more.
//!
//! A room declares its tables as constants ([`Table`]) and its history as
//! [`Migration`]s; it speaks to the store in [`Change`]s, which are committed
//! together or not at all and are durable when [`Records::commit`] returns, and
//! in [`Select`]s. No room writes SQL: an engine renders it.

mod change;
#[cfg(test)]
pub(crate) mod conformance;
mod connect;
mod driver;
pub mod dump;
mod error;
pub mod lease;
mod migrate;
mod migration;
mod row;
mod select;
mod server;
mod snapshot;
mod sql;
mod sqlite;
mod table;

pub use change::{Change, Expect};
pub use connect::connect;
pub use error::RecordsError;
pub use migration::{Migration, Step};
pub use row::{Row, Value};
pub use select::{Condition, Direction, Operator, Select};
pub use server::{mysql, postgres};
pub use snapshot::Pieces;
pub use sqlite::Sqlite;
pub use table::{Column, Kind, Table};

use async_trait::async_trait;
use bonafide_context::Timestamp;

/// The tables that the store needs itself, whichever rooms use it.
pub const MIGRATIONS: &[Migration] = &[Migration {
    room: "records",
    version: 1,
    steps: &[Step::Create(&lease::LEASES), Step::Create(&dump::RESTORES)],
}];

/// A store of rows. Shared by every task of a node, and by every node.
#[async_trait]
pub trait Records: Send + Sync {
    /// Brings the store up to these migrations, each once and in order; nodes
    /// that start together agree on who does it.
    async fn migrate(&self, migrations: &[Migration], now: Timestamp) -> Result<(), RecordsError>;

    /// Commits all changes in one transaction, or none. They are durable when
    /// this returns. Commits of several tasks may share one write (group
    /// commit); one that conflicts does not disturb the others.
    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError>;

    /// The rows asked for.
    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError>;

    /// How many rows meet all conditions.
    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError>;

    /// Whether the store answers, for health.
    async fn check(&self) -> Result<(), RecordsError>;

    /// Overwrites what deleted rows have left in files of the store's own beside
    /// its tables, such as the journal of what was written last; `false` if a
    /// reader hinders it now. A store that runs elsewhere has none of them here,
    /// and nothing to do.
    async fn scrub(&self) -> Result<bool, RecordsError> {
        Ok(true)
    }

    /// Reads whole tables as they were at one moment, whatever is written
    /// meanwhile, table by table and in the order of their keys.
    async fn snapshot(&self, tables: &[&'static Table], pieces: Pieces)
    -> Result<(), RecordsError>;
}
