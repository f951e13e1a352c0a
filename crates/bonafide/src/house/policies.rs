//! Where policies come from: the binary, and files beside it.

use std::fs;
use std::path::Path;

use bonafide_policy::{Findings, Library, Policies, Source};

use crate::configuration::Configuration;
use crate::failure::Failure;

/// The policies of the installation, each put together.
pub(crate) fn installed(configuration: &Configuration) -> Result<Policies, Failure> {
    let policy = &configuration.policy;
    Ok(Policies::of(&library(policy.folder.as_deref())?, &policy.default)?)
}

/// The policies of the server and of a folder.
pub(crate) fn library(own: Option<&Path>) -> Result<Library, Failure> {
    let own = own.map_or_else(|| Ok(Vec::new()), folder)?;
    Ok(Library::bundled_with(&own)?)
}

/// Every policy file of a folder, by name.
pub(crate) fn folder(folder: &Path) -> Result<Vec<Source>, Failure> {
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
pub(crate) fn file(path: &Path) -> Result<Source, Failure> {
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
