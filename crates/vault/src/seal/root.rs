//! The key above all keys.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use bonafide_context::Random;
use zeroize::Zeroizing;

use super::{Binding, Key};
use crate::VaultError;

/// The key under which the key store's keys are wrapped: every node of an
/// installation is given the same one. It is read (or made, on the very first
/// use) when the vault is opened.
#[derive(Debug)]
pub struct RootKey {
    source: Source,
    others: Vec<RootKey>,
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    Given(Key),
}

impl RootKey {
    /// In this file, as 64 hexadecimal digits; it is made, readable by its owner
    /// only, if it is not there and the key store is empty.
    pub fn in_file(path: impl Into<PathBuf>) -> Self {
        Self { source: Source::File(path.into()), others: Vec::new() }
    }

    /// This key, which the caller keeps.
    pub fn given(key: Key) -> Self {
        Self { source: Source::Given(key), others: Vec::new() }
    }

    /// A second key that opens what was wrapped under it, and wraps nothing:
    /// the older one during a rotation, or the coming one before it.
    #[must_use]
    pub fn and(mut self, other: RootKey) -> Self {
        self.others.push(other);
        self
    }

    /// Reads the keys. The file of the first is made if it is not there and the
    /// key store is `fresh`.
    pub(super) fn load(self, fresh: bool, random: &mut dyn Random) -> Result<Roots, VaultError> {
        let first = self.source.load(fresh, random)?;
        let others = self.others.into_iter().map(|other| other.source.load(false, random));
        Ok(Roots {
            first: Root::of(first),
            others: others.map(|k| k.map(Root::of)).collect::<Result<_, _>>()?,
        })
    }
}

/// The root keys, read.
pub(super) struct Roots {
    /// Wraps and opens.
    pub(super) first: Root,
    /// Open only.
    pub(super) others: Vec<Root>,
}

/// One root key and its name in the key store.
pub(super) struct Root {
    pub(super) key: Key,
    pub(super) name: String,
}

impl Root {
    /// The name is a hash that tells keys apart and says nothing of them.
    fn of(key: Key) -> Self {
        let hash = key.hash(&Binding::new("name of a root key"), &[]);
        Self { name: hex(&hash[..8]), key }
    }
}

impl Roots {
    /// The key of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Key> {
        std::iter::once(&self.first).chain(&self.others).find(|r| r.name == name).map(|r| &r.key)
    }
}

impl Source {
    fn load(self, make: bool, random: &mut dyn Random) -> Result<Key, VaultError> {
        match self {
            Self::Given(key) => Ok(key),
            Self::File(path) => match read(&path) {
                Err(e) if e.kind() == ErrorKind::NotFound && make => {
                    make_file(&path, random).and_then(|()| read(&path)).map_err(|e| file(&path, &e))
                }
                Err(e) if e.kind() == ErrorKind::NotFound => {
                    Err(VaultError::RootKeyMissing { file: path.display().to_string() })
                }
                read => read.map_err(|e| file(&path, &e)),
            },
        }
    }
}

fn read(path: &Path) -> std::io::Result<Key> {
    let mut text = Zeroizing::new(String::with_capacity(80));
    let opened = File::open(path)?;
    if opened.metadata()?.permissions().mode() & 0o077 != 0 {
        tracing::warn!("the root key file can be read by others than its owner: chmod 600 it");
    }
    opened.take(80).read_to_string(&mut text)?;
    unhex(text.trim_end()).ok_or_else(|| {
        std::io::Error::new(ErrorKind::InvalidData, "it is not 64 hexadecimal digits")
    })
}

/// Makes the file whole or not at all; if another node made it first, its key
/// stands.
fn make_file(path: &Path, random: &mut dyn Random) -> std::io::Result<()> {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill(bytes.as_mut());
    let text = Zeroizing::new(hex(bytes.as_ref()) + "\n");
    let scratch = path.with_extension(format!("new-{:016x}", random.u64()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&scratch)?;
    let made = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&scratch, path));
    std::fs::remove_file(&scratch)?;
    match made {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn file(path: &Path, error: &std::io::Error) -> VaultError {
    let reason = match error.kind() {
        ErrorKind::InvalidData => "it is not 64 hexadecimal digits".to_owned(),
        kind => kind.to_string(),
    };
    VaultError::RootKeyFile { file: path.display().to_string(), reason }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
        }
        text
    })
}

fn unhex(text: &str) -> Option<Key> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = Zeroizing::new([0u8; 32]);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = pair.iter().try_fold(0u8, |value, digit| {
            let digit = char::from(*digit).to_digit(16)?;
            Some(value << 4 | u8::try_from(digit).ok()?)
        })?;
    }
    Key::from_bytes(bytes.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Seeded;

    #[test]
    fn the_file_is_made_once_and_is_its_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let name = |fresh, seed| {
            RootKey::in_file(&path)
                .load(fresh, &mut Seeded::new(seed))
                .map(|roots| roots.first.name)
        };
        assert!(matches!(name(false, 1), Err(VaultError::RootKeyMissing { .. })));
        assert!(!path.exists());
        let made = name(true, 1).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(name(true, 2).unwrap(), made);
        assert_eq!(name(false, 3).unwrap(), made);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        for bad in ["", "abc", &"g".repeat(64), &"a".repeat(65), &"é".repeat(32)] {
            std::fs::write(&path, bad).unwrap();
            let loaded = RootKey::in_file(&path).load(true, &mut Seeded::new(1));
            assert!(matches!(loaded, Err(VaultError::RootKeyFile { .. })), "{bad}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), bad);
        }
    }
}
