//! The engines that must pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Change, Expect, NOW, Records as _, RecordsError, THINGS, tables::MIGRATIONS, thing};
use crate::records::{Sqlite, connect};

/// A database of its own in a server, or `None` where there is no server.
pub(crate) async fn database(variable: &str) -> Option<String> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var(variable) else {
        let needed = std::env::var("BONAFIDE_REQUIRE").is_ok_and(|all| all.contains("services"));
        assert!(!needed, "{variable} is not set: run this by scripts/services.sh");
        eprintln!("skipped: {variable} is not set");
        return None;
    };
    let name = format!("t{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let sql = format!("CREATE DATABASE {name}");
    let (server, _) = url.rsplit_once('/').unwrap();
    use sqlx::Connection as _;
    let sql = sqlx::AssertSqlSafe(sql);
    if url.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::MySqlConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
    Some(format!("{server}/{name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    super::suite(Arc::new(Sqlite::open(&path).await.unwrap())).await;
    reopened(&format!("sqlite:{}", path.display())).await;
}

/// Only its owner reads the file; what is no store is not touched.
#[tokio::test]
async fn the_file_is_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let store = Sqlite::open(&path).await.unwrap();
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    store.commit(vec![Change::Insert(thing("a", 1))]).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
    let other = folder.path().join("letter.txt");
    let text = "not a database, but longer than the header of one. ".repeat(20);
    std::fs::write(&other, &text).unwrap();
    for path in [other.clone(), folder.path().join("missing/records.db")] {
        let refused = Sqlite::open(&path).await.err();
        assert!(matches!(refused, Some(RecordsError::Unavailable { .. })), "{refused:?}");
    }
    assert_eq!(std::fs::read_to_string(other).unwrap(), text);
}

/// What was deleted stands in no file any more, and a reader hinders that for as
/// long as it reads.
#[tokio::test]
async fn what_was_deleted_is_overwritten_in_every_file() {
    use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let store = Sqlite::open(&path).await.unwrap();
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    let secret = b"0123456789 a wrapped key of a person".to_vec();
    let found = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let files = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.filter(|bytes| bytes.windows(secret.len()).any(|part| part == secret)).count()
    };
    let kept = thing("a", 1).with("body", secret.clone());
    store.commit(vec![Change::Insert(kept)]).await.unwrap();
    assert_eq!(store.scrub().await, Ok(true));
    assert_eq!(found(), 1, "what is kept is there");

    let mut reader = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT * FROM things").execute(&mut reader).await.unwrap();
    let delete = Change::Delete { table: &THINGS, conditions: Vec::new(), expect: Expect::One };
    store.commit(vec![delete]).await.unwrap();
    assert_eq!(found(), 1, "the journal alone says that it is gone");
    assert_eq!(store.scrub().await, Ok(false));
    sqlx::raw_sql("ROLLBACK").execute(&mut reader).await.unwrap();
    assert_eq!(store.scrub().await, Ok(true));
    assert_eq!(found(), 0);
    store.commit(vec![Change::Insert(thing("b", 1))]).await.unwrap();
    assert_eq!(super::all_ids(&store).await, ["b"]);
}

/// A store that cannot write says so, and works again when it can.
#[tokio::test]
async fn a_writer_in_the_way_is_waited_for() {
    use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let store = Sqlite::open(&path).await.unwrap();
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    // As another process does.
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let waits = store.commit(vec![Change::Insert(thing("a", 1))]);
    let reads = async {
        assert_eq!(store.count(&THINGS, Vec::new()).await, Ok(0));
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    };
    let (committed, ()) = tokio::join!(waits, reads);
    committed.unwrap();
    assert_eq!(store.count(&THINGS, Vec::new()).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_conforms() {
    let Some(url) = database("BONAFIDE_TEST_MYSQL").await else { return };
    super::migrations::killed_between_two_steps(connect(&url).await.unwrap().as_ref()).await;
    super::suite(connect(&url).await.unwrap()).await;
    reopened(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_conforms() {
    let Some(url) = database("BONAFIDE_TEST_POSTGRES").await else { return };
    super::suite(connect(&url).await.unwrap()).await;
    reopened(&url).await;
}

/// What was committed is there for a store that is opened anew, and for one
/// that is open beside it.
async fn reopened(url: &str) {
    let first = connect(url).await.unwrap();
    super::clear(first.as_ref()).await;
    first.commit(vec![Change::Insert(thing("kept", 1))]).await.unwrap();
    drop(first);
    let second = connect(url).await.unwrap();
    second.migrate(MIGRATIONS, NOW).await.unwrap();
    assert_eq!(super::all_ids(second.as_ref()).await, ["kept"]);
    let third = connect(url).await.unwrap();
    for n in 0..20 {
        let (writes, reads) = if n % 2 == 0 { (&second, &third) } else { (&third, &second) };
        writes.commit(vec![Change::Insert(thing(&format!("{n}"), n))]).await.unwrap();
        assert_eq!(reads.count(&super::THINGS, Vec::new()).await, Ok(n as u64 + 2));
    }
}
