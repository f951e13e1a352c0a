//! What it costs to make out a caller and to log in.
//!
//! `cargo run --release -p bonafide-accounts --example cost`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring tool")]

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bonafide_accounts::{
    Accounts, Actor, InterfaceLimits, Limits, NewApplication, NewKeyRequest, NewTenant, NewUser,
    Rate, Role,
};
use bonafide_context::{Clock, Environment, FixedClock, OsRandom, Sensitive, SystemClock};
use bonafide_ledger::Scopes;
use bonafide_policy::Policies;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::{Records, Sqlite};
use bonafide_vault::{RootKey, Stores, Vault};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let watch = SystemClock::start();
    let clock = Arc::new(FixedClock::at(watch.now()));
    let sqlite = Sqlite::open(folder.path().join("records.db")).await.unwrap();
    sqlite.migrate(bonafide_accounts::MIGRATIONS, clock.now()).await.unwrap();
    let records: Arc<dyn Records> = Arc::new(sqlite);
    let stores = Stores {
        records: Arc::clone(&records),
        objects: Arc::new(Directory::open(folder.path().join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(folder.path().join("keys.db")).await.unwrap()),
    };
    let root = RootKey::in_file(folder.path().join("root.key"));
    let dyn_clock = Arc::clone(&clock) as Arc<dyn Clock>;
    let vault = Vault::open(stores, root, Arc::clone(&dyn_clock), Box::new(OsRandom)).await;
    let wide = Rate::new(1e6, 1_000_000);
    let limits = Limits {
        per_address: wide,
        failures_per_address: wide,
        per_key: wide,
        per_interface: InterfaceLimits { rate: wide, per_day: Some(1_000_000_000) },
        ..Limits::default()
    };
    let vault = Arc::new(vault.unwrap());
    let accounts = Accounts::new(
        records,
        vault,
        dyn_clock,
        Box::new(OsRandom),
        limits,
        Policies::bundled().unwrap(),
    );

    let cli = Actor::cli();
    let tenant = NewTenant { name: "x".to_owned(), policy: None };
    let tenant = accounts.commit(accounts.create_tenant(&cli, tenant)).await.unwrap().app_id;
    let application = NewApplication {
        tenant,
        name: "x".to_owned(),
        environment: Environment::Sandbox,
        region: "eu".parse().unwrap(),
    };
    let application =
        accounts.commit(accounts.create_application(&cli, application)).await.unwrap().id;
    let key = NewKeyRequest {
        application,
        scopes: Scopes::all(),
        networks: Vec::new(),
        lifetime: None,
        signing: false,
    };
    let key = accounts.commit(accounts.create_key(&cli, key)).await.unwrap();
    let token = key.token.expose();
    let home: IpAddr = [192, 0, 2, 1].into();
    let caller = accounts.authenticate(token, home).await.unwrap();

    let report = |what: &str, times: u32, from: (Duration, Duration)| {
        let (wall, cpu) = (watch.elapsed() - from.0, cpu() - from.1);
        let each = |total: Duration| total.as_secs_f64() * 1e6 / f64::from(times);
        println!("{what:<28} {:>10.2} µs CPU {:>10.2} µs wall", each(cpu), each(wall));
    };
    let start = || (watch.elapsed(), cpu());

    let from = start();
    for _ in 0..200_000 {
        accounts.authenticate(token, home).await.unwrap();
    }
    report("authenticate, remembered", 200_000, from);

    let from = start();
    for _ in 0..5_000 {
        clock.advance(Duration::from_secs(5));
        accounts.authenticate(token, home).await.unwrap();
    }
    report("authenticate, looked up", 5_000, from);

    let from = start();
    for _ in 0..200_000 {
        accounts.admit_address(home).unwrap();
        accounts.admit(&caller, "documents.read").await.unwrap();
        clock.advance(Duration::from_millis(1));
    }
    report("admit, with a day's quota", 200_000, from);

    let lifetime = Duration::from_secs(3_600);
    let bound = accounts.issue_verification_token(&caller, "ver_x", lifetime).await.unwrap();
    let from = start();
    for _ in 0..5_000 {
        accounts.authenticate(bound.token.expose(), home).await.unwrap();
    }
    report("authenticate, one's browser", 5_000, from);

    let (login, password) =
        (Sensitive::new("eva@example.org".to_owned()), Sensitive::new("long enough !".to_owned()));
    let user = NewUser {
        login: login.clone(),
        password: password.clone(),
        tenant: None,
        role: Role::Owner,
    };
    accounts.create_user(&cli, user).await.unwrap();
    let before = resident_peak();
    let from = start();
    for _ in 0..20 {
        accounts.log_in(&login, &password, None, home).await.unwrap();
    }
    report("log in (argon2id)", 20, from);
    println!("peak memory, more by logins  {:>10.1} MiB", resident_peak() - before);
}

/// CPU time of this process, all threads.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The most memory this process ever had, in MiB.
fn resident_peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1_024.0
}
