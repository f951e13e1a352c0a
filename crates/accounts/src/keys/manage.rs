//! Making, showing, rotating and revoking keys.

use std::time::Duration;

use bonafide_context::{Environment, Region, Sensitive, Timestamp};
use bonafide_ledger::{ApplicationId, KeyId, Scope, Scopes};
use bonafide_vault::records::{Change, Condition, Direction, Expect, RecordsError, Row, Select};
use serde_json::json;

use super::token::{BearerToken, hash};
use super::{Key, KeyState, NETWORKS_MAX, NewKey, NewKeyRequest};
use crate::application::{self, Application};
use crate::audit::Whose;
use crate::read::{invalid, optional_moment, realm};
use crate::tables::{FIRSTS, KEYS};
use crate::tenant::{self, Tenant, Uin};
use crate::{Accounts, AccountsError, Action, Actor, ChangedKeys, OPERATOR_TENANT, Page, Planned};

/// The longest that a replaced key may live on.
const OVERLAP_MAX: Duration = Duration::from_secs(90 * 86_400);

impl Accounts {
    /// The first-run administrator: the operator's tenant, an application in
    /// `region`, and a key that acts on every tenant. Made once in the life of
    /// an installation, by one node of those that start together; everyone
    /// else, and every later start, gets `None`. A key that was lost is
    /// replaced from the shell: it is a key with the scope `admin` of the
    /// operator's application like any other.
    pub async fn bootstrap_operator(
        &self,
        region: &Region,
    ) -> Result<Option<NewKey>, AccountsError> {
        const FIRST: &str = "operator";
        if self.records.count(&FIRSTS, vec![Condition::is("name", FIRST)]).await? > 0 {
            return Ok(None);
        }
        let now = self.clock.now();
        let operator = Tenant {
            app_id: OPERATOR_TENANT,
            uin: Uin::of(OPERATOR_TENANT),
            name: FIRST.to_owned(),
            policy: None,
            created: now,
            closed: None,
        };
        let home = Application {
            id: self.draw(ApplicationId::new),
            tenant: OPERATOR_TENANT,
            environment: Environment::Live,
            region: region.clone(),
            name: FIRST.to_owned(),
            created: now,
            closed: None,
        };
        let key = Key {
            id: self.draw(KeyId::new),
            application: home.id.clone(),
            realm: home.realm(),
            scopes: Scopes::from_iter([Scope::Admin]),
            networks: Vec::new(),
            signing: false,
            created: now,
            expires: None,
            last_used: None,
            revoked: None,
            successor: None,
        };
        let (new, row) = self.sealed(key).await?;
        let changes = vec![
            // Of two nodes that start together one finds this key taken.
            Change::Insert(Row::new(&FIRSTS).with("name", FIRST).with("at", now)),
            Change::Insert(tenant::row(&operator)),
            Change::Insert(application::row(&home)),
            Change::Insert(row),
            self.audited(
                &Actor::server(),
                Action::OperatorBootstrapped,
                new.key.id.as_str(),
                &Whose::Realm(&home.realm()),
                &json!({}),
            ),
        ];
        match self.records.commit(changes).await {
            Ok(()) => Ok(Some(new)),
            Err(RecordsError::Conflict) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// A key to be made.
    pub async fn create_key(
        &self,
        actor: &Actor,
        new: NewKeyRequest,
    ) -> Result<Planned<NewKey>, AccountsError> {
        let application = self.application(actor, &new.application).await?;
        if new.scopes.is_empty() {
            return Err(invalid("scopes", "name at least one, or the key opens nothing"));
        }
        if new.networks.len() > NETWORKS_MAX {
            return Err(invalid("networks", "name at most 64"));
        }
        if new.lifetime.is_some_and(|lifetime| lifetime.is_zero()) {
            return Err(invalid("lifetime", "is more than nothing"));
        }
        if application.closed.is_some() {
            return Err(AccountsError::Closed("application"));
        }
        let now = self.clock.now();
        let key = Key {
            id: self.draw(KeyId::new),
            application: application.id.clone(),
            realm: application.realm(),
            scopes: new.scopes,
            networks: new.networks,
            signing: new.signing,
            created: now,
            expires: new.lifetime.map(|lifetime| after(now, lifetime)),
            last_used: None,
            revoked: None,
            successor: None,
        };
        let (new, row) = self.sealed(key).await?;
        let changes = vec![
            Self::while_application_open(&application.id),
            Change::Insert(row),
            self.key_audited(actor, Action::KeyCreated, &new.key, &facts(&new.key)),
        ];
        Ok(Planned::new(new, changes))
    }

    /// One key.
    pub async fn key(&self, actor: &Actor, id: &KeyId) -> Result<Key, AccountsError> {
        let row = self.key_row(id).await?.ok_or(AccountsError::NotFound("key"))?;
        let key = key(&row)?;
        actor.reach_realm(&key.realm, "key")?;
        Ok(key)
    }

    /// The keys of an application, by id.
    pub async fn keys(
        &self,
        actor: &Actor,
        application: &ApplicationId,
        page: &Page,
    ) -> Result<Vec<Key>, AccountsError> {
        self.application(actor, application).await?;
        let mut select = Select::from(&KEYS)
            .and(Condition::is("application", application.as_str()))
            .order("id", Direction::Ascending)
            .limit(page.rows());
        if let Some(after) = &page.after {
            select = select.and(Condition::After(vec![("id", after.as_str().into())]));
        }
        self.records.select(select).await?.iter().map(key).collect()
    }

    /// A key to be replaced by a new one with the same scopes, networks and
    /// lifetime; the old one works for `overlap` more (at most 90 days), or until
    /// it would have expired, whichever comes first. A key is rotated once.
    pub async fn rotate_key(
        &self,
        actor: &Actor,
        id: &KeyId,
        overlap: Duration,
    ) -> Result<Planned<NewKey>, AccountsError> {
        if overlap > OVERLAP_MAX {
            return Err(invalid("overlap", "is at most 90 days"));
        }
        let old = self.key(actor, id).await?;
        let now = self.clock.now();
        if old.state(now) != KeyState::Active || old.successor.is_some() {
            return Err(AccountsError::Closed("key"));
        }
        let ends = old.expires.map_or(after(now, overlap), |at| at.min(after(now, overlap)));
        let lifetime = old.expires.map(|at| Duration::from_millis(at.0 - old.created.0.min(at.0)));
        let key = Key {
            id: self.draw(KeyId::new),
            created: now,
            expires: lifetime.map(|lifetime| after(now, lifetime)),
            last_used: None,
            ..old.clone()
        };
        let (new, row) = self.sealed(key).await?;
        let changes = vec![
            Self::while_application_open(&old.application),
            Change::Insert(row),
            Change::Update {
                table: &KEYS,
                set: vec![("expires", ends.into()), ("successor", new.key.id.as_str().into())],
                conditions: vec![
                    Condition::is("id", id.as_str()),
                    Condition::Null("successor"),
                    Condition::Null("revoked"),
                ],
                expect: Expect::One,
            },
            self.key_audited(
                actor,
                Action::KeyRotated,
                &old,
                &json!({ "successor": new.key.id, "old_expires": ends.0 }),
            ),
        ];
        Ok(Planned { keys: ChangedKeys::One(id.clone()), ..Planned::new(new, changes) })
    }

    /// A key to be ended: here at once, on other nodes within
    /// [`crate::REVOCATION_SECONDS`]. Ending it twice is no error.
    pub async fn revoke_key(
        &self,
        actor: &Actor,
        id: &KeyId,
    ) -> Result<Planned<()>, AccountsError> {
        let key = self.key(actor, id).await?;
        if key.revoked.is_some() {
            return Ok(Planned::nothing());
        }
        let changes = vec![
            Change::Update {
                table: &KEYS,
                set: vec![("revoked", self.clock.now().into())],
                conditions: vec![Condition::is("id", id.as_str()), Condition::Null("revoked")],
                // Someone else may end it at the same moment: what was wanted.
                expect: Expect::Any,
            },
            self.key_audited(actor, Action::KeyRevoked, &key, &json!({})),
        ];
        Ok(Planned { keys: ChangedKeys::One(id.clone()), ..Planned::new((), changes) })
    }

    /// The row of a key, without asking who wants it.
    pub(super) async fn key_row(&self, id: &KeyId) -> Result<Option<Row>, RecordsError> {
        let select = Select::from(&KEYS).and(Condition::is("id", id.as_str()));
        Ok(self.records.select(select).await?.into_iter().next())
    }

    /// Draws the secret of a key: what is shown once, and the row to be kept.
    async fn sealed(&self, key: Key) -> Result<(NewKey, Row), AccountsError> {
        let secret = self.new_secret();
        let sealed = if key.signing {
            Some(self.vault.seal_secret(key.id.as_str(), secret.as_bytes()).await?)
        } else {
            None
        };
        let row = row(&key, hash(&secret).to_vec(), sealed);
        let token = BearerToken::write(key.realm.environment, &key.realm.region, &key.id, &secret);
        let new = NewKey { key, secret: Sensitive::new(secret), token: Sensitive::new(token) };
        Ok((new, row))
    }

    fn key_audited(
        &self,
        actor: &Actor,
        action: Action,
        key: &Key,
        facts: &serde_json::Value,
    ) -> Change {
        self.audited(actor, action, key.id.as_str(), &Whose::Realm(&key.realm), facts)
    }
}

fn after(now: Timestamp, by: Duration) -> Timestamp {
    Timestamp(now.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
}

fn facts(key: &Key) -> serde_json::Value {
    json!({
        "application": key.application,
        "scopes": key.scopes,
        "networks": key.networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "signing": key.signing,
        "expires": key.expires.map(|at| at.0),
    })
}

fn row(key: &Key, hash: Vec<u8>, sealed: Option<Vec<u8>>) -> Row {
    let networks: Vec<String> = key.networks.iter().map(ToString::to_string).collect();
    Row::new(&KEYS)
        .with("id", key.id.as_str())
        .with("application", key.application.as_str())
        .with("tenant", key.realm.tenant.0)
        .with("environment", key.realm.environment.as_str())
        .with("region", key.realm.region.as_str())
        .with("scopes", key.scopes.to_string())
        .with("networks", networks.join("\n"))
        .with("hash", hash)
        .with("sealed", sealed)
        .with("created", key.created)
        .with("expires", key.expires)
        .with("last_used", key.last_used)
        .with("revoked", key.revoked)
        .with("successor", key.successor.as_ref().map(KeyId::as_str))
}

/// A key as its row says.
pub(super) fn key(row: &Row) -> Result<Key, AccountsError> {
    let networks = row.text("networks")?.lines().map(str::parse).collect::<Result<_, _>>();
    let successor = row.optional_text("successor")?.map(str::parse).transpose();
    Ok(Key {
        id: row.parsed("id")?,
        application: row.parsed("application")?,
        realm: realm(row)?,
        scopes: row.parsed("scopes")?,
        networks: networks.map_err(|_| AccountsError::Damaged)?,
        signing: row.optional_bytes("sealed")?.is_some(),
        created: row.moment("created")?,
        expires: optional_moment(row, "expires")?,
        last_used: optional_moment(row, "last_used")?,
        revoked: optional_moment(row, "revoked")?,
        successor: successor.map_err(|_| AccountsError::Damaged)?,
    })
}
