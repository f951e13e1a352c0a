//! The process dies at each of its steps, before or after the store has done
//! what it was asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bonafide_context::Timestamp;
use bonafide_transparency::leaf::Leaf;

use super::logged::{head, log_all, trusted};
use super::told::leaves;
use crate::VaultError;
use crate::records::{
    Change, Condition, Migration, Pieces, Records, RecordsError, Row, Select, Table,
};
use crate::vault::Vault;
use crate::vault::tests::{HOUR, House, START, apac, large};

/// A store whose process dies with its `last` commit.
struct Mortal {
    records: Arc<dyn Records>,
    last: u64,
    /// Whether the last commit is done, and nobody learns of it.
    done: bool,
    commits: AtomicU64,
}

impl Mortal {
    fn alive(&self) -> Result<&dyn Records, RecordsError> {
        if self.commits.load(Ordering::SeqCst) > self.last {
            return Err(RecordsError::Unavailable { reason: "dead".to_owned() });
        }
        Ok(&*self.records)
    }
}

#[async_trait]
impl Records for Mortal {
    async fn migrate(&self, migrations: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        self.records.migrate(migrations, now).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        self.alive()?;
        if self.commits.fetch_add(1, Ordering::SeqCst) < self.last {
            return self.records.commit(changes).await;
        }
        if self.done {
            self.records.commit(changes).await?;
        }
        Err(RecordsError::Unknown)
    }

    async fn select(&self, select: Select) -> Result<Vec<Row>, RecordsError> {
        self.alive()?.select(select).await
    }

    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError> {
        self.alive()?.count(table, conditions).await
    }

    async fn check(&self) -> Result<(), RecordsError> {
        self.alive()?.check().await
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        pieces: Pieces,
    ) -> Result<(), RecordsError> {
        self.alive()?.snapshot(tables, pieces).await
    }
}

/// What a node does around an hour's end: destroys what is due, appends,
/// destroys on request, appends.
async fn live(vault: &Vault) -> Result<(), VaultError> {
    vault.reap(100).await?;
    vault.log_events(2).await?;
    vault.erase(&apac(), "ver_kept", None).await?;
    while vault.log_events(2).await?.events > 0 {}
    Ok(())
}

#[tokio::test]
async fn c5_killed_at_any_step_nothing_is_lost_said_twice_or_forked() {
    for done in [false, true] {
        let mut last = 0;
        while !died_at(last, done).await {
            last += 1;
        }
        assert!(last > 10, "a whole run is only {last} commits");
    }
}

/// Whether the run was over before the store died.
async fn died_at(last: u64, done: bool) -> bool {
    let house = House::new().await;
    for n in 0..3u64 {
        let owner = format!("ver_{n}");
        house.keep(&apac(), &owner, "front", START + HOUR, &large(n)).await;
        house.keep(&apac(), &owner, "page", START + HOUR, b"x").await;
    }
    house.keep(&apac(), "ver_kept", "front", START + 5 * HOUR, b"x").await;
    house.at(START + HOUR);

    let records = house.stores.records.clone();
    let mortal = Arc::new(Mortal { records, last, done, commits: AtomicU64::new(0) });
    let mut vault = house.again(house.root()).await.unwrap();
    vault.stores.records = mortal.clone();
    let survived = live(&vault).await.is_ok();
    assert_eq!(survived, mortal.commits.load(Ordering::SeqCst) <= last);

    // What anybody could have seen before.
    let seen = house.vault.log_reader().await.ok().map(|(reader, _)| reader.head());
    // Another node, after the lease's end.
    house.at(START + HOUR + 60_000);
    live(&house.vault).await.unwrap();
    log_all(&house.vault).await;

    assert_eq!(house.rows().await, 0);
    assert_eq!(house.vault.unlogged().await.unwrap(), (0, None));
    let trusted = trusted(&house.vault).await;
    let mut places = Vec::new();
    for (owner, items) in [("ver_0", 2), ("ver_1", 2), ("ver_2", 2), ("ver_kept", 1)] {
        let told = house.vault.deletion_receipts(&apac(), owner).await.unwrap();
        let [told] = told.as_slice() else { panic!("{} receipts of {owner}", told.len()) };
        assert_eq!(told.deletion.what.values().map(|amount| amount.items).sum::<u64>(), items);
        let proven = told.receipt.as_ref().unwrap().verify(&trusted).unwrap();
        places.push(proven.index);
    }
    // Each destruction has a place of its own, and nothing at all stands in the
    // log twice, whatever happened to keys meanwhile.
    let leaves = leaves(&house.vault).await;
    assert_eq!(head(&house.vault).await.size, leaves.len() as u64);
    let told = (0..).zip(&leaves).filter(|(_, leaf)| matches!(leaf, Leaf::Deletion(_)));
    places.sort_unstable();
    assert_eq!(told.map(|(at, _)| at).collect::<Vec<_>>(), places);
    assert!(leaves.iter().enumerate().all(|(at, leaf)| !leaves[at + 1..].contains(leaf)));
    if let Some(seen) = seen {
        let (reader, _) = house.vault.log_reader().await.unwrap();
        assert_eq!(reader.head_at(seen.size).await.unwrap(), seen);
    }
    survived
}
