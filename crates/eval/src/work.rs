//! Many independent pieces of work on all cores, with the same result whatever
//! the number of cores.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::{EvalError, Progress};

/// How many threads an evaluation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers(NonZero<usize>);

impl Workers {
    /// One for each core.
    pub fn all_cores() -> Self {
        Self(std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN))
    }

    /// This many; at least one.
    pub fn new(threads: usize) -> Self {
        Self(NonZero::new(threads).unwrap_or(NonZero::<usize>::MIN))
    }

    /// Does `work` for each number below `count`, in any order and on several
    /// threads, and gives the results in order. `progress` is called on this
    /// thread.
    pub(crate) fn map<R: Send>(
        self,
        count: usize,
        doing: &'static str,
        progress: &mut dyn FnMut(Progress),
        work: impl Fn(usize) -> R + Sync,
    ) -> Result<Vec<R>, EvalError> {
        let next = AtomicUsize::new(0);
        let (send, receive) = mpsc::channel();
        let mut results: Vec<Option<R>> = Vec::new();
        results.resize_with(count, || None);
        let all_joined = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.0.get().min(count))
                .map(|_| {
                    let (send, next, work) = (send.clone(), &next, &work);
                    scope.spawn(move || {
                        loop {
                            let index = next.fetch_add(1, Ordering::Relaxed);
                            if index >= count || send.send((index, work(index))).is_err() {
                                break;
                            }
                        }
                    })
                })
                .collect();
            // The loop below ends when the last worker drops its sender.
            drop(send);
            for (done, (index, result)) in receive.iter().enumerate() {
                if let Some(slot) = results.get_mut(index) {
                    *slot = Some(result);
                }
                progress(Progress { doing, done: done + 1, of: count });
            }
            // All of them are joined, whatever the first one says: a scope that
            // finds a dead thread unjoined dies as well.
            let joined: Vec<bool> =
                threads.into_iter().map(|thread| thread.join().is_ok()).collect();
            joined.into_iter().all(|ok| ok)
        });
        let results: Option<Vec<R>> = results.into_iter().collect();
        results.filter(|_| all_joined).ok_or(EvalError::Worker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order_on_any_number_of_threads() {
        for threads in [0, 1, 3, 200] {
            let mut seen = Vec::new();
            let squares = Workers::new(threads)
                .map(100, "squares", &mut |p| seen.push((p.done, p.of)), |i| i * i)
                .unwrap();
            assert_eq!(squares, (0..100).map(|i| i * i).collect::<Vec<_>>());
            assert_eq!(seen, (1..=100).map(|i| (i, 100)).collect::<Vec<_>>());
        }
        assert!(Workers::new(2).map(0, "nothing", &mut |_| (), |i| i).unwrap().is_empty());
    }

    #[test]
    fn a_worker_that_dies_is_an_error_and_not_a_hang() {
        let run = Workers::new(2).map(8, "traps", &mut |_| (), |i| assert_ne!(i, 5));
        assert!(matches!(run, Err(EvalError::Worker)));
    }
}
