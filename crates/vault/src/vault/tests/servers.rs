//! Several nodes over the stores that they share: MySQL/MariaDB or PostgreSQL,
//! and a bucket.

use super::*;
use crate::objects::Place;
use crate::records::conformance::engines::database;
use crate::records::connect;

#[tokio::test(flavor = "multi_thread")]
async fn nodes_share_mysql_and_a_bucket() {
    nodes_share("BONAFIDE_TEST_MYSQL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_share_postgres_and_a_bucket() {
    nodes_share("BONAFIDE_TEST_POSTGRES").await;
}

/// Three nodes with connections of their own keep, replace, read, erase and reap
/// at once.
async fn nodes_share(variable: &str) {
    let (Some(records), Some(keys)) = (database(variable).await, database(variable).await) else {
        return;
    };
    let Ok(bucket) = std::env::var("BONAFIDE_TEST_S3") else {
        eprintln!("skipped: BONAFIDE_TEST_S3 is not set");
        return;
    };
    let clock = Arc::new(Hands(AtomicU64::new(START)));
    let root = || RootKey::given(Key::random(&mut Seeded::new(1)));
    let open = async || {
        let stores = Stores {
            records: connect(&records).await.unwrap(),
            objects: Place::open(&bucket, None).unwrap().objects(),
            keys: connect(&keys).await.unwrap(),
        };
        Vault::open(stores, root(), clock.clone(), Box::new(OsRandom)).await.unwrap()
    };
    // They may come up together, on empty stores.
    let nodes = futures_util::future::join_all([open(), open(), open()]).await;
    // A tenant of this run: the bucket is shared with other tests.
    let apac = realm(&format!("apac/live/{}", OsRandom.u64() >> 1));

    let work = nodes.iter().enumerate().map(async |(node, vault)| {
        for n in 0..8u64 {
            let (owner, expires) = (format!("ver_{node}"), START + HOUR + n * HOUR / 8);
            let bytes = if n % 2 == 0 { vec![7; 100] } else { large(n) };
            for bytes in [vec![1], bytes] {
                let name = format!("n{n}");
                let item = item(&apac, &owner, &name, expires);
                let changes = vault.prepare(&item, &bytes).await.unwrap();
                vault.stores().records.commit(changes).await.unwrap();
            }
        }
    });
    futures_util::future::join_all(work).await;
    for owner in ["ver_0", "ver_1", "ver_2"] {
        for (n, vault) in nodes.iter().enumerate() {
            assert_eq!(vault.list(&apac, owner).await.unwrap().len(), 8);
            let read = vault.read(&by(), &apac, owner, &format!("n{}", n * 2 + 1)).await.unwrap();
            assert_eq!(read.as_deref(), Some(&large(n as u64 * 2 + 1)));
        }
    }

    let under = format!("items/{apac}");
    let objects = async || nodes[0].stores().objects.list(&under).await.unwrap().len();
    assert_eq!(objects().await, 12);
    let erased = nodes[1].erase(&apac, "ver_0", None).await.unwrap();
    assert_eq!((erased.items, erased.pending), (8, 0));
    assert_eq!(nodes[2].list(&apac, "ver_0").await, Ok(Vec::new()));
    clock.0.store(START + 3 * HOUR, Ordering::SeqCst);
    for reaped in futures_util::future::join_all(nodes.iter().map(|node| node.reap(100))).await {
        reaped.unwrap();
    }
    assert_eq!(objects().await, 0);
    assert_eq!(nodes[0].stores().records.count(&ITEMS, Vec::new()).await, Ok(0));
    assert_eq!(nodes[0].stores().records.count(&REMOVALS, Vec::new()).await, Ok(0));
}
