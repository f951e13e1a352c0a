//! What can go wrong with rows.

/// Why rows could not be read or written. Carries no value of any row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordsError {
    /// A key is taken, or a change met another number of rows than it expects:
    /// nothing was changed.
    #[error("another change came first: read again and repeat")]
    Conflict,
    /// The store does not answer or cannot write now: nothing was changed, and
    /// the same may be tried again.
    #[error("the record store does not answer ({reason}): try again, and look at the store")]
    Unavailable {
        /// What the driver said, without values.
        reason: String,
    },
    /// It is not known whether the commit happened: the connection broke after
    /// it was sent. Look by key before it is repeated.
    #[error("the record store went away during a commit: look whether it happened")]
    Unknown,
    /// A row or column is not as the table is declared.
    #[error("a row of `{table}` is not as the table is declared")]
    Shape {
        /// Which table.
        table: &'static str,
    },
    /// The store holds migrations that this binary does not know.
    #[error(
        "room `{room}` is at version {found} in the store, this binary knows {known}: run a newer one"
    )]
    TooNew {
        /// Whose tables.
        room: String,
        /// What the store has.
        found: u32,
        /// What this binary has.
        known: u32,
    },
    /// The address of a store cannot be read.
    #[error(
        "the address of the record store is not one: write sqlite:PATH, mysql://USER:PASSWORD@HOST/DATABASE or postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    Address,
    /// A migration failed.
    #[error("migration {version} of room `{room}` failed: {reason}")]
    Migration {
        /// Whose tables.
        room: &'static str,
        /// Which one.
        version: u32,
        /// What the store said.
        reason: String,
    },
}
