//! Reflective liveness: recordings of people and of attacks, simulated or of a file,
//! through the verifier.

mod figures;
mod recordings;
mod records;
mod simulated;

use bonafide_context::Seeded;
use bonafide_liveness::{Recording, Settings, Verdict, judge};

pub use figures::{Counts, Judged, ReflectFigures};
pub use recordings::{Agreement, run as recordings};
pub use records::write as write_records;
pub use simulated::{Cost, Eyes, Plan, Verifier, run as simulated};

/// The verdict on a recording; its decoys follow from `seed`.
fn verdict(recording: &Recording, settings: &Settings, seed: u64) -> Verdict {
    judge(recording, settings, &mut Seeded::new(seed))
}
