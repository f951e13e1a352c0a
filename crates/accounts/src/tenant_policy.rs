//! Under which policy a tenant is: another one may only hold if it keeps every
//! promise of the one before. What rests then goes by the shorter clocks; until it
//! does, a row says that it has to ([`PolicyApplied`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use bonafide_context::{Realm, TenantId, Timestamp};
use bonafide_policy::Effective;
use bonafide_vault::records::{Change, Condition, Direction, Expect, Operator, Row, Select, Value};
use serde_json::json;

use crate::audit::Whose;
use crate::read::{invalid, optional_moment, realm};
use crate::tables::{APPLICATIONS, POLICIES, TENANTS};
use crate::{Accounts, AccountsError, Action, Actor, Planned, Tenant};

/// The policy that a tenant comes under.
#[derive(Clone, Debug)]
pub struct ChosenPolicy {
    /// The tenant, as it will be.
    pub tenant: Tenant,
    /// What held for its data.
    pub before: Arc<Effective>,
    /// What will hold.
    pub policy: Arc<Effective>,
}

/// How far what rests of a tenant's data goes by the clocks of its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyApplied {
    /// Whose.
    pub tenant: TenantId,
    /// The fingerprint of the policy by which deadlines were fixed last; empty where
    /// that has yet to be done.
    pub policy: String,
    /// When it is done once more: a call that was under way has written what it
    /// began under the policy before.
    pub again: Option<Timestamp>,
    /// The realms, as text, for which the log was told that a law obliges the tenant
    /// to keep records.
    pub by_law: BTreeSet<String>,
}

impl Accounts {
    /// A tenant to be put under another policy of this installation. Operator only.
    ///
    /// # Errors
    ///
    /// [`AccountsError::Loosens`] with the first cell in which the other policy
    /// promises less than the one that holds.
    pub async fn choose_policy(
        &self,
        actor: &Actor,
        id: TenantId,
        name: &str,
    ) -> Result<Planned<ChosenPolicy>, AccountsError> {
        actor.operator_only()?;
        let mut tenant = self.open_tenant(id).await?;
        let now = self.clock.now();
        let before = self.policies.get(tenant.policy.as_deref(), now);
        let before = before.ok_or(AccountsError::NoPolicy)?;
        let policy = self.policies.get(Some(name), now).ok_or_else(|| {
            invalid("policy", "there is no such policy: see `bonafide policy list`")
        })?;
        if tenant.policy.as_deref() == Some(name) {
            return Ok(Planned::new(ChosenPolicy { tenant, before, policy }, Vec::new()));
        }
        if let Some(first) = before.loosened_by(&policy).into_iter().next() {
            return Err(AccountsError::Loosens {
                cell: first.cell.to_string(),
                problem: first.message,
            });
        }
        let was = match &tenant.policy {
            Some(was) => Condition::is("policy", was.as_str()),
            None => Condition::Null("policy"),
        };
        let named = |policy: &Effective| format!("{}@{}", policy.name(), policy.version());
        let mut changes = vec![
            Change::Update {
                table: &TENANTS,
                set: vec![("policy", name.into())],
                conditions: vec![Condition::is("app_id", id.0), Condition::Null("closed"), was],
                expect: Expect::One,
            },
            // Of a tenant whose deadlines were never fixed anew it is not known yet
            // by which policy they were.
            Change::InsertIfAbsent(PolicyApplied::never(id).row()),
            self.audited(
                actor,
                Action::PolicyChosen,
                &id.to_string(),
                &Whose::Tenant(id),
                &json!({ "before": named(&before), "policy": named(&policy) }),
            ),
        ];
        changes.extend(self.vault.policy_announced(&policy, now)?);
        tenant.policy = Some(name.to_owned());
        Ok(Planned::new(ChosenPolicy { tenant, before, policy }, changes))
    }

    /// How far the policies of these tenants are applied; of one that is not named
    /// nothing was ever changed.
    pub async fn policies_applied(
        &self,
        tenants: &[TenantId],
    ) -> Result<Vec<PolicyApplied>, AccountsError> {
        let ids = tenants.iter().map(|tenant| tenant.0.into()).collect();
        let select = Select::from(&POLICIES).and(Condition::In("tenant", ids));
        self.records.select(select).await?.iter().map(PolicyApplied::read).collect()
    }

    /// The realms in which a tenant has or had applications: where its data rests.
    pub async fn realms_of(&self, tenant: TenantId) -> Result<Vec<Realm>, AccountsError> {
        let mut realms: Vec<Realm> = Vec::new();
        let mut after = String::new();
        loop {
            let select = Select::from(&APPLICATIONS)
                .and(Condition::is("tenant", tenant.0))
                .and(Condition::Compare("id", Operator::Greater, after.as_str().into()))
                .order("id", Direction::Ascending)
                .limit(500);
            let rows = self.records.select(select).await?;
            let Some(last) = rows.last() else { return Ok(realms) };
            last.text("id")?.clone_into(&mut after);
            for row in &rows {
                let found = realm(row)?;
                if !realms.contains(&found) {
                    realms.push(found);
                }
            }
        }
    }
}

impl PolicyApplied {
    /// Of a tenant whose deadlines have to be fixed anew.
    pub fn never(tenant: TenantId) -> Self {
        Self { tenant, policy: String::new(), again: None, by_law: BTreeSet::new() }
    }

    /// The changes that write it down in place of what was there.
    pub fn written(&self) -> Vec<Change> {
        let Self { tenant, policy, again, by_law } = self;
        vec![
            Change::InsertIfAbsent(self.row()),
            Change::Update {
                table: &POLICIES,
                set: vec![
                    ("policy", policy.as_str().into()),
                    ("again", again.map_or(Value::Null, Value::from)),
                    ("by_law", list(by_law).into()),
                ],
                conditions: vec![Condition::is("tenant", tenant.0)],
                expect: Expect::One,
            },
        ]
    }

    fn row(&self) -> Row {
        Row::new(&POLICIES)
            .with("tenant", self.tenant.0)
            .with("policy", self.policy.as_str())
            .with("again", self.again)
            .with("by_law", list(&self.by_law))
    }

    fn read(row: &Row) -> Result<Self, AccountsError> {
        let tenant = u64::try_from(row.integer("tenant")?).map_err(|_| AccountsError::Damaged)?;
        let by_law = row.text("by_law")?.split(' ').filter(|one| !one.is_empty());
        Ok(Self {
            tenant: TenantId(tenant),
            policy: row.text("policy")?.to_owned(),
            again: optional_moment(row, "again")?,
            by_law: by_law.map(str::to_owned).collect(),
        })
    }
}

/// Realms have no spaces.
fn list(realms: &BTreeSet<String>) -> String {
    realms.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
