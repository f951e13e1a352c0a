//! Whether rows and values are as their table is declared, in every engine
//! alike: what one of them could not hold, none is given.

use crate::records::{Column, Kind, RecordsError, Row, Table, Value};

/// The longest `Name`, in characters.
const NAME_CHARS: usize = 190;

/// The longest `Text` or `Bytes`: what is larger is an object, and a statement
/// must stay within what MySQL takes as one packet by default (16 MiB).
pub(super) const VALUE_BYTES: usize = 8 << 20;

/// The column of this name.
pub(super) fn column(table: &'static Table, name: &str) -> Result<&'static Column, RecordsError> {
    table.column(name).map(|(_, column)| column).ok_or(shape(table))
}

/// Whether a row can be written.
pub(super) fn row(row: &Row) -> Result<(), RecordsError> {
    let table = row.table();
    if row.values().len() != table.columns.len() {
        return Err(shape(table));
    }
    table.columns.iter().zip(row.values()).try_for_each(|(c, v)| written(table, c, v))
}

/// Whether a value can be written into a column.
pub(super) fn written(
    table: &'static Table,
    column: &Column,
    value: &Value,
) -> Result<(), RecordsError> {
    let fits = match (column.kind, value) {
        (_, Value::Null) => column.optional,
        (Kind::Name, Value::Text(text)) => {
            // Bytes bound characters: only a long text is counted.
            !text.contains('\0') && (text.len() <= NAME_CHARS || text.chars().count() <= NAME_CHARS)
        }
        // PostgreSQL cannot hold U+0000 in a text.
        (Kind::Text, Value::Text(text)) => text.len() <= VALUE_BYTES && !text.contains('\0'),
        (Kind::Bytes, Value::Bytes(bytes)) => bytes.len() <= VALUE_BYTES,
        _ => kind_fits(column.kind, value),
    };
    if fits { Ok(()) } else { Err(shape(table)) }
}

/// Whether a column can be compared with a value at all.
pub(super) fn compared(
    table: &'static Table,
    column: &Column,
    value: &Value,
) -> Result<(), RecordsError> {
    if kind_fits(column.kind, value) { Ok(()) } else { Err(shape(table)) }
}

fn kind_fits(kind: Kind, value: &Value) -> bool {
    matches!(
        (kind, value),
        (_, Value::Null)
            | (Kind::Name | Kind::Text, Value::Text(_))
            | (Kind::Integer, Value::Integer(_))
            | (Kind::Bytes, Value::Bytes(_))
    )
}

pub(super) fn shape(table: &Table) -> RecordsError {
    RecordsError::Shape { table: table.name }
}
