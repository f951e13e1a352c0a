//! A policy as a flat list of cells: path, value, line.
//!
//! Composition, comparison and messages all work on this form, so that each of
//! them holds for whatever a policy file may say.

use std::collections::BTreeMap;
use std::fmt;

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::line_at;

/// Where a cell is: the keys that lead to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellPath(pub Vec<String>);

impl CellPath {
    /// The path of keys written with dots between them.
    pub(crate) fn of(dotted: &str) -> Self {
        Self(dotted.split('.').map(str::to_owned).collect())
    }

    /// Whether it begins with these keys.
    pub(crate) fn starts_with(&self, keys: &[&str]) -> bool {
        self.0.len() >= keys.len() && self.0.iter().zip(keys).all(|(a, b)| a == b)
    }

    /// Its last key.
    pub(crate) fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

impl fmt::Display for CellPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// The cells of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    pub(crate) values: BTreeMap<CellPath, Value>,
    lines: BTreeMap<Vec<String>, usize>,
}

impl Cells {
    pub(crate) fn read(text: &str) -> Result<Self, toml::de::Error> {
        let values = flatten(&toml::from_str::<Table>(text)?);
        let mut lines = BTreeMap::new();
        mark(text, DeTable::parse(text)?.get_ref(), &mut Vec::new(), &mut lines);
        Ok(Self { values, lines })
    }

    /// The line of a cell, else of the nearest table around it, else the first.
    pub(crate) fn line(&self, path: &[String]) -> usize {
        (0..=path.len())
            .rev()
            .find_map(|n| self.lines.get(path.get(..n).unwrap_or_default()))
            .copied()
            .unwrap_or(1)
    }
}

/// Every value that is not a table, by path. An empty table has no cell.
pub(crate) fn flatten(table: &Table) -> BTreeMap<CellPath, Value> {
    fn walk(table: &Table, at: &mut Vec<String>, into: &mut BTreeMap<CellPath, Value>) {
        for (key, value) in table {
            at.push(key.clone());
            match value {
                Value::Table(inner) => walk(inner, at, into),
                _ => {
                    into.insert(CellPath(at.clone()), value.clone());
                }
            }
            at.pop();
        }
    }
    let mut cells = BTreeMap::new();
    walk(table, &mut Vec::new(), &mut cells);
    cells
}

/// The table that these cells came from. A cell below another that is no table
/// is left out: the types of a policy file have none.
pub(crate) fn nest<'a>(cells: impl IntoIterator<Item = (&'a CellPath, &'a Value)>) -> Table {
    let mut root = Table::new();
    for (path, value) in cells {
        let Some((last, above)) = path.0.split_last() else { continue };
        let mut table = Some(&mut root);
        for key in above {
            table = table.and_then(|table| {
                let inner = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
                inner.as_table_mut()
            });
        }
        if let Some(table) = table {
            table.insert(last.clone(), value.clone());
        }
    }
    root
}

fn mark(
    text: &str,
    table: &DeTable<'_>,
    at: &mut Vec<String>,
    lines: &mut BTreeMap<Vec<String>, usize>,
) {
    for (key, value) in table {
        at.push(key.get_ref().to_string());
        lines.insert(at.clone(), line_at(text, key.span().start));
        if let DeValue::Table(inner) = value.get_ref() {
            mark(text, inner, at, lines);
        }
        at.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name = \"a\"\n\n[x.y]\nkeep = \"2h\"\nby = { risk = \"call\" }\n";

    #[test]
    fn cells_know_their_line_and_nest_again() {
        let cells = Cells::read(TEXT).unwrap();
        let paths: Vec<String> = cells.values.keys().map(ToString::to_string).collect();
        assert_eq!(paths, ["name", "x.y.by.risk", "x.y.keep"]);
        let line = |path: &str| cells.line(&CellPath::of(path).0);
        assert_eq!(line("x.y.keep"), 4);
        assert_eq!(line("x.y.by.risk"), 5);
        assert_eq!(line("x.y.readers"), 3);
        assert_eq!(line("elsewhere"), 1);
        assert_eq!(nest(&cells.values), toml::from_str::<Table>(TEXT).unwrap());
    }
}
