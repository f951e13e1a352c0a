//! What a worker does to itself before it reads a byte from outside.
//!
//! Everything is done by the worker, after it was executed and while it has one
//! thread: nothing of it needs code between `fork` and `exec`.

use std::collections::BTreeMap;

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated, Scope,
};
use rustix::process::{
    DumpableBehavior, Pid, Resource, Rlimit, Signal, getppid, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use crate::worker::Isolation;

/// Bounds of one worker process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Bytes that it may map beside what it has at its start.
    pub memory: u64,
    /// CPU seconds of its whole life.
    pub cpu_seconds: u64,
}

/// The parent that was to be obeyed is gone.
#[derive(Debug)]
pub(super) struct Orphaned;

/// Gives up everything that decoding does not need, as far as the kernel goes
/// along. The order matters: each step takes away what an earlier one needed.
pub(super) fn confine(parent: u32, bounds: &Bounds) -> Result<Isolation, Orphaned> {
    // Decoding gives way to what speaks with clients, as computing does; it is
    // no wall, so that nobody has to know when it is refused.
    let _ = rustix::process::nice(10);
    let mapped = mapped_bytes();
    let process = set_parent_process_death_signal(Some(Signal::KILL)).is_ok()
        && set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
        && rustix::thread::set_no_new_privs(true).is_ok();
    // The signal comes only for a death from now on.
    if u32::try_from(Pid::as_raw(getppid())).ok() != Some(parent) {
        return Err(Orphaned);
    }
    let landlock_abi = close_files_and_network();
    let rlimits = bound(mapped.saturating_add(bounds.memory), bounds.cpu_seconds);
    let seccomp = allow_only_what_decoding_needs();
    Ok(Isolation { seccomp, landlock_abi, rlimits, process })
}

/// Address space in use, in bytes; 0 if the system does not say.
fn mapped_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').next().and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0);
    pages.saturating_mul(rustix::param::page_size() as u64)
}

/// Landlock without any exception: the version in force, 0 for none.
fn close_files_and_network() -> u8 {
    // Newer rights than the kernel knows are left out by the crate.
    const ASKED: ABI = ABI::V7;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(ASKED))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ASKED)))
        .and_then(|rules| rules.scope(Scope::from_all(ASKED)))
        .and_then(Ruleset::create)
        .and_then(RulesetCreated::restrict_self);
    match status {
        Ok(status) if status.ruleset != landlock::RulesetStatus::NotEnforced => {
            match status.landlock {
                LandlockStatus::Available { effective_abi, .. } => effective_abi.min(ASKED) as u8,
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// Resource limits, soft and hard; whether all that matter are set.
fn bound(address_space: u64, cpu_seconds: u64) -> bool {
    let set = |resource, limit| {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) }).is_ok()
    };
    // Counts processes of the whole user where it counts at all: a second lock.
    set(Resource::Nproc, 0);
    [
        set(Resource::As, address_space),
        set(Resource::Cpu, cpu_seconds),
        set(Resource::Nofile, 0),
        set(Resource::Fsize, 0),
        set(Resource::Core, 0),
    ]
    .iter()
    .all(|&done| done)
}

/// Installs the filter; whether it is in force.
fn allow_only_what_decoding_needs() -> bool {
    filter().is_some_and(|program| seccompiler::apply_filter_all_threads(&program).is_ok())
}

/// Reading from standard input, writing to standard output, memory that is
/// neither a file nor executable, and the end. Anything else kills. A
/// descriptor that leaked in is of no use: its number is not 0 or 1.
fn filter() -> Option<BpfProgram> {
    use SeccompCmpOp::{Eq, MaskedEq};
    const ANONYMOUS: u64 = libc::MAP_ANONYMOUS as u64;
    const EXECUTABLE: u64 = libc::PROT_EXEC as u64;
    let when = |conditions: &[(u8, SeccompCmpOp, u64)]| {
        let conditions = conditions.iter().map(|(argument, op, value)| {
            SeccompCondition::new(*argument, SeccompCmpArgLen::Dword, op.clone(), *value)
        });
        let conditions = conditions.collect::<Result<Vec<_>, _>>().ok()?;
        Some(vec![SeccompRule::new(conditions).ok()?])
    };
    let rules = BTreeMap::from([
        (libc::SYS_read, when(&[(0, Eq, 0)])?),
        (libc::SYS_write, when(&[(0, Eq, 1)])?),
        (libc::SYS_writev, when(&[(0, Eq, 1)])?),
        (
            libc::SYS_mmap,
            when(&[(2, MaskedEq(EXECUTABLE), 0), (3, MaskedEq(ANONYMOUS), ANONYMOUS)])?,
        ),
        (libc::SYS_mprotect, when(&[(2, MaskedEq(EXECUTABLE), 0)])?),
        (libc::SYS_munmap, vec![]),
        (libc::SYS_mremap, vec![]),
        (libc::SYS_madvise, vec![]),
        (libc::SYS_brk, vec![]),
        (libc::SYS_futex, vec![]),
        (libc::SYS_getrandom, vec![]),
        (libc::SYS_sigaltstack, vec![]),
        (libc::SYS_rt_sigreturn, vec![]),
        (libc::SYS_exit, vec![]),
        (libc::SYS_exit_group, vec![]),
    ]);
    SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into().ok()?,
    )
    .ok()?
    .try_into()
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_compiles_here() {
        assert!(filter().is_some_and(|program| program.len() > 20));
    }

    #[test]
    fn the_own_address_space_is_known() {
        assert!(mapped_bytes() > 1 << 20);
    }
}
