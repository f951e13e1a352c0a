//! The part of a memory that nobody gives back.

use std::future::{Future, poll_fn};
use std::hint::black_box;

use crate::Keeper;

/// How deep functions go that have an identifier in hand, in bytes, with room to
/// spare.
const DEPTH: usize = 128 << 10;

/// Overwrites what functions that have returned left behind on this thread's stack:
/// parsers copy what they read into variables of theirs. To be called from where
/// they were called, or from above; a runtime's threads do it before they sleep.
#[inline(never)]
pub fn overwrite_stack() {
    if !Keeper::Forgetting.works() {
        return;
    }
    let below = [0u8; DEPTH];
    // Whoever compiles this is not to think that nobody looks.
    black_box(&below);
}

/// What a future leaves on stacks is overwritten each time that it has worked: it may
/// begin on one thread and end on another, and the one that it left does not know.
pub async fn leaving_no_trace<F: Future>(future: F) -> F::Output {
    // In a block of its own, because what it holds over a wait is to lie in none of
    // its callers' variables.
    let mut future = Box::pin(future);
    poll_fn(move |cx| {
        let polled = future.as_mut().poll(cx);
        overwrite_stack();
        polled
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn what_worked_in_several_parts_says_the_same() {
        let mut rounds = 0;
        let counts = poll_fn(|_| {
            rounds += 1;
            if rounds < 3 { Poll::Pending } else { Poll::Ready(rounds) }
        });
        let mut future = pin!(leaving_no_trace(counts));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut cx).is_pending());
        assert!(future.as_mut().poll(&mut cx).is_pending());
        assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(3));
    }
}
