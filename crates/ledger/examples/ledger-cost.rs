//! What a call costs the ledger, on embedded stores in a folder of their own:
//!
//! ```text
//! cargo run --release -p bonafide-ledger --example ledger-cost
//! ```
//!
//! CPU is that of the whole process, the store's own threads included.

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{CallId, Clock, Environment, OsRandom, SystemClock, TenantId};
use bonafide_ledger::index::Embedded;
use bonafide_ledger::{
    ApplicationId, Caller, Facts, Interface, KeyId, Ledger, MIGRATIONS, Outcome, Prices, Scopes,
};
use bonafide_vault::records::{Change, Records, RecordsError, Row, Select, Sqlite, Table};

const COMPARE: Interface = Interface::new("faces.compare", "face", None);
const CALLS: u32 = 8_000;
const AT_ONCE: u32 = 32;

/// Takes everything and keeps nothing: what is left is the ledger's own work.
struct Nowhere;

#[async_trait::async_trait]
impl Records for Nowhere {
    async fn migrate(
        &self,
        _: &[bonafide_vault::records::Migration],
        _: bonafide_context::Timestamp,
    ) -> Result<(), RecordsError> {
        Ok(())
    }
    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        std::hint::black_box(changes);
        Ok(())
    }
    async fn select(&self, _: Select) -> Result<Vec<Row>, RecordsError> {
        Ok(Vec::new())
    }
    async fn count(
        &self,
        _: &'static Table,
        _: Vec<bonafide_vault::records::Condition>,
    ) -> Result<u64, RecordsError> {
        Ok(0)
    }
    async fn check(&self) -> Result<(), RecordsError> {
        Ok(())
    }
    async fn snapshot(
        &self,
        _: &[&'static Table],
        _: bonafide_vault::records::Pieces,
    ) -> Result<(), RecordsError> {
        Ok(())
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let sqlite = Sqlite::open(folder.path().join("records.db")).await.unwrap();
    sqlite.migrate(bonafide_vault::records::MIGRATIONS, clock.now()).await.unwrap();
    sqlite.migrate(MIGRATIONS, clock.now()).await.unwrap();
    let index = Arc::new(Embedded::open(folder.path().join("log")).unwrap());

    let ledger = |records: Arc<dyn Records>| {
        Ledger::new(records, index.clone(), Prices::free(), clock.clone(), &mut OsRandom)
    };
    let bare = ledger(Arc::new(Nowhere));
    measure(&clock, "open, five steps, close: without a store", close_many(bare, &clock)).await;
    let whole = ledger(Arc::new(sqlite));
    measure(&clock, "open, five steps, close: SQLite, durable", close_many(whole.clone(), &clock))
        .await;
    let shipping = async { while whole.ship(500).await.unwrap().calls > 0 {} };
    measure(&clock, "moved to the index, 500 calls at a time", shipping).await;
}

async fn close_many(ledger: Ledger, clock: &Arc<dyn Clock>) {
    let caller = Caller {
        tenant: TenantId(1_300_000_001),
        application: ApplicationId::new(&mut OsRandom),
        environment: Environment::Sandbox,
        region: "apac".parse().unwrap(),
        key: Some(KeyId::new(&mut OsRandom)),
        scopes: Scopes::all(),
        bound_to: None,
    };
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (ledger, caller, clock) = (ledger.clone(), caller.clone(), clock.clone());
            tokio::spawn(async move {
                for _ in 0..CALLS / AT_ONCE {
                    let id = CallId::new(clock.now(), &mut OsRandom);
                    let mut call = ledger.open_call(id, caller.clone(), &COMPARE);
                    call.step("request", "ok", Facts::new().size("a_bytes", 48_213));
                    for name in ["decode", "detect", "embed"] {
                        call.step(name, "ok", Facts::new().count("faces", 1).flag("upright", true));
                    }
                    call.step("compare", "match", Facts::new().number("similarity", 0.7312));
                    ledger.close(call, Outcome::OK, Vec::new()).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn measure(clock: &Arc<dyn Clock>, what: &str, work: impl Future<Output = ()>) {
    let (wall, cpu) = (clock.elapsed(), cpu_time());
    work.await;
    let wall = (clock.elapsed() - wall).as_secs_f64();
    let cpu = (cpu_time() - cpu).as_secs_f64();
    let each = cpu * 1e3 / f64::from(CALLS);
    println!("{what}: {each:.4} ms CPU a call, {:.0} calls/s", f64::from(CALLS) / wall);
}

/// CPU time of this process.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}
