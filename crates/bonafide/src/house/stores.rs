//! From addresses to stores.

use std::path::Path;
use std::sync::Arc;

use bonafide_context::Timestamp;
use bonafide_vault as vault;
use bonafide_vault::objects::Place;
use bonafide_vault::records::{self, Migration, Records, Table};

use crate::configuration::{Address, Configuration};
use crate::failure::Failure;

/// The stores of this installation.
pub(crate) struct Opened {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) keys: Arc<dyn Records>,
    pub(crate) objects: Place,
}

impl Opened {
    pub(crate) async fn open(configuration: &Configuration, data: &Path) -> Result<Self, Failure> {
        let stores = &configuration.stores;
        let place = |name: &str| data.join(name).display().to_string();
        let objects = stores.objects.read()?.unwrap_or_else(|| place("objects"));
        Ok(Self {
            records: rows(&stores.records, data, "records.db").await?,
            keys: rows(&stores.keys, data, "keys.db").await?,
            objects: Place::open(&objects, None)
                .map_err(|error| Failure::caller("objects_unusable", error))?,
        })
    }

    /// Brings every table up to this binary.
    pub(crate) async fn migrate(&self, now: Timestamp) -> Result<(), Failure> {
        let failed = |error| Failure::ours("records_failed", error);
        for migrations in MIGRATIONS {
            self.records.migrate(migrations, now).await.map_err(failed)?;
        }
        for migrations in [records::MIGRATIONS, vault::KEY_MIGRATIONS] {
            self.keys.migrate(migrations, now).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// What the rooms keep in the record store.
const MIGRATIONS: [&[Migration]; 13] = [
    records::MIGRATIONS,
    vault::MIGRATIONS,
    bonafide_ledger::MIGRATIONS,
    bonafide_accounts::MIGRATIONS,
    bonafide_verify::MIGRATIONS,
    bonafide_verify::webhooks::MIGRATIONS,
    bonafide_verify::requests::MIGRATIONS,
    bonafide_verify::notice::MIGRATIONS,
    bonafide_verify::witnesses::MIGRATIONS,
    bonafide_verify::mail::MIGRATIONS,
    bonafide_verify::risk::MIGRATIONS,
    bonafide_native::MIGRATIONS,
    bonafide_tencent::MIGRATIONS,
];

/// The tables of the record store, for backup.
pub(crate) fn tables() -> Vec<&'static Table> {
    [
        vault::TABLES,
        bonafide_ledger::TABLES,
        bonafide_accounts::TABLES,
        bonafide_verify::TABLES,
        bonafide_verify::webhooks::TABLES,
        bonafide_verify::requests::TABLES,
        bonafide_verify::notice::TABLES,
        bonafide_verify::witnesses::TABLES,
        bonafide_verify::mail::TABLES,
        bonafide_verify::risk::TABLES,
        bonafide_native::TABLES,
        bonafide_tencent::TABLES,
    ]
    .concat()
}

async fn rows(address: &Address, data: &Path, embedded: &str) -> Result<Arc<dyn Records>, Failure> {
    let url = match address.read()? {
        Some(url) => url,
        None => format!("sqlite:{}", data.join(embedded).display()),
    };
    records::connect(&url).await.map_err(|error| Failure::ours("records_failed", error))
}
