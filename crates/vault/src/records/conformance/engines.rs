//! The engines that must pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Change, NOW, tables::MIGRATIONS, thing};
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

#[tokio::test(flavor = "multi_thread")]
async fn mysql_conforms() {
    let Some(url) = database("BONAFIDE_TEST_MYSQL").await else { return };
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
