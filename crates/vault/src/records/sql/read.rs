//! Questions and conditions.

use super::check::{column, compared, shape};
use super::{Bind, Dialect, Statement, Writer};
use crate::records::{
    Column, Condition, Direction, Expect, Kind, Operator, RecordsError, Select, Table, Value,
};

/// Up to so many values of an `In` are bound one by one; more go as one list,
/// so that their number is not bounded by that of placeholders.
const LISTED_ONE_BY_ONE: usize = 16;

/// The rows of a select: its columns in the table's order.
pub(in crate::records) fn select(
    dialect: Dialect,
    select: Select,
) -> Result<Statement, RecordsError> {
    let table = select.table;
    let mut sql = Writer::new(dialect);
    sql.push("SELECT ").names(table.columns.iter().map(|c| c.name));
    sql.push(" FROM ").name(table.name);
    conditions(&mut sql, table, select.conditions)?;
    for (at, (name, direction)) in select.order.iter().enumerate() {
        let column = column(table, name)?;
        sql.push(if at == 0 { " ORDER BY " } else { ", " }).name(name);
        let descending = *direction == Direction::Descending;
        if descending {
            sql.push(" DESC");
        }
        // A row without a value comes before all others; PostgreSQL alone
        // would put it last.
        if column.optional && dialect == Dialect::Postgres {
            sql.push(if descending { " NULLS LAST" } else { " NULLS FIRST" });
        }
    }
    if let Some(rows) = select.limit {
        sql.push(" LIMIT ").value(Kind::Integer, i64::from(rows).into());
    }
    Ok(sql.finish(table.name, Expect::Any))
}

/// How many rows meet all conditions.
pub(in crate::records) fn count(
    dialect: Dialect,
    table: &'static Table,
    of: Vec<Condition>,
) -> Result<Statement, RecordsError> {
    let mut sql = Writer::new(dialect);
    sql.push("SELECT COUNT(*) FROM ").name(table.name);
    conditions(&mut sql, table, of)?;
    Ok(sql.finish(table.name, Expect::Any))
}

/// ` WHERE …` with all conditions, or nothing.
pub(super) fn conditions(
    sql: &mut Writer,
    table: &'static Table,
    conditions: Vec<Condition>,
) -> Result<(), RecordsError> {
    for (at, condition) in conditions.into_iter().enumerate() {
        sql.push(if at == 0 { " WHERE " } else { " AND " });
        match condition {
            Condition::Compare(name, operator, value) => {
                compare(sql, table, name, operator, value)?;
            }
            Condition::In(name, values) => one_of(sql, table, name, values)?,
            Condition::Null(name) => {
                sql.name(column(table, name)?.name).push(" IS NULL");
            }
            Condition::NotNull(name) => {
                sql.name(column(table, name)?.name).push(" IS NOT NULL");
            }
            Condition::After(of) => beyond(sql, table, of, Operator::Greater)?,
            Condition::Before(of) => beyond(sql, table, of, Operator::Less)?,
        }
    }
    Ok(())
}

/// A condition that no row meets.
fn none(sql: &mut Writer) {
    sql.push("1 = 0");
}

fn compare(
    sql: &mut Writer,
    table: &'static Table,
    name: &'static str,
    operator: Operator,
    value: Value,
) -> Result<(), RecordsError> {
    let column = column(table, name)?;
    compared(table, column, &value)?;
    let (operator, value) = match cut_at_nul(value) {
        (Value::Null, _) => {
            none(sql);
            return Ok(());
        }
        (value, false) => (operator, value),
        // No stored text has U+0000 in it: it equals none, and what lies before
        // it is what is not behind the part up to there.
        (value, true) => match operator {
            Operator::Equal => {
                none(sql);
                return Ok(());
            }
            Operator::NotEqual => {
                sql.name(name).push(" IS NOT NULL");
                return Ok(());
            }
            Operator::Less | Operator::AtMost => (Operator::AtMost, value),
            Operator::Greater | Operator::AtLeast => (Operator::Greater, value),
        },
    };
    sql.name(name).push(symbol(operator)).value(column.kind, value);
    Ok(())
}

fn one_of(
    sql: &mut Writer,
    table: &'static Table,
    name: &'static str,
    values: Vec<Value>,
) -> Result<(), RecordsError> {
    let column = column(table, name)?;
    for value in &values {
        compared(table, column, value)?;
    }
    let mut values: Vec<Value> = values
        .into_iter()
        .map(cut_at_nul)
        .filter(|(value, cut)| !cut && *value != Value::Null)
        .map(|(value, _)| value)
        .collect();
    let Some(last) = values.last().cloned() else {
        none(sql);
        return Ok(());
    };
    // Bytes have no list that every engine reads.
    if values.len() > LISTED_ONE_BY_ONE && column.kind != Kind::Bytes {
        list(sql, table, name, column.kind, values);
        return Ok(());
    }
    if values.len() > 1_000 {
        return Err(shape(table));
    }
    // Filled up to a power of two: few statements to keep prepared.
    values.resize(values.len().next_power_of_two(), last);
    sql.name(name).push(" IN (");
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            sql.push(", ");
        }
        sql.value(column.kind, value);
    }
    sql.push(")");
    Ok(())
}

/// ` IN` a list that is bound as one value.
fn list(sql: &mut Writer, table: &Table, name: &str, kind: Kind, values: Vec<Value>) {
    let mut texts = Vec::new();
    let mut integers = Vec::new();
    for value in values {
        match value {
            Value::Text(text) => texts.push(text),
            Value::Integer(number) => integers.push(number),
            Value::Null | Value::Bytes(_) => {}
        }
    }
    if sql.dialect == Dialect::Postgres {
        let bind =
            if kind == Kind::Integer { Bind::Integers(integers) } else { Bind::Texts(texts) };
        sql.name(name).push(" = ANY (").bind(bind).push(")");
        return;
    }
    let json = if kind == Kind::Integer {
        serde_json::Value::from(integers)
    } else {
        serde_json::Value::from(texts)
    };
    // Named with its table, since the list has columns too.
    sql.name(table.name).push(".").name(name);
    let json = Value::Text(json.to_string());
    if sql.dialect == Dialect::Sqlite {
        sql.push(" IN (SELECT value FROM json_each(").value(Kind::Text, json).push("))");
        return;
    }
    let kind = match kind {
        Kind::Integer => "BIGINT".to_owned(),
        Kind::Name => super::ddl::name_type(sql.dialect),
        Kind::Text | Kind::Bytes => super::ddl::text_type(sql.dialect),
    };
    sql.push(" IN (SELECT listed.v FROM JSON_TABLE(").value(Kind::Text, json);
    sql.push(", '$[*]' COLUMNS (v ").push(&kind).push(" PATH '$')) AS listed)");
}

/// The columns together lie behind (or before) the values together.
fn beyond(
    sql: &mut Writer,
    table: &'static Table,
    of: Vec<(&'static str, Value)>,
    operator: Operator,
) -> Result<(), RecordsError> {
    let mut columns = Vec::with_capacity(of.len());
    let mut up_to_nul = false;
    for (name, value) in of {
        let column = column(table, name)?;
        compared(table, column, &value)?;
        if up_to_nul {
            continue;
        }
        let (value, cut) = cut_at_nul(value);
        up_to_nul = cut;
        columns.push((column, value));
    }
    if columns.is_empty() {
        return Err(shape(table));
    }
    // See `compare`: a text cut at U+0000 itself still lies before.
    let last = if up_to_nul && operator == Operator::Less { Operator::AtMost } else { operator };
    let plain = |(column, value): &(&Column, Value)| !column.optional && *value != Value::Null;
    if sql.dialect.is_mysql() || !columns.iter().all(plain) {
        spelled_out(sql, &columns, operator, last);
        return Ok(());
    }
    // Engines but MySQL find their way through an index by a comparison of
    // tuples.
    sql.push("(").names(columns.iter().map(|(column, _)| column.name)).push(")");
    sql.push(symbol(last)).push("(");
    for (at, (column, value)) in columns.into_iter().enumerate() {
        if at > 0 {
            sql.push(", ");
        }
        sql.value(column.kind, value);
    }
    sql.push(")");
    Ok(())
}

/// `(a >= x AND (a > x OR (a = x AND …)))`; the first part is for the index.
fn spelled_out(
    sql: &mut Writer,
    columns: &[(&'static Column, Value)],
    operator: Operator,
    last: Operator,
) {
    let Some(((column, value), rest)) = columns.split_first() else { return };
    if rest.is_empty() {
        ranked(sql, column, last, value);
        return;
    }
    let or_equal = if operator == Operator::Greater { Operator::AtLeast } else { Operator::AtMost };
    sql.push("(");
    ranked(sql, column, or_equal, value);
    sql.push(" AND (");
    ranked(sql, column, operator, value);
    sql.push(" OR (");
    ranked(sql, column, Operator::Equal, value);
    sql.push(" AND ");
    spelled_out(sql, rest, operator, last);
    sql.push(")))");
}

/// A comparison by rank: as in an order, a row without a value comes first.
fn ranked(sql: &mut Writer, column: &'static Column, operator: Operator, value: &Value) {
    let nothing = *value == Value::Null;
    match operator {
        Operator::Equal | Operator::AtMost if nothing => {
            sql.name(column.name).push(" IS NULL");
        }
        Operator::Greater | Operator::NotEqual if nothing => {
            sql.name(column.name).push(" IS NOT NULL");
        }
        Operator::Less if nothing => none(sql),
        Operator::AtLeast if nothing => {
            sql.push("1 = 1");
        }
        Operator::Less | Operator::AtMost if column.optional => {
            sql.push("(").name(column.name).push(" IS NULL OR ");
            sql.name(column.name).push(symbol(operator)).value(column.kind, value.clone());
            sql.push(")");
        }
        _ => {
            sql.name(column.name).push(symbol(operator)).value(column.kind, value.clone());
        }
    }
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => " = ",
        Operator::NotEqual => " <> ",
        Operator::Less => " < ",
        Operator::AtMost => " <= ",
        Operator::Greater => " > ",
        Operator::AtLeast => " >= ",
    }
}

/// The text up to its first U+0000, and whether there was one.
fn cut_at_nul(value: Value) -> (Value, bool) {
    match value {
        Value::Text(mut text) => match text.find('\0') {
            Some(at) => {
                text.truncate(at);
                (Value::Text(text), true)
            }
            None => (Value::Text(text), false),
        },
        other => (other, false),
    }
}
