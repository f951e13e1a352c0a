//! Any text as a policy file, beside the policies that come with the server: it
//! holds whole or is refused with findings. What holds is printed, reads the same
//! again, and becomes documents without markup of its own.

#![no_main]

use std::sync::LazyLock;

use bonafide_policy::render::{DocumentKind, render};
use bonafide_policy::{Language, Library, Source, lint};
use libfuzzer_sys::fuzz_target;

static BUNDLED: LazyLock<Library> = LazyLock::new(|| Library::bundled().expect("they are read"));

fuzz_target!(|input: (u8, &str)| {
    let (kind, text) = input;
    // As it is, and as a tenant's overlay: random bytes rarely get so far.
    let head = "name = \"own\"\nversion = 1\neffective_from = \"2026-12-01\"\n";
    let overlay = format!("{head}kind = \"overlay\"\nextends = [\"tencent-ekyc\"]\n{text}");
    let text = if kind % 2 == 0 { text } else { overlay.as_str() };
    let source = Source { path: "own.toml".to_owned(), text: text.to_owned() };
    for finding in lint(std::slice::from_ref(&source)) {
        assert!(finding.line >= 1 && finding.line <= text.lines().count() + 1);
    }
    let Ok(library) = BUNDLED.with(&[source]) else { return };
    let file = |name: &&str| !BUNDLED.names().any(|bundled| bundled == *name);
    let Some(name) = library.names().find(file) else { return };
    let Ok(policy) = library.effective(name) else { return };
    let again = Source { path: "again.toml".to_owned(), text: policy.to_toml().to_owned() };
    let again = Library::read(&[again]).and_then(|library| library.effective(name));
    assert_eq!(again.expect("it reads the same").id(), policy.id());
    let kind = DocumentKind::ALL[usize::from(kind) % DocumentKind::ALL.len()];
    let page = render(kind, &policy, None, Language::English).html();
    assert!(!page.contains("<script"));
});
