//! What follows when a tenant comes under another policy, or another version of its
//! policy begins to hold: what rests goes by the shorter clocks from then on, and
//! the log is told where a law begins or ceases to oblige the tenant to keep records
//! (rows R11, O24, O25).
//!
//! A row of the tenant says by which policy its deadlines were fixed last
//! (`bonafide_accounts::PolicyApplied`); [`tick`] compares it with the policy that
//! holds. So a change is finished by whoever comes next, whatever was killed in
//! between, and doing it twice does no harm: a deadline only ever moves earlier.

mod clocks;
mod rows;

use std::collections::BTreeSet;
use std::time::Duration;

use bonafide_accounts::{Accounts, Actor, ChosenPolicy, Page, Planned, PolicyApplied, Tenant};
use bonafide_context::{Keeper, Realm, TenantId, Timestamp};
use bonafide_ledger::set_clocks;
use bonafide_policy::{Category, Effective};
use bonafide_vault::records::{Change, Condition, Operator, Records, Select};
use bonafide_vault::{Event, RestrictionAct, Vault, Whose};

use crate::app::later;
use crate::subject::HOLDS;
use crate::verification::Refusal;
use crate::{App, UseCaseError};

use clocks::Rule;

/// The rooms that a change of policy reaches into: those that a shell has too, where
/// no server runs.
#[derive(Clone, Copy)]
pub struct Rooms<'a> {
    /// Who is under which policy.
    pub accounts: &'a Accounts,
    /// Items.
    pub vault: &'a Vault,
    /// Rows.
    pub records: &'a dyn Records,
    /// The moment.
    pub now: Timestamp,
}

impl<'a> From<&'a App> for Rooms<'a> {
    fn from(app: &'a App) -> Self {
        Self {
            accounts: app.accounts(),
            vault: app.vault(),
            records: &**app.records(),
            now: app.clock().now(),
        }
    }
}

/// A call that was under way when the policy changed has ended after so long: then
/// deadlines are fixed once more.
const ONCE_MORE: Duration = Duration::from_secs(600);

/// A tenant to be put under another policy, which must promise nothing less. Its
/// deadlines move with the next [`tick`], or with [`apply`].
///
/// # Errors
///
/// [`UseCaseError::Loosens`] names the first cell that would be looser;
/// [`Refusal::Held`]: a legal hold is in force that the other policy does not know.
pub async fn choose_policy(
    rooms: Rooms<'_>,
    actor: &Actor,
    tenant: TenantId,
    name: &str,
) -> Result<Planned<ChosenPolicy>, UseCaseError> {
    let planned = rooms.accounts.choose_policy(actor, tenant, name).await?;
    let next = &planned.made.policy;
    if !next.allows_legal_hold() && !held_in(rooms, tenant).await?.is_empty() {
        return Err(Refusal::Held.into());
    }
    Ok(planned)
}

/// Of whom a legal hold is in force in a tenant, as keyed hashes.
async fn held_in(rooms: Rooms<'_>, tenant: TenantId) -> Result<BTreeSet<String>, UseCaseError> {
    let in_force = Condition::Compare("remove", Operator::Greater, rooms.now.into());
    let mut found = BTreeSet::new();
    for row in rooms.records.select(Select::from(&HOLDS).and(in_force)).await? {
        if row.parsed::<Realm>("realm")?.tenant == tenant {
            found.insert(row.text("reference")?.to_owned());
        }
    }
    Ok(found)
}

/// Fixes the deadlines of every tenant whose policy is another than the one by which
/// they were fixed last; gives of how many. To be called every few seconds, by every
/// node.
pub async fn tick(rooms: Rooms<'_>) -> Result<u64, UseCaseError> {
    let (mut done, mut after) = (0, None);
    loop {
        let page = Page { after, limit: Some(Page::MAX) };
        let tenants = rooms.accounts.tenants(&Actor::cli(), &page).await?;
        let Some(last) = tenants.last() else { return Ok(done) };
        after = Some(last.app_id.to_string());
        let ids: Vec<TenantId> = tenants.iter().map(|tenant| tenant.app_id).collect();
        let known = rooms.accounts.policies_applied(&ids).await?;
        for tenant in &tenants {
            let known = known.iter().find(|known| known.tenant == tenant.app_id);
            match one(rooms, tenant, known).await {
                Ok(moved) => done += u64::from(moved),
                // One tenant whose policy is gone holds up no other.
                Err(error) => {
                    tracing::error!(
                        tenant = %tenant.app_id,
                        code = error.code(),
                        "what a change of policy asks for waits"
                    );
                }
            }
        }
    }
}

/// The same for one tenant, at once; whether anything had to be done.
pub async fn apply(rooms: Rooms<'_>, tenant: &Tenant) -> Result<bool, UseCaseError> {
    let known = rooms.accounts.policies_applied(&[tenant.app_id]).await?;
    one(rooms, tenant, known.first()).await
}

async fn one(
    rooms: Rooms<'_>,
    tenant: &Tenant,
    known: Option<&PolicyApplied>,
) -> Result<bool, UseCaseError> {
    if !Keeper::PolicyChange.works() {
        return Ok(false);
    }
    let policies = rooms.accounts.policies();
    let policy = policies.get(tenant.policy.as_deref(), rooms.now);
    let policy = policy.ok_or(bonafide_accounts::AccountsError::NoPolicy)?;
    let mut next = known.cloned().unwrap_or_else(|| PolicyApplied::never(tenant.app_id));
    // What a tenant that was never looked at has, was kept under the policy it has.
    let changed = known.is_some() && next.policy != policy.id().as_str();
    let again = next.again.is_some_and(|again| again <= rooms.now);
    let obliged = by_law(rooms, tenant.app_id, &policy, &next.by_law).await?;
    let told = obliged != next.by_law;
    if known.is_some() && !(changed || again || told) {
        return Ok(false);
    }
    if changed || again {
        let rule = Rule::of(&policy);
        for realm in rooms.accounts.realms_of(tenant.app_id).await? {
            let moving = |owner: &str, facts: &_, _first| rule.alone(owner, facts);
            rooms.vault.tighten(&realm, policy.as_ref().into(), moving).await?;
        }
        rows::tighten(rooms, tenant.app_id, &policy, &rule).await?;
    }
    let mut events = told_by_law(rooms.vault, tenant.app_id, &next.by_law, &obliged)?;
    if next.policy != policy.id().as_str() {
        // Of a tenant that was never looked at: from its first call on.
        let from = if known.is_some() { rooms.now } else { Timestamp(0) };
        events.extend(set_clocks(tenant.app_id, from, clocks::rests(&policy)));
    }
    next.policy = policy.id().as_str().to_owned();
    next.by_law = obliged;
    next.again = match (changed, again) {
        (true, _) => Some(later(rooms.now, ONCE_MORE)),
        (false, true) => None,
        (false, false) => next.again,
    };
    rooms.records.commit([next.written(), events].concat()).await?;
    Ok(changed || again || told)
}

/// The realms in which a law obliges a tenant to keep records.
async fn by_law(
    rooms: Rooms<'_>,
    tenant: TenantId,
    policy: &Effective,
    known: &BTreeSet<String>,
) -> Result<BTreeSet<String>, UseCaseError> {
    let obliged = Category::ALL.iter().any(|one| policy.wants_kyc_record(*one).is_some());
    if !obliged {
        return Ok(BTreeSet::new());
    }
    let realms = rooms.accounts.realms_of(tenant).await?;
    Ok(realms.iter().map(Realm::to_string).chain(known.iter().cloned()).collect())
}

/// The events that the log takes where that begins and where it ends.
fn told_by_law(
    vault: &Vault,
    tenant: TenantId,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Result<Vec<Change>, UseCaseError> {
    let begun = after.difference(before).map(|realm| (realm, RestrictionAct::KycRecordOn));
    let ended = before.difference(after).map(|realm| (realm, RestrictionAct::KycRecordOff));
    let mut changes = Vec::new();
    for (realm, act) in begun.chain(ended) {
        // Whatever this program cannot read any more, nothing is kept in.
        let Ok(realm) = realm.parse::<Realm>() else { continue };
        let owner = law_owner(tenant);
        let whose = Whose { realm: &realm, owner: &owner, until: None };
        let event = Event::Restriction { act, basis: "legal_obligation" };
        changes.extend(vault.event(&whose, &event)?);
    }
    Ok(changes)
}

/// Whose the log says it is that a law obliges a tenant.
pub fn law_owner(tenant: TenantId) -> String {
    format!("tenant {tenant}")
}
