//! A server as an operator starts it, for tests that go through the real door.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "helpers of tests fail by panicking; not every test file uses all of them"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

/// How long a server may take to say that it is ready: generous, for machines
/// under load.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`, or `https://` there.
    pub(crate) url: String,
    data: PathBuf,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server on embedded stores, plain HTTP and a port of its own,
    /// and waits for its `ready` line.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[], &[])
    }

    /// The same with more arguments and variables.
    pub(crate) fn start_with(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::begin(data, &[&["--insecure-http"], arguments].concat(), variables)
    }

    /// The same over TLS, with the certificate that it makes for itself.
    pub(crate) fn start_tls(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::begin(data, arguments, variables)
    }

    fn begin(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bonafide"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (tell, hear) = mpsc::channel();
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = log.clone();
        // Reads on after `ready`, so that the server never waits for a reader.
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                written.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
                let _ = tell.send(line);
            }
        });
        let mut said = Vec::new();
        let url = loop {
            match hear.recv_timeout(PATIENCE) {
                Ok(line) => match line.strip_prefix("ready ") {
                    Some(url) => break url.trim().to_owned(),
                    None => said.push(line),
                },
                Err(_) => {
                    let _ = child.kill();
                    panic!("the server is not ready; it said:\n{}", said.join("\n"));
                }
            }
        };
        Self { child, url, data: data.to_owned(), log }
    }

    /// What it has written to standard error so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }

    /// A tenant with one application in an environment, and a key of all scopes.
    pub(crate) fn account(&self, environment: &str) -> Account {
        Account::create(&self.data, environment, &[])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Who calls.
pub(crate) struct Account {
    pub(crate) app_id: String,
    pub(crate) application: String,
    pub(crate) key_id: String,
    pub(crate) token: String,
}

impl Account {
    pub(crate) fn create(data: &Path, environment: &str, variables: &[(&str, &str)]) -> Self {
        Self::in_region(data, environment, "apac", variables)
    }

    pub(crate) fn in_region(
        data: &Path,
        environment: &str,
        region: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        Self::with(data, &[], environment, region, variables)
    }

    /// The same with more arguments of the program.
    pub(crate) fn with(
        data: &Path,
        more: &[&str],
        environment: &str,
        region: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        let run = |arguments: &[&str]| admin(data, variables, &[arguments, more].concat());
        let tenant = run(&["tenant", "create", "Example Bank", "--region", region]);
        let app_id = text(&tenant["app_id"]);
        let named = ["--name", "onboarding", "--environment", environment, "--region", region];
        let made = run(&[&["app", "create", "--tenant", &app_id], &named[..]].concat());
        let application = text(&made["application"]);
        let scopes = "document,face,liveness,verification,risk,privacy";
        let named = ["--application", &application, "--scopes", scopes, "--region", region];
        let key = run(&[&["key", "create"], &named[..]].concat());
        Self { app_id, application, key_id: text(&key["key_id"]), token: text(&key["token"]) }
    }
}

/// What the program answers to a command with `--json`, and its exit code.
pub(crate) fn bonafide(arguments: &[&str]) -> (Value, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
}

/// The key by which the transparency log of a data directory is verified.
pub(crate) fn log_key(data: &Path) -> String {
    let (told, _) = bonafide(&["receipt", "key", "--data", data.to_str().unwrap()]);
    text(&told["key"])
}

/// The answer of `bonafide admin … --json` on a data directory.
pub(crate) fn admin(data: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .arg("admin")
        .args(arguments)
        .arg("--data")
        .arg(data)
        .arg("--json")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Where a test works that was run again by [`run_again`].
pub(crate) fn again() -> Option<PathBuf> {
    std::env::var_os(AGAIN).map(PathBuf::from)
}

const AGAIN: &str = "BONAFIDE_TEST_AGAIN";

/// Runs a test of this file again, by its name, in namespaces of its own (options
/// of `unshare`), where `setup` has made the world that it needs: shell commands,
/// in which `$BONAFIDE_TEST_AGAIN` is `folder`. Says that the test is skipped where
/// the kernel does not let us.
pub(crate) fn run_again(name: &str, namespaces: &[&str], setup: &str, folder: &Path) {
    let within = |then: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user"]).args(namespaces);
        command.args(["sh", "-c", &format!("{setup} && {then}"), "sh"]).env(AGAIN, folder);
        command
    };
    if !within("true").status().is_ok_and(|status| status.success()) {
        eprintln!("{name} is skipped: this kernel does not let us make such a world");
        return;
    }
    let mut again = within("exec \"$@\"");
    again.arg(std::env::current_exe().unwrap()).args(["--exact", name, "--nocapture"]);
    assert!(again.status().unwrap().success());
}

/// A JSON string's or number's text.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Files as base64 members of a JSON body.
pub(crate) fn members(files: &[(&str, &Path)]) -> Value {
    let encoded = |path: &Path| BASE64_STANDARD.encode(std::fs::read(path).unwrap());
    files.iter().map(|&(name, path)| (name.to_owned(), json!(encoded(path)))).collect()
}

/// An HTTP client with nothing special about it.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Asks until there is an answer, within a generous bound.
pub(crate) async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(answer) => answer,
        Err(_) => panic!("waited for {what}"),
    }
}

/// Whether the weights are there; says that the test is skipped if not.
pub(crate) fn models_are_there(test: &str) -> bool {
    bonafide_inference::testing::models(test).is_some()
}

/// The address of a server that the test command has started, or why not.
pub(crate) fn service(variable: &str, test: &str) -> Option<String> {
    match std::env::var(variable) {
        Ok(url) => Some(url),
        Err(_) => {
            let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
            assert!(!required.contains("services"), "{test} needs {variable}");
            println!("skipped {test}: {variable} is not set");
            None
        }
    }
}

/// Two empty databases on a server of the test command: for records and keys.
pub(crate) async fn databases(url: &str, name: &str) -> (String, String) {
    let records = database(url, &format!("{name}_records_{}", std::process::id())).await;
    let keys = database(url, &format!("{name}_keys_{}", std::process::id())).await;
    (records, keys)
}

async fn database(url: &str, name: &str) -> String {
    use sqlx::Connection;
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    if url.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::MySqlConnection::connect(url).await.unwrap();
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
    }
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// Renders a document and a selfie of its holder into a folder.
pub(crate) fn specimen(folder: &Path, difficulty: u8) {
    let done = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(["specimen", "--seed", "2", "--difficulty", &difficulty.to_string(), "--out"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
