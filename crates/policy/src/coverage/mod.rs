//! What was promised, what keeps it, and which tests would notice if it did not.
//!
//! One row for each promise of the founding texts: its id, the promise in our
//! words, the room that keeps it, and the tests named after the id. A row without
//! a test is open, whatever the code does; a test in this room fails when a row
//! is missing or names a test that does not exist.

mod categories;
mod keepers;
mod people;
mod purposes;

pub use keepers::{SABOTAGES, WITHOUT_KEEPER};

use std::fmt::Write as _;

use crate::names::named;

named! {
    /// Where a promise is kept and tested.
    Level {
        /// In the policy: what may be done is decided here.
        Policy = "policy",
        /// Where data rests: vault, ledger, accounts.
        Vault = "vault",
        /// At the interface: what a caller gets.
        Door = "door",
        /// By a sentence in `docs/limits.md`: it is wording, not behaviour.
        Statement = "statement",
    }
}

named! {
    /// How far a promise is kept.
    State {
        /// At every level that it needs today.
        Kept = "kept",
        /// At some; the rest comes with a later door.
        Partly = "partly",
        /// No test says so.
        Open = "open",
        /// It is wording, and stands in the limits.
        Stated = "stated",
    }
}

/// A promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id in the table of obligations.
    pub id: &'static str,
    /// What is promised, in our words.
    pub promise: &'static str,
    /// The room and module that keep it.
    pub kept_by: &'static str,
    /// At which levels it is to be kept.
    pub levels: &'static [Level],
    /// The tests that would notice.
    pub tests: &'static [&'static str],
    /// What is still to come; empty where nothing is.
    pub later: &'static str,
}

impl Row {
    /// How far it is kept.
    pub fn state(&self) -> State {
        match (self.tests.is_empty(), self.later.is_empty(), self.levels) {
            (true, _, [Level::Statement]) => State::Stated,
            (true, ..) => State::Open,
            (false, false, _) => State::Partly,
            (false, true, _) => State::Kept,
        }
    }
}

/// Every row, in the order of the table of obligations.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [categories::D, purposes::P, purposes::C, purposes::R, people::O, people::M]
        .into_iter()
        .flatten()
}

/// The row of an id.
pub fn row(id: &str) -> Option<&'static Row> {
    rows().find(|row| row.id == id)
}

/// How many rows are in a state.
pub fn count(state: State) -> usize {
    rows().filter(|row| row.state() == state).count()
}

/// The table as Markdown, for documents and for the evidence pack.
pub fn markdown() -> String {
    let mut text = String::from("# Coverage of the promises about personal data\n\n");
    let total = rows().count();
    let counts: Vec<String> =
        State::ALL.iter().map(|state| format!("{} {state}", count(*state))).collect();
    let _ = writeln!(text, "{total} rows: {}.\n", counts.join(", "));
    text.push_str("| row | promise | kept by | level | tests | still to come | state |\n");
    text.push_str("|---|---|---|---|---|---|---|\n");
    for row in rows() {
        let levels: Vec<&str> = row.levels.iter().map(|level| level.as_str()).collect();
        let tests: Vec<String> = row.tests.iter().map(|test| format!("`{test}`")).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.id,
            row.promise,
            row.kept_by,
            levels.join(", "),
            tests.join("<br>"),
            row.later,
            row.state()
        );
    }
    text
}

/// A row, in the order of the table's columns.
const fn kept(
    id: &'static str,
    promise: &'static str,
    kept_by: &'static str,
    levels: &'static [Level],
    tests: &'static [&'static str],
    later: &'static str,
) -> Row {
    Row { id, promise, kept_by, levels, tests, later }
}

#[cfg(test)]
mod tests;
