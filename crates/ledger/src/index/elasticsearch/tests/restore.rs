//! The operation log in a cluster, through the loss of the machine beside it.

use std::io::Cursor;

use bonafide_context::{CallId, FixedClock, Seeded, Timestamp};
use bonafide_vault::records::{self, Records, Sqlite, dump};

use super::*;
use crate::tests::{READ, caller, view};
use crate::{Facts, Ledger, LogQuery, MIGRATIONS, Outcome, Prices, TABLES};

/// A ledger over an empty store, migrated, and a cluster.
async fn machine(
    folder: &std::path::Path,
    index: Arc<Elasticsearch>,
    clock: &Arc<FixedClock>,
    seed: u64,
) -> (Arc<dyn Records>, Ledger) {
    let records: Arc<dyn Records> = Arc::new(Sqlite::open(folder).await.unwrap());
    for migrations in [records::MIGRATIONS, MIGRATIONS] {
        records.migrate(migrations, Timestamp(NOON)).await.unwrap();
    }
    let random = &mut Seeded::new(seed);
    let ledger = Ledger::new(records.clone(), index, Prices::free(), clock.clone(), random);
    (records, ledger)
}

#[tokio::test]
async fn c2_steps_are_in_the_cluster_and_a_restored_journal_ships_the_rest_once() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(Timestamp(NOON)));
    let first = Arc::new(engine(&cluster::start().await));
    let (records, ledger) = machine(&folder.path().join("one.db"), first.clone(), &clock, 1).await;
    let who = caller(1);
    let mut random = Seeded::new(3);
    for _ in 0..5 {
        let id = CallId::new(bonafide_context::Clock::now(&*clock), &mut random);
        let mut call = ledger.open_call(id, who.clone(), &READ);
        call.step("decode", "ok", Facts::new());
        ledger.close(call, Outcome::OK, vec![]).await.unwrap();
        clock.advance(std::time::Duration::from_millis(1));
    }
    // A backup in the middle: two calls are in the cluster, three in the journal.
    assert_eq!(ledger.ship(2).await.unwrap().calls, 2);
    let mut backup = Vec::new();
    dump::dump(records.as_ref(), TABLES, &mut backup).await.unwrap();
    assert_eq!(ledger.ship(10).await.unwrap().calls, 3);
    let found = async |ledger: &Ledger| {
        let query = LogQuery { limit: 1_000, ..LogQuery::default() };
        let page = ledger.search(&view(&who), &query).await.unwrap();
        page.items.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    let whole = found(&ledger).await;
    assert_eq!(whole.len(), 5 * 2, "a step each, and the end");

    // The old cluster, as it was later than the backup: nothing is there twice.
    let (store, restored) = machine(&folder.path().join("two.db"), first, &clock, 4).await;
    dump::load(store.as_ref(), TABLES, &mut Cursor::new(backup.clone())).await.unwrap();
    assert_eq!(restored.lag().await.unwrap().calls, 3);
    while restored.ship(10).await.unwrap().calls > 0 {}
    assert_eq!(found(&restored).await, whole);

    // A cluster that lost everything since: what the journal has comes again.
    let lost = Arc::new(engine(&cluster::start().await));
    let (store, restored) = machine(&folder.path().join("three.db"), lost, &clock, 5).await;
    dump::load(store.as_ref(), TABLES, &mut Cursor::new(backup)).await.unwrap();
    while restored.ship(10).await.unwrap().calls > 0 {}
    let again = found(&restored).await;
    assert_eq!(again.len(), 3 * 2);
    assert!(again.iter().all(|id| whole.contains(id)));
}
