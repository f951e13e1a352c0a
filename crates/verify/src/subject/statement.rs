//! What this installation signs for: a statement about a person, which whoever has
//! the installation's key checks offline.
//!
//! A statement is a note (C2SP signed-note) under the transparency log's key:
//!
//! ```text
//! bonafide statement: subject
//! at: 2026-11-22T12:00:00.000Z
//! realm: apac/sandbox/1000000001
//! of: 6360609adb339d6bd110cbfe63d1660ec079fd16f9ff1d51a35ab20707a26cb1
//! held: nothing
//! ```
//!
//! `of` is a salted commitment to the name under which the person was asked for:
//! with the name and the opening that the answer holds, it is shown to be of him
//! and of nobody else; without them it says nothing.

use std::fmt::Write as _;

use bonafide_vault::{Commitment, Opening, SubjectHash};

use super::life::SubjectLife;
use super::whose::Subject;
use crate::answer::Moment;
use crate::{App, UseCaseError};

/// The name of the statement within an export.
pub const STATEMENT_FILE: &str = "statement.txt";
/// The name of everything that is no picture within an export.
pub const SUBJECT_FILE: &str = "subject.json";

/// Ties a statement to a person.
pub(super) fn tied(app: &App, subject: &Subject) -> (Commitment, Opening) {
    let whose = SubjectHash::of_owner(subject.named.expose());
    app.draw(|random| Opening::commit(whose, random))
}

/// The signed statement of what is held of a person, with the files of an export,
/// if there are any: name and SHA-256.
pub(super) async fn signed(
    app: &App,
    subject: &Subject,
    commitment: &Commitment,
    life: &SubjectLife,
    files: &[(String, String)],
) -> Result<String, UseCaseError> {
    let mut text = String::new();
    let kind = if files.is_empty() { "subject" } else { "export" };
    let hex = commitment.as_bytes().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let _ = writeln!(text, "at: {}", Moment(app.clock().now()));
    let _ = writeln!(text, "realm: {}", subject.realm);
    let _ = writeln!(text, "of: {hex}");
    if life.is_empty() {
        text.push_str("held: nothing\n");
    } else {
        let (items, all) = (life.held.len(), life.verifications.len());
        let _ = writeln!(text, "held: {items} items of {all} verifications");
    }
    for (name, digest) in files {
        let _ = writeln!(text, "sha256: {digest}  {name}");
    }
    Ok(app.vault().sign_statement(kind, &text).await?)
}
