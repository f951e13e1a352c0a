//! Tables, columns and indexes.

use super::check::shape;
use super::{Dialect, Writer};
use crate::records::{Column, Kind, RecordsError, Step, Table};

/// What fits into one index of MySQL, in bytes.
const INDEX_BYTES: usize = 3_072;

/// Whether a table can be made in every engine, whichever is used today.
pub(in crate::records) fn check_table(table: &'static Table) -> Result<(), RecordsError> {
    let mut names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let named = names.iter().chain([&table.name]).all(|name| is_name(name));
    names.sort_unstable();
    let twice = names.windows(2).any(|pair| pair.first() == pair.last());
    let key = table.key.iter().all(|name| table.column(name).is_some_and(|(_, c)| !c.optional));
    let fit = table.indexes.iter().chain([&table.key]).all(|columns| {
        let bytes = columns.iter().map(|name| match table.column(name)?.1.kind {
            Kind::Name => Some(190 * 4),
            Kind::Integer => Some(8),
            Kind::Text | Kind::Bytes => None,
        });
        !columns.is_empty() && bytes.sum::<Option<usize>>().is_some_and(|sum| sum <= INDEX_BYTES)
    });
    if named && !twice && key && fit { Ok(()) } else { Err(shape(table)) }
}

fn is_name(name: &str) -> bool {
    name.len() <= 50
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The statements of one step of a migration.
pub(in crate::records) fn render_step(dialect: Dialect, step: &Step) -> Vec<String> {
    match step {
        Step::Create(table) => create(dialect, table),
        Step::AddColumn(table, column) => {
            let mut sql = Writer::new(dialect);
            sql.push("ALTER TABLE ").name(table).push(" ADD COLUMN ");
            declare(&mut sql, column);
            vec![sql.sql]
        }
        Step::AddIndex(table, columns) => vec![index(dialect, table, columns, &[])],
        Step::DropColumn(table, column) => {
            let mut sql = Writer::new(dialect);
            sql.push("ALTER TABLE ").name(table).push(" DROP COLUMN ").name(column);
            vec![sql.sql]
        }
        Step::DropTable(table) => {
            let mut sql = Writer::new(dialect);
            sql.push("DROP TABLE ").name(table);
            vec![sql.sql]
        }
    }
}

/// A table and its indexes: one statement in MySQL, which has no transaction
/// around several.
fn create(dialect: Dialect, table: &Table) -> Vec<String> {
    let mut sql = Writer::new(dialect);
    sql.push("CREATE TABLE ").name(table.name).push(" (\n  ");
    for column in table.columns {
        declare(&mut sql, column);
        sql.push(",\n  ");
    }
    sql.push("PRIMARY KEY (").names(table.key.iter().copied()).push(")");
    if dialect.is_mysql() {
        for columns in table.indexes {
            sql.push(",\n  INDEX ").name(&index_name(table.name, columns)).push(" (");
            sql.names(columns.iter().copied()).push(")");
        }
    }
    sql.push("\n)");
    if dialect.is_mysql() {
        sql.push(" ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ");
        sql.push(name_collation(dialect));
    }
    if dialect == Dialect::Sqlite {
        sql.push(" STRICT");
        // Small rows rest in the tree of their key alone; large ones would
        // make that tree deep.
        if table.columns.iter().all(|c| matches!(c.kind, Kind::Name | Kind::Integer)) {
            sql.push(", WITHOUT ROWID");
        }
    }
    let mut statements = vec![sql.sql];
    if !dialect.is_mysql() {
        let optional: Vec<&str> =
            table.columns.iter().filter(|c| c.optional).map(|c| c.name).collect();
        statements.extend(
            table.indexes.iter().map(|columns| index(dialect, table.name, columns, &optional)),
        );
    }
    statements
}

fn index(dialect: Dialect, table: &str, columns: &[&str], optional: &[&str]) -> String {
    let mut sql = Writer::new(dialect);
    sql.push("CREATE INDEX ").name(&index_name(table, columns)).push(" ON ").name(table);
    sql.push(" (");
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            sql.push(", ");
        }
        sql.name(column);
        // As a select orders; see there.
        if dialect == Dialect::Postgres && optional.contains(column) {
            sql.push(" NULLS FIRST");
        }
    }
    sql.push(")");
    sql.sql
}

/// What an index is called: at most 63 bytes, as PostgreSQL allows.
pub(in crate::records) fn index_name(table: &str, columns: &[&str]) -> String {
    let name = format!("{table}__{}", columns.join("_"));
    if name.len() <= 60 {
        return name;
    }
    // FNV-1a: the same in every version of every binary.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let start: String = name.chars().take(43).collect();
    format!("{start}_{hash:016x}")
}

fn declare(sql: &mut Writer, column: &Column) {
    let kind = match (sql.dialect, column.kind) {
        (dialect, Kind::Name) => name_type(dialect),
        (dialect, Kind::Text) => text_type(dialect),
        (Dialect::Sqlite, Kind::Integer) => "INTEGER".to_owned(),
        (_, Kind::Integer) => "BIGINT".to_owned(),
        (Dialect::Sqlite, Kind::Bytes) => "BLOB".to_owned(),
        (Dialect::Postgres, Kind::Bytes) => "BYTEA".to_owned(),
        (_, Kind::Bytes) => "LONGBLOB".to_owned(),
    };
    sql.name(column.name).push(" ").push(&kind);
    if !column.optional {
        sql.push(" NOT NULL");
    }
}

/// Compared byte by byte: two names are one only if they are the same.
pub(super) fn name_type(dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => "TEXT".to_owned(),
        Dialect::Postgres => "TEXT COLLATE \"C\"".to_owned(),
        _ => format!("VARCHAR(190) CHARACTER SET utf8mb4 COLLATE {}", name_collation(dialect)),
    }
}

pub(super) fn text_type(dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => "TEXT".to_owned(),
        Dialect::Postgres => "TEXT COLLATE \"C\"".to_owned(),
        _ => format!("LONGTEXT CHARACTER SET utf8mb4 COLLATE {}", name_collation(dialect)),
    }
}

/// By bytes and without padding: `a` and `a ` are two names.
fn name_collation(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::MySql => "utf8mb4_0900_bin",
        Dialect::MariaDb => "utf8mb4_nopad_bin",
        Dialect::Sqlite | Dialect::Postgres => "BINARY",
    }
}
