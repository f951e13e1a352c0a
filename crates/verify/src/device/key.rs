//! What tells a tenant that a device was there before: a keyed hash of the id that the
//! device was given, only where the policy has it. It is kept to keep the platform safe
//! and read for nothing else, each read is written down, and no answer tells it.

use aws_lc_rs::hmac;
use bonafide_context::{Realm, Sensitive, Timestamp};
use bonafide_ledger::Call;
use bonafide_policy::{Access, Category, Held, Purpose, Role};
use bonafide_risk::device::Device;
use bonafide_vault::VaultError;
use bonafide_vault::records::{
    Change, Column, Condition, Direction, Expect, Kind, Operator, Row, Select, Table,
};
use serde::{Deserialize, Serialize};

use crate::reading::{Reader, is_restricted, phase};
use crate::verification::holding::begun;
use crate::verification::{Record, VERIFICATIONS};
use crate::{App, Clocks, UseCaseError};

/// Its name among a verification's items.
const KEY: &str = "device-key";
/// Of so many verifications at most it is told that the device was in them: who counts
/// further looks at how people live and not at fraud.
const MOST: u32 = 20;

/// By which mark a device is found again: one row a verification. The vault has the same
/// mark, and a row whose item is gone there finds nothing.
pub(crate) const DEVICE_KEYS: Table = Table {
    name: "device_keys",
    category: Category::DeviceKey,
    columns: &[
        Column::new("verification", Kind::Name),
        Column::new("realm", Kind::Name),
        Column::new("mark", Kind::Name),
        Column::new("remove", Kind::Integer),
    ],
    key: &["verification"],
    indexes: &[&["realm", "mark"], &["remove"]],
};

/// A device's key: HMAC-SHA256 under a key of tenant and environment, as 64 hexadecimal
/// digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Held)]
#[held(category = DeviceKey, purposes(Security))]
pub struct DeviceKey {
    mark: String,
}

/// It tells one person's device from another's.
impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(***)")
    }
}

/// What came of looking for a device.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// In how many other verifications it was, as far as their keys still rest; `None`
    /// where there is no key.
    pub(super) seen_before: Option<u64>,
    /// What keeps its key, and writes down whose were read.
    pub(super) changes: Vec<Change>,
}

/// Looks whether a verification's device was there before, and keeps its key. Nothing is
/// derived where the policy keeps no device keys or lets nobody read them for security,
/// nor of a device that was given no id.
pub(super) async fn met(
    app: &App,
    call: &Call,
    record: &Record,
    clocks: &Clocks,
    device: &Device,
) -> Result<Met, UseCaseError> {
    let (policy, now) = (clocks.policy(), app.clock().now());
    let reader = Reader::for_security(call);
    let phase = phase(record.progress.state);
    let access = policy.may_read_when(Role::Service, Purpose::Security, Category::DeviceKey, phase);
    let until = clocks.deadline(Category::DeviceKey, now).map(|until| until.min(record.remove));
    let (Access::Allowed, Some(until)) = (access, until) else { return Ok(Met::default()) };
    let Some(identity) = device.identity() else { return Ok(Met::default()) };
    let key = DeviceKey::of(app, &record.realm, &identity).await?;
    let mut changes = Vec::new();
    let mut seen_before = 0;
    for other in resting(app, record, &key, now).await? {
        let (realm, owner) = (&other.realm, other.id.as_str());
        // Of whom nothing may be processed now, this is not read either.
        if is_restricted(app, realm, other.reference.as_deref()).await? {
            continue;
        }
        let kept = app.vault().read_value::<DeviceKey>(&reader.by, realm, owner, KEY).await?;
        if kept.is_some() {
            changes.extend(app.noted(&other, &reader, &[(Category::DeviceKey, 1)])?);
        }
        seen_before += u64::from(kept.is_some_and(|kept| kept == key));
    }
    let (realm, owner) = (&record.realm, record.id.as_str());
    changes.extend(app.vault().prepare_value(realm, owner, KEY, until, policy.into(), &key).await?);
    changes.push(begun(record, Category::DeviceKey, now, until));
    changes.push(removed_key(vec![owner.to_owned()]));
    changes.push(Change::Insert(
        Row::new(&DEVICE_KEYS)
            .with("verification", owner)
            .with("realm", realm.to_string())
            .with("mark", key.mark)
            .with("remove", until.min(Timestamp(i64::MAX.unsigned_abs()))),
    ));
    Ok(Met { seen_before: Some(seen_before), changes })
}

/// The other verifications of a realm with the same mark, the newest first.
async fn resting(
    app: &App,
    record: &Record,
    key: &DeviceKey,
    now: Timestamp,
) -> Result<Vec<Record>, UseCaseError> {
    let select = Select::from(&DEVICE_KEYS)
        .and(Condition::is("realm", record.realm.to_string()))
        .and(Condition::is("mark", key.mark.as_str()))
        .and(Condition::Compare("remove", Operator::Greater, now.into()))
        .order("remove", Direction::Descending)
        .limit(MOST + 1);
    let rows = app.records().select(select).await?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = row.text("verification")?;
        if id != record.id.as_str() && ids.len() < MOST as usize {
            ids.push(id.into());
        }
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = Select::from(&VERIFICATIONS).and(Condition::In("id", ids));
    let rows = app.records().select(select).await?;
    Ok(rows.iter().map(Record::read).collect::<Result<_, _>>()?)
}

impl DeviceKey {
    async fn of(
        app: &App,
        realm: &Realm,
        identity: &Sensitive<String>,
    ) -> Result<Self, VaultError> {
        let label = format!("device keys {} {}", realm.tenant, realm.environment.as_str());
        let secret = app.vault().service_key(&label).await?;
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &*secret);
        let tag = hmac::sign(&secret, identity.expose().as_bytes());
        Ok(Self { mark: tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect() })
    }
}

/// The change after which these verifications' devices are not found again.
pub(crate) fn removed_key(verifications: Vec<String>) -> Change {
    let whose = verifications.into_iter().map(Into::into).collect();
    Change::Delete {
        table: &DEVICE_KEYS,
        conditions: vec![Condition::In("verification", whose)],
        expect: Expect::Any,
    }
}
