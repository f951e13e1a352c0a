//! How good Bonafide is, measured: protocols over data with known truth, the
//! figures of ISO/IEC 19795-1 (comparison) and 30107-3 (attack detection), and
//! a report that is one HTML file.
//!
//! Each protocol asks an engine through a small trait of its own
//! ([`protocol::face::Embedder`], [`protocol::pad::Detector`],
//! [`protocol::document::Reader`]), so it can be tested with made-up answers
//! and can measure other engines by the same rules.

pub mod bench;
mod cpu;
pub mod engines;
mod error;
mod input;
mod progress;
pub mod protocol;
pub mod report;
pub mod stats;
mod work;

pub use cpu::{CpuClock, Spread};
pub use error::EvalError;
pub use progress::Progress;
pub use work::Workers;
