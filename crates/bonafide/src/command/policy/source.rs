//! Where policies come from: the binary, and files beside it.

use std::fs;
use std::path::{Path, PathBuf};

use bonafide_policy::{Effective, Findings, Library, Source};
use clap::Args;

use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Folder {
    /// A folder of policy files (*.toml) besides those that come with the server.
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
}

impl Folder {
    /// The policies of the server and of this folder.
    pub(super) fn library(&self) -> Result<Library, Failure> {
        let own = self.policies.as_deref().map_or_else(|| Ok(Vec::new()), folder)?;
        Ok(Library::bundled_with(&own)?)
    }

    /// What holds under the policy of this name, or under the one in this file.
    pub(super) fn effective(&self, policy: &str) -> Result<Effective, Failure> {
        let library = self.library()?;
        let path = Path::new(policy);
        if path.extension().is_none_or(|extension| extension != "toml") {
            return Ok(library.effective(policy)?);
        }
        let library = library.with(&[file(path)?])?;
        let own = Library::read(&[file(path)?])?;
        let name = own.names().next().unwrap_or_default();
        Ok(library.effective(name)?)
    }
}

/// Every policy file of a folder, by name.
pub(super) fn folder(folder: &Path) -> Result<Vec<Source>, Failure> {
    let unreadable = |error| unreadable(folder, &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

/// One policy file.
pub(super) fn file(path: &Path) -> Result<Source, Failure> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Ok(Source { path: path.display().to_string(), text })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::caller("policy_unreadable", format!("{}: {}", path.display(), error.kind()))
}

impl From<Findings> for Failure {
    fn from(findings: Findings) -> Self {
        Self::caller("policy_wrong", findings)
    }
}
