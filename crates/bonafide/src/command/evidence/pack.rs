//! The folder while it is filled.

use std::fs;
use std::path::{Path, PathBuf};

use bonafide_transparency::Hash;
use bonafide_vault::Vault;
use serde::Serialize;

use crate::failure::Failure;

/// Files by name, with their digests.
pub(super) struct Pack {
    folder: PathBuf,
    digests: Vec<(String, Hash)>,
}

impl Pack {
    /// An empty folder.
    pub(super) fn begin(folder: &Path) -> Result<Self, Failure> {
        let used = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        if used {
            let message = format!("{} is not empty: name a new folder", folder.display());
            return Err(Failure::caller("folder_not_empty", message));
        }
        fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
        Ok(Self { folder: folder.to_owned(), digests: Vec::new() })
    }

    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| unusable(parent, &error))?;
        }
        fs::write(&path, bytes).map_err(|error| unusable(&path, &error))?;
        self.digests.push((name.to_owned(), Hash::sha256(bytes)));
        Ok(())
    }

    pub(super) fn json(&mut self, name: &str, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value);
        let text = text.map_err(|error| Failure::ours("no_json", error))?;
        self.add(name, text.as_bytes())
    }

    /// Writes the list of digests and signs it; gives how many files there are.
    pub(super) async fn finish(&mut self, vault: &Vault) -> Result<usize, Failure> {
        self.digests.sort();
        let lines: String = self
            .digests
            .iter()
            .map(|(name, digest)| format!("{}  {name}\n", digest.to_hex()))
            .collect();
        let note = vault.sign_statement("evidence", &lines).await?;
        for (name, text) in [("SHA256SUMS", &lines), ("SHA256SUMS.note", &note)] {
            let path = self.folder.join(name);
            fs::write(&path, text).map_err(|error| unusable(&path, &error))?;
        }
        Ok(self.digests.len())
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::caller("file_unusable", format!("cannot use {}: {}", path.display(), error.kind()))
}
