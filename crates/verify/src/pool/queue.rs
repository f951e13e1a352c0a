//! What waits, and who was let in.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Busy, PoolLoad, PoolSettings};

/// A job with everything around it.
pub(super) type Work = Box<dyn FnOnce() + Send>;

/// What is shared by those who bring jobs and the threads that do them.
pub(super) struct Queue {
    state: Mutex<State>,
    /// A job came, or the queue was closed.
    arrived: Condvar,
    /// Someone left.
    left: Notify,
}

struct State {
    waiting: VecDeque<Work>,
    closed: bool,
    load: PoolLoad,
    /// Mean duration of late, for telling when a place will be free.
    mean: Duration,
    /// Since when at least one job for each thread has been waiting.
    long_since: Option<Duration>,
    /// Whether that was no burst: see [`State::places`].
    overloaded: bool,
}

/// How long a queue may be long before it counts as overload: bursts are over
/// sooner.
const PATIENCE: Duration = Duration::from_millis(200);

impl Queue {
    pub(super) fn new(settings: PoolSettings) -> Self {
        let load = PoolLoad {
            threads: settings.threads,
            places: settings.threads + settings.waiting,
            ..PoolLoad::default()
        };
        let state = State {
            waiting: VecDeque::new(),
            closed: false,
            load,
            mean: Duration::from_millis(100),
            long_since: None,
            overloaded: false,
        };
        Self { state: Mutex::new(state), arrived: Condvar::new(), left: Notify::new() }
    }

    /// Counts one more in, `now` by a clock that never goes back.
    pub(super) fn enter(&self, now: Duration) -> Result<(), Busy> {
        let mut state = self.lock();
        if state.long_since.is_some_and(|since| now.saturating_sub(since) > PATIENCE) {
            state.overloaded = true;
        }
        let room = state.room();
        match room {
            Ok(()) => state.load.admitted += 1,
            Err(_) => state.load.refused += 1,
        }
        if state.is_long() {
            state.long_since.get_or_insert(now);
        }
        room
    }

    /// Counts one out.
    pub(super) fn leave(&self) {
        let mut state = self.lock();
        state.load.admitted = state.load.admitted.saturating_sub(1);
        if !state.is_long() {
            state.long_since = None;
        }
        if state.load.admitted < state.load.threads {
            state.overloaded = false;
        }
        let last = state.closed && state.load.admitted == 0;
        drop(state);
        if last {
            self.arrived.notify_all();
        }
        self.left.notify_waiters();
    }

    /// A job for the next free thread. Who has a place may bring one even when
    /// the queue is closed: he was let in before.
    pub(super) fn push(&self, work: Work) {
        self.lock().waiting.push_back(work);
        self.arrived.notify_one();
    }

    /// The next job; `None` when there will be none any more.
    pub(super) fn next(&self) -> Option<Work> {
        let mut state = self.lock();
        loop {
            if let Some(work) = state.waiting.pop_front() {
                return Some(work);
            }
            // As long as someone is in, a job may still come.
            if state.closed && state.load.admitted == 0 {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A job has ended.
    pub(super) fn finished(&self, took: Duration, panicked: bool) {
        let mut state = self.lock();
        state.load.done += 1;
        state.load.panicked += u64::from(panicked);
        state.mean = (state.mean * 7 + took) / 8;
    }

    /// Changes a figure.
    pub(super) fn count(&self, change: impl FnOnce(&mut PoolLoad)) {
        change(&mut self.lock().load);
    }

    pub(super) fn load(&self) -> PoolLoad {
        self.lock().load
    }

    /// Lets nobody in any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    /// Returns when everybody has left.
    pub(super) async fn empty(&self) {
        loop {
            let left = self.left.notified();
            tokio::pin!(left);
            // Listening before looking: nobody leaves unseen in between.
            left.as_mut().enable();
            if self.lock().load.admitted == 0 {
                break;
            }
            left.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many may be in. The whole queue is there for bursts; where it stays
    /// long, it only makes everybody wait, and all but one place for each thread
    /// are closed until a thread has nothing to do.
    fn places(&self) -> usize {
        if self.overloaded { self.short().min(self.load.places) } else { self.load.places }
    }

    /// One running and one waiting for each thread.
    fn short(&self) -> usize {
        self.load.threads * 2
    }

    fn is_long(&self) -> bool {
        self.load.admitted >= self.short()
    }

    fn room(&self) -> Result<(), Busy> {
        if !self.closed && self.load.admitted < self.places() {
            return Ok(());
        }
        let jobs = u32::try_from(self.load.places).unwrap_or(u32::MAX);
        let threads = u32::try_from(self.load.threads.max(1)).unwrap_or(u32::MAX);
        let until_empty = self.mean.saturating_mul(jobs) / threads;
        let seconds = until_empty.as_millis().div_ceil(1_000).clamp(1, 60);
        Err(Busy { retry_after: Duration::from_secs(u64::try_from(seconds).unwrap_or(60)) })
    }
}
