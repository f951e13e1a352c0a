//! Who of several nodes does a piece of work.
//!
//! A lease is a row: a name, its holder, a term that grows with every change of
//! hands, and when it ends. It is taken and kept by changes that expect one row,
//! so of two nodes one gets it. A holder that was away too long learns it from
//! [`Lease::guard`], committed with the work itself: a change of hands in
//! between makes the commit conflict.

use std::time::Duration;

use bonafide_context::Timestamp;
use bonafide_policy::Category;

use super::{Change, Column, Condition, Expect, Kind, Records, RecordsError, Row, Select, Table};

/// Who holds what until when.
pub const LEASES: Table = Table {
    name: "leases",
    category: Category::Configuration,
    columns: &[
        Column::new("name", Kind::Name),
        Column::new("holder", Kind::Name),
        Column::new("term", Kind::Integer),
        Column::new("ends_at", Kind::Integer),
    ],
    key: &["name"],
    indexes: &[],
};

/// A lease that its holder has, as far as it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Of what.
    pub name: String,
    /// Which node.
    pub holder: String,
    /// Grows by one with every change of hands.
    pub term: u64,
    /// From this moment on somebody else may take it.
    pub ends: Timestamp,
}

/// Takes a lease for `ttl` if nobody holds it at `now`; the holder itself gets
/// it again, with a new term. `None` while somebody else holds it.
pub async fn acquire(
    records: &dyn Records,
    name: &str,
    holder: &str,
    ttl: Duration,
    now: Timestamp,
) -> Result<Option<Lease>, RecordsError> {
    let found = records.select(Select::from(&LEASES).and(Condition::is("name", name))).await?;
    let lease = |term| Lease {
        name: name.to_owned(),
        holder: holder.to_owned(),
        term,
        ends: after(now, ttl),
    };
    let (lease, change) = match found.first() {
        None => {
            let lease = lease(1);
            let row = Row::new(&LEASES)
                .with("name", name)
                .with("holder", holder)
                .with("term", lease.term)
                .with("ends_at", lease.ends);
            (lease, Change::Insert(row))
        }
        Some(row) => {
            if row.text("holder")? != holder && row.moment("ends_at")? > now {
                return Ok(None);
            }
            let term = row.integer("term")?;
            let lease = lease(u64::try_from(term).unwrap_or(0).saturating_add(1));
            let change = Change::Update {
                table: &LEASES,
                set: vec![
                    ("holder", holder.into()),
                    ("term", lease.term.into()),
                    ("ends_at", lease.ends.into()),
                ],
                conditions: vec![Condition::is("name", name), Condition::is("term", term)],
                expect: Expect::One,
            };
            (lease, change)
        }
    };
    Ok(won(records.commit(vec![change]).await)?.then_some(lease))
}

/// Keeps a lease for `ttl` from `now`. `None` if somebody else took it, or if
/// it ended: then it must be acquired again.
pub async fn renew(
    records: &dyn Records,
    lease: &Lease,
    ttl: Duration,
    now: Timestamp,
) -> Result<Option<Lease>, RecordsError> {
    if lease.ends <= now {
        return Ok(None);
    }
    let renewed = Lease { ends: after(now, ttl), ..lease.clone() };
    let change = lease.set_end(renewed.ends, Expect::One);
    Ok(won(records.commit(vec![change]).await)?.then_some(renewed))
}

/// Gives a lease back, so that another need not wait for its end; one that was
/// lost is left alone.
pub async fn release(records: &dyn Records, lease: &Lease) -> Result<(), RecordsError> {
    records.commit(vec![lease.set_end(Timestamp(0), Expect::Any)]).await
}

impl Lease {
    /// A change that conflicts unless the lease is still held: committed with
    /// work that only its holder may do.
    pub fn guard(&self) -> Change {
        self.set_end(self.ends, Expect::One)
    }

    fn set_end(&self, ends: Timestamp, expect: Expect) -> Change {
        Change::Update {
            table: &LEASES,
            set: vec![("ends_at", ends.into())],
            conditions: vec![
                Condition::is("name", self.name.as_str()),
                Condition::is("holder", self.holder.as_str()),
                Condition::is("term", self.term),
            ],
            expect,
        }
    }
}

fn after(now: Timestamp, ttl: Duration) -> Timestamp {
    Timestamp(now.0.saturating_add(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX)))
}

fn won(commit: Result<(), RecordsError>) -> Result<bool, RecordsError> {
    match commit {
        Ok(()) => Ok(true),
        Err(RecordsError::Conflict) => Ok(false),
        Err(other) => Err(other),
    }
}
