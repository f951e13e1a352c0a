//! Whether a statement holds, and an export is what its statement lists.

use std::collections::BTreeMap;
use std::io::Read as _;

use bonafide_transparency::Hash;
use bonafide_transparency::note::{Keyring, MAX_NOTE_BYTES, Note, NoteError};

/// The first words of every statement.
const MARK: &str = "bonafide statement: ";
/// The statement of an export.
const STATEMENT: &str = "statement.txt";
/// More files than this are in no export.
const MOST: usize = 10_000;

/// A statement that holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    /// `subject` or `export`.
    pub(super) kind: String,
    /// By which key of the trusted.
    pub(super) signer: String,
    /// What it says, line by line, but for the files.
    pub(super) says: BTreeMap<String, String>,
    /// Files that are as they were when it was signed.
    pub(super) files: Vec<String>,
}

/// Why it does not.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CheckError {
    #[error("this is neither a statement nor an export of this program")]
    Form,
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("the archive cannot be read to its end")]
    Archive,
    #[error("`{0}` is not what was signed for: it was changed")]
    Changed(String),
    #[error("`{0}` is missing, and was signed for")]
    Missing(String),
    #[error("`{0}` was not signed for: it was added")]
    Added(String),
}

impl CheckError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Form => "statement_form",
            Self::Note(NoteError::Unsigned) => "statement_unknown_key",
            Self::Note(NoteError::BadSignature(_)) => "statement_signature",
            Self::Note(_) => "statement_form",
            Self::Archive => "export_archive",
            Self::Changed(_) => "export_changed",
            Self::Missing(_) => "export_missing",
            Self::Added(_) => "export_added",
        }
    }
}

/// Checks a statement by itself, or an export with every file in it.
pub(super) fn check(bytes: &[u8], trusted: &Keyring) -> Result<Checked, CheckError> {
    if bytes.starts_with(MARK.as_bytes()) {
        let (checked, files) = statement(bytes, trusted)?;
        return match files.into_keys().next() {
            None => Ok(checked),
            Some(name) => Err(CheckError::Missing(name)),
        };
    }
    let mut found = unpacked(bytes)?;
    let note = found.remove(STATEMENT).ok_or(CheckError::Form)?;
    let (mut checked, listed) = statement(&note, trusted)?;
    for (name, digest) in listed {
        let bytes = found.remove(&name).ok_or_else(|| CheckError::Missing(name.clone()))?;
        if Hash::sha256(&bytes) != digest {
            return Err(CheckError::Changed(name));
        }
        checked.files.push(name);
    }
    match found.into_keys().next() {
        None => Ok(checked),
        Some(name) => Err(CheckError::Added(name)),
    }
}

/// The note, and the files that it lists.
fn statement(
    bytes: &[u8],
    trusted: &Keyring,
) -> Result<(Checked, BTreeMap<String, Hash>), CheckError> {
    let note = Note::parse(bytes)?;
    let signers = note.verify(trusted)?;
    let signer = signers.first().map(|one| one.key.name().to_string()).unwrap_or_default();
    let mut lines = note.text().lines();
    let kind = lines.next().and_then(|line| line.strip_prefix(MARK)).ok_or(CheckError::Form)?;
    let (mut says, mut files) = (BTreeMap::new(), BTreeMap::new());
    for line in lines {
        let (name, value) = line.split_once(": ").ok_or(CheckError::Form)?;
        let fresh = if name == "sha256" {
            let (digest, file) = value.split_once("  ").ok_or(CheckError::Form)?;
            let digest = Hash::from_hex(digest).ok_or(CheckError::Form)?;
            files.insert(file.to_owned(), digest).is_none()
        } else {
            says.insert(name.to_owned(), value.to_owned()).is_none()
        };
        if !fresh {
            return Err(CheckError::Form);
        }
    }
    let checked = Checked { kind: kind.to_owned(), signer, says, files: Vec::new() };
    Ok((checked, files))
}

/// The files of an archive, each name once.
fn unpacked(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, CheckError> {
    let mut archive = tar::Archive::new(bytes);
    let mut files = BTreeMap::new();
    for entry in archive.entries().map_err(|_| CheckError::Form)? {
        let mut entry = entry.map_err(|_| CheckError::Archive)?;
        let name = entry.path().map_err(|_| CheckError::Archive)?.to_string_lossy().into_owned();
        let plain = entry.header().entry_type().is_file();
        let most = if name == STATEMENT { MAX_NOTE_BYTES as u64 } else { bytes.len() as u64 };
        let mut content = Vec::new();
        entry.by_ref().take(most).read_to_end(&mut content).map_err(|_| CheckError::Archive)?;
        let whole = content.len() as u64 == entry.size();
        if !plain || !whole || files.len() >= MOST || files.insert(name, content).is_some() {
            return Err(CheckError::Archive);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::{Seeded, Timestamp};
    use bonafide_transparency::note::{Algorithm, SigningKey};
    use proptest::prelude::*;

    fn key(seed: u64) -> SigningKey {
        let name = "bonafide/test".parse().unwrap();
        SigningKey::generate(name, Algorithm::Ed25519, &mut Seeded::new(seed)).unwrap()
    }

    fn note(text: &str) -> Vec<u8> {
        let mut note = Note::new(text).unwrap();
        note.add(key(1).sign(text, Timestamp(0))).unwrap();
        note.to_text().into_bytes()
    }

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn list(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut text = format!("{MARK}export\nheld: 1 items of 1 verifications\n");
        for (name, bytes) in files {
            text.push_str(&format!("sha256: {}  {name}\n", Hash::sha256(bytes).to_hex()));
        }
        note(&text)
    }

    fn trusted() -> Keyring {
        Keyring::of(key(1).verifier().clone())
    }

    #[test]
    fn a_statement_holds_under_its_key_and_no_other() {
        let nothing = note(&format!("{MARK}subject\nheld: nothing\n"));
        let checked = check(&nothing, &trusted()).unwrap();
        assert_eq!(checked.says["held"], "nothing");
        let other = Keyring::of(key(2).verifier().clone());
        assert_eq!(check(&nothing, &other).unwrap_err().code(), "statement_unknown_key");
        let lied = String::from_utf8(nothing).unwrap().replace("nothing", "somethin");
        assert_eq!(check(lied.as_bytes(), &trusted()).unwrap_err().code(), "statement_signature");
    }

    #[test]
    fn an_export_is_what_was_signed_for_and_nothing_else() {
        let a: (&str, &[u8]) = ("subject.json", b"{}");
        let b: (&str, &[u8]) = ("media/a", b"1");
        let statement = list(&[a, b]);
        let first = ("statement.txt", statement.as_slice());
        let code = |files: &[(&str, &[u8])]| {
            check(&packed(files), &trusted())
                .map(|checked| checked.files.len())
                .map_err(|e| e.code())
        };
        assert_eq!(code(&[first, a, b]), Ok(2));
        assert_eq!(code(&[first, a, ("media/a", b"2")]), Err("export_changed"));
        assert_eq!(code(&[first, a]), Err("export_missing"));
        assert_eq!(code(&[first, a, b, ("media/b", b"1")]), Err("export_added"));
        assert_eq!(code(&[first, a, b, b]), Err("export_archive"));
        assert_eq!(code(&[a, b]), Err("statement_form"));
        // The list alone is no export.
        assert_eq!(check(&statement, &trusted()).unwrap_err().code(), "export_missing");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            prop_assert!(check(&bytes, &trusted()).is_err());
        }

        #[test]
        fn no_changed_byte_passes(at in 0usize..4_096, bit in 0u8..8) {
            let files: [(&str, &[u8]); 1] = [("subject.json", b"{\"held\":[]}")];
            let statement = list(&files);
            let mut whole = packed(&[("statement.txt", &statement), files[0]]);
            let at = at % whole.len();
            whole[at] ^= 1 << bit;
            // What is changed outside of content (times, padding) shows nothing else
            // than what was signed for.
            if let Ok(checked) = check(&whole, &trusted()) {
                prop_assert_eq!(checked.files, ["subject.json"]);
            }
        }
    }
}
