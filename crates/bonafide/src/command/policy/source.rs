//! Which policies a command is about.

use std::path::{Path, PathBuf};

use bonafide_policy::{Effective, Library};
use clap::Args;

use crate::failure::Failure;
use crate::house::policies;

#[derive(Args)]
pub(crate) struct Folder {
    /// A folder of policy files (*.toml) besides those that come with the server.
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
}

impl Folder {
    /// The policies of the server and of this folder.
    pub(super) fn library(&self) -> Result<Library, Failure> {
        policies::library(self.policies.as_deref())
    }

    /// What holds under the policy of this name, or under the one in this file.
    pub(super) fn effective(&self, policy: &str) -> Result<Effective, Failure> {
        let library = self.library()?;
        let path = Path::new(policy);
        if path.extension().is_none_or(|extension| extension != "toml") {
            return Ok(library.effective(policy)?);
        }
        let library = library.with(&[policies::file(path)?])?;
        let own = Library::read(&[policies::file(path)?])?;
        let name = own.names().next().unwrap_or_default();
        Ok(library.effective(name)?)
    }
}
