//! Where policies come from: the binary, and files beside it.

use std::fs;
use std::path::Path;

use bonafide_context::Timestamp;
use bonafide_policy::{Findings, Library, Policies, Source};
use bonafide_vault::Records;
use bonafide_verify::notice::{self, Written};

use crate::configuration::Configuration;
use crate::failure::Failure;

/// The policies of the installation, each put together.
pub(crate) fn installed(configuration: &Configuration) -> Result<(Library, Policies), Failure> {
    let policy = &configuration.policy;
    let library = library(policy.folder.as_deref())?;
    let policies = Policies::of(&library, &policy.default)?;
    Ok((library, policies))
}

/// Writes down what the files say, and lets what was announced hold from its day
/// on; gives what the operator has to be told.
pub(crate) async fn put_in_force(
    records: &dyn Records,
    library: &Library,
    policies: &Policies,
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let failed = |error| Failure::ours("records_failed", error);
    let written = notice::write_down(records, library, now).await.map_err(failed)?;
    notice::refresh(records, policies).await.map_err(failed)?;
    let told = written.into_iter().filter_map(|(name, written)| match written {
        Written::Known | Written::First => None,
        Written::Waits { version } => Some(format!(
            "policy {name}: version {version} waits to be announced; until it holds, the version \
             before it does"
        )),
        Written::NoNewVersion { version, cell } => Some(format!(
            "policy {name} says something else than its version {version} did (`{cell}`): that \
             one goes on; to put the change in force, count `version` up"
        )),
    });
    Ok(told.collect())
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
