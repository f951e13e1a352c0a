//! `bonafide admin`: tenants, applications, keys and users from the shell of the
//! machine, whether the server runs or not.

mod app;
mod key;
mod tenant;
mod user;
mod warranty;

use std::path::PathBuf;

use bonafide_accounts::{AccountsError, Page};
use bonafide_vault::VaultError;
use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::house::House;
use crate::output::Answer;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The configuration file of the server [default: none, every default].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of the server.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The organisations that use this installation.
    #[command(subcommand)]
    Tenant(tenant::What),
    /// Their applications, each in one environment and one region.
    #[command(subcommand)]
    App(app::What),
    /// The keys of an application.
    #[command(subcommand)]
    Key(key::What),
    /// The people who may log in to the console.
    #[command(subcommand)]
    User(user::What),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    House::visit(arguments.config.as_deref(), arguments.data.as_deref(), async |house| {
        match &arguments.what {
            What::Tenant(what) => tenant::run(what, house).await,
            What::App(what) => app::run(what, house).await,
            What::Key(what) => key::run(what, house).await,
            What::User(what) => user::run(what, house).await,
        }
    })
}

/// Every part of a list, one after the other. `id` is what the list is ordered
/// by.
async fn all<T>(
    fetch: impl AsyncFn(Page) -> Result<Vec<T>, AccountsError>,
    id: impl Fn(&T) -> String,
) -> Result<Vec<T>, AccountsError> {
    let mut found = Vec::new();
    loop {
        let page = Page { after: found.last().map(&id), limit: Some(Page::MAX) };
        let part = fetch(page).await?;
        if part.is_empty() {
            return Ok(found);
        }
        found.extend(part);
    }
}

impl From<AccountsError> for Failure {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::NotFound(_) => Self::caller("not_found", error),
            AccountsError::Denied | AccountsError::OwnGrant => Self::caller("denied", error),
            AccountsError::Invalid { .. } | AccountsError::Settings(_) => {
                Self::caller("invalid", error)
            }
            AccountsError::Elsewhere(_) => Self::caller("wrong_region", error),
            AccountsError::Taken(_) => Self::caller("taken", error),
            AccountsError::Closed(_) => Self::caller("closed", error),
            AccountsError::Conflict | AccountsError::Busy { .. } => Self::ours("busy", error),
            AccountsError::NoPolicy => Self::ours("policy_missing", error),
            AccountsError::Unavailable { .. } | AccountsError::Damaged => {
                Self::ours("records_failed", error)
            }
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::ours("vault_failed", error)
    }
}
