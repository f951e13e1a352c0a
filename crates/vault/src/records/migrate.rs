//! Bringing a store up to its migrations.

use std::collections::BTreeMap;

use bonafide_context::Timestamp;
use bonafide_policy::Category;

use super::driver::{self, Driver, Fault};
use super::sql::{self, Bind, Dialect};
use super::{Change, Column, Kind, Migration, RecordsError, Row, Select, Step, Table, Value};

/// What was done to the store so far.
pub(super) const SCHEMA_MIGRATIONS: Table = Table {
    name: "schema_migrations",
    category: Category::Configuration,
    columns: &[
        Column::new("room", Kind::Name),
        Column::new("version", Kind::Integer),
        Column::new("applied_at", Kind::Integer),
    ],
    key: &["room", "version"],
    indexes: &[],
};

/// Applies what is missing, over a connection that holds the engine's lock (a
/// transaction too, where its DDL can be taken back).
pub(super) async fn apply<DB: Driver>(
    connection: &mut DB::Connection,
    dialect: Dialect,
    migrations: &[Migration],
    now: Timestamp,
) -> Result<(), RecordsError> {
    check(migrations)?;
    let whole = |fault: Fault| fault.into_error(SCHEMA_MIGRATIONS.name);
    if !has_table::<DB>(connection, dialect, SCHEMA_MIGRATIONS.name).await.map_err(whole)? {
        for sql in sql::render_step(dialect, &Step::Create(&SCHEMA_MIGRATIONS)) {
            DB::run(connection, sql).await.map_err(whole)?;
        }
    }
    let done = done::<DB>(connection, dialect).await?;
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    for migration in migrations {
        let newest = known.entry(migration.room).or_default();
        *newest = (*newest).max(migration.version);
    }
    for (room, found) in &done {
        match known.get(room.as_str()) {
            Some(known) if known < found => {
                let (room, found, known) = (room.clone(), *found, *known);
                return Err(RecordsError::TooNew { room, found, known });
            }
            _ => {}
        }
    }
    for migration in migrations {
        if done.get(migration.room).is_some_and(|version| *version >= migration.version) {
            continue;
        }
        one::<DB>(connection, dialect, migration, now).await.map_err(|fault| {
            let reason = match fault {
                Fault::Statement(reason) | Fault::Refused(reason) | Fault::Gone(reason) => reason,
                Fault::Conflict | Fault::Shape | Fault::Retry => {
                    "the store is not as the versions before left it".to_owned()
                }
            };
            RecordsError::Migration { room: migration.room, version: migration.version, reason }
        })?;
    }
    Ok(())
}

/// Whether the migrations count 1, 2, 3 … in each room and make tables that
/// every engine can hold.
fn check(migrations: &[Migration]) -> Result<(), RecordsError> {
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    for migration in migrations {
        let last = last.entry(migration.room).or_default();
        let wrong = |reason: &str| RecordsError::Migration {
            room: migration.room,
            version: migration.version,
            reason: reason.to_owned(),
        };
        if migration.version != *last + 1 {
            return Err(wrong("versions of a room count 1, 2, 3 without a gap"));
        }
        *last = migration.version;
        for step in migration.steps {
            match step {
                Step::Create(table) => sql::check_table(table)?,
                Step::AddColumn(_, column) if !column.optional => {
                    return Err(wrong("a new column must be optional: rows are there already"));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The newest version of each room.
async fn done<DB: Driver>(
    connection: &mut DB::Connection,
    dialect: Dialect,
) -> Result<BTreeMap<String, u32>, RecordsError> {
    let select = sql::select(dialect, Select::from(&SCHEMA_MIGRATIONS))?;
    let kinds: Vec<Kind> = SCHEMA_MIGRATIONS.columns.iter().map(|c| c.kind).collect();
    let rows = DB::fetch(connection, select, &kinds)
        .await
        .map_err(|fault| fault.into_error(SCHEMA_MIGRATIONS.name))?;
    let mut newest = BTreeMap::new();
    for values in rows {
        let row = Row::from_values(&SCHEMA_MIGRATIONS, values);
        let version = u32::try_from(row.integer("version")?)
            .map_err(|_| RecordsError::Shape { table: SCHEMA_MIGRATIONS.name })?;
        let seen = newest.entry(row.text("room")?.to_owned()).or_default();
        *seen = version.max(*seen);
    }
    Ok(newest)
}

async fn one<DB: Driver>(
    connection: &mut DB::Connection,
    dialect: Dialect,
    migration: &Migration,
    now: Timestamp,
) -> Result<(), Fault> {
    for step in migration.steps {
        // MySQL commits each statement of DDL by itself: a node that was killed
        // between two may have done this one already.
        if dialect.is_mysql() && is_done::<DB>(connection, dialect, step).await? {
            continue;
        }
        if let (Dialect::Sqlite, Step::DropColumn(table, column)) = (dialect, step) {
            drop_indexes::<DB>(connection, table, column).await?;
        }
        for sql in sql::render_step(dialect, step) {
            DB::run(connection, sql).await?;
        }
    }
    let row = Row::new(&SCHEMA_MIGRATIONS)
        .with("room", migration.room)
        .with("version", i64::from(migration.version))
        .with("applied_at", now);
    for statement in sql::changes(dialect, vec![Change::Insert(row)]).map_err(|_| Fault::Shape)? {
        DB::execute(connection, statement).await?;
    }
    Ok(())
}

async fn is_done<DB: Driver>(
    connection: &mut DB::Connection,
    dialect: Dialect,
    step: &Step,
) -> Result<bool, Fault> {
    match step {
        Step::Create(table) => has_table::<DB>(connection, dialect, table.name).await,
        Step::DropTable(table) => Ok(!has_table::<DB>(connection, dialect, table).await?),
        Step::AddColumn(table, column) => has_column::<DB>(connection, table, column.name).await,
        Step::DropColumn(table, column) => Ok(!has_column::<DB>(connection, table, column).await?),
        Step::AddIndex(table, columns) => {
            let name = sql::index_name(table, columns);
            let sql = "SELECT COUNT(*) FROM information_schema.statistics \
                       WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?";
            some::<DB>(connection, sql, &[table, &name]).await
        }
    }
}

async fn has_table<DB: Driver>(
    connection: &mut DB::Connection,
    dialect: Dialect,
    table: &str,
) -> Result<bool, Fault> {
    let sql = match dialect {
        Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
        Dialect::Postgres => {
            "SELECT COUNT(*) FROM pg_catalog.pg_tables \
             WHERE schemaname = current_schema() AND tablename = $1"
        }
        _ => {
            "SELECT COUNT(*) FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name = ?"
        }
    };
    some::<DB>(connection, sql, &[table]).await
}

/// Of MySQL, the only one where it must be asked.
async fn has_column<DB: Driver>(
    connection: &mut DB::Connection,
    table: &str,
    column: &str,
) -> Result<bool, Fault> {
    let sql = "SELECT COUNT(*) FROM information_schema.columns \
               WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?";
    some::<DB>(connection, sql, &[table, column]).await
}

async fn some<DB: Driver>(
    connection: &mut DB::Connection,
    sql: &str,
    binds: &[&str],
) -> Result<bool, Fault> {
    let binds = binds.iter().map(|text| Bind::One(Kind::Text, Value::from(*text))).collect();
    Ok(driver::number::<DB>(connection, sql, binds).await?.unwrap_or(0) > 0)
}

/// SQLite keeps a column that an index names; the others drop both.
async fn drop_indexes<DB: Driver>(
    connection: &mut DB::Connection,
    table: &str,
    column: &str,
) -> Result<(), Fault> {
    let sql = "SELECT m.name FROM sqlite_master AS m, pragma_index_info(m.name) AS i \
               WHERE m.type = 'index' AND m.sql IS NOT NULL AND m.tbl_name = ? AND i.name = ?";
    let binds = [table, column].map(|text| Bind::One(Kind::Text, Value::from(text))).to_vec();
    for index in driver::texts::<DB>(connection, sql, binds).await? {
        DB::run(connection, format!("DROP INDEX \"{index}\"")).await?;
    }
    Ok(())
}
