//! Changes.

use super::check::{self, VALUE_BYTES, shape};
use super::read::conditions;
use super::{Dialect, Statement, Writer};
use crate::records::{Change, Expect, Kind, RecordsError, Row, Table, Value};

/// At most so many rows in one statement.
const ROWS_A_STATEMENT: usize = 64;

/// The statements of a commit, in order. Rows that are added to one table one
/// after the other share a statement.
pub(in crate::records) fn changes(
    dialect: Dialect,
    changes: Vec<Change>,
) -> Result<Vec<Statement>, RecordsError> {
    let mut statements = Vec::with_capacity(changes.len());
    let mut run = Run::default();
    for change in changes {
        match change {
            Change::Insert(row) => run.add(dialect, row, false, &mut statements)?,
            Change::InsertIfAbsent(row) => run.add(dialect, row, true, &mut statements)?,
            other => {
                run.end(dialect, &mut statements);
                statements.push(single(dialect, other)?);
            }
        }
    }
    run.end(dialect, &mut statements);
    Ok(statements)
}

/// Rows that can be added by one statement.
#[derive(Default)]
struct Run {
    rows: Vec<Row>,
    if_absent: bool,
    bytes: usize,
}

impl Run {
    fn add(
        &mut self,
        dialect: Dialect,
        row: Row,
        if_absent: bool,
        statements: &mut Vec<Statement>,
    ) -> Result<(), RecordsError> {
        check::row(&row)?;
        let bytes = row.values().iter().map(size).sum::<usize>();
        let joins = self.rows.last().is_some_and(|last| {
            last.table().name == row.table().name
                && self.if_absent == if_absent
                && self.rows.len() < ROWS_A_STATEMENT
                && self.bytes + bytes <= VALUE_BYTES
        });
        if !joins {
            self.end(dialect, statements);
        }
        self.if_absent = if_absent;
        self.bytes += bytes;
        self.rows.push(row);
        Ok(())
    }

    fn end(&mut self, dialect: Dialect, statements: &mut Vec<Statement>) {
        let run = std::mem::take(self);
        let Some(table) = run.rows.first().map(Row::table) else { return };
        let mut sql = Writer::new(dialect);
        insert(&mut sql, table, run.rows);
        if run.if_absent {
            on_conflict(&mut sql, table);
            if dialect.is_mysql() {
                // Changes nothing; `INSERT IGNORE` would swallow other errors.
                let key = table.key.first().copied().unwrap_or_default();
                sql.name(key).push(" = ").name(key);
            } else {
                sql.push("NOTHING");
            }
        }
        statements.push(sql.finish(table.name, Expect::Any));
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Integer(_) => 8,
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    }
}

fn insert(sql: &mut Writer, table: &'static Table, rows: Vec<Row>) {
    sql.push("INSERT INTO ").name(table.name).push(" (");
    sql.names(table.columns.iter().map(|column| column.name)).push(") VALUES ");
    for (at, row) in rows.into_iter().enumerate() {
        sql.push(if at == 0 { "(" } else { ", (" });
        for (at, (column, value)) in table.columns.iter().zip(row.into_values()).enumerate() {
            if at > 0 {
                sql.push(", ");
            }
            sql.value(column.kind, value);
        }
        sql.push(")");
    }
}

/// Up to what to do when the key is taken.
fn on_conflict(sql: &mut Writer, table: &'static Table) {
    if sql.dialect.is_mysql() {
        sql.push(" ON DUPLICATE KEY UPDATE ");
    } else {
        sql.push(" ON CONFLICT (").names(table.key.iter().copied()).push(") DO ");
    }
}

fn single(dialect: Dialect, change: Change) -> Result<Statement, RecordsError> {
    let mut sql = Writer::new(dialect);
    match change {
        Change::Update { table, set, conditions: of, expect } => {
            sql.push("UPDATE ").name(table.name).push(" SET ");
            no_key_twice(table, set.iter().map(|(name, _)| *name))?;
            for (at, (name, value)) in set.into_iter().enumerate() {
                let column = check::column(table, name)?;
                check::written(table, column, &value)?;
                if at > 0 {
                    sql.push(", ");
                }
                sql.name(name).push(" = ").value(column.kind, value);
            }
            conditions(&mut sql, table, of)?;
            Ok(sql.finish(table.name, expect))
        }
        Change::Delete { table, conditions: of, expect } => {
            sql.push("DELETE FROM ").name(table.name);
            conditions(&mut sql, table, of)?;
            Ok(sql.finish(table.name, expect))
        }
        Change::Add { row, by } => {
            let table = row.table();
            check::row(&row)?;
            no_key_twice(table, by.iter().map(|(name, _)| *name))?;
            insert(&mut sql, table, vec![counted(row, &by)?]);
            on_conflict(&mut sql, table);
            if !dialect.is_mysql() {
                sql.push("UPDATE SET ");
            }
            for (at, (name, by)) in by.into_iter().enumerate() {
                if at > 0 {
                    sql.push(", ");
                }
                // Named with its table: PostgreSQL would not know which.
                sql.name(name).push(" = ").name(table.name).push(".").name(name);
                sql.push(" + ").value(Kind::Integer, by.into());
            }
            Ok(sql.finish(table.name, Expect::Any))
        }
        // Both are part of a run.
        Change::Insert(row) | Change::InsertIfAbsent(row) => Err(shape(row.table())),
    }
}

/// The row with what is counted already in it: what is written if it is new.
fn counted(row: Row, by: &[(&'static str, i64)]) -> Result<Row, RecordsError> {
    let table = row.table();
    let mut values = row.into_values();
    for (name, by) in by {
        let (at, column) = table.column(name).ok_or(shape(table))?;
        match values.get_mut(at) {
            _ if column.kind != Kind::Integer => return Err(shape(table)),
            Some(Value::Integer(value)) => {
                *value = value.checked_add(*by).ok_or(shape(table))?;
            }
            // Nothing to count from: stays without a value, as in SQL.
            _ => {}
        }
    }
    Ok(Row::from_values(table, values))
}

/// At least one column, none twice, and none of the key: a row keeps its name.
fn no_key_twice<'n>(
    table: &'static Table,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Result<(), RecordsError> {
    let mut rest = names.clone();
    let wrong = std::iter::from_fn(|| rest.next().map(|name| (name, rest.clone())))
        .any(|(name, mut after)| table.key.contains(&name) || after.any(|other| other == name));
    if wrong || names.count() == 0 { Err(shape(table)) } else { Ok(()) }
}
