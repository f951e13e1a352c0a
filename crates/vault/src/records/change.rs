//! What can be done to rows.

use super::{Condition, Row, Table, Value};

/// One change. Several are committed together.
#[derive(Clone, Debug)]
pub enum Change {
    /// Adds a row; the commit conflicts if its key is taken.
    Insert(Row),
    /// Adds a row unless its key is taken.
    InsertIfAbsent(Row),
    /// Sets columns of every row that meets all conditions.
    Update {
        /// Of which table.
        table: &'static Table,
        /// Column and new value; no column of the key, a row keeps its name.
        set: Vec<(&'static str, Value)>,
        /// All must hold; empty means every row.
        conditions: Vec<Condition>,
        /// How many rows must have met them.
        expect: Expect,
    },
    /// Removes every row that meets all conditions.
    Delete {
        /// Of which table.
        table: &'static Table,
        /// All must hold; empty means every row.
        conditions: Vec<Condition>,
        /// How many rows must have met them.
        expect: Expect,
    },
    /// Counts: adds to integer columns of the row with this key, which is
    /// inserted first, as given, if it is not there.
    Add {
        /// The row as it is before anything was counted.
        row: Row,
        /// Column and what to add.
        by: Vec<(&'static str, i64)>,
    },
}

/// How many rows a change must have met; otherwise the commit conflicts and
/// changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Any number, none included.
    Any,
    /// Just one: what a state machine, a lease or a single-use token asks for.
    One,
}
