//! The data directory and the files in it that only its owner may read.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use bonafide_vault::SignedCheckpoint;

use crate::failure::Failure;

/// Makes a folder, readable by its owner only, if it is not there.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| {
        let message = format!("cannot make the data directory {}: {error}", path.display());
        Failure::caller("data_directory", message)
    })
}

/// Writes a new file that only its owner can read; one that is there is left
/// alone and is an error.
pub(crate) fn secret_file(path: &Path, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).and_then(
        |mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        },
    );
    written.map_err(|error| {
        Failure::ours("secret_file", format!("cannot write {}: {error}", path.display()))
    })
}

/// Writes a file whole or not at all, in the place of one that is there.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let partial = path.with_extension("partial");
    let written = std::fs::File::create(&partial)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|error| {
        Failure::ours("file_unwritable", format!("cannot write {}: {error}", path.display()))
    })
}

/// A checkpoint of the transparency log, as it stands in a file.
pub(crate) fn checkpoint(path: &Path) -> Result<SignedCheckpoint, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::caller("file_unreadable", format!("cannot read {}: {error}", path.display()))
    })?;
    SignedCheckpoint::parse(&bytes).map_err(|error| {
        Failure::caller("checkpoint_unreadable", format!("{}: {error}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_the_owner_reads_and_nothing_is_overwritten() {
        let place = tempfile::tempdir().unwrap();
        let inner = place.path().join("a").join("b");
        folder(&inner).unwrap();
        folder(&inner).unwrap();
        let file = inner.join("key");
        secret_file(&file, "one").unwrap();
        assert!(secret_file(&file, "two").is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&file)), (0o700, 0o600));
    }
}
