//! A liveness challenge from its issue to its verdict: what the screen is to show or
//! the person to do, the recording that comes back part by part, and what is said of it.
//!
//! ```text
//! issued ──► recording ──► judging ──► judged
//!    └───────────┴─────────────┴─────► expired
//! ```
//!
//! Statuses, hashes and counts stand in a row, whose version is compared and set with
//! every change: of two answers to one challenge, on whichever nodes, one counts. The
//! challenge itself and the pictures rest sealed in the vault, each kind under its own
//! clock, for a verification under its name and otherwise under the challenge's.

mod answer;
mod combine;
mod complete;
mod held;
mod issue;
mod judging;
mod of_person;
mod parts;
mod pictures;
mod position;
mod read;
mod refusal;
mod row;
mod settings;
mod tables;
mod tick;

pub use answer::{
    Advice, Asked, CaptureEnd, CaptureFigures, ChallengeState, ChallengeView, Judged, TakenPart,
};
pub use combine::{Evidence, Grounds, Identity, combine};
pub use complete::complete_challenge;
pub use held::held;
pub use issue::{IssueChallenge, IssuedChallenge, issue_challenge};
pub(crate) use of_person::{challenges_of, destroyed, stopped};
pub use parts::take_part;
pub use position::{Position, PositionAdvice, PositionFace, check_position};
pub use read::{open_best_frame, read_challenge};
pub use refusal::ChallengeRefusal;
pub use settings::LivenessSettings;
pub(crate) use tables::{BY_REFERENCE, CHALLENGES, CHALLENGES_6, OF_WHOM, SEEN};
pub(crate) use tick::tick;

pub use bonafide_liveness::package::Form as RecordingForm;
pub use bonafide_liveness::{Level as LivenessLevel, Method as LivenessMethod};

bonafide_ledger::prefixed_id!(
    /// A liveness challenge.
    ChallengeId,
    "lch_"
);
