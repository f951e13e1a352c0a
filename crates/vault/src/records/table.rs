//! What a table looks like.

use bonafide_policy::Category;

/// A table: declared once, as a constant of the room that owns it.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, lower case with underscores, unique over all rooms.
    pub name: &'static str,
    /// What kind of data its rows are.
    pub category: Category,
    /// Its columns, in order.
    pub columns: &'static [Column],
    /// The columns that together name a row.
    pub key: &'static [&'static str],
    /// Groups of columns that rows are looked up or ordered by.
    pub indexes: &'static [&'static [&'static str]],
}

impl Table {
    /// The column of this name, and where it stands.
    pub fn column(&self, name: &str) -> Option<(usize, &'static Column)> {
        self.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }
}

/// A column of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, lower case with underscores.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether a row may be without a value.
    pub optional: bool,
}

impl Column {
    /// A column that every row has a value for.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, optional: false }
    }

    /// A column that a row may leave empty.
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, optional: true }
    }
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most 190 characters, compared byte by byte: may stand in keys
    /// and indexes.
    Name,
    /// Text of any length; in no key and no index.
    Text,
    /// A signed 64-bit number; moments are milliseconds since 1970.
    Integer,
    /// Bytes; in no key and no index.
    Bytes,
}
