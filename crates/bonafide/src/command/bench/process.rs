//! A server of its own, for measuring: started, filled and ended by the bench.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bonafide_context::{Clock, SystemClock};
use serde_json::Value;

use crate::failure::Failure;

/// A running server; killed when dropped.
pub(super) struct Process {
    child: Child,
    /// Where its stores are.
    pub(super) data: PathBuf,
    /// `http://127.0.0.1:PORT`, or `https://` there.
    pub(super) url: String,
    /// From the start of the process to its `ready` line.
    pub(super) start_to_ready: Duration,
}

impl Process {
    /// Starts a server on embedded stores in `data`, over plain HTTP, with
    /// limits that are out of the way.
    pub(super) fn start(data: &Path, models: &Path) -> Result<Self, Failure> {
        Self::begin(data, models, &["--insecure-http"])
    }

    /// The same over TLS, with the certificate that it makes for itself.
    pub(super) fn start_tls(data: &Path, models: &Path) -> Result<Self, Failure> {
        Self::begin(data, models, &[])
    }

    fn begin(data: &Path, models: &Path, more: &[&str]) -> Result<Self, Failure> {
        std::fs::create_dir_all(data).map_err(failed)?;
        let configuration = data.join("bench.toml");
        std::fs::write(&configuration, CONFIGURATION).map_err(failed)?;
        let clock = SystemClock::start();
        let mut child = Command::new(std::env::current_exe().map_err(failed)?)
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(&configuration)
            .arg("--data")
            .arg(data)
            .arg("--models")
            .arg(models)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let errors = child.stderr.take().ok_or_else(|| failed("no standard error"))?;
        let mut lines = BufReader::new(errors).lines();
        let mut said = String::new();
        let url = loop {
            match lines.next() {
                Some(Ok(line)) => match line.strip_prefix("ready ") {
                    Some(url) => break url.to_owned(),
                    None => said = line,
                },
                _ => return Err(failed(format!("the server does not start: {said}"))),
            }
        };
        let start_to_ready = clock.elapsed();
        // Read on, so that the server never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, data: data.to_owned(), url, start_to_ready })
    }

    /// A tenant, an application and a key; gives its bearer token.
    pub(super) fn token(&self) -> Result<String, Failure> {
        let tenant = self.admin(&["tenant", "create", "bench"], "app_id")?;
        let application = self.admin(
            &[
                "app",
                "create",
                "--tenant",
                &tenant,
                "--name",
                "bench",
                "--environment",
                "sandbox",
                "--region",
                "local",
            ],
            "application",
        )?;
        let scopes = "document,face,liveness,verification,risk,privacy";
        self.admin(&["key", "create", "--application", &application, "--scopes", scopes], "token")
    }

    fn admin(&self, arguments: &[&str], member: &str) -> Result<String, Failure> {
        let output = Command::new(std::env::current_exe().map_err(failed)?)
            .arg("admin")
            .args(arguments)
            .arg("--data")
            .arg(&self.data)
            .arg("--json")
            .output()
            .map_err(failed)?;
        let answer: Value = serde_json::from_slice(&output.stdout).map_err(failed)?;
        match answer.get(member) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(failed(format!("`admin {}` gave no {member}", arguments.join(" ")))),
        }
    }

    /// CPU time that the server and its decoders have used so far.
    pub(super) fn cpu(&self) -> Duration {
        let own = self.child.id();
        let decoders = children(own);
        std::iter::once(own).chain(decoders).filter_map(cpu_of).sum()
    }

    /// Memory resident now, in MB (10^6 bytes), without the decoders.
    pub(super) fn resident_mb(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kibibytes * 1_024.0 / 1e6)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nothing but the compute pool refuses.
const CONFIGURATION: &str = r"[limits]
per_address = { per_second = 1000000, burst = 1000000 }
per_key = { per_second = 1000000, burst = 1000000 }
per_interface = { rate = { per_second = 1000000, burst = 1000000 } }

[server.limits]
connections = 4096
connections_per_address = 4096
requests_in_flight = 4096
";

/// Processes whose parent is `parent`.
fn children(parent: u32) -> Vec<u32> {
    let Ok(folder) = std::fs::read_dir("/proc") else { return Vec::new() };
    let processes = folder.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes
        .filter(|&pid| fields(pid).is_some_and(|f| f.first() == Some(&u64::from(parent))))
        .collect()
}

/// User and system time of a process.
fn cpu_of(pid: u32) -> Option<Duration> {
    let fields = fields(pid)?;
    let ticks = fields.get(10)? + fields.get(11)?;
    // The unit is USER_HZ, which is 100 on every Linux that counts.
    Some(Duration::from_millis(ticks * 10))
}

/// The numbers of `/proc/PID/stat` from the parent's process id on.
fn fields(pid: u32) -> Option<Vec<u64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold blanks.
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().skip(1).map(|field| field.parse().unwrap_or_default()).collect())
}

pub(super) fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::ours("bench_failed", error)
}
