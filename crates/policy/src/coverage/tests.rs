use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// The table of obligations by its ids.
fn ids() -> Vec<String> {
    [("D", 21), ("P", 12), ("C", 5), ("R", 12), ("O", 25), ("M", 10)]
        .iter()
        .flat_map(|(section, count)| (1..=*count).map(move |n| format!("{section}{n}")))
        .collect()
}

#[test]
fn every_row_of_the_table_is_here_once_and_in_order() {
    let here: Vec<&str> = rows().map(|row| row.id).collect();
    assert_eq!(here, ids());
    assert_eq!(here.len(), 85);
}

/// The names of all test functions of the workspace.
fn test_names() -> BTreeSet<String> {
    fn walk(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, names);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let lines = text.lines().map(str::trim);
                let functions = lines.filter_map(|line| {
                    let line = line.strip_prefix("async ").unwrap_or(line);
                    line.strip_prefix("fn ")?.split(['(', '<']).next()
                });
                names.extend(functions.map(str::to_owned));
            }
        }
    }
    let mut names = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for room in std::fs::read_dir(crates).unwrap() {
        for folder in ["src", "tests"] {
            let folder = room.as_ref().unwrap().path().join(folder);
            if folder.is_dir() {
                walk(&folder, &mut names);
            }
        }
    }
    names
}

#[test]
fn every_named_test_exists_and_is_named_after_its_row() {
    let names = test_names();
    assert!(names.contains("every_named_test_exists_and_is_named_after_its_row"));
    for row in rows() {
        for test in row.tests {
            assert!(names.contains(*test), "{}: no test `{test}`", row.id);
            let id = row.id.to_lowercase();
            let named = test.split('_').take(2).any(|part| part == id);
            // Two rows that overlap may share a mechanism and its test.
            let shared = matches!(row.id, "D2" | "O7" | "O19");
            assert!(named || shared, "`{test}` is not named after {}", row.id);
        }
    }
}

#[test]
fn a_row_without_a_test_is_open() {
    for row in rows() {
        match row.state() {
            State::Kept | State::Partly => assert!(!row.tests.is_empty(), "{}", row.id),
            State::Open => assert!(!row.later.is_empty(), "{}: say what is to come", row.id),
            State::Stated => assert!(["D21", "O6"].contains(&row.id), "{}", row.id),
        }
        assert!(!row.promise.contains('|') && !row.promise.is_empty());
    }
}

#[test]
fn the_table_is_printed() {
    let text = markdown();
    assert_eq!(text.lines().filter(|line| line.starts_with("| ")).count(), 86);
    assert!(text.contains("| O24 |"));
}
