//! What can stop an evaluation.

use std::path::PathBuf;

/// Why an evaluation could not be run or written down. A sample that fails is
/// not an error but a figure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// A file or folder of the caller could not be read or written.
    #[error("cannot {doing} {path}: {reason}", path = path.display())]
    File {
        /// `read`, `write` or `open`.
        doing: &'static str,
        /// Which one.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
    /// The table lacks columns.
    #[error("line 1: the header lacks the column {missing}; it needs {needed}")]
    Columns {
        /// The first one missing.
        missing: &'static str,
        /// All that are needed.
        needed: String,
    },
    /// A row cannot be used.
    #[error("line {line}: {problem}")]
    Row {
        /// Its line in the table, the header being line 1.
        line: u64,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The table has no row for this protocol.
    #[error("the table has no row of {wanted}")]
    NoRows {
        /// What was looked for.
        wanted: &'static str,
    },
    /// The engine cannot work at all, e.g. its weights are missing.
    #[error("{0}")]
    Engine(String),
    /// A worker thread ended without an answer.
    #[error("a worker of the evaluation ended early: run it again and report it")]
    Worker,
}
