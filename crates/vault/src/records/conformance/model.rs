//! The store as it should be: rows in memory, by the words of the trait alone.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bonafide_context::Timestamp;

use crate::records::{
    Change, Condition, Direction, Expect, Migration, Operator, Pieces, Records, RecordsError, Row,
    Select, Table, Value,
};

type Tables = BTreeMap<&'static str, BTreeMap<Vec<Place>, Row>>;

/// A value that can be ordered: nothing comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Nothing,
    Integer(i64),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
}

impl From<&Value> for Place {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Integer(number) => Self::Integer(*number),
            Value::Text(text) => Self::Text(text.clone().into_bytes()),
            Value::Bytes(bytes) => Self::Bytes(bytes.clone()),
        }
    }
}

/// Rows in memory.
#[derive(Default)]
pub(super) struct Memory {
    tables: Mutex<Tables>,
}

#[async_trait]
impl Records for Memory {
    async fn migrate(&self, _: &[Migration], _: Timestamp) -> Result<(), RecordsError> {
        Ok(())
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let mut tables = self.tables.lock().unwrap();
        let mut after = tables.clone();
        for change in changes {
            apply(&mut after, change)?;
        }
        *tables = after;
        Ok(())
    }

    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError> {
        let mut tables = self.tables.lock().unwrap();
        let rows = tables.entry(select.table.name).or_default().values();
        let mut rows: Vec<Row> =
            rows.filter(|row| meets(row, &select.conditions)).cloned().collect();
        rows.sort_by(|a, b| {
            let by = select.order.iter().map(|(name, direction)| {
                let order = place(a, name).cmp(&place(b, name));
                if *direction == Direction::Descending { order.reverse() } else { order }
            });
            by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        rows.truncate(select.limit.map_or(usize::MAX, |limit| limit as usize));
        Ok(rows)
    }

    async fn count(&self, table: &'static Table, of: Vec<Condition>) -> Result<u64, RecordsError> {
        let mut select = Select::from(table);
        select.conditions = of;
        Ok(self.select(select).await?.len() as u64)
    }

    async fn check(&self) -> Result<(), RecordsError> {
        Ok(())
    }

    async fn snapshot(&self, _: &[&'static Table], _: Pieces) -> Result<(), RecordsError> {
        Ok(())
    }
}

fn key(row: &Row) -> Vec<Place> {
    row.table().key.iter().map(|name| place(row, name)).collect()
}

fn place(row: &Row, name: &str) -> Place {
    row.value(name).unwrap().into()
}

fn apply(tables: &mut Tables, change: Change) -> Result<(), RecordsError> {
    match change {
        Change::Insert(row) => {
            let rows = tables.entry(row.table().name).or_default();
            if rows.insert(key(&row), row).is_some() {
                return Err(RecordsError::Conflict);
            }
        }
        Change::InsertIfAbsent(row) => {
            tables.entry(row.table().name).or_default().entry(key(&row)).or_insert(row);
        }
        Change::Update { table, set, conditions, expect } => {
            let rows = tables.entry(table.name).or_default();
            let mut met = 0;
            for row in rows.values_mut().filter(|row| meets(row, &conditions)) {
                met += 1;
                for (name, value) in &set {
                    *row = row.clone().with(name, value.clone());
                }
            }
            expected(met, expect)?;
        }
        Change::Delete { table, conditions, expect } => {
            let rows = tables.entry(table.name).or_default();
            let before = rows.len();
            rows.retain(|_, row| !meets(row, &conditions));
            expected(before - rows.len(), expect)?;
        }
        Change::Add { row, by } => {
            let rows = tables.entry(row.table().name).or_default();
            let row = rows.entry(key(&row)).or_insert(row);
            for (name, by) in by {
                if let Some(now) = row.optional_integer(name)? {
                    *row = row.clone().with(name, now + by);
                }
            }
        }
    }
    Ok(())
}

fn expected(met: usize, expect: Expect) -> Result<(), RecordsError> {
    if expect == Expect::One && met != 1 { Err(RecordsError::Conflict) } else { Ok(()) }
}

fn meets(row: &Row, conditions: &[Condition]) -> bool {
    conditions.iter().all(|condition| match condition {
        Condition::Compare(name, operator, value) => {
            let (left, right) = (place(row, name), Place::from(value));
            left != Place::Nothing
                && right != Place::Nothing
                && match operator {
                    Operator::Equal => left == right,
                    Operator::NotEqual => left != right,
                    Operator::Less => left < right,
                    Operator::AtMost => left <= right,
                    Operator::Greater => left > right,
                    Operator::AtLeast => left >= right,
                }
        }
        Condition::In(name, values) => {
            let left = place(row, name);
            left != Place::Nothing && values.iter().any(|value| Place::from(value) == left)
        }
        Condition::Null(name) => place(row, name) == Place::Nothing,
        Condition::NotNull(name) => place(row, name) != Place::Nothing,
        Condition::After(of) => beyond(row, of, |left, right| left > right),
        Condition::Before(of) => beyond(row, of, |left, right| left < right),
    })
}

/// The first column that differs decides; nothing comes first.
fn beyond(row: &Row, of: &[(&'static str, Value)], lies: fn(&Place, &Place) -> bool) -> bool {
    let pairs = of.iter().map(|(name, value)| (place(row, name), Place::from(value)));
    let differs = pairs.into_iter().find(|(left, right)| left != right);
    differs.is_some_and(|(left, right)| lies(&left, &right))
}
