//! Tenants: the organisations that use this installation.

use std::fmt;

use bonafide_context::{TenantId, Timestamp};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, RecordsError, Row, Select, Value,
};
use serde_json::json;

use crate::audit::Whose;
use crate::read::{checked_name, invalid, optional_moment};
use crate::tables::{APPLICATIONS, KEYS, TENANTS, USERS};
use crate::{Accounts, AccountsError, Action, Actor, OPERATOR_TENANT, Page};

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
    /// Name of a policy, 1 to 64 lower-case letters, digits, hyphens.
    pub policy: Option<String>,
}

impl Accounts {
    /// Makes a tenant. Operator only.
    pub async fn create_tenant(
        &self,
        actor: &Actor,
        new: NewTenant,
    ) -> Result<Tenant, AccountsError> {
        actor.operator_only()?;
        let name = checked_name("name", &new.name)?;
        if let Some(policy) = &new.policy {
            check_policy(policy)?;
        }
        // Numbers are drawn, so that they do not tell how many tenants there
        // are; one that is taken already is drawn again.
        for _ in 0..8 {
            let drawn = self.draw(|random| random.below(APP_ID_LAST - OPERATOR_TENANT.0));
            let app_id = TenantId(OPERATOR_TENANT.0 + 1 + drawn);
            let tenant = Tenant {
                app_id,
                uin: Uin::of(app_id),
                name: name.clone(),
                policy: new.policy.clone(),
                created: self.clock.now(),
                closed: None,
            };
            let audit = self.audited(
                actor,
                Action::TenantCreated,
                &app_id.to_string(),
                &Whose::Tenant(app_id),
                &json!({ "policy": tenant.policy }),
            );
            match self.records.commit(vec![Change::Insert(row(&tenant)), audit]).await {
                Ok(()) => return Ok(tenant),
                Err(RecordsError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(AccountsError::Conflict)
    }

    /// One tenant.
    pub async fn tenant(&self, actor: &Actor, id: TenantId) -> Result<Tenant, AccountsError> {
        actor.reach_tenant(id, "tenant")?;
        let select = Select::from(&TENANTS).and(Condition::is("app_id", id.0));
        match self.records.select(select).await?.first() {
            Some(row) => tenant(row),
            None => Err(AccountsError::NotFound("tenant")),
        }
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

    /// Closes a tenant with its applications, revokes its keys and removes its
    /// users. Operator only; what is closed stays closed, and the operator's
    /// own tenant cannot be.
    pub async fn close_tenant(&self, actor: &Actor, id: TenantId) -> Result<(), AccountsError> {
        actor.operator_only()?;
        if id == OPERATOR_TENANT {
            return Err(invalid("app_id", "the operator's own tenant cannot be closed"));
        }
        if self.tenant(actor, id).await?.closed.is_some() {
            return Ok(());
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
        self.records.commit(changes).await?;
        self.keys.forget_all();
        Ok(())
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

fn check_policy(name: &str) -> Result<(), AccountsError> {
    let inner = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if inner && (1..=64).contains(&name.len()) {
        Ok(())
    } else {
        Err(invalid("policy", "write 1 to 64 lower-case letters, digits and hyphens"))
    }
}

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
