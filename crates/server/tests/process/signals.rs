//! The signals that an operator sends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use bonafide_server::Signals;
use rustix::process::{Signal, getpid, kill_process};

use crate::support::{BOUND, Rig, seconds};

#[tokio::test(flavor = "multi_thread")]
async fn hang_up_reloads_terminate_drains_and_a_second_one_ends() {
    let rig = Rig::plain(Router::new(), |settings| {
        settings.shutdown.notice = seconds(3_600.0);
    })
    .await;
    let reloads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reloads);
    let signals = Signals::catch().unwrap();
    // At once, with nothing running yet: a signal sent as soon as the server is ready
    // must not end the process.
    assert!(caught() & 1 != 0 && caught() & (1 << 14) != 0);
    let obeying = tokio::spawn(signals.obey(rig.handle.clone(), move || {
        counted.fetch_add(1, Ordering::SeqCst);
    }));

    send(Signal::HUP);
    until(|| reloads.load(Ordering::SeqCst) == 1).await;
    assert!(!rig.done.is_finished());
    send(Signal::TERM);
    let draining = async {
        while !rig.get("/health/ready").await.text().await.unwrap().contains("draining") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(BOUND, draining).await.unwrap();
    send(Signal::INT);
    tokio::time::timeout(BOUND, rig.done).await.unwrap().unwrap();
    tokio::time::timeout(BOUND, obeying).await.unwrap().unwrap();
}

fn send(signal: Signal) {
    kill_process(getpid(), signal).unwrap();
}

/// The signals that this process catches, one bit each.
fn caught() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(line.trim(), 16).unwrap()
}

async fn until(condition: impl Fn() -> bool) {
    let look = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(BOUND, look).await.unwrap();
}
