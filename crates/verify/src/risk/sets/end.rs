//! Sets of tenants whose contract has ended.

use std::collections::BTreeSet;

use bonafide_accounts::Actor;
use bonafide_context::Realm;
use bonafide_vault::records::Select;

use super::plan::{SetsError, list_sets, plan_drop};
use super::row::SETS;
use crate::{App, UseCaseError};

/// Drops the sets of tenants that were closed: configuration rests until the contract
/// ends (row R12). Returns how many.
pub async fn end_sets(app: &App) -> Result<u64, UseCaseError> {
    let records = &**app.records();
    let rows = records.select(Select::from(&SETS)).await?;
    // A realm that cannot be read is nobody's that could be closed.
    let realms = rows.iter().filter_map(|row| row.text("realm").ok()?.parse().ok());
    let mut ended = 0;
    let names: BTreeSet<String> = realms.map(|realm: Realm| realm.to_string()).collect();
    for realm in names.iter().filter_map(|name| name.parse::<Realm>().ok()) {
        let tenant = app.accounts().tenant(&Actor::cli(), realm.tenant).await?;
        if tenant.closed.is_none() {
            continue;
        }
        for set in list_sets(records, &realm).await? {
            let changes = plan_drop(app.vault(), records, &realm, set.name()).await?;
            records.commit(changes).await?;
            ended += 1;
        }
        app.risk_sets_changed(&realm);
    }
    Ok(ended)
}

impl From<SetsError> for UseCaseError {
    fn from(error: SetsError) -> Self {
        match error {
            SetsError::Vault(error) => error.into(),
            SetsError::Records(error) => error.into(),
            other => Self::Invalid { member: "set", reason: other.to_string() },
        }
    }
}
