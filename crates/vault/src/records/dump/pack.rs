//! Some rows of one table as bytes, for whoever puts them elsewhere than into a dump.

use super::frame::{decode, encode};
use super::{DumpError, Row, Table};
use crate::records::Value;

/// The names of the columns, then the values of each row.
pub fn pack(table: &Table, rows: &[Row]) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&Value::Integer(i64::try_from(table.columns.len()).unwrap_or(0)), &mut bytes);
    for column in table.columns {
        encode(&Value::Text(column.name.to_owned()), &mut bytes);
    }
    for value in rows.iter().flat_map(Row::values) {
        encode(value, &mut bytes);
    }
    bytes
}

/// The rows that [`pack`] packed, as this binary declares the table.
///
/// # Errors
///
/// [`DumpError::Foreign`] for a column that this binary does not know;
/// [`DumpError::Damaged`] for anything else that cannot be read.
pub fn unpack(table: &'static Table, mut bytes: &[u8]) -> Result<Vec<Row>, DumpError> {
    let cut = || DumpError::Damaged("rows are cut off");
    let Some(Value::Integer(count)) = decode(&mut bytes) else { return Err(cut()) };
    let mut places = Vec::new();
    for _ in 0..count {
        let Some(Value::Text(name)) = decode(&mut bytes) else { return Err(cut()) };
        let place = table.columns.iter().position(|column| column.name == name);
        places.push(place.ok_or_else(|| DumpError::Foreign(format!("{}.{name}", table.name)))?);
    }
    let mut rows = Vec::new();
    while !bytes.is_empty() {
        let mut values = vec![Value::Null; table.columns.len()];
        for place in &places {
            let value = decode(&mut bytes).ok_or_else(cut)?;
            if let Some(at) = values.get_mut(*place) {
                *at = value;
            }
        }
        // Without a column every row would be empty, and there would be no end.
        if places.is_empty() {
            return Err(cut());
        }
        rows.push(Row::from_values(table, values));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::records::{Column, Kind};
    use bonafide_policy::Category;

    static TABLE: Table = Table {
        name: "packed",
        category: Category::Monitoring,
        columns: &[Column::new("id", Kind::Name), Column::optional("n", Kind::Integer)],
        key: &["id"],
        indexes: &[],
    };
    static OLDER: Table = Table { columns: &[Column::new("id", Kind::Name)], ..TABLE };

    #[test]
    fn rows_come_back_also_under_a_table_that_grew() {
        let rows =
            [Row::new(&TABLE).with("id", "a").with("n", 7i64), Row::new(&TABLE).with("id", "b")];
        assert_eq!(unpack(&TABLE, &pack(&TABLE, &rows)).unwrap(), rows);
        let older = [Row::new(&OLDER).with("id", "c")];
        let grown = unpack(&TABLE, &pack(&OLDER, &older)).unwrap();
        assert_eq!(grown, [Row::new(&TABLE).with("id", "c")]);
        let foreign = unpack(&OLDER, &pack(&TABLE, &rows));
        assert!(matches!(foreign, Err(DumpError::Foreign(name)) if name == "packed.n"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_rows_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(&TABLE, &bytes);
        }
    }
}
