//! What encryption at rest costs: `cargo bench -p bonafide-vault`.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at what it did not expect")]

use std::hint::black_box;
use std::sync::Arc;

use bonafide_context::{FixedClock, OsRandom, Realm, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::seal::{Binding, Key};
use bonafide_vault::{Item, RootKey, Stores, Under, Vault};
use criterion::{Criterion, criterion_group, criterion_main};

fn envelopes(c: &mut Criterion) {
    let key = Key::random(&mut OsRandom);
    let binding = Binding::new("content").part("apac/live/1300000001");
    let plain = vec![7u8; 1_000_000];
    let envelope = key.seal(&binding, &plain, &mut OsRandom).unwrap();
    c.bench_function("seal 1 MB", |b| {
        b.iter(|| key.seal(&binding, black_box(&plain), &mut OsRandom).unwrap());
    });
    c.bench_function("open 1 MB", |b| b.iter(|| key.open(&binding, black_box(&envelope)).unwrap()));
    let small = vec![7u8; 2_000];
    c.bench_function("data key, wrapped, and 2 kB sealed", |b| {
        b.iter(|| {
            let data_key = Key::random(&mut OsRandom);
            let wrapped = key.seal(&binding, &[0; 32], &mut OsRandom).unwrap();
            (wrapped, data_key.seal(&binding, black_box(&small), &mut OsRandom).unwrap())
        });
    });
}

fn reaper(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(Timestamp(1_800_000_000_000)));
    let vault = runtime.block_on(async {
        let stores = Stores {
            records: Arc::new(Sqlite::open(folder.path().join("records.sqlite")).await.unwrap()),
            objects: Arc::new(Directory::open(folder.path().join("objects")).unwrap()),
            keys: Arc::new(Sqlite::open(folder.path().join("keys.sqlite")).await.unwrap()),
        };
        let root = RootKey::in_file(folder.path().join("root.key"));
        Vault::open(stores, root, clock.clone(), Box::new(OsRandom)).await.unwrap()
    });
    let realm = Realm {
        tenant: "1300000001".parse().unwrap(),
        environment: "live".parse().unwrap(),
        region: "apac".parse().unwrap(),
    };
    let mut group = c.benchmark_group("reaper");
    group.sample_size(10);
    for (what, size) in [("in rows", 1_000), ("in files", 20_000)] {
        group.bench_function(format!("1000 items due, bytes {what}"), |b| {
            b.iter_custom(|rounds| {
                let mut spent = std::time::Duration::ZERO;
                for _ in 0..rounds {
                    runtime.block_on(keep_thousand(&vault, &realm, &clock, size));
                    clock.advance(std::time::Duration::from_secs(7_200));
                    let wall = bonafide_context::SystemClock::start();
                    let reaped = runtime.block_on(vault.reap(2_000)).unwrap();
                    spent += bonafide_context::Clock::elapsed(&wall);
                    assert_eq!(reaped.items, 1_000);
                }
                spent
            });
        });
    }
    group.finish();
}

async fn keep_thousand(vault: &Vault, realm: &Realm, clock: &FixedClock, size: usize) {
    let expires = Timestamp(bonafide_context::Clock::now(clock).0 + 3_600_000);
    let bytes = vec![7; size];
    let mut changes = Vec::new();
    for n in 0..1_000 {
        let name = format!("n{n}");
        let (category, media_type) = (Category::FaceMedia, "image/jpeg");
        let item = Item {
            realm,
            owner: "ver_1",
            name: &name,
            category,
            expires,
            media_type,
            policy: Under::default(),
        };
        changes.extend(vault.prepare(&item, &bytes).await.unwrap());
    }
    vault.stores().records.commit(changes).await.unwrap();
}

criterion_group!(benches, envelopes, reaper);
criterion_main!(benches);
