//! The arithmetic behind every figure: pure, and tested against values worked
//! out by hand.

mod histogram;
mod interval;
mod pad;
mod scores;
mod text;

pub use histogram::Histogram;
pub use interval::{Interval, Proportion, rule_of_three};
pub use pad::{PadErrors, PadPoint, PadScores, PadTrial};
pub use scores::{BestAccuracy, OperatingPoint, Scores, normal_deviate};
pub use text::{CharacterErrors, edit_distance};
