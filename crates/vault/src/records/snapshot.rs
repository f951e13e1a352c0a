//! Whole tables as they were at one moment.

use tokio::sync::mpsc;

use super::driver::Driver;
use super::sql::{self, Dialect};
use super::{Condition, Direction, Kind, RecordsError, Row, Select, Table};

/// Where rows of a snapshot go: which of the tables asked for, and some of its
/// rows in the order of their keys. A receiver that is gone ends the snapshot.
pub type Pieces = mpsc::Sender<(usize, Vec<Row>)>;

/// At most so many rows a piece.
const ROWS: u32 = 200;

/// Reads all tables over a connection whose transaction sees one moment.
pub(super) async fn read<DB: Driver>(
    connection: &mut DB::Connection,
    dialect: Dialect,
    tables: &[&'static Table],
    pieces: Pieces,
) -> Result<(), RecordsError> {
    for (at, table) in tables.iter().enumerate() {
        let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
        let mut after = None;
        loop {
            let mut select = Select::from(table).limit(ROWS);
            for name in table.key {
                select = select.order(name, Direction::Ascending);
            }
            if let Some(last) = after {
                select = select.and(Condition::After(last));
            }
            let statement = sql::select(dialect, select)?;
            let rows = DB::fetch(connection, statement, &kinds).await;
            let rows = rows.map_err(|fault| fault.into_error(table.name))?;
            let rows: Vec<Row> =
                rows.into_iter().map(|values| Row::from_values(table, values)).collect();
            let Some(last) = rows.last() else { break };
            let key = |name: &&'static str| Ok((*name, last.value(name)?.clone()));
            after = Some(table.key.iter().map(key).collect::<Result<Vec<_>, RecordsError>>()?);
            if pieces.send((at, rows)).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}
