//! What a commit costs. Not a test of the ordinary suite, since it measures:
//!
//! ```text
//! cargo test --release -p bonafide-vault -- --ignored --nocapture commits_cost
//! ```

use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock as _, SystemClock};

use super::engines::database;
use super::{COUNTERS, Change, Condition, Expect, MIGRATIONS, NOW, Records, Row, THINGS, thing};
use crate::records::connect;

/// As a call commits: a row of its own, five steps, a counter, a state.
fn eight_changes(task: usize, n: usize) -> Vec<Change> {
    let id = format!("call/{task}/{n}");
    let mut changes = vec![Change::Insert(thing(&id, 0).with("alias", "documents.read"))];
    for step in 0..5 {
        let row = thing(&format!("{id}/{step}"), 1).with("note", "x".repeat(120));
        changes.push(Change::Insert(row));
    }
    let counter = Row::new(&COUNTERS)
        .with("group", format!("tenant {}", task % 4))
        .with("key", 1_i64)
        .with("index", 0_i64);
    changes.push(Change::Add { row: counter, by: vec![("index", 1)] });
    changes.push(Change::Update {
        table: &THINGS,
        set: vec![("n", 2_i64.into())],
        conditions: vec![Condition::is("space", "s"), Condition::is("id", id)],
        expect: Expect::One,
    });
    changes
}

/// CPU time of this process so far.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(") ").unwrap().1;
    let ticks = after_name.split(' ').skip(11).take(2).map(|n| n.parse::<u64>().unwrap());
    Duration::from_millis(10 * ticks.sum::<u64>())
}

async fn measure(name: &str, url: &str, committers: usize, each: usize) {
    let store = connect(url).await.unwrap();
    let run = async |from: usize, each: usize| {
        let tasks: Vec<_> = (0..committers)
            .map(|task| {
                let store: Arc<dyn Records> = Arc::clone(&store);
                tokio::spawn(async move {
                    for n in from..from + each {
                        store.commit(eight_changes(task, n)).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    };
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    run(0, 3).await;
    let clock = SystemClock::start();
    let before = cpu();
    run(3, each).await;
    let (wall, cpu) = (clock.elapsed(), cpu() - before);
    let commits = (committers * each) as f64;
    println!(
        "{name}: {committers} committers, {commits} commits of 8 changes: {:.0} commits/s, \
         {:.3} ms CPU of this process a commit",
        commits / wall.as_secs_f64(),
        cpu.as_secs_f64() * 1e3 / commits,
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, for docs/benchmarks.md"]
async fn commits_cost() {
    let folder = tempfile::tempdir().unwrap();
    for (committers, each) in [(1, 500), (8, 500), (64, 200)] {
        let path = folder.path().join(format!("{committers}.db"));
        measure("SQLite", &format!("sqlite:{}", path.display()), committers, each).await;
    }
    for (name, variable) in
        [("MariaDB", "BONAFIDE_TEST_MYSQL"), ("PostgreSQL", "BONAFIDE_TEST_POSTGRES")]
    {
        if let Some(url) = database(variable).await {
            measure(name, &url, 64, 50).await;
        }
    }
}
