//! The key above all keys.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bonafide_context::Random;
use zeroize::Zeroizing;

use super::wrapped::Wrapped;
use super::{Binding, Key, KeyService, KeyServiceError, SharedRandom};
use crate::VaultError;

/// The key under which the key store's keys are wrapped: every node of an
/// installation is given the same one. It is read (or made, on the very first
/// use) when the vault is opened, and overwritten in memory when it is closed.
#[derive(Debug)]
pub struct RootKey {
    source: Source,
    others: Vec<RootKey>,
}

#[derive(Debug)]
enum Source {
    /// In the open where there is no service or `open` says so, else wrapped.
    File {
        path: PathBuf,
        service: Option<Arc<dyn KeyService>>,
        open: bool,
    },
    Given(Key),
}

impl RootKey {
    /// In this file, as 64 hexadecimal digits; it is made, readable by its owner
    /// only, if it is not there and the key store is empty.
    pub fn in_file(path: impl Into<PathBuf>) -> Self {
        Self::found_in_file(path, None)
    }

    /// In this file, wrapped by a key service, which opens it at each start. It is
    /// made as the one of [`RootKey::in_file`]; one that rests there in the open is
    /// refused.
    pub fn wrapped_in_file(path: impl Into<PathBuf>, service: Arc<dyn KeyService>) -> Self {
        Self::of(path, Some(service), false)
    }

    /// In this file, in the open or wrapped by `service`, as it is found: for both
    /// keys of a rotation. Where it is made, the service wraps it if there is one.
    pub fn found_in_file(path: impl Into<PathBuf>, service: Option<Arc<dyn KeyService>>) -> Self {
        Self::of(path, service, true)
    }

    fn of(path: impl Into<PathBuf>, service: Option<Arc<dyn KeyService>>, open: bool) -> Self {
        Self { source: Source::File { path: path.into(), service, open }, others: Vec::new() }
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

    /// Makes a new key where this one is to rest, for a rotation; gives whether
    /// there was none. One that is there is left alone.
    pub async fn make(&self, random: Box<dyn Random>) -> Result<bool, VaultError> {
        let Source::File { path, service, .. } = &self.source else { return Ok(false) };
        if path.exists() {
            return Ok(false);
        }
        make(path, service.as_deref(), &SharedRandom::new(random)).await?;
        Ok(true)
    }

    /// Reads the keys. The file of the first is made if it is not there and the
    /// key store is `fresh`.
    pub(super) async fn load(
        self,
        fresh: bool,
        random: &SharedRandom,
    ) -> Result<Roots, VaultError> {
        let first = Root::of(self.source.load(fresh, random).await?);
        let mut others = Vec::with_capacity(self.others.len());
        for other in self.others {
            others.push(Root::of(other.source.load(false, random).await?));
        }
        Ok(Roots { first, others })
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
        Self { name: name(&key), key }
    }
}

impl Roots {
    /// The key of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Key> {
        std::iter::once(&self.first).chain(&self.others).find(|r| r.name == name).map(|r| &r.key)
    }
}

/// What tells root keys apart, and says nothing of them.
fn name(key: &Key) -> String {
    hex(&key.hash(&Binding::new("name of a root key"), &[])[..8])
}

impl Source {
    async fn load(self, make_it: bool, random: &SharedRandom) -> Result<Key, VaultError> {
        let (path, service, open) = match self {
            Self::Given(key) => return Ok(key),
            Self::File { path, service, open } => (path, service, open),
        };
        let text = match read(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound && make_it => {
                make(&path, service.as_deref(), random).await?;
                read(&path)
            }
            read => read,
        };
        let text = match text {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Err(VaultError::RootKeyMissing { file: path.display().to_string() });
            }
            text => text.map_err(|e| file(&path, &e.kind().to_string()))?,
        };
        let Some(wrapped) = Wrapped::read(&text) else {
            return match unhex(text.trim_end()) {
                Some(_) if !open => Err(file(
                    &path,
                    "a key rests in it in the open, and `stores.kms` names a key service: see \
                     `bonafide admin root-key`",
                )),
                Some(key) => Ok(key),
                None => Err(file(&path, "it is not 64 hexadecimal digits")),
            };
        };
        let wrapped = wrapped.ok_or_else(|| file(&path, "what is wrapped in it is cut short"))?;
        match service {
            Some(service) => opened(&*service, &wrapped).await,
            None => Err(file(
                &path,
                "its key is wrapped by a key service: name that one in `stores.kms`",
            )),
        }
    }
}

/// Has the service open what it wrapped, and looks whether it is that.
async fn opened(service: &dyn KeyService, wrapped: &Wrapped) -> Result<Key, VaultError> {
    let failed = |error| VaultError::RootKeyService { kind: service.kind(), error };
    if wrapped.kind != service.kind() {
        let reason =
            format!("the root key was wrapped by a service of the kind `{}`", wrapped.kind);
        return Err(failed(KeyServiceError::Settings { reason }));
    }
    let bytes = service.unwrap(&wrapped.bytes).await.map_err(failed)?;
    let key = Key::from_bytes(&bytes).filter(|key| name(key) == wrapped.name);
    key.ok_or_else(|| failed(KeyServiceError::WrongKey))
}

/// Draws a new key and writes it to where it is to rest.
async fn make(
    path: &Path,
    service: Option<&dyn KeyService>,
    random: &SharedRandom,
) -> Result<(), VaultError> {
    let mut bytes = Zeroizing::new([0; 32]);
    random.with(|random| random.fill(bytes.as_mut()));
    let text = match service {
        None => Zeroizing::new(hex(bytes.as_ref()) + "\n"),
        Some(service) => {
            let failed = |error| VaultError::RootKeyService { kind: service.kind(), error };
            let key = Key::from_bytes(bytes.as_ref()).ok_or(VaultError::Damaged)?;
            let sealed = service.wrap(bytes.as_ref()).await.map_err(failed)?;
            let wrapped =
                Wrapped { kind: service.kind().to_owned(), name: name(&key), bytes: sealed };
            // Whether it opens again is asked before anything depends on it.
            opened(service, &wrapped).await?;
            Zeroizing::new(wrapped.to_text())
        }
    };
    let scratch = random.with(|random| random.u64());
    write(path, &text, scratch).map_err(|e| file(path, &e.kind().to_string()))
}

fn read(path: &Path) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    let opened = File::open(path)?;
    if opened.metadata()?.permissions().mode() & 0o077 != 0 {
        tracing::warn!("the root key file can be read by others than its owner: chmod 600 it");
    }
    match opened.take(LONGEST as u64).read_to_string(&mut text) {
        // Not text: no key either.
        Err(error) if error.kind() == ErrorKind::InvalidData => Ok(Zeroizing::default()),
        read => read.map(|_| text),
    }
}

/// No wrapped key is longer.
const LONGEST: usize = 16 << 10;

/// Writes the file whole or not at all; if another node made it first, its key
/// stands.
fn write(path: &Path, text: &str, scratch: u64) -> std::io::Result<()> {
    let scratch = path.with_extension(format!("new-{scratch:016x}"));
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

fn file(path: &Path, reason: &str) -> VaultError {
    VaultError::RootKeyFile { file: path.display().to_string(), reason: reason.to_owned() }
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

    fn random(seed: u64) -> SharedRandom {
        SharedRandom::new(Box::new(Seeded::new(seed)))
    }

    #[tokio::test]
    async fn the_file_is_made_once_and_is_its_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let name = async |fresh, seed| {
            let loaded = RootKey::in_file(&path).load(fresh, &random(seed)).await;
            loaded.map(|roots| roots.first.name)
        };
        assert!(matches!(name(false, 1).await, Err(VaultError::RootKeyMissing { .. })));
        assert!(!path.exists());
        let made = name(true, 1).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(name(true, 2).await.unwrap(), made);
        assert_eq!(name(false, 3).await.unwrap(), made);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_file_that_holds_no_key_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        for bad in ["", "abc", &"g".repeat(64), &"a".repeat(65), &"é".repeat(32)] {
            std::fs::write(&path, bad).unwrap();
            let loaded = RootKey::in_file(&path).load(true, &random(1)).await;
            assert!(matches!(loaded, Err(VaultError::RootKeyFile { .. })), "{bad}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), bad);
        }
        std::fs::write(&path, [0xff; 64]).unwrap();
        let loaded = RootKey::in_file(&path).load(true, &random(1)).await;
        assert!(matches!(loaded, Err(VaultError::RootKeyFile { .. })));
    }
}
