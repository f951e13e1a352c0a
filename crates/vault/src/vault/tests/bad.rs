//! Disks that are full, clocks that are wrong: an error, nothing lost, nothing
//! kept too long.

use super::*;
use crate::records::{Migration, Pieces, Records, RecordsError, Table};
use crate::vault::tables::{DEAD, EVENTS};

/// A store that reads, and has no room to write when it is told so.
struct Disk {
    records: Arc<dyn Records>,
    full: AtomicBool,
}

impl Disk {
    fn of(records: &Arc<dyn Records>) -> Arc<Self> {
        Arc::new(Self { records: records.clone(), full: AtomicBool::new(false) })
    }

    fn is_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }
}

#[async_trait]
impl Records for Disk {
    async fn migrate(&self, migrations: &[Migration], now: Timestamp) -> Result<(), RecordsError> {
        self.records.migrate(migrations, now).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(RecordsError::Unavailable { reason: "the disk is full".to_owned() });
        }
        self.records.commit(changes).await
    }

    async fn select(&self, select: Select) -> Result<Vec<crate::records::Row>, RecordsError> {
        self.records.select(select).await
    }

    async fn count(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<u64, RecordsError> {
        self.records.count(table, conditions).await
    }

    async fn check(&self) -> Result<(), RecordsError> {
        self.records.check().await
    }

    async fn snapshot(
        &self,
        tables: &[&'static Table],
        pieces: Pieces,
    ) -> Result<(), RecordsError> {
        self.records.snapshot(tables, pieces).await
    }
}

/// A house whose stores of rows may be full: the one of the records, the one of
/// the keys.
async fn house() -> (House, Arc<Disk>, Arc<Disk>) {
    let mut house = House::new().await;
    let disks = (Disk::of(&house.stores.records), Disk::of(&house.stores.keys));
    house.stores.records = disks.0.clone();
    house.stores.keys = disks.1.clone();
    house.vault = house.again(house.root()).await.unwrap();
    (house, disks.0, disks.1)
}

#[tokio::test]
async fn a_full_disk_in_the_middle_of_a_deletion_is_said_and_nothing_is_half_done() {
    let (house, records, _) = house().await;
    house.keep(&apac(), "ver_1", "front", START + 5 * HOUR, &large(1)).await;
    house.keep(&apac(), "ver_2", "front", START + HOUR, &large(2)).await;
    records.is_full(true);
    let erased = house.vault.erase(&apac(), "ver_1", None).await;
    assert!(matches!(erased, Err(VaultError::Unavailable { .. })), "{erased:?}");
    assert_eq!(house.read(&apac(), "ver_1", "front").await, Some(large(1)));
    assert_eq!(house.stores.records.count(&EVENTS, Vec::new()).await, Ok(0));
    // What is overdue is unreadable though it cannot be removed.
    house.at(START + HOUR);
    let reaped = house.vault.reap(10).await.map(|_| ());
    assert!(matches!(reaped, Err(VaultError::Unavailable { .. })), "{reaped:?}");
    assert_eq!(house.read(&apac(), "ver_2", "front").await, None);
    assert_eq!((house.rows().await, house.objects().await.len()), (2, 2));
    // There is room again.
    records.is_full(false);
    assert_eq!(house.vault.reap(10).await.unwrap().items, 1);
    assert_eq!(house.vault.erase(&apac(), "ver_1", None).await.unwrap().items, 1);
    assert_eq!((house.rows().await, house.objects().await.len()), (0, 0));
    for owner in ["ver_1", "ver_2"] {
        assert_eq!(house.vault.deletion_receipts(&apac(), owner).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn c5_a_key_store_that_is_full_learns_of_a_deletion_later() {
    let (house, _, keys) = house().await;
    house.keep(&apac(), "ver_1", "front", START + 5 * HOUR, &large(1)).await;
    keys.is_full(true);
    assert_eq!(house.vault.erase(&apac(), "ver_1", None).await.unwrap().items, 1);
    assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    assert_eq!(house.vault.unjournalled().await, Ok(1));
    // The log does not say so before the journal does.
    assert!(house.vault.log_events(10).await.is_err());
    assert_eq!(house.vault.checkpoint().await.unwrap().map_or(0, |at| at.head().size), 0);
    keys.is_full(false);
    assert_eq!(house.vault.log_events(10).await.unwrap().events, 1);
    assert_eq!(house.vault.unjournalled().await, Ok(0));
    assert_eq!(house.stores.keys.count(&DEAD, Vec::new()).await, Ok(1));
    assert_eq!(house.vault.journal().await.unwrap().unwrap().head().size, 1);
}

#[tokio::test]
async fn a_clock_set_back_a_year_opens_and_keeps_nothing_and_deletes_all_the_same() {
    let year = 365 * 24 * HOUR;
    let house = House::new().await;
    house.at(START + year);
    house.keep(&apac(), "ver_1", "front", START + year + HOUR, b"x").await;
    house.vault.reap(1).await.unwrap();
    house.at(START);
    let behind = Err(VaultError::ClockBehind { behind_ms: year });
    for vault in [&house.vault, &house.again(house.root()).await.unwrap()] {
        let apac = apac();
        assert_eq!(vault.read(&by(), &apac, "ver_1", "front").await.map(|_| ()), behind);
        assert_eq!(vault.list(&apac, "ver_1").await.map(|_| ()), behind);
        assert_eq!(vault.read_held(&by(), &apac, "ver_1", "front").await.map(|_| ()), behind);
        let new = item(&apac, "ver_1", "new", START + HOUR);
        assert_eq!(vault.prepare(&new, b"y").await.map(|_| ()), behind);
        let slot = vault.upload_slot(&apac, 10, Duration::from_secs(1)).await;
        assert_eq!(slot.map(|_| ()), behind);
    }
    assert_eq!(house.vault.erase(&apac(), "ver_1", None).await.unwrap().items, 1);
}

#[tokio::test]
async fn how_far_behind_its_deadlines_the_vault_is_is_known_and_alarms() {
    let (house, records, _) = house().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(1)).await;
    house.keep(&apac(), "ver_1", "back", START + HOUR + 4_000, &large(2)).await;
    let overdue = async || house.vault.overdue().await.unwrap();
    assert_eq!(overdue().await, Overdue::default());
    records.is_full(true);
    for (at, items, lag_ms, alarm) in
        [(0, 1, 0, false), (9_999, 2, 9_999, false), (10_000, 2, 10_000, true)]
    {
        house.at(START + HOUR + at);
        house.vault.reap(10).await.unwrap_err();
        let told = overdue().await;
        assert_eq!((told.items, told.lag_ms, told.is_alarming()), (items, lag_ms, alarm));
    }
    records.is_full(false);
    house.vault.reap(10).await.unwrap();
    assert_eq!(overdue().await, Overdue::default());
}
