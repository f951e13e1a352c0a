//! A server that is killed in the middle of commits and comes back: what was
//! acknowledged is there, and nobody has to restart anything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::{COUNTERS, Change, MIGRATIONS, NOW, Records, RecordsError, Row, Select, THINGS, thing};
use crate::records::connect;

/// A server of our own, durable as in use.
struct Server {
    folder: tempfile::TempDir,
    start: Box<dyn Fn(&Path) -> Command + Send + Sync>,
    child: Option<Child>,
}

impl Server {
    fn new(
        make: impl FnOnce(&Path) -> Command,
        start: impl Fn(&Path) -> Command + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some(user) = service_user() {
            run(Command::new("chown").arg(user).arg(folder.path()));
        }
        run(&mut make(&folder.path().join("data")));
        Self { folder, start: Box::new(start), child: None }
    }

    fn start(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(std::env::temp_dir().join(format!("bonafide-outage-{}.log", std::process::id())));
        let mut command = (self.start)(&self.folder.path().join("data"));
        let output = log.map_or_else(|_| Stdio::null(), Stdio::from);
        self.child = Some(command.stdout(Stdio::null()).stderr(output).spawn().unwrap());
    }

    /// Without any warning, and its children with it.
    fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let id = child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let _ = child.kill();
        for child in children.unwrap_or_default().split_whitespace() {
            let _ = Command::new("kill").args(["-KILL", child]).stderr(Stdio::null()).status();
        }
        let _ = child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let log = format!("bonafide-outage-{}.log", std::process::id());
        let _ = std::fs::remove_file(std::env::temp_dir().join(log));
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Who runs the servers when we are root, which they refuse to be.
fn service_user() -> Option<String> {
    variable("BONAFIDE_TEST_SERVICE_USER")
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The program of a server, or `None` where there are none.
fn program(name: &str) -> Option<PathBuf> {
    let program = variable(name);
    if program.is_none() {
        assert!(
            !std::env::var("BONAFIDE_REQUIRE").is_ok_and(|all| all.contains("services")),
            "{name} is not set: run this by scripts/services.sh"
        );
        eprintln!("skipped: {name} is not set");
    }
    program.map(PathBuf::from)
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_goes_away_and_comes_back() {
    let Some(mariadbd) = program("BONAFIDE_TEST_MARIADBD") else { return };
    let port = free_port();
    let user = service_user().map(|user| format!("--user={user}"));
    let same = user.clone();
    let server = Server::new(
        |data| {
            let mut command = Command::new("mariadb-install-db");
            command.args(["--no-defaults", "--skip-test-db"]).args(user);
            command.arg("--auth-root-authentication-method=normal");
            command.arg(format!("--datadir={}", data.display()));
            command
        },
        move |data| {
            let mut command = Command::new(&mariadbd);
            command.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve"]);
            command.arg(format!("--datadir={}", data.display())).args(&same);
            command.arg(format!("--socket={}/socket", data.display()));
            command.arg(format!("--port={port}")).arg("--innodb-buffer-pool-size=32M");
            command
        },
    );
    let admin = format!("mysql://root@127.0.0.1:{port}/mysql");
    outage(server, &admin, &format!("mysql://root@127.0.0.1:{port}/bonafide")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_goes_away_and_comes_back() {
    let Some(programs) = program("BONAFIDE_TEST_POSTGRES_BIN") else { return };
    let port = free_port();
    let as_user = |program: PathBuf| match service_user() {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={user}"), format!("--regid={user}")]);
            command.arg("--init-groups").arg(program);
            command
        }
    };
    let (initdb, postgres) = (programs.join("initdb"), programs.join("postgres"));
    let server = Server::new(
        |data| {
            let mut command = as_user(initdb);
            command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8"]);
            command.args(["--locale=C.UTF-8", "-D"]).arg(data);
            command
        },
        move |data| {
            let mut command = as_user(postgres.clone());
            command.arg("-D").arg(data).arg("-k").arg(data);
            command.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
            command
        },
    );
    let admin = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    outage(server, &admin, &format!("postgres://postgres@127.0.0.1:{port}/bonafide")).await;
}

/// What the committers saw.
#[derive(Default)]
struct Seen {
    acknowledged: Mutex<BTreeSet<String>>,
    unknown: Mutex<BTreeSet<String>>,
    unavailable: AtomicUsize,
    stop: AtomicBool,
}

impl Seen {
    fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

async fn outage(mut server: Server, admin: &str, url: &str) {
    server.start();
    make_database(admin).await;
    let store = connect(url).await.unwrap();
    until("it migrates", async || store.migrate(MIGRATIONS, NOW).await.is_ok()).await;
    let seen = Arc::new(Seen::default());
    let tasks: Vec<_> = (0..6)
        .map(|task| tokio::spawn(commits(Arc::clone(&store), Arc::clone(&seen), task)))
        .collect();
    for _ in 0..2 {
        let (before, refused) = (seen.acknowledged(), seen.unavailable.load(Ordering::SeqCst));
        until("commits go on", async || seen.acknowledged() > before + 60).await;
        server.kill();
        let away = async || seen.unavailable.load(Ordering::SeqCst) > refused + 20;
        until("it is noticed", away).await;
        assert!(matches!(store.check().await, Err(RecordsError::Unavailable { .. })));
        server.start();
    }
    let before = seen.acknowledged();
    until("commits go on again", async || seen.acknowledged() > before + 60).await;
    seen.stop.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    store.check().await.unwrap();

    let rows = store.select(Select::from(&THINGS)).await.unwrap();
    let there: BTreeSet<String> =
        rows.iter().map(|row| row.text("id").unwrap().to_owned()).collect();
    let acknowledged = seen.acknowledged.lock().unwrap().clone();
    let unknown = seen.unknown.lock().unwrap().clone();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let more: Vec<_> =
        there.difference(&acknowledged).filter(|id| !unknown.contains(*id)).collect();
    assert!(more.is_empty(), "refused and there: {more:?}");
    let counters = store.select(Select::from(&COUNTERS)).await.unwrap();
    let counted: i64 = counters.iter().map(|row| row.integer("index").unwrap()).sum();
    assert_eq!(counted, there.len() as i64, "a commit is whole");
}

/// Commits until it is told to stop; every id is tried once.
async fn commits(store: Arc<dyn Records>, seen: Arc<Seen>, task: usize) {
    let mut n = 0;
    while !seen.stop.load(Ordering::SeqCst) {
        n += 1;
        let id = format!("{task}/{n}");
        let counter = Row::new(&COUNTERS)
            .with("group", "g")
            .with("key", (task % 3) as i64)
            .with("index", 0_i64);
        let count = Change::Add { row: counter, by: vec![("index", 1)] };
        match store.commit(vec![Change::Insert(thing(&id, 1)), count]).await {
            Ok(()) => drop(seen.acknowledged.lock().unwrap().insert(id)),
            Err(RecordsError::Unknown) => drop(seen.unknown.lock().unwrap().insert(id)),
            Err(RecordsError::Unavailable { .. }) => {
                seen.unavailable.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

async fn make_database(admin: &str) {
    use sqlx::Connection as _;
    let made = async || {
        let sql = "CREATE DATABASE bonafide";
        if admin.starts_with("postgres") {
            match sqlx::PgConnection::connect(admin).await {
                Ok(mut connection) => sqlx::raw_sql(sql).execute(&mut connection).await.is_ok(),
                Err(_) => false,
            }
        } else {
            match sqlx::MySqlConnection::connect(admin).await {
                Ok(mut connection) => sqlx::raw_sql(sql).execute(&mut connection).await.is_ok(),
                Err(_) => false,
            }
        }
    };
    until("the server is up", made).await;
}

/// Polls a condition, a minute at most.
async fn until(what: &str, mut met: impl AsyncFnMut() -> bool) {
    for _ in 0..3_000 {
        if met().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: not within a minute");
}
