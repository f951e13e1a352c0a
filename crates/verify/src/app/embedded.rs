//! Everything in one folder: the stores that a node uses when nobody tells it
//! otherwise.

use std::path::Path;
use std::sync::Arc;

use bonafide_accounts::{Accounts, Limits};
use bonafide_context::{Clock, Random};
use bonafide_ledger::index::Embedded;
use bonafide_ledger::{Ledger, Prices};
use bonafide_media::InProcess;
use bonafide_policy::Policies;
use bonafide_risk::Tables;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{Records, RootKey, Stores, Vault};

use super::{AppParts, AppSettings, Engines};
use crate::risk::RiskDesk;
use crate::{Pool, PoolSettings};

/// Why the embedded stores could not be opened.
pub type EmbeddedError = Box<dyn std::error::Error + Send + Sync>;

impl AppParts {
    /// Embedded stores in a folder, migrated; everything else as it is when
    /// nothing is said, pictures decoded in this process. Whoever wants another
    /// part puts it in its place. `random` gives each room a source of its own.
    pub async fn embedded(
        folder: &Path,
        engines: Arc<Engines>,
        clock: Arc<dyn Clock>,
        mut random: impl FnMut() -> Box<dyn Random>,
    ) -> Result<Self, EmbeddedError> {
        let records: Arc<dyn Records> = Arc::new(Sqlite::open(folder.join("records.db")).await?);
        let stores = Stores {
            records: records.clone(),
            objects: Arc::new(Directory::open(folder.join("objects"))?),
            keys: Arc::new(Sqlite::open(folder.join("keys.db")).await?),
        };
        let root = RootKey::in_file(folder.join("root.key"));
        let vault = Arc::new(Vault::open(stores, root, clock.clone(), random()).await?);
        for migrations in [
            bonafide_vault::records::MIGRATIONS,
            bonafide_ledger::MIGRATIONS,
            bonafide_accounts::MIGRATIONS,
        ] {
            records.migrate(migrations, clock.now()).await?;
        }
        let index = Arc::new(Embedded::open(folder.join("log"))?);
        let prices = Prices::free();
        let ledger = Ledger::new(records.clone(), index, prices, clock.clone(), random().as_mut());
        let accounts = Accounts::new(
            records.clone(),
            vault.clone(),
            clock.clone(),
            random(),
            Limits::default(),
            Policies::bundled()?,
        );
        Ok(Self {
            ledger,
            accounts: Arc::new(accounts),
            vault,
            records,
            engines,
            risk: RiskDesk::new(Tables::default())?,
            decoder: Arc::new(InProcess::default()),
            pool: Arc::new(Pool::start(PoolSettings::default(), clock.clone())?),
            clock,
            random: random(),
            settings: AppSettings::default(),
        })
    }
}
