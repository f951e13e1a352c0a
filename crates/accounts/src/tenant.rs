//! Tenants: the organisations that use this installation.

use std::fmt;
use std::sync::Arc;

use bonafide_context::{TenantId, Timestamp};
use bonafide_policy::Effective;
use bonafide_vault::records::{Change, Condition, Direction, Expect, Row, Select, Value};
use serde_json::json;

use crate::audit::Whose;
use crate::read::{checked_name, invalid, optional_moment};
use crate::tables::{APPLICATIONS, KEYS, TENANTS, USERS};
use crate::{Accounts, AccountsError, Action, Actor, ChangedKeys, OPERATOR_TENANT, Page, Planned};

/// A tenant's account number (UIN): twelve digits. AppID and UIN name the same
/// tenant, each to its own reader: the AppID in calls, the UIN on bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Uin(pub u64);

impl Uin {
    /// The UIN of an AppID: `10` before its ten digits, so that what is unique
    /// once is unique twice.
    pub(crate) const fn of(app_id: TenantId) -> Self {
        Self(100_000_000_000 + app_id.0)
    }
}

impl fmt::Display for Uin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// AppID: ten digits, unique.
    pub app_id: TenantId,
    /// UIN: twelve digits, unique.
    pub uin: Uin,
    /// As the operator calls it.
    pub name: String,
    /// Under which policy; `None` for the installation's own.
    pub policy: Option<String>,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub closed: Option<Timestamp>,
}

/// A tenant to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    /// 1 to 100 characters.
    pub name: String,
    /// Name of a policy of this installation.
    pub policy: Option<String>,
}

impl Accounts {
    /// A tenant to be made. Operator only.
    pub async fn create_tenant(
        &self,
        actor: &Actor,
        new: NewTenant,
    ) -> Result<Planned<Tenant>, AccountsError> {
        actor.operator_only()?;
        let name = checked_name("name", &new.name)?;
        if self.policies.get(new.policy.as_deref(), self.clock.now()).is_none() {
            return Err(invalid("policy", "there is no such policy: see `bonafide policy list`"));
        }
        let app_id = self.free_app_id().await?;
        let tenant = Tenant {
            app_id,
            uin: Uin::of(app_id),
            name,
            policy: new.policy,
            created: self.clock.now(),
            closed: None,
        };
        let changes = vec![
            Change::Insert(row(&tenant)),
            self.audited(
                actor,
                Action::TenantCreated,
                &app_id.to_string(),
                &Whose::Tenant(app_id),
                &json!({ "policy": tenant.policy }),
            ),
        ];
        Ok(Planned::new(tenant, changes))
    }

    /// An AppID that no tenant has. Numbers are drawn, so that they do not tell
    /// how many tenants there are; one that is taken already is drawn again.
    async fn free_app_id(&self) -> Result<TenantId, AccountsError> {
        for _ in 0..8 {
            let drawn = self.draw(|random| random.below(APP_ID_LAST - OPERATOR_TENANT.0));
            let app_id = TenantId(OPERATOR_TENANT.0 + 1 + drawn);
            if self.tenant_row(app_id).await?.is_none() {
                return Ok(app_id);
            }
        }
        Err(AccountsError::Conflict)
    }

    /// What holds for a tenant's data.
    ///
    /// # Errors
    ///
    /// [`AccountsError::NoPolicy`] where its policy is gone: nothing holds by
    /// default in its place.
    pub async fn policy_of(&self, id: TenantId) -> Result<Arc<Effective>, AccountsError> {
        let tenant = self.tenant_row(id).await?.ok_or(AccountsError::NotFound("tenant"))?;
        let policy = self.policies.get(tenant.policy.as_deref(), self.clock.now());
        policy.ok_or(AccountsError::NoPolicy)
    }

    /// One tenant.
    pub async fn tenant(&self, actor: &Actor, id: TenantId) -> Result<Tenant, AccountsError> {
        actor.reach_tenant(id, "tenant")?;
        self.tenant_row(id).await?.ok_or(AccountsError::NotFound("tenant"))
    }

    /// The tenants within reach, by AppID.
    pub async fn tenants(&self, actor: &Actor, page: &Page) -> Result<Vec<Tenant>, AccountsError> {
        let mut select =
            Select::from(&TENANTS).order("app_id", Direction::Ascending).limit(page.rows());
        if let Some(own) = actor.narrowed_to()? {
            select = select.and(Condition::is("app_id", own.0));
        }
        if let Some(after) = &page.after {
            let after: TenantId = after
                .parse()
                .map_err(|_| invalid("after", "give the AppID of the last one seen"))?;
            select = select.and(Condition::After(vec![("app_id", after.0.into())]));
        }
        self.records.select(select).await?.iter().map(tenant).collect()
    }

    /// A tenant to be closed with its applications, its keys revoked and its
    /// users removed. Operator only; what is closed stays closed, and the
    /// operator's own tenant cannot be.
    pub async fn close_tenant(
        &self,
        actor: &Actor,
        id: TenantId,
    ) -> Result<Planned<()>, AccountsError> {
        actor.operator_only()?;
        if id == OPERATOR_TENANT {
            return Err(invalid("app_id", "the operator's own tenant cannot be closed"));
        }
        if self.tenant(actor, id).await?.closed.is_some() {
            return Ok(Planned::nothing());
        }
        let now = self.clock.now();
        let users = self.sessions_of_tenant(id).await?;
        let end = |table, column, expect| Change::Update {
            table,
            set: vec![(column, now.into())],
            conditions: vec![
                Condition::is(if expect == Expect::One { "app_id" } else { "tenant" }, id.0),
                Condition::Null(column),
            ],
            expect,
        };
        let mut changes = vec![
            end(&TENANTS, "closed", Expect::One),
            end(&APPLICATIONS, "closed", Expect::Any),
            end(&KEYS, "revoked", Expect::Any),
            Change::Delete {
                table: &USERS,
                conditions: vec![Condition::is("tenant", id.0)],
                expect: Expect::Any,
            },
            self.audited(
                actor,
                Action::TenantClosed,
                &id.to_string(),
                &Whose::Tenant(id),
                &json!({}),
            ),
        ];
        changes.extend(users);
        Ok(Planned { keys: ChangedKeys::Many, ..Planned::new((), changes) })
    }

    /// A tenant that is there and open, or why nothing is made in it.
    pub(crate) async fn open_tenant(&self, id: TenantId) -> Result<Tenant, AccountsError> {
        match self.tenant_row(id).await? {
            None => Err(AccountsError::NotFound("tenant")),
            Some(tenant) if tenant.closed.is_some() => Err(AccountsError::Closed("tenant")),
            Some(tenant) => Ok(tenant),
        }
    }

    /// The row, without asking who wants it.
    async fn tenant_row(&self, id: TenantId) -> Result<Option<Tenant>, AccountsError> {
        let select = Select::from(&TENANTS).and(Condition::is("app_id", id.0));
        self.records.select(select).await?.first().map(tenant).transpose()
    }

    /// A change that goes through only while the tenant is open: committed with
    /// whatever is made within it, so that nothing is made in a tenant that is
    /// being closed at the same moment.
    pub(crate) fn while_tenant_open(id: TenantId) -> Change {
        Change::Update {
            table: &TENANTS,
            set: vec![("closed", Value::Null)],
            conditions: vec![Condition::is("app_id", id.0), Condition::Null("closed")],
            expect: Expect::One,
        }
    }
}

/// The last number of ten digits.
const APP_ID_LAST: u64 = 9_999_999_999;

pub(crate) fn row(tenant: &Tenant) -> Row {
    Row::new(&TENANTS)
        .with("app_id", tenant.app_id.0)
        .with("uin", tenant.uin.0)
        .with("name", tenant.name.as_str())
        .with("policy", tenant.policy.as_deref())
        .with("created", tenant.created)
        .with("closed", tenant.closed)
}

fn tenant(row: &Row) -> Result<Tenant, AccountsError> {
    let number = |column| u64::try_from(row.integer(column)?).map_err(|_| AccountsError::Damaged);
    Ok(Tenant {
        app_id: TenantId(number("app_id")?),
        uin: Uin(number("uin")?),
        name: row.text("name")?.to_owned(),
        policy: row.optional_text("policy")?.map(str::to_owned),
        created: row.moment("created")?,
        closed: optional_moment(row, "closed")?,
    })
}
