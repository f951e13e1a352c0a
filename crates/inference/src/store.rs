//! The models folder: which files are there, and whether they are the ones the
//! manifest names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::manifest::{File, Manifest};

/// How a file of the manifest stands in the models folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There, with the right hash.
    Ok,
    /// Not there.
    Missing,
    /// There, with this other hash.
    WrongHash(String),
    /// There, but it cannot be read.
    Unreadable,
}

/// Where the models lie if nobody says so: `BONAFIDE_MODELS`, else
/// `bonafide/models` in the user's cache folder.
pub fn default_folder() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    from("BONAFIDE_MODELS").unwrap_or_else(|| {
        from("XDG_CACHE_HOME")
            .or_else(|| from("HOME").map(|home| home.join(".cache")))
            .unwrap_or_else(std::env::temp_dir)
            .join("bonafide")
            .join("models")
    })
}

/// The state of one file.
pub fn check(folder: &Path, file: &File) -> State {
    match fs::File::open(folder.join(&file.name)) {
        Ok(mut stored) => match sha256_of(&mut stored) {
            Ok(hash) if hash == file.stored_sha256() => State::Ok,
            Ok(hash) => State::WrongHash(hash),
            Err(_) => State::Unreadable,
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::Missing,
        Err(_) => State::Unreadable,
    }
}

/// The state of every file that this machine needs.
pub fn verify<'m>(folder: &Path, manifest: &'m Manifest) -> Vec<(&'m File, State)> {
    manifest.needed().map(|file| (file, check(folder, file))).collect()
}

/// SHA-256 in lower-case hexadecimal of all that `source` gives.
pub fn sha256_of(source: &mut impl io::Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(buffer.get(..read).unwrap_or(&[]));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_noticed() {
        let manifest = Manifest::built_in().unwrap();
        let file = manifest.file("text-detector.onnx").unwrap();
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(check(folder.path(), file), State::Missing);
        fs::write(folder.path().join(&file.name), "abc").unwrap();
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(check(folder.path(), file), State::WrongHash(of_abc.to_owned()));
    }
}
