//! What may be kept, why, where, for how long, with whose consent and for whose
//! eyes: policies as files, put together, checked, asked, compared and rendered.
//! No I/O, no clock.
//!
//! A value rests only if its type names its category ([`Held`]). A [`Library`]
//! reads policy files; [`Library::effective`] puts one together with what it
//! extends, and the [`Effective`] policy answers the server's questions:
//!
//! ```
//! use bonafide_policy::{Category, DEFAULT_POLICY, Family, Library, Purpose};
//!
//! let policy = Library::bundled()?.effective(DEFAULT_POLICY)?;
//! let period = policy.retention(Family::Verification, Category::FaceMedia, Purpose::Service);
//! assert!(period.rests());
//! # Ok::<(), bonafide_policy::Findings>(())
//! ```

// The derives name this crate from outside; its own tests use them too.
extern crate self as bonafide_policy;

mod ages;
mod category;
mod compose;
pub mod coverage;
mod diff;
mod effective;
mod file;
mod finding;
mod held;
mod inventory;

mod keep;
mod language;
mod library;
mod lint;
pub mod messages;
mod names;
mod policies;
pub mod render;

mod retention;
mod rules;
mod tighten;
mod vocabulary;

pub use ages::{AgeDecision, BirthDate, Jurisdiction, Place, PlaceError};
pub use bonafide_policy_derive::{Held, HeldPart};
pub use category::{Category, Purpose};
pub use diff::{Difference, diff, earliest_start, in_force};
pub use effective::{Cell, Effective, PolicyId};
pub use file::{
    AgeFile, AgesFile, CategoryFile, CellPath, ContactFile, FileKind, JurisdictionsFile,
    KycRecordFile, PolicyFile, ProfileFile, PurposeFile, RightsFile, Source, Subprocessor,
    TransfersFile,
};
pub use finding::{Finding, Findings, Rule};
pub use held::{Held, HeldField, HeldPart, fits};
pub use inventory::{InventoryEntry, Stored, inventory, inventory_markdown};
pub use keep::{Keep, KeepError};
pub use language::Language;
pub use library::{DEFAULT_POLICY, Library, bundled_sources, lint};
pub use names::UnknownName;
pub use policies::{Dated, Policies};
pub use retention::{Period, Retention};
pub use tighten::Loosened;
pub use vocabulary::{
    Access, Basis, ClosingEvent, Condition, ConsentRule, DataRole, Family, Phase, RegionRule,
    RiskSignals, Role, Storage, Training, TransferBasis,
};

#[cfg(test)]
mod tests;
