//! Outside witnesses of the transparency log (row M5): others who sign that they
//! have seen its newest checkpoint, and each of whom signs one line of history
//! only, so that whoever runs this server cannot rewrite or cut his log unseen.
//!
//! [`Witnesses::ask`] is called every few seconds. A checkpoint that a witness has
//! not signed yet is sent to it (C2SP tlog-witness) with the proof that what it
//! signed last is its beginning; what it signs is put onto the published
//! checkpoint, and so into every receipt. A witness that does not answer is asked
//! again, later each time.
//!
//! A witness that has seen a longer log than there is here, or another one, says
//! so, and that is an alarm: it is written down, and stays until that witness has
//! signed again. A log that was put back does not forget it by being started anew.

mod ask;
mod row;
mod tables;

pub use ask::{Witness, Witnesses};
pub use row::{Alarm, WitnessState, states};
pub use tables::{MIGRATIONS, TABLES};

/// How the witnesses are taken together, as of the last round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many there are.
    pub witnesses: u64,
    /// How many have not signed the newest checkpoint yet.
    pub behind: u64,
    /// The gravest that one of them has said.
    pub alarm: Option<Alarm>,
    /// Whether one has not answered several times in a row.
    pub silent: bool,
}
