//! `/v1/liveness/challenges`: one recording of a face, from what is asked to a verdict.

pub(crate) mod best_frame;
pub(crate) mod complete;
pub(crate) mod frames;
pub(crate) mod issue;
pub(crate) mod position;
pub(crate) mod read;

use crate::problem::Code;

const TAG: &str = "Liveness";

/// What a recording that comes in, or is to be judged, can be refused with.
const PROBLEMS: &[Code] = &[
    Code::RecordingRefused,
    Code::WrongState,
    Code::InProgress,
    Code::Gone,
    Code::PolicyForbids,
    Code::StatementWanted,
    Code::ConsentWanted,
    Code::ConsentWithdrawn,
];
