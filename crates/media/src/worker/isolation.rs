//! How far a worker is confined.

use std::fmt;

use serde::Serialize;

/// What keeps a worker in its place, as the first one reported it before it
/// had seen a byte from outside. For the start-up line and `/health`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Isolation {
    /// System calls outside a short list kill the worker.
    pub seccomp: bool,
    /// Landlock's version as far as the kernel has it; 0: files and network
    /// are closed by `seccomp` alone.
    pub landlock_abi: u8,
    /// Bounds on address space, CPU seconds, open files, file size, core dump.
    pub rlimits: bool,
    /// No privileges by executing anything, no memory image to look at, and
    /// death when the parent dies.
    pub process: bool,
}

impl Isolation {
    /// Everything is in force.
    pub fn is_complete(&self) -> bool {
        self.missing().is_empty()
    }

    /// What is not in force, by name.
    pub fn missing(&self) -> Vec<&'static str> {
        let parts = [
            (self.seccomp, "seccomp"),
            (self.landlock_abi > 0, "landlock"),
            (self.rlimits, "rlimits"),
            (self.process, "process"),
        ];
        parts.iter().filter(|(there, _)| !there).map(|(_, name)| *name).collect()
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |on: bool| if on { "on" } else { "MISSING" };
        write!(f, "seccomp {}, landlock ", word(self.seccomp))?;
        match self.landlock_abi {
            0 => write!(f, "MISSING")?,
            abi => write!(f, "abi {abi}")?,
        }
        write!(f, ", rlimits {}, process {}", word(self.rlimits), word(self.process))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let full = Isolation { seccomp: true, landlock_abi: 7, rlimits: true, process: true };
        assert!(full.is_complete());
        assert_eq!(full.to_string(), "seccomp on, landlock abi 7, rlimits on, process on");
        let bare = Isolation { rlimits: true, ..Isolation::default() };
        assert_eq!(bare.missing(), ["seccomp", "landlock", "process"]);
        assert!(bare.to_string().starts_with("seccomp MISSING, landlock MISSING, rlimits on"));
    }
}
