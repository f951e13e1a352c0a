//! The closed list of codes is what this room and the door before it can answer,
//! no more and no less.

use std::path::{Path, PathBuf};

use crate::api::routes;
use crate::openapi::problems;
use crate::problem::Code;

/// Every source of this room but its tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                sources(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}

/// The lines that refuse something, as opposed to those that list and describe
/// refusals.
fn refusing_lines() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 40, "{files:?}");
    let mut lines = String::new();
    for file in files {
        if file.ends_with("openapi.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let own = text.lines().filter(|line| !line.trim_start().starts_with("problems: &["));
        lines.extend(own.flat_map(|line| [line, "\n"]));
    }
    lines
}

#[test]
fn every_code_of_the_list_is_answered_by_someone() {
    let lines = refusing_lines();
    for code in Code::ALL {
        let name = format!("Code::{code:?}");
        let used = lines.match_indices(&name).any(|(at, _)| {
            let next = lines[at + name.len()..].bytes().next();
            !next.is_some_and(|byte| byte.is_ascii_alphanumeric())
        });
        assert!(used || Code::OF_THE_DOOR.contains(code), "nothing answers {}", code.as_str());
    }
}

#[test]
fn every_code_but_that_of_no_path_stands_at_some_path() {
    let told: std::collections::BTreeSet<_> =
        routes().iter().flat_map(|route| problems(route).into_values().flatten()).collect();
    for &code in Code::ALL {
        // These two say that there is no such operation to describe.
        let nowhere = [Code::MethodNotAllowed, Code::UnknownMethod].contains(&code);
        assert_eq!(told.contains(&code), !nowhere, "{}", code.as_str());
    }
}
