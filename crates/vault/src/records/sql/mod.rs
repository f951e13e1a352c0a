//! One renderer of SQL for all engines: what a [`Change`](super::Change) or a
//! [`Select`](super::Select) is in a dialect. Nothing here talks to a store,
//! and nothing of a row ever stands in the text: values are always bound.

mod check;
mod ddl;
mod read;
mod write;

pub(super) use ddl::{check_table, index_name, render_step};
pub(super) use read::{count, select};
pub(super) use write::changes;

use super::{Expect, Kind, Value};

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite 3.37 or newer.
    Sqlite,
    /// MySQL 8.0.17 or newer.
    MySql,
    /// MariaDB 10.6 or newer: MySQL with other names for its collations.
    MariaDb,
    /// PostgreSQL 12 or newer.
    Postgres,
}

impl Dialect {
    /// Whether it is one of the two that speak MySQL's protocol.
    pub(super) fn is_mysql(self) -> bool {
        matches!(self, Self::MySql | Self::MariaDb)
    }
}

/// What is bound in the place of one placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bind {
    /// A value for a column of this kind: a missing value needs the kind too.
    One(Kind, Value),
    /// Any of these texts, as one array (PostgreSQL).
    Texts(Vec<String>),
    /// Any of these numbers, as one array (PostgreSQL).
    Integers(Vec<i64>),
}

/// A statement, ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// With placeholders only.
    pub(super) sql: String,
    /// In the order of the placeholders.
    pub(super) binds: Vec<Bind>,
    /// How many rows it must meet.
    pub(super) expect: Expect,
    /// Of which table it speaks, for errors.
    pub(super) table: &'static str,
}

impl Statement {
    /// Whether a statement that met so many rows did what was expected.
    pub(super) fn met(&self, rows: u64) -> bool {
        self.expect == Expect::Any || rows == 1
    }
}

/// A statement in the making.
struct Writer {
    dialect: Dialect,
    sql: String,
    binds: Vec<Bind>,
}

impl Writer {
    fn new(dialect: Dialect) -> Self {
        Self { dialect, sql: String::with_capacity(256), binds: Vec::new() }
    }

    fn push(&mut self, text: &str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    /// A name of a table, column or index. They are constants of lower-case
    /// letters, digits and underscores (see [`check_table`]); quoted all the
    /// same, since some are words of SQL.
    fn name(&mut self, name: &str) -> &mut Self {
        let quote = if self.dialect.is_mysql() { '`' } else { '"' };
        self.sql.push(quote);
        self.sql.extend(name.chars().filter(|c| *c != quote && *c != '\0'));
        self.sql.push(quote);
        self
    }

    fn names<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> &mut Self {
        for (at, name) in names.into_iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.name(name);
        }
        self
    }

    fn bind(&mut self, bind: Bind) -> &mut Self {
        self.binds.push(bind);
        if self.dialect == Dialect::Postgres {
            self.sql.push('$');
            self.sql.push_str(&self.binds.len().to_string());
        } else {
            self.sql.push('?');
        }
        self
    }

    fn value(&mut self, kind: Kind, value: Value) -> &mut Self {
        self.bind(Bind::One(kind, value))
    }

    fn finish(self, table: &'static str, expect: Expect) -> Statement {
        Statement { sql: self.sql, binds: self.binds, expect, table }
    }
}
