//! The memory of the whole process: what is given back is overwritten first.
//!
//! A body passes through buffers of TLS, HTTP and JSON that other libraries own
//! and give back without a thought; overwritten here, it outlives its request in
//! none of them. Memory of C libraries does not come by here: the cryptography
//! overwrites its own. What it costs: docs/decisions/0016-memory-that-forgets.md.

#![expect(unsafe_code, reason = "an allocator is one")]

use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

use bonafide_context::Keeper;

/// glibc keeps a pool of free memory for each thread that ever allocated, and a
/// server with a thread for each connection to its stores never gives it back:
/// 148 MB grew to 417 over 50,000 calls; this one stays within 190.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) type Below = tikv_jemallocator::Jemalloc;
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) type Below = std::alloc::System;

#[global_allocator]
static MEMORY: Forgetful<Below> = Forgetful(Below {});

/// Off in a build for sabotage alone.
static OVERWRITES: AtomicBool = AtomicBool::new(true);

/// To be called once, before anything personal is in memory: the allocator cannot
/// ask by itself, as asking allocates.
pub(crate) fn begin() {
    OVERWRITES.store(Keeper::Forgetting.works(), Ordering::Relaxed);
}

/// An allocator that overwrites what is given back.
struct Forgetful<A>(A);

// SAFETY: every block comes from `A` and goes back to it with the layout that it
// has there; in between only its own bytes are written.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Forgetful<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { self.0.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is whole, and the caller's last look at it is over.
        unsafe {
            overwrite(block, layout.size());
            self.0.dealloc(block, layout);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size > layout.size() && grown(block, layout, size) {
            return block;
        }
        // Below, what moves would leave its old place as it is.
        // SAFETY: the caller promises that `size` is fit for the alignment; the new
        // block is another than the old one, and both hold what is copied.
        unsafe {
            let new = self.0.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(block, new, size.min(layout.size()));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

/// # Safety
/// The block has so many bytes, and nobody reads them again.
#[inline]
unsafe fn overwrite(block: *mut u8, size: usize) {
    if OVERWRITES.load(Ordering::Relaxed) {
        // SAFETY: as the caller promises.
        unsafe { block.write_bytes(0, size) };
        // Whoever compiles this is not to think that nobody will look.
        black_box(block);
    }
}

/// Whether the block could be made so large where it is.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn grown(block: *mut u8, layout: Layout, size: usize) -> bool {
    // Blocks with a wider alignment are asked for with flags of their own.
    if layout.align() > std::mem::align_of::<u128>() {
        return false;
    }
    // SAFETY: the block is of this allocator, and is given back with its new size.
    unsafe { tikv_jemalloc_sys::xallocx(block.cast(), size, 0, 0) >= size }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn grown(_block: *mut u8, _layout: Layout, _size: usize) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    thread_local! {
        static GIVEN_BACK: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    }

    /// Looks at what it is given back.
    struct Watching;

    // SAFETY: all is done by the system's.
    unsafe impl GlobalAlloc for Watching {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: as the caller promises.
            unsafe { MEMORY.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the block is whole until it is given back.
            unsafe {
                let bytes = std::slice::from_raw_parts(block, layout.size()).to_vec();
                GIVEN_BACK.with_borrow_mut(|all| all.push(bytes));
                MEMORY.dealloc(block, layout);
            }
        }
    }

    fn given_back() -> Vec<Vec<u8>> {
        GIVEN_BACK.take()
    }

    #[test]
    fn r8_what_is_given_back_is_overwritten() {
        let watched = Forgetful(Watching);
        let layout = |size| Layout::from_size_align(size, 8).unwrap();
        // SAFETY: each block is used within its size and given back once.
        unsafe {
            let block = watched.alloc(layout(100));
            block.write_bytes(7, 100);
            // Smaller: it moves, and its old place is overwritten.
            let block = watched.realloc(block, layout(100), 10);
            assert_eq!(given_back(), [vec![0; 100]]);
            assert_eq!(std::slice::from_raw_parts(block, 10), [7; 10]);
            watched.dealloc(block, layout(10));
        }
        assert_eq!(given_back(), [vec![0; 10]]);
    }

    /// Prints what `docs/decisions/0016-memory-that-forgets.md` says.
    #[test]
    #[ignore = "measures, and asserts nothing"]
    fn overwriting_costs() {
        let system = std::alloc::System;
        let wiping = Forgetful(system);
        for (size, rounds) in
            [(64, 400_000), (1 << 10, 200_000), (1 << 14, 40_000), (1 << 20, 400), (36_000_000, 6)]
        {
            let layout = Layout::from_size_align(size, 16).unwrap();
            let without = filled(&system, layout, rounds);
            let with = filled(&wiping, layout, rounds);
            println!("{size} bytes: {without:.1} ns, overwritten {with:.1} ns");
        }
    }

    /// CPU time of taking a block, filling it and giving it back, in nanoseconds: the
    /// least of five.
    fn filled(allocator: &impl GlobalAlloc, layout: Layout, rounds: u32) -> f64 {
        let cpu = || {
            let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
            now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
        };
        let once = || {
            let from = cpu();
            for _ in 0..rounds {
                // SAFETY: the block is filled within its size and given back once.
                unsafe {
                    let block = allocator.alloc(layout);
                    black_box(block).write_bytes(7, layout.size());
                    allocator.dealloc(black_box(block), layout);
                }
            }
            (cpu() - from) / f64::from(rounds)
        };
        (0..5).map(|_| once()).fold(f64::MAX, f64::min)
    }

    #[test]
    fn what_grows_keeps_its_bytes() {
        let mut all = Vec::new();
        for round in 0..100_000u32 {
            all.push(round);
        }
        assert!(all.iter().copied().eq(0..100_000));
        let kept: Box<[u32]> = all[..1_000].to_vec().into_boxed_slice();
        all.truncate(1_000);
        all.shrink_to_fit();
        assert_eq!(*all, *kept);
    }
}
