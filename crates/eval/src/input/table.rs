//! A CSV table whose columns go by name.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use crate::EvalError;

/// A table, read into memory.
#[derive(Debug)]
pub(crate) struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<(u64, StringRecord)>,
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row<'t> {
    table: &'t Table,
    /// Its line in the file, the header being line 1.
    pub(crate) line: u64,
    record: &'t StringRecord,
}

impl Table {
    /// Reads a file that must have the columns `needed`, in any order.
    pub(crate) fn open(path: &Path, needed: &[&'static str]) -> Result<Self, EvalError> {
        let file = File::open(path).map_err(|reason| EvalError::File {
            doing: "read",
            path: path.to_owned(),
            reason,
        })?;
        Self::read(file, needed)
    }

    /// As [`Table::open`], from any source.
    pub(crate) fn read(
        source: impl std::io::Read,
        needed: &[&'static str],
    ) -> Result<Self, EvalError> {
        let mut reader = ReaderBuilder::new().from_reader(source);
        let header = reader.headers().map_err(|e| row_error(&e, 1))?;
        let columns: HashMap<String, usize> =
            header.iter().enumerate().map(|(i, name)| (name.trim().to_owned(), i)).collect();
        if let Some(missing) = needed.iter().find(|name| !columns.contains_key(**name)) {
            return Err(EvalError::Columns { missing, needed: needed.join(",") });
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let last = rows.last().map_or(1, |(line, _)| *line);
            let record = record.map_err(|e| row_error(&e, last + 1))?;
            rows.push((record.position().map_or(last + 1, csv::Position::line), record));
        }
        Ok(Self { columns, rows })
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, record)| Row { table: self, line: *line, record })
    }
}

impl<'t> Row<'t> {
    /// The value in a column, trimmed; empty if there is no such column.
    pub(crate) fn get(self, column: &str) -> &'t str {
        self.exact(column).trim()
    }

    /// The value in a column as it is written; empty if there is no such column.
    pub(crate) fn exact(self, column: &str) -> &'t str {
        let index = self.table.columns.get(column);
        index.and_then(|i| self.record.get(*i)).unwrap_or_default()
    }

    /// An error that points here.
    pub(crate) fn error(self, problem: impl Into<String>) -> EvalError {
        EvalError::Row { line: self.line, problem: problem.into() }
    }
}

/// The reader's error with its line, in words of ours.
fn row_error(error: &csv::Error, line: u64) -> EvalError {
    let line = error.position().map_or(line, csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} values and the header {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "the row is not UTF-8 text".to_owned(),
        csv::ErrorKind::Io(reason) => format!("the table cannot be read: {reason}"),
        _ => "the row is not valid CSV".to_owned(),
    };
    EvalError::Row { line, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_by_name_and_rows_know_their_line() {
        let text = "b,a\n1,\"two\nlines\"\n3, 4 \n";
        let table = Table::read(text.as_bytes(), &["a", "b"]).unwrap();
        let rows: Vec<_> = table.rows().map(|r| (r.line, r.get("a"), r.get("b"))).collect();
        assert_eq!(rows, [(2, "two\nlines", "1"), (4, "4", "3")]);
        assert_eq!(table.rows().next().unwrap().get("c"), "");
    }

    #[test]
    fn errors_name_the_line_and_the_column() {
        let error = |text: &[u8]| Table::read(text, &["a", "b"]).unwrap_err().to_string();
        assert_eq!(error(b"a,c\n"), "line 1: the header lacks the column b; it needs a,b");
        assert_eq!(error(b"a,b\n1,2\n3\n"), "line 3: the row has 1 values and the header 2");
        assert_eq!(error(b"a,b\n1,\xff\n"), "line 2: the row is not UTF-8 text");
        assert_eq!(error(b""), "line 1: the header lacks the column a; it needs a,b");
    }
}
