//! `bonafide admin`: tenants, applications, keys and users from the shell of the
//! machine, whether the server runs or not.

mod app;
mod key;
mod root_key;
mod tenant;
mod user;
mod warranty;

use bonafide_accounts::{AccountsError, Page};
use bonafide_ledger::Fault;
use bonafide_vault::VaultError;
use bonafide_verify::UseCaseError;
use clap::{Args, Subcommand};

use crate::command::Site;
use crate::failure::Failure;
use crate::house::House;
use crate::output::Answer;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    site: Site,
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
    /// The key above all keys: where it rests, and its rotation.
    #[command(subcommand)]
    RootKey(root_key::What),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    // It is there before the house can be opened with it.
    if let What::RootKey(root_key::What::Make) = &arguments.what {
        return root_key::made(House::make_root_key(&arguments.site)?);
    }
    House::visit(&arguments.site, async |house| match &arguments.what {
        What::Tenant(what) => tenant::run(what, house).await,
        What::App(what) => app::run(what, arguments.site.region.as_ref(), house).await,
        What::Key(what) => key::run(what, house).await,
        What::User(what) => user::run(what, house).await,
        What::RootKey(what) => root_key::run(what, house).await,
    })
    .map_err(|failure| arguments.site.hint(failure))
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
            AccountsError::Loosens { .. } => Self::caller("loosens", error),
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

impl From<UseCaseError> for Failure {
    fn from(error: UseCaseError) -> Self {
        match error.fault() {
            Fault::Ours => Self::ours(error.code(), error),
            _ => Self::caller(error.code(), error),
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::ours("vault_failed", error)
    }
}
