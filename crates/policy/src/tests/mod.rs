//! The promises of the table of obligations that a policy keeps, each by a test
//! that is named after its row.

mod access;
mod composition;
mod people;
mod periods;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::*;

/// Read once: the unoptimised parser takes its time.
static BUNDLED: LazyLock<Library> = LazyLock::new(|| Library::bundled().unwrap());
static POLICIES: LazyLock<BTreeMap<String, Effective>> = LazyLock::new(|| {
    let of = |name: &str| (name.to_owned(), BUNDLED.effective(name).unwrap());
    BUNDLED.names().map(of).collect()
});

pub(crate) fn strict() -> Effective {
    of("strict")
}

/// A bundled policy.
pub(crate) fn of(name: &str) -> Effective {
    POLICIES[name].clone()
}

/// The strict policy's text with something else in place of the first `from`.
pub(crate) fn change(from: &str, to: &str) -> String {
    let text = include_str!("../../../../policies/strict.toml");
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// The policy `name` of one text.
pub(crate) fn policy(text: &str, name: &str) -> Result<Effective, Findings> {
    Library::read(&[source("test.toml", text)])?.effective(name)
}

pub(crate) fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

/// A policy or overlay beside the bundled ones.
pub(crate) fn beside(text: &str) -> Result<Effective, Findings> {
    let source = source(
        "own.toml",
        &format!("name = \"own\"\nversion = 1\neffective_from = \"2026-12-01\"\n{text}"),
    );
    BUNDLED.with(&[source])?.effective("own")
}

/// A tenant's overlay on a bundled policy.
pub(crate) fn overlay(on: &str, text: &str) -> Result<Effective, Findings> {
    beside(&format!("kind = \"overlay\"\nextends = [\"{on}\"]\n{text}"))
}

/// Every bundled policy.
pub(crate) fn all() -> Vec<Effective> {
    POLICIES.values().cloned().collect()
}
