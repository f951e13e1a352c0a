//! The threads on which pictures are decoded and networks run: a fixed number
//! of them, with a short queue before them that refuses at once when it is full.
//!
//! A queue that is allowed to grow makes everybody wait and serves nobody: what
//! is let in here waits for about two jobs at most, and for one when the queue has
//! been long for a while; the rest is told to come back. A place is taken ([`Pool::admit`]) before anything is decoded, so that
//! refusing costs next to nothing.

mod queue;

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use bonafide_context::Clock;
use tokio::sync::oneshot;

use queue::{Queue, Work};

/// How many threads, and how long a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Jobs that run at a time.
    pub threads: usize,
    /// Jobs that may wait.
    pub waiting: usize,
}

impl PoolSettings {
    /// This many threads (at least one) and two places in the queue for each. A
    /// job that takes the last place starts when that many others have ended:
    /// it waits for two jobs, and is answered in about three times the time it
    /// takes alone.
    pub fn new(threads: usize) -> Self {
        let threads = threads.max(1);
        Self { threads, waiting: threads * 2 }
    }
}

impl Default for PoolSettings {
    /// One thread a core.
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

/// Every place is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server is busy: try again in {} s", retry_after.as_secs())]
pub struct Busy {
    /// When a place is likely to be free, in whole seconds, at least one.
    pub retry_after: Duration,
}

/// Why a job that was let in gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It panicked; the thread goes on.
    #[error("the job failed inside: this is a fault of the program")]
    Panicked,
    /// The pool is shutting down.
    #[error("the server is shutting down: try another node, or again later")]
    Closed,
}

/// What a job gave, and what it took.
#[derive(Clone, Copy, Debug)]
pub struct Ran<T> {
    /// Its result.
    pub value: T,
    /// From admission to start.
    pub waited: Duration,
    /// From start to end.
    pub took: Duration,
}

/// What a pool is doing, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolLoad {
    /// Threads.
    pub threads: usize,
    /// Jobs let in and not finished: waiting for their input, queued or running.
    pub admitted: usize,
    /// How many may be let in at a time.
    pub places: usize,
    /// Jobs refused since the start.
    pub refused: u64,
    /// Jobs done since the start.
    pub done: u64,
    /// Jobs that panicked since the start.
    pub panicked: u64,
    /// Jobs never started because nobody waited for them any more.
    pub abandoned: u64,
}

/// How far a computing thread gives way to others, 0 to 19.
const NICENESS: i32 = 10;

/// A fixed number of threads for computing.
pub struct Pool {
    queue: Arc<Queue>,
    clock: Arc<dyn Clock>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Pool {
    /// Starts the threads.
    pub fn start(settings: PoolSettings, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let queue = Arc::new(Queue::new(settings));
        let mut threads = Vec::with_capacity(settings.threads);
        for number in 0..settings.threads {
            let queue = queue.clone();
            let name = format!("compute-{number}");
            threads.push(std::thread::Builder::new().name(name).spawn(move || {
                // Computing gives way to what speaks with clients and stores:
                // with every core busy, `/health` and refusals come twice as
                // fast. Where it is not allowed, nothing is lost but that.
                let _ = rustix::process::nice(NICENESS);
                while let Some(work) = queue.next() {
                    work();
                }
            })?);
        }
        Ok(Self { queue, clock, threads: Mutex::new(threads) })
    }

    /// Takes a place, or says at once that there is none. Given back when the
    /// job has ended or the permit is dropped.
    pub fn admit(&self) -> Result<Permit, Busy> {
        self.queue.enter(self.clock.elapsed())?;
        let place = Place { queue: self.queue.clone() };
        Ok(Permit { place, clock: self.clock.clone() })
    }

    /// Takes a place and runs a job, see [`Permit::run`].
    pub fn try_run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Running<T>, Busy> {
        self.admit().map(|permit| permit.run(job))
    }

    /// What it is doing.
    pub fn load(&self) -> PoolLoad {
        self.queue.load()
    }

    /// Lets nobody in any more, waits until everyone who was let in is served,
    /// and ends the threads.
    pub async fn drain(&self) {
        self.queue.close();
        self.queue.empty().await;
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // They have nothing left to do: the wait is for their last instructions.
        let _ = tokio::task::spawn_blocking(move || {
            for thread in threads {
                let _ = thread.join();
            }
        })
        .await;
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// A place in the pool.
pub struct Permit {
    place: Place,
    clock: Arc<dyn Clock>,
}

impl Permit {
    /// Queues the job. Dropping the future before the job has started keeps it
    /// from being started; one that runs is finished, and its place is taken
    /// until then.
    pub fn run<T: Send + 'static>(self, job: impl FnOnce() -> T + Send + 'static) -> Running<T> {
        let Self { place, clock } = self;
        let (send, receive) = oneshot::channel();
        let queue = place.queue.clone();
        let admitted = clock.elapsed();
        let work: Work = Box::new(move || {
            if send.is_closed() {
                place.queue.count(|load| load.abandoned += 1);
                return;
            }
            let started = clock.elapsed();
            let outcome = catch_unwind(AssertUnwindSafe(job));
            let took = clock.elapsed().saturating_sub(started);
            let waited = started.saturating_sub(admitted);
            let result =
                outcome.map(|value| Ran { value, waited, took }).map_err(|_| JobError::Panicked);
            place.queue.finished(took, result.is_err());
            // Free before the answer is on its way: whoever sees the answer
            // finds the place.
            drop(place);
            // Nobody there to take it is no failure.
            let _ = send.send(result);
        });
        queue.push(work);
        Running { receive }
    }
}

/// A job that is queued or runs: await it for its result.
#[derive(Debug)]
#[must_use = "a job nobody waits for is not started"]
pub struct Running<T> {
    receive: oneshot::Receiver<Result<Ran<T>, JobError>>,
}

impl<T> Future for Running<T> {
    type Output = Result<Ran<T>, JobError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.receive).poll(context).map(|sent| sent.unwrap_or(Err(JobError::Closed)))
    }
}

/// Counts as one admitted until it is dropped.
struct Place {
    queue: Arc<Queue>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.leave();
    }
}

#[cfg(test)]
mod tests;
