//! What can be asked of rows.

use super::{Table, Value};

/// Rows of one table that meet all conditions, in order.
#[derive(Clone, Debug)]
pub struct Select {
    /// Of which table.
    pub table: &'static Table,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// By which columns, the first first; without one the order is any. A row
    /// without a value comes before all others.
    pub order: Vec<(&'static str, Direction)>,
    /// At most so many rows; `None` for all.
    pub limit: Option<u32>,
}

impl Select {
    /// Every row of a table.
    pub fn from(table: &'static Table) -> Self {
        Self { table, conditions: Vec::new(), order: Vec::new(), limit: None }
    }

    /// Only rows that meet this too.
    #[must_use]
    pub fn and(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Ordered by this, after what was given before.
    #[must_use]
    pub fn order(mut self, column: &'static str, direction: Direction) -> Self {
        self.order.push((column, direction));
        self
    }

    /// At most so many.
    #[must_use]
    pub fn limit(mut self, rows: u32) -> Self {
        self.limit = Some(rows);
        self
    }
}

/// Which way to order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// What must hold of a row.
#[derive(Clone, Debug)]
pub enum Condition {
    /// A column compared with a value. A row without a value meets none.
    Compare(&'static str, Operator, Value),
    /// A column has one of these values; no values, no rows.
    In(&'static str, Vec<Value>),
    /// A column has no value.
    Null(&'static str),
    /// A column has a value.
    NotNull(&'static str),
    /// The columns, taken together in this order, lie behind the values: what
    /// follows the last row of a page, ascending. As in an order, a row without
    /// a value comes before all others.
    After(Vec<(&'static str, Value)>),
    /// The columns, taken together in this order, lie before the values: what
    /// follows the last row of a page, descending.
    Before(Vec<(&'static str, Value)>),
}

impl Condition {
    /// The column equals the value.
    pub fn is(column: &'static str, value: impl Into<Value>) -> Self {
        Self::Compare(column, Operator::Equal, value.into())
    }

    /// The column is smaller than the value.
    pub fn less(column: &'static str, value: impl Into<Value>) -> Self {
        Self::Compare(column, Operator::Less, value.into())
    }

    /// The column is the value or greater.
    pub fn at_least(column: &'static str, value: impl Into<Value>) -> Self {
        Self::Compare(column, Operator::AtLeast, value.into())
    }
}

/// How to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}
