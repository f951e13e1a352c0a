//! `bonafide statement verify`: whoever holds a statement or an export and the
//! installation's key needs neither the server nor a network to know whether it
//! holds.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bonafide_transparency::Hash;
use bonafide_transparency::leaf::{Commitment, Opening, SubjectHash};
use bonafide_transparency::note::{Keyring, VerifierKey};
use clap::Args;
use serde_json::json;

use super::check::{Checked, check};
use crate::failure::Failure;
use crate::output::{Answer, BOLD, DIM, GOOD, paint};

#[derive(Args)]
pub(super) struct Arguments {
    /// The statement, or the export, as the server gave it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A key of the installation, as `bonafide receipt key` prints it; may be
    /// repeated.
    #[arg(long = "key", value_name = "VKEY", required = true)]
    keys: Vec<VerifierKey>,
    /// The person that it is said to be of: the reference or id, as it stood in the
    /// request.
    #[arg(long, value_name = "REFERENCE", requires = "opening")]
    of: Option<String>,
    /// What the server gave with the statement to show whose it is.
    #[arg(long, value_name = "HEX", requires = "of")]
    opening: Option<String>,
}

/// Larger than any export that the server makes.
const LARGEST: u64 = 256 << 20;

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let bytes = read(&arguments.file)?;
    let trusted = Keyring::new(arguments.keys.iter().cloned())
        .map_err(|error| Failure::caller("keys_unusable", error))?;
    let checked = check(&bytes, &trusted).map_err(|error| Failure::caller(error.code(), &error))?;
    let of = opened(arguments, &checked)?;
    answer(&checked, of)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::caller("file_unreadable", format!("cannot read {}: {error}", path.display()))
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Whether the statement was shown to be of a person; an error if it is of another.
fn opened(arguments: &Arguments, checked: &Checked) -> Result<bool, Failure> {
    let (Some(of), Some(opening)) = (&arguments.of, &arguments.opening) else { return Ok(false) };
    let salt = Hash::from_hex(opening).ok_or_else(|| {
        Failure::caller("opening_unreadable", "an opening is 64 hexadecimal digits")
    })?;
    let opening = Opening::new(salt.0, SubjectHash::of_owner(of));
    let committed = checked.says.get("of").and_then(|hex| Hash::from_hex(hex));
    // Leaves write it in base64, statements in hexadecimal digits.
    let committed =
        committed.and_then(|hash| serde_json::from_value::<Commitment>(json!(hash)).ok());
    if committed.is_some_and(|commitment| opening.opens(&commitment)) {
        return Ok(true);
    }
    let message = "the statement holds, but is not of this person: reference or opening belong to \
                   another one";
    Err(Failure::caller("statement_of_another", message))
}

fn answer(checked: &Checked, of: bool) -> Result<Answer, Failure> {
    let json = json!({
        "holds": true,
        "kind": checked.kind,
        "signer": checked.signer,
        "says": checked.says,
        "files": checked.files,
        "of_this_person": of,
    });
    let mut text = paint(GOOD, "✓ the installation signed for this") + "\n";
    for (name, value) in checked.says.iter().filter(|(name, _)| *name != "of") {
        let _ = writeln!(text, "  {}  {value}", paint(BOLD, name));
    }
    for file in &checked.files {
        let _ = writeln!(text, "  unchanged  {file}");
    }
    if of {
        let _ = writeln!(text, "  of this person");
    }
    let _ = writeln!(text, "  {}", paint(DIM, &checked.signer));
    Answer::new(&json, text)
}
