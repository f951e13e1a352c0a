//! The table of promises, with how the tests of each ended.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use bonafide_policy::coverage::{self, Row, State};
use serde_json::{Value, json};

use super::Pack;
use crate::failure::Failure;

/// How tests ended, by the last part of their names.
pub(super) struct Results(BTreeMap<String, Outcome>);

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Passed,
    Skipped,
    Failed,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

impl Results {
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            let message = format!("cannot read {}: {}", file.display(), error.kind());
            Failure::caller("file_unusable", message)
        })?;
        let found = Self::of(&text);
        if found.0.is_empty() {
            let message = format!("{} has no line like `test name ... ok`", file.display());
            return Err(Failure::caller("no_test_results", message));
        }
        Ok(found)
    }

    /// Lines as the test harness prints them; everything else is passed over. Of
    /// a name that stands there twice the worse end counts.
    fn of(text: &str) -> Self {
        let mut found = BTreeMap::new();
        for line in text.lines() {
            let Some((name, end)) =
                line.trim().strip_prefix("test ").and_then(|line| line.split_once(" ... "))
            else {
                continue;
            };
            let outcome = match end.split_whitespace().next() {
                Some("ok") => Outcome::Passed,
                Some("ignored," | "ignored") => Outcome::Skipped,
                Some("FAILED") => Outcome::Failed,
                _ => continue,
            };
            let name = name.trim_end_matches(" - should panic");
            let name = name.rsplit("::").next().unwrap_or(name).to_owned();
            let worst = found.entry(name).or_insert(outcome);
            *worst = outcome.max(*worst);
        }
        Self(found)
    }

    fn said(&self, test: &str) -> &'static str {
        self.0.get(test).map_or("not run", |outcome| outcome.name())
    }
}

/// Writes `coverage.json` and `coverage.md`; gives the counts.
pub(super) fn write(results: Option<&Results>, pack: &mut Pack) -> Result<Value, Failure> {
    let said = |test: &str| results.map_or("not given", |results| results.said(test));
    let rows: Vec<Value> = coverage::rows()
        .map(|row| {
            let tests: Vec<Value> = row
                .tests
                .iter()
                .map(|test| json!({ "test": test, "result": said(test) }))
                .collect();
            json!({
                "row": row.id,
                "promise": row.promise,
                "kept_by": row.kept_by,
                "state": row.state().as_str(),
                "later": row.later,
                "tests": tests,
            })
        })
        .collect();
    pack.json("coverage.json", &rows)?;
    let mut text = coverage::markdown();
    if let Some(results) = results {
        text.push_str("\n# How the tests ended\n\n| row | test | result |\n|---|---|---|\n");
        for Row { id, tests, .. } in coverage::rows() {
            for test in *tests {
                let _ = writeln!(text, "| {id} | `{test}` | {} |", results.said(test));
            }
        }
    }
    if results.is_none() {
        text.push_str(
            "\n# How the tests ended\n\nNo results were given with this pack: the table says which \
             tests there are, and not that they were run on this software.\n",
        );
    }
    pack.add("coverage.md", text.as_bytes())?;
    let states: BTreeMap<&str, usize> =
        State::ALL.iter().map(|state| (state.as_str(), coverage::count(*state))).collect();
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for test in coverage::rows().flat_map(|row| row.tests) {
        *ends.entry(said(test)).or_default() += 1;
    }
    Ok(json!({ "rows": states, "tests": ends, "results_given": results.is_some() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_from_what_the_harness_prints() {
        let results = Results::of(
            "running 3 tests\ntest tests::pages::o1_role ... ok\ntest o2_x ... FAILED\n\
             test a::o3_y ... ignored, needs a server\ntest o2_x ... ok\n\
             test result: FAILED. 1 passed\n",
        );
        assert_eq!(results.said("o1_role"), "passed");
        assert_eq!(results.said("o2_x"), "failed", "the worse of two");
        assert_eq!(results.said("o3_y"), "skipped");
        assert_eq!(results.said("o4_z"), "not run");
    }
}
