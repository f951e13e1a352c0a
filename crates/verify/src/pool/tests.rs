use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use bonafide_context::{Date, FixedClock};

use super::*;

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::on(Date::new(2026, 11, 22).unwrap()))
}

fn pool(threads: usize, waiting: usize) -> Pool {
    Pool::start(PoolSettings { threads, waiting }, clock()).unwrap()
}

/// A job that runs until it is let go.
struct Held {
    release: mpsc::Sender<()>,
    result: tokio::task::JoinHandle<Result<Ran<()>, JobError>>,
}

fn hold(pool: &Pool) -> Held {
    let (release, wait) = mpsc::channel();
    let running = pool
        .try_run(move || {
            let _ = wait.recv();
        })
        .unwrap();
    Held { release, result: tokio::spawn(running) }
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_frees_its_places() {
    let pool = pool(1, 1);
    let first = hold(&pool);
    let second = hold(&pool);
    let busy = pool.admit().err().unwrap();
    assert!(busy.retry_after >= Duration::from_secs(1));
    assert_eq!((pool.load().admitted, pool.load().refused), (2, 1));
    first.release.send(()).unwrap();
    first.result.await.unwrap().unwrap();
    let third = pool.try_run(|| 3).unwrap();
    second.release.send(()).unwrap();
    assert_eq!(third.await.unwrap().value, 3);
    second.result.await.unwrap().unwrap();
    assert_eq!((pool.load().admitted, pool.load().done), (0, 3));
}

#[tokio::test]
async fn a_permit_is_a_place_until_it_is_dropped() {
    let pool = pool(1, 0);
    let permit = pool.admit().unwrap();
    assert!(pool.admit().is_err());
    drop(permit);
    assert!(pool.admit().is_ok());
}

#[tokio::test]
async fn a_job_that_panics_is_one_failed_call() {
    let pool = pool(1, 4);
    let fails = pool.try_run(|| panic!("on purpose")).unwrap();
    let works = pool.try_run(|| 7).unwrap();
    assert_eq!(fails.await.err(), Some(JobError::Panicked));
    assert_eq!(works.await.unwrap().value, 7);
    assert_eq!((pool.load().admitted, pool.load().panicked), (0, 1));
}

#[tokio::test]
async fn a_job_nobody_waits_for_is_not_started() {
    let pool = pool(1, 2);
    let first = hold(&pool);
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = ran.clone();
    drop(pool.try_run(move || counter.fetch_add(1, Ordering::SeqCst)).unwrap());
    let last = pool.try_run(|| ()).unwrap();
    first.release.send(()).unwrap();
    last.await.unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 0);
    assert_eq!(pool.load().abandoned, 1);
}

#[tokio::test]
async fn draining_serves_who_was_let_in_and_nobody_else() {
    let pool = Arc::new(pool(2, 2));
    let held = hold(&pool);
    let late = pool.admit().unwrap();
    let draining = tokio::spawn({
        let pool = pool.clone();
        async move { pool.drain().await }
    });
    while pool.admit().is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!draining.is_finished());
    assert_eq!(late.run(|| 5).await.unwrap().value, 5);
    held.release.send(()).unwrap();
    held.result.await.unwrap().unwrap();
    draining.await.unwrap();
    assert!(pool.admit().is_err());
}

#[tokio::test]
async fn waiting_and_running_are_told_apart() {
    let clock = clock();
    let pool = Pool::start(PoolSettings { threads: 1, waiting: 1 }, clock.clone()).unwrap();
    let first = hold(&pool);
    let inside = clock.clone();
    let second = pool.try_run(move || inside.advance(Duration::from_millis(30))).unwrap();
    clock.advance(Duration::from_millis(20));
    first.release.send(()).unwrap();
    let ran = second.await.unwrap();
    assert_eq!(ran.waited, Duration::from_millis(20));
    assert_eq!(ran.took, Duration::from_millis(30));
}

#[tokio::test]
async fn a_queue_that_stays_long_is_cut_until_a_thread_is_idle() {
    let clock = clock();
    let pool = Pool::start(PoolSettings::new(1), clock.clone()).unwrap();
    let mut permits: Vec<_> = (0..3).map(|_| pool.admit().unwrap()).collect();
    // A burst: what leaves may be followed by as many again.
    clock.advance(Duration::from_millis(150));
    permits.pop();
    permits.push(pool.admit().unwrap());
    // Long for too long: the third place is closed from here on.
    clock.advance(Duration::from_millis(250));
    assert!(pool.admit().is_err());
    permits.pop();
    assert!(pool.admit().is_err());
    permits.pop();
    permits.push(pool.admit().unwrap());
    clock.advance(Duration::from_millis(250));
    assert!(pool.admit().is_err());
    // Everybody has left: bursts are welcome again.
    permits.clear();
    let _permits: Vec<_> = (0..3).map(|_| pool.admit().unwrap()).collect();
}

#[test]
fn what_is_accepted_waits_for_two_jobs() {
    assert_eq!(PoolSettings::new(2), PoolSettings { threads: 2, waiting: 4 });
    assert_eq!(PoolSettings::new(0).threads, 1);
}
