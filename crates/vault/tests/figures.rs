//! What the promises about time cost, measured on embedded stores. Not part of an
//! ordinary run:
//!
//! `cargo test --release -p bonafide-vault --test figures -- --ignored --nocapture --test-threads 1`

#![expect(clippy::unwrap_used, reason = "a measurement stops at what it did not expect")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock, FixedClock, OsRandom, Realm, SystemClock, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::{Change, Sqlite};
use bonafide_vault::{Item, RootKey, Stores, Under, Vault};

const START: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

async fn open(folder: &Path, clock: Arc<dyn Clock>) -> Vault {
    let stores = Stores {
        records: Arc::new(Sqlite::open(folder.join("records.sqlite")).await.unwrap()),
        objects: Arc::new(Directory::open(folder.join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(folder.join("keys.sqlite")).await.unwrap()),
    };
    let root = RootKey::in_file(folder.join("root.key"));
    Vault::open(stores, root, clock, Box::new(OsRandom)).await.unwrap()
}

fn realm() -> Realm {
    Realm {
        tenant: "1300000001".parse().unwrap(),
        environment: "live".parse().unwrap(),
        region: "apac".parse().unwrap(),
    }
}

/// Processor time of this process so far, all threads: ticks of 10 ms.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after = stat.rsplit_once(") ").unwrap().1;
    let ticks = |at: usize| after.split(' ').nth(at).unwrap().parse::<u64>().unwrap();
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

/// Keeps `count` items, ten of each owner, that expire when `due` says.
async fn keep(vault: &Vault, count: u64, bytes: &[u8], due: impl Fn(u64) -> u64) {
    let realm = realm();
    let mut changes: Vec<Change> = Vec::new();
    for n in 0..count {
        let (owner, name) = (format!("ver_{:08}", n / 10), format!("n{}", n % 10));
        let item = Item {
            realm: &realm,
            owner: &owner,
            name: &name,
            category: Category::FaceMedia,
            expires: Timestamp(due(n)),
            media_type: "image/jpeg",
            policy: Under::default(),
        };
        changes.extend(vault.prepare(&item, bytes).await.unwrap());
        if changes.len() >= 2_000 || n + 1 == count {
            vault.stores().records.commit(std::mem::take(&mut changes)).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, for docs/benchmarks.md"]
async fn an_envelope_of_a_megabyte_costs() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(Timestamp(START)));
    let vault = open(folder.path(), clock).await;
    let (realm, bytes, rounds) = (realm(), vec![7u8; 1_000_000], 300u32);
    let plain = cpu();
    let target = vault.stores().objects.clone();
    for n in 0..rounds {
        let key = format!("plain/{n}").parse().unwrap();
        target.put(&key, bytes.clone().into()).await.unwrap();
    }
    let sealed = cpu();
    for n in 0..rounds {
        let owner = format!("ver_{n}");
        let item = Item {
            realm: &realm,
            owner: &owner,
            name: "front",
            category: Category::FaceMedia,
            expires: Timestamp(START + HOUR),
            media_type: "image/jpeg",
            policy: Under::default(),
        };
        let changes = vault.prepare(&item, &bytes).await.unwrap();
        vault.stores().records.commit(changes).await.unwrap();
    }
    let done = cpu();
    let (without, with) = ((sealed - plain) / rounds, (done - sealed) / rounds);
    println!("1 MB: {without:?} CPU to write it plain, {with:?} through the vault, row and all");
    println!("envelope: {:?} CPU", with.saturating_sub(without));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, for docs/benchmarks.md"]
async fn the_reaper_deletes_a_second() {
    for (what, size, count) in [("rows", 1_000, 50_000), ("files", 10_000, 20_000)] {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(Timestamp(START)));
        let vault = open(folder.path(), clock.clone()).await;
        keep(&vault, count, &vec![7; size], |_| START + HOUR).await;
        clock.advance(Duration::from_millis(HOUR));
        let (wall, before) = (SystemClock::start(), cpu());
        let mut items = 0;
        loop {
            let reaped = vault.reap(500).await.unwrap();
            items += reaped.items;
            if !reaped.more {
                break;
            }
        }
        let (wall, used) = (wall.elapsed(), cpu() - before);
        assert_eq!(items, count);
        println!(
            "reaper, {what}: {:.0} items/s ({items} in {wall:?}, {used:?} CPU)",
            items as f64 / wall.as_secs_f64()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, for docs/benchmarks.md; takes two minutes"]
async fn a_hundred_thousand_come_due_over_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock::start());
    let vault = open(folder.path(), clock.clone()).await;
    let count = 100_000;
    // The first is due when all of them are there.
    let first = clock.now().0 + 120_000;
    keep(&vault, count, &[7; 1_000], |n| first + n * 60_000 / count).await;
    let spare = first.saturating_sub(clock.now().0);
    assert!(spare > 0, "writing them took too long");
    tokio::time::sleep(Duration::from_millis(spare)).await;
    let before = cpu();
    let (mut items, mut worst, mut rounds) = (0, 0, 0u32);
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    while items < count {
        ticks.tick().await;
        loop {
            let reaped = vault.reap(500).await.unwrap();
            (items, worst, rounds) = (items + reaped.items, worst.max(reaped.lag_ms), rounds + 1);
            if !reaped.more {
                break;
            }
        }
        // As the server does.
        if rounds.is_multiple_of(5) {
            while vault.log_events(500).await.unwrap().more {}
        }
    }
    println!(
        "100000 due over a minute: worst lag {worst} ms, {rounds} rounds, {:?} CPU",
        cpu() - before
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, for docs/benchmarks.md; takes some minutes"]
async fn an_idle_reaper_over_a_million_items_costs() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock::start());
    let vault = open(folder.path(), clock.clone()).await;
    let far = clock.now().0 + 1_000 * HOUR;
    let count = std::env::var("BONAFIDE_ITEMS").map_or(1_000_000, |text| text.parse().unwrap());
    keep(&vault, count, &[7; 100], |n| far + n).await;
    vault.reap(500).await.unwrap();
    while vault.log_events(500).await.unwrap().more {}
    let (wall, before) = (SystemClock::start(), cpu());
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for tick in 0..60 {
        ticks.tick().await;
        assert_eq!(vault.reap(500).await.unwrap().items, 0);
        if tick % 5 == 0 {
            vault.log_events(500).await.unwrap();
        }
    }
    let share = (cpu() - before).as_secs_f64() / wall.elapsed().as_secs_f64();
    println!("idle with {count} items: {:.2} % of one core", share * 100.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, for docs/benchmarks.md"]
async fn a_deletion_on_request_takes() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock::start());
    let vault = Arc::new(open(folder.path(), clock.clone()).await);
    let due = clock.now().0 + 5 * HOUR;
    keep(&vault, 2_000, &[7; 50_000], |_| due).await;
    // Meanwhile others write and the log runs.
    let busy = {
        let (vault, realm) = (vault.clone(), realm());
        tokio::spawn(async move {
            for n in 0u64.. {
                let owner = format!("busy_{n}");
                let item = Item {
                    realm: &realm,
                    owner: &owner,
                    name: "front",
                    category: Category::FaceMedia,
                    expires: Timestamp(due),
                    media_type: "image/jpeg",
                    policy: Under::default(),
                };
                let changes = vault.prepare(&item, &[7; 50_000]).await.unwrap();
                vault.stores().records.commit(changes).await.unwrap();
            }
        })
    };
    let logging = {
        let vault = vault.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(5));
            loop {
                ticks.tick().await;
                while vault.log_events(500).await.is_ok_and(|logged| logged.more) {}
            }
        })
    };
    let (mut answers, mut receipts) = (Vec::new(), Vec::new());
    for n in 0..50 {
        let owner = format!("ver_{n:08}");
        let wall = SystemClock::start();
        let erased = vault.erase(&realm(), &owner, None).await.unwrap();
        answers.push(wall.elapsed());
        // Keys, rows and bytes are gone with the answer.
        assert_eq!((erased.items, erased.pending), (10, 0));
        assert_eq!(vault.unjournalled().await.unwrap(), 0);
        loop {
            let told = vault.deletion_receipts(&realm(), &owner).await.unwrap();
            if n % 10 != 0 || told.iter().all(|told| told.receipt.is_some()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if n % 10 == 0 {
            receipts.push(wall.elapsed());
        }
    }
    busy.abort();
    logging.abort();
    answers.sort();
    println!(
        "deletion of 10 items of 50 kB under load: median {:?}, worst {:?}; receipt after {:?} at worst",
        answers[answers.len() / 2],
        answers.last().unwrap(),
        receipts.iter().max().unwrap()
    );
}
