//! Workers, leased one request each.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bonafide_context::Clock;
use serde::Serialize;

use super::confine::Bounds;
use super::process::{Deadline, Failure, Process};
use super::serve::Order;
use crate::video::{Filmed, VideoError, VideoFacts, VideoOrder};
use crate::worker::Isolation;
use crate::{DecodeError, Decoded, Decoder, Limits};

/// How a pool works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerSettings {
    /// Most processes at a time; at least 1.
    pub workers: usize,
    /// What is let in.
    pub limits: Limits,
    /// Wall-clock time for one picture, waiting for a free worker apart.
    pub time_out: Duration,
    /// The most bytes of a video that is let in at all; its other bounds come with
    /// each order.
    pub max_video_bytes: usize,
    /// Time that the worker may take over one video, waiting for whoever looks at its
    /// frames apart.
    pub video_time_out: Duration,
    /// Pictures after which a worker is replaced.
    pub pictures: u32,
    /// Resident bytes above which a worker is replaced.
    pub resident_bytes: u64,
    /// The binary whose `main` calls
    /// [`run_if_asked`](super::run_if_asked): this one.
    pub program: PathBuf,
}

impl Default for WorkerSettings {
    /// Two workers, 10 seconds a picture, videos of 32 MiB and 30 seconds, replaced
    /// after 500 pictures or above 128 MiB.
    fn default() -> Self {
        Self {
            workers: 2,
            limits: Limits::default(),
            time_out: Duration::from_secs(10),
            max_video_bytes: 32 << 20,
            video_time_out: Duration::from_secs(30),
            pictures: 500,
            resident_bytes: 128 << 20,
            // The file that runs, even after an update put another in its place.
            program: PathBuf::from("/proc/self/exe"),
        }
    }
}

impl WorkerSettings {
    /// Bytes that a worker needs beside what decoding may take: its allocator.
    const SLACK: u64 = 64 << 20;

    fn order(&self) -> Order {
        let limits = self.limits;
        let max_video_bytes = self.max_video_bytes;
        let file = limits.max_bytes.max(max_video_bytes);
        let memory = limits.max_memory.saturating_add(file as u64);
        let longest = self.time_out.max(self.video_time_out);
        let bounds = Bounds {
            memory: memory.saturating_add(Self::SLACK),
            // The pool replaces a worker long before; this holds without it.
            cpu_seconds: 2 * longest.as_secs().max(1) + BUSY.as_secs(),
        };
        Order { parent: std::process::id(), bounds, limits, max_video_bytes }
    }
}

/// Time at work, over all its pictures, after which a worker is replaced.
const BUSY: Duration = Duration::from_secs(60);

/// For how long a new worker may take to confine itself; it takes 2 ms on a
/// machine that has nothing else to do.
const COMING_UP: Duration = Duration::from_secs(10);

/// Pictures between two looks at a worker's memory.
const LOOK_EVERY: u32 = 16;

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// No thread to look after the workers.
    #[error("no thread can be started to look after the image decoders")]
    Thread(#[source] std::io::Error),
    /// The first worker did not come up.
    #[error("the image decoder cannot be started; look at the limits on processes and memory")]
    Start(#[source] std::io::Error),
}

/// What became of the workers so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WorkerStats {
    /// Processes started.
    pub started: u64,
    /// Processes that could not be started.
    pub not_started: u64,
    /// Replaced in due course.
    pub recycled: u64,
    /// Died at work.
    pub crashed: u64,
    /// Killed because their time was up.
    pub timed_out: u64,
    /// Killed for an answer that is none.
    pub misbehaved: u64,
    /// Processes there now.
    pub alive: u64,
}

/// Decodes in up to [`WorkerSettings::workers`] processes, from as many
/// threads as call. No process outlives the pool, or the process it is in.
#[derive(Debug)]
pub struct WorkerPool {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<()>>,
}

impl WorkerPool {
    /// Starts the first worker and reports whether it came up; the others
    /// follow when they are needed.
    pub fn start(settings: WorkerSettings, clock: Arc<dyn Clock>) -> Result<Self, WorkerError> {
        let shared = Arc::new(Shared {
            settings,
            clock,
            state: Mutex::new(State { wanted: 1, ..State::default() }),
            for_keeper: Condvar::new(),
            for_callers: Condvar::new(),
            counters: Counters::default(),
        });
        let kept = Arc::clone(&shared);
        let keeper = std::thread::Builder::new()
            .name("media-workers".to_owned())
            .spawn(move || kept.keep())
            .map_err(WorkerError::Thread)?;
        let pool = Self { shared, keeper: Some(keeper) };
        let mut state = pool.shared.lock();
        loop {
            if let Some(error) = state.start_error.take() {
                drop(state);
                return Err(WorkerError::Start(error));
            }
            if state.isolation.is_some() {
                break;
            }
            state = wait(&pool.shared.for_callers, state);
        }
        drop(state);
        Ok(pool)
    }

    /// How the workers are confined.
    pub fn isolation(&self) -> Isolation {
        self.shared.lock().isolation.unwrap_or_default()
    }

    /// What became of the workers so far.
    pub fn stats(&self) -> WorkerStats {
        let alive = self.shared.lock().live as u64;
        self.shared.counters.read(alive)
    }

    /// Process numbers of the workers that are free now.
    pub fn free_processes(&self) -> Vec<u32> {
        self.shared.lock().free.iter().map(|worker| worker.process.id()).collect()
    }
}

impl Decoder for WorkerPool {
    /// Blocks until a worker is free (at most the time-out), then until it has
    /// answered (the same).
    fn decode(&self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        let shared = &*self.shared;
        let WorkerSettings { limits, time_out, .. } = &shared.settings;
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        if bytes.len() > limits.max_bytes {
            return Err(DecodeError::TooManyBytes { max_bytes: limits.max_bytes });
        }
        let mut worker = shared.lease()?;
        let begun = shared.clock.elapsed();
        let answer =
            worker.process.decode(bytes, limits, &Deadline::after(&*shared.clock, *time_out));
        worker.busy += shared.clock.elapsed().saturating_sub(begun);
        worker.pictures += 1;
        let failure = answer.as_ref().err().copied();
        shared.hand_back(worker, failure);
        answer.map_err(|failure| match failure {
            Failure::Died | Failure::Misbehaved => DecodeError::WorkerCrashed,
            Failure::TooSlow => DecodeError::TookTooLong,
        })?
    }

    /// Blocks until a worker is free (at most the time-out for pictures), then until
    /// it has shown what is wanted. The worker is not used again.
    fn video(
        &self,
        bytes: &[u8],
        order: &VideoOrder,
        each: &mut dyn FnMut(Filmed) -> ControlFlow<()>,
    ) -> Result<Option<VideoFacts>, VideoError> {
        let shared = &*self.shared;
        let max_bytes = shared.settings.max_video_bytes.min(order.limits.max_bytes);
        if bytes.is_empty() {
            return Err(VideoError::Empty);
        }
        if bytes.len() > max_bytes {
            return Err(VideoError::TooManyBytes { max_bytes });
        }
        let mut worker = shared.lease().map_err(|_| VideoError::WorkerUnavailable)?;
        let mut left = shared.settings.video_time_out;
        let answer = worker.process.video(bytes, order, &*shared.clock, &mut left, each);
        shared.replace(worker, answer.as_ref().err().copied());
        answer.map_err(|failure| match failure {
            Failure::Died | Failure::Misbehaved => VideoError::WorkerCrashed,
            Failure::TooSlow => VideoError::TookTooLong,
        })?
    }
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.for_keeper.notify_all();
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

/// A process and what it has done.
#[derive(Debug)]
struct Worker {
    process: Process,
    pictures: u32,
    busy: Duration,
}

impl Worker {
    fn is_due(&self, settings: &WorkerSettings) -> bool {
        self.pictures >= settings.pictures
            || self.busy > BUSY
            || (self.pictures.is_multiple_of(LOOK_EVERY)
                && self.process.resident_bytes() > settings.resident_bytes)
    }
}

/// What the callers and the keeper share.
struct Shared {
    settings: WorkerSettings,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    for_keeper: Condvar,
    for_callers: Condvar,
    counters: Counters,
}

#[derive(Debug, Default)]
struct State {
    /// At rest; the last one back is the next to go, its memory being warm.
    free: Vec<Worker>,
    /// To be killed and waited for.
    spent: Vec<Worker>,
    /// Processes there are: free, leased and spent.
    live: usize,
    /// Processes that the keeper is to start.
    wanted: usize,
    /// Starts that failed so far.
    failed_starts: u64,
    start_error: Option<std::io::Error>,
    isolation: Option<Isolation>,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker at rest, started if there may be one more.
    fn lease(&self) -> Result<Worker, DecodeError> {
        let deadline = Deadline::after(&*self.clock, self.settings.time_out);
        let mut state = self.lock();
        let failed_starts = state.failed_starts;
        loop {
            while let Some(worker) = state.free.pop() {
                if worker.process.is_quiet() {
                    return Ok(worker);
                }
                Counters::add(&self.counters.misbehaved);
                self.discard(&mut state, worker);
            }
            if state.live + state.wanted < self.settings.workers.max(1) {
                state.wanted += 1;
                self.for_keeper.notify_one();
            }
            let left = deadline.left().ok_or(DecodeError::WorkerUnavailable)?;
            state = self
                .for_callers
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            if state.failed_starts != failed_starts && state.free.is_empty() {
                return Err(DecodeError::WorkerUnavailable);
            }
        }
    }

    /// Ends a worker that has done its work, or failed at it, and asks for another.
    fn replace(&self, worker: Worker, failure: Option<Failure>) {
        Counters::add(self.counters.of(failure).unwrap_or(&self.counters.recycled));
        self.discard(&mut self.lock(), worker);
    }

    /// Takes a worker back, or replaces it.
    fn hand_back(&self, worker: Worker, failure: Option<Failure>) {
        let due = || worker.is_due(&self.settings).then_some(&self.counters.recycled);
        let counter = self.counters.of(failure).or_else(due);
        let mut state = self.lock();
        match counter {
            None => {
                state.free.push(worker);
                self.for_callers.notify_one();
            }
            Some(counter) => {
                Counters::add(counter);
                self.discard(&mut state, worker);
            }
        }
    }

    /// Hands a worker to the keeper to be ended, and asks for another ahead of
    /// the next call.
    fn discard(&self, state: &mut State, worker: Worker) {
        state.spent.push(worker);
        state.wanted += 1;
        self.for_keeper.notify_one();
    }

    /// Starts and ends processes until the pool is dropped. One thread does it
    /// all: a worker dies with the thread that started it.
    fn keep(&self) {
        let order = self.settings.order();
        let mut state = self.lock();
        loop {
            let spent = std::mem::take(&mut state.spent);
            if !spent.is_empty() {
                let gone = spent.len();
                drop(state);
                drop(spent);
                state = self.lock();
                state.live -= gone;
            }
            if state.closed {
                break;
            }
            // One that waits for a spent one's place comes up in a later round.
            if state.wanted > 0 && state.spent.is_empty() {
                drop(state);
                let deadline = Deadline::after(&*self.clock, COMING_UP);
                let started = Process::start(&self.settings.program, &order, &deadline);
                state = self.lock();
                self.enlist(&mut state, started);
            } else if state.spent.is_empty() {
                state = wait(&self.for_keeper, state);
            }
        }
        let free = std::mem::take(&mut state.free);
        drop(state);
        drop(free);
    }

    fn enlist(&self, state: &mut State, started: Result<(Process, Isolation), std::io::Error>) {
        match started {
            Ok((process, isolation)) => {
                Counters::add(&self.counters.started);
                state.wanted -= 1;
                state.live += 1;
                state.isolation.get_or_insert(isolation);
                state.free.push(Worker { process, pictures: 0, busy: Duration::ZERO });
                self.for_callers.notify_all();
            }
            Err(error) => {
                Counters::add(&self.counters.not_started);
                // Whoever still needs one asks again.
                state.wanted = 0;
                state.failed_starts += 1;
                state.start_error = Some(error);
                self.for_callers.notify_all();
            }
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn wait<'a>(condition: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    condition.wait(state).unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct Counters {
    started: AtomicU64,
    not_started: AtomicU64,
    recycled: AtomicU64,
    crashed: AtomicU64,
    timed_out: AtomicU64,
    misbehaved: AtomicU64,
}

impl Counters {
    fn of(&self, failure: Option<Failure>) -> Option<&AtomicU64> {
        Some(match failure? {
            Failure::Died => &self.crashed,
            Failure::TooSlow => &self.timed_out,
            Failure::Misbehaved => &self.misbehaved,
        })
    }

    fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self, alive: u64) -> WorkerStats {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WorkerStats {
            started: of(&self.started),
            not_started: of(&self.not_started),
            recycled: of(&self.recycled),
            crashed: of(&self.crashed),
            timed_out: of(&self.timed_out),
            misbehaved: of(&self.misbehaved),
            alive,
        }
    }
}
