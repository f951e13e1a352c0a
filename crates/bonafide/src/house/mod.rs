//! The house as the configuration furnishes it: stores, vault and accounts,
//! opened the same way by the server and by the commands that manage it.

mod background;
pub(crate) mod data;
mod doors;
mod furnished;
mod health;
mod inventory;
mod parts;
pub(crate) mod policies;
mod risk_tables;
mod root_key;
mod stores;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bonafide_accounts::Accounts;
use bonafide_context::{Clock, OsRandom, SystemClock};
use bonafide_vault::{Stores, Vault};
use bonafide_verify::subprocessors::policies_in_use;

pub(crate) use background::Background;
pub(crate) use doors::{Door, Doors};
pub(crate) use furnished::{Common, Furnished};
pub(crate) use health::{Wellbeing, Wellbeings};
pub(crate) use inventory::stored;
pub(crate) use risk_tables::assessor;
pub(crate) use stores::{Opened, tables};

use root_key::Root;

use crate::command::Site;
use crate::configuration::{Configuration, Service};
use crate::failure::Failure;

/// What the server and the commands that manage it work with.
pub(crate) struct House {
    pub(crate) configuration: Configuration,
    /// The data directory.
    pub(crate) data: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stores: Opened,
    pub(crate) vault: Arc<Vault>,
    pub(crate) accounts: Arc<Accounts>,
    /// What the operator has to be told of the policies.
    pub(crate) told: Vec<String>,
}

impl House {
    /// What a command does in the house that a configuration file and a data
    /// directory make, whether the server runs or not.
    pub(crate) fn visit<T>(
        site: &Site,
        work: impl AsyncFnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (configuration, data) = site.house()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::ours("no_runtime", error))?;
        runtime.block_on(async { work(&Self::open(configuration, Some(&data)).await?).await })
    }

    /// How the root key rests.
    pub(crate) fn root_kept(&self) -> &'static str {
        match self.configuration.stores.kms.service {
            None => "in a file",
            Some(Service::AwsKms) => "in a file, wrapped by a key service (aws-kms)",
            Some(Service::Pkcs11) => "in a file, wrapped by a hardware module (pkcs11)",
        }
    }

    /// Makes the root key where the configuration says, if there is none; gives
    /// whether there was none. The house itself stays closed.
    pub(crate) fn make_root_key(site: &Site) -> Result<bool, Failure> {
        let (configuration, data) = site.house()?;
        let (library, _) = policies::installed(&configuration)?;
        let policy = Arc::new(library.effective(&configuration.policy.default)?);
        let here = configuration.regions.read();
        let root =
            Root::of(&configuration.stores, &configuration.outbound, &data, Some(&policy), &here)?;
        data::folder(&data)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::ours("no_runtime", error))?;
        Ok(runtime.block_on(root.key.make(Box::new(OsRandom)))?)
    }

    /// Where the newest checkpoint of the log is kept.
    pub(crate) fn checkpoint_file(&self) -> PathBuf {
        checkpoint_file(&self.configuration, &self.data)
    }

    /// Opens everything, and makes what is not there yet.
    pub(crate) async fn open(
        configuration: Configuration,
        data: Option<&Path>,
    ) -> Result<Self, Failure> {
        let data = configuration.data_folder(data);
        let (library, policies) = policies::installed(&configuration)?;
        data::folder(&data)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let stores = Opened::open(&configuration, &data).await?;
        stores.migrate(clock.now()).await?;
        let now = clock.now();
        let told = policies::put_in_force(&*stores.records, &library, &policies, now).await?;
        let here = configuration.regions.read();
        let ruling = policies.get(None, now);
        let settings = (&configuration.stores, &configuration.outbound);
        let root = Root::of(settings.0, settings.1, &data, ruling.as_ref(), &here)?;
        let called = root.called();
        let vault = Vault::open(
            Stores {
                records: stores.records.clone(),
                objects: stores.objects.objects(),
                keys: stores.keys.clone(),
            },
            root.key,
            clock.clone(),
            Box::new(OsRandom),
        )
        .await?;
        let vault = Arc::new(vault);
        let in_force = policies.in_force(now);
        vault.policies_in_force(in_force.iter().map(AsRef::as_ref)).await?;
        let kept = checkpoint_file(&configuration, &data);
        if kept.exists() {
            vault.hold_against(&[data::checkpoint(&kept)?]).await?;
        }
        let accounts = Accounts::new(
            stores.records.clone(),
            vault.clone(),
            clock.clone(),
            Box::new(OsRandom),
            configuration.limits.clone(),
            policies,
        );
        let accounts = Arc::new(accounts.of_regions(here.clone()));
        accounts.nothing_of_other_regions().await?;
        Root::check(called.as_deref(), &policies_in_use(&accounts).await?, &here)?;
        Ok(Self { configuration, data, clock, stores, vault, accounts, told })
    }
}

fn checkpoint_file(configuration: &Configuration, data: &Path) -> PathBuf {
    configuration.stores.checkpoint_file.clone().unwrap_or_else(|| data.join("checkpoint"))
}
