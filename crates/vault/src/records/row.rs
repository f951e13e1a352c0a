//! A row and its values.

use super::{RecordsError, Table};

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// None.
    Null,
    /// Of a `Name` or `Text` column.
    Text(String),
    /// Of an `Integer` column.
    Integer(i64),
    /// Of a `Bytes` column.
    Bytes(Vec<u8>),
}

impl std::fmt::Debug for Value {
    /// Shows the kind, never the value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Text(_) => "text",
            Self::Integer(_) => "integer",
            Self::Bytes(_) => "bytes",
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u64> for Value {
    /// Numbers beyond the 63 bits that a store can hold become its greatest.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }
}

impl From<bonafide_context::Timestamp> for Value {
    fn from(at: bonafide_context::Timestamp) -> Self {
        at.0.into()
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of a table: to be written, or as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    table: &'static Table,
    values: Vec<Value>,
}

impl Row {
    /// A row with nothing in it yet.
    pub fn new(table: &'static Table) -> Self {
        Self { table, values: vec![Value::Null; table.columns.len()] }
    }

    /// The row with `value` in `column`; a name that the table does not have
    /// leaves it as it is, and writing the row then fails.
    #[must_use]
    pub fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        match self.table.column(column).and_then(|(at, _)| self.values.get_mut(at)) {
            Some(place) => *place = value.into(),
            // One value too many: `Records::commit` refuses the row.
            None => self.values.push(value.into()),
        }
        self
    }

    /// A row as an engine read it: one value a column, in the table's order.
    pub fn from_values(table: &'static Table, values: Vec<Value>) -> Self {
        Self { table, values }
    }

    /// Whose row it is.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// The values in the table's order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The values in the table's order, given away.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// The value of a column.
    pub fn value(&self, column: &str) -> Result<&Value, RecordsError> {
        self.table
            .column(column)
            .and_then(|(at, _)| self.values.get(at))
            .ok_or(RecordsError::Shape { table: self.table.name })
    }

    /// The text of a column.
    pub fn text(&self, column: &str) -> Result<&str, RecordsError> {
        self.optional_text(column)?.ok_or_else(|| self.shape())
    }

    /// The text of a column that may be empty.
    pub fn optional_text(&self, column: &str) -> Result<Option<&str>, RecordsError> {
        match self.value(column)? {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            _ => Err(self.shape()),
        }
    }

    /// The number of a column.
    pub fn integer(&self, column: &str) -> Result<i64, RecordsError> {
        self.optional_integer(column)?.ok_or_else(|| self.shape())
    }

    /// The number of a column that may be empty.
    pub fn optional_integer(&self, column: &str) -> Result<Option<i64>, RecordsError> {
        match self.value(column)? {
            Value::Integer(number) => Ok(Some(*number)),
            Value::Null => Ok(None),
            _ => Err(self.shape()),
        }
    }

    /// The bytes of a column.
    pub fn bytes(&self, column: &str) -> Result<&[u8], RecordsError> {
        self.optional_bytes(column)?.ok_or_else(|| self.shape())
    }

    /// The bytes of a column that may be empty.
    pub fn optional_bytes(&self, column: &str) -> Result<Option<&[u8]>, RecordsError> {
        match self.value(column)? {
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::Null => Ok(None),
            _ => Err(self.shape()),
        }
    }

    /// The moment in a column.
    pub fn moment(&self, column: &str) -> Result<bonafide_context::Timestamp, RecordsError> {
        u64::try_from(self.integer(column)?)
            .map(bonafide_context::Timestamp)
            .map_err(|_| self.shape())
    }

    /// The value of a column, read by its own grammar (an id, an enumeration).
    pub fn parsed<T: std::str::FromStr>(&self, column: &str) -> Result<T, RecordsError> {
        self.text(column)?.parse().map_err(|_| self.shape())
    }

    fn shape(&self) -> RecordsError {
        RecordsError::Shape { table: self.table.name }
    }
}
