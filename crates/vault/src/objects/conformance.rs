//! What every object store must do: one suite, run against each engine.

use std::sync::Arc;

use bytes::Bytes;

use super::{ObjectKey, Objects, ObjectsError};

/// Runs the suite under a prefix that nothing else uses.
pub(crate) async fn holds(store: &dyn Objects, prefix: &str) {
    assert_eq!(store.check().await, Ok(()));
    whole_objects(store, &format!("{prefix}/whole")).await;
    listings(store, &format!("{prefix}/list")).await;
    writers_at_once(store, &format!("{prefix}/race")).await;
}

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

async fn whole_objects(store: &dyn Objects, prefix: &str) {
    let key = key(&format!("{prefix}/a-1.b_2"));
    assert_eq!(store.get(&key, 100).await, Err(ObjectsError::Missing));
    assert_eq!(store.delete(&key).await, Ok(()));

    store.put(&key, Bytes::from_static(b"first")).await.unwrap();
    assert_eq!(store.get(&key, 5).await, Ok(Bytes::from_static(b"first")));
    assert_eq!(store.get(&key, 4).await, Err(ObjectsError::TooLarge { limit: 4 }));

    store.put(&key, Bytes::from_static(b"next")).await.unwrap();
    assert_eq!(store.get(&key, 5).await, Ok(Bytes::from_static(b"next")));

    store.put(&key, Bytes::new()).await.unwrap();
    assert_eq!(store.get(&key, 0).await, Ok(Bytes::new()));

    let large: Bytes = (0..3_000_000u32).map(|i| ((i * 31) >> 3) as u8).collect();
    store.put(&key, large.clone()).await.unwrap();
    assert!(store.get(&key, 3_000_000).await.unwrap() == large);

    assert_eq!(store.delete(&key).await, Ok(()));
    assert_eq!(store.get(&key, 100).await, Err(ObjectsError::Missing));
    assert_eq!(store.delete(&key).await, Ok(()));
}

async fn listings(store: &dyn Objects, prefix: &str) {
    assert_eq!(store.list(prefix).await, Ok(Vec::new()));
    for (name, size) in [("b/2", 2), ("b/1", 1), ("a", 3), ("b-c/x", 4), ("b/d/e", 5)] {
        store.put(&key(&format!("{prefix}/{name}")), vec![0; size].into()).await.unwrap();
    }
    let names = async |under: &str| {
        let found = store.list(under).await.unwrap();
        let strip = |key: &ObjectKey| key.as_str()[prefix.len() + 1..].to_owned();
        found.iter().map(|facts| (strip(&facts.key), facts.size)).collect::<Vec<_>>()
    };
    let named = |name: &str, size| (name.to_owned(), size);
    assert_eq!(
        names(prefix).await,
        [named("a", 3), named("b-c/x", 4), named("b/1", 1), named("b/2", 2), named("b/d/e", 5)]
    );
    // Whole segments: `b` is not the beginning of `b-c`.
    let under_b = [named("b/1", 1), named("b/2", 2), named("b/d/e", 5)];
    assert_eq!(names(&format!("{prefix}/b")).await, under_b);
    assert_eq!(store.list("../..").await, Ok(Vec::new()));
    for (name, _) in names(prefix).await {
        store.delete(&key(&format!("{prefix}/{name}"))).await.unwrap();
    }
    assert_eq!(store.list(prefix).await, Ok(Vec::new()));
}

/// Writers of the same key: a reader sees one of their objects, whole.
async fn writers_at_once(store: &dyn Objects, prefix: &str) {
    let key = Arc::new(key(&format!("{prefix}/one")));
    let content = |byte: u8| Bytes::from(vec![byte; 60_000 + usize::from(byte)]);
    store.put(&key, content(0)).await.unwrap();
    let writes = (1..9u8).map(|byte| store.put(&key, content(byte)));
    let reads = (0..16).map(|_| store.get(&key, 70_000));
    let (written, read) = futures_util::future::join(
        futures_util::future::join_all(writes),
        futures_util::future::join_all(reads),
    )
    .await;
    assert!(written.iter().all(Result::is_ok));
    for bytes in read {
        let bytes = bytes.unwrap();
        assert_eq!(bytes, content(bytes[0]));
    }
    store.delete(&key).await.unwrap();
}
