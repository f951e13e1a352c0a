//! `docs/asvs.md` says the truth about the tests that it names.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

const TABLE: &str = include_str!("../../../docs/asvs.md");

/// The names of all functions of the workspace's sources and tests.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            names.extend(text.lines().filter_map(|line| {
                let line = line.trim().trim_start_matches("async ");
                Some(line.strip_prefix("fn ")?.split(['(', '<']).next()?.to_owned())
            }));
        }
    }
}

#[test]
fn every_requirement_is_there_once_with_a_state_and_tests_that_exist() {
    let mut names = BTreeSet::new();
    functions(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut names);
    let mut seen = BTreeSet::new();
    for line in TABLE.lines().filter(|line| line.starts_with("| V")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [requirement, asks, state, how, tests] = cells[..] else { unreachable!("{line}") };
        let number = requirement.strip_prefix('V').unwrap();
        let parts: Vec<u32> = number.split('.').map(|part| part.parse().unwrap()).collect();
        assert_eq!(parts.len(), 3, "{line}");
        assert!((1..=17).contains(&parts[0]), "{line}");
        assert!(seen.insert(parts), "{number} stands there twice");
        assert!(!asks.is_empty(), "{line}");
        let states = ["held", "partly", "not held", "statement", "n/a"];
        assert!(states.contains(&state), "{line}");
        let tests: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        // What nothing would notice has at least to be said.
        assert!(!tests.is_empty() || !how.is_empty(), "{line}");
        for test in tests {
            assert!(names.contains(test), "{number}: there is no test `{test}`");
        }
    }
    let chapters: BTreeSet<u32> = seen.iter().map(|parts| parts[0]).collect();
    assert_eq!(chapters, (1..=17).collect(), "every chapter");
    assert!(seen.iter().collect::<Vec<_>>().is_sorted());
    assert!(seen.len() > 200, "{}", seen.len());
}
