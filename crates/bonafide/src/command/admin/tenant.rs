//! `bonafide admin tenant`.

use std::fmt::Write;

use bonafide_accounts::{Actor, NewTenant, Switch, Tenant};
use bonafide_context::TenantId;
use bonafide_verify::tenancy::{Rooms, apply, choose_policy};
use clap::Subcommand;
use serde_json::{Value, json};

use super::all;
use crate::failure::Failure;
use crate::house::House;
use crate::output::{Answer, BOLD, paint};

#[derive(Subcommand)]
pub(super) enum What {
    /// Make a tenant.
    Create {
        /// As you call it.
        name: String,
        /// The policy it is under [default: the installation's].
        #[arg(long, value_name = "P")]
        policy: Option<String>,
    },
    /// Show the tenants.
    List,
    /// Switch something on or off that is off by default.
    Switch {
        /// AppID of the tenant.
        #[arg(value_name = "APP_ID")]
        tenant: TenantId,
        /// `dns_address` or `installed_applications`.
        #[arg(value_name = "SWITCH")]
        switch: Switch,
        /// Off instead of on.
        #[arg(long)]
        off: bool,
    },
    /// Show the policy that a tenant is under, or put it under another that promises
    /// nothing less: what rests goes by the shorter clocks at once, and that cannot be
    /// undone.
    Policy {
        /// AppID of the tenant.
        #[arg(value_name = "APP_ID")]
        tenant: TenantId,
        /// The policy or overlay it is to be under [default: only show].
        #[arg(long, value_name = "P")]
        policy: Option<String>,
    },
    /// Close a tenant with its applications, and revoke its keys.
    Close {
        /// AppID of the tenant.
        #[arg(value_name = "APP_ID")]
        tenant: TenantId,
    },
}

pub(super) async fn run(what: &What, house: &House) -> Result<Answer, Failure> {
    let (accounts, actor) = (&house.accounts, Actor::cli());
    match what {
        What::Create { name, policy } => {
            let new = NewTenant { name: name.clone(), policy: policy.clone() };
            let tenant = accounts.commit(accounts.create_tenant(&actor, new)).await?;
            let text = format!(
                "{}  AppID {}  UIN {}",
                paint(BOLD, &tenant.name),
                tenant.app_id,
                tenant.uin
            );
            Answer::new(&facts(&tenant), text)
        }
        What::List => {
            let tenants = all(
                async |page| accounts.tenants(&actor, &page).await,
                |tenant| tenant.app_id.to_string(),
            )
            .await?;
            let mut text = String::new();
            for tenant in &tenants {
                let closed = if tenant.closed.is_some() { "  closed" } else { "" };
                let _ = writeln!(text, "{}  {}{closed}", tenant.app_id, tenant.name);
            }
            let rows: Vec<Value> = tenants.iter().map(facts).collect();
            Answer::new(&json!({ "tenants": rows }), text)
        }
        What::Switch { tenant, switch, off } => {
            accounts.commit(accounts.switch(&actor, *tenant, *switch, !off)).await?;
            let state = if *off { "off" } else { "on" };
            let json = json!({ "app_id": tenant, "switch": switch.as_str(), "on": !off });
            Answer::new(&json, format!("{} of {tenant} is {state}", switch.as_str()))
        }
        What::Policy { tenant, policy } => chosen(house, *tenant, policy.as_deref()).await,
        What::Close { tenant } => {
            accounts.commit(accounts.close_tenant(&actor, *tenant)).await?;
            Answer::new(&json!({ "app_id": tenant, "closed": true }), format!("closed {tenant}"))
        }
    }
}

/// Shows the policy of a tenant, after it was put under another one if that is wanted.
async fn chosen(house: &House, id: TenantId, policy: Option<&str>) -> Result<Answer, Failure> {
    let (accounts, actor) = (&house.accounts, Actor::cli());
    let rooms = || Rooms {
        accounts,
        vault: &house.vault,
        records: &*house.stores.records,
        now: house.clock.now(),
    };
    accounts.tenant(&actor, id).await?;
    if let Some(policy) = policy {
        let planned = choose_policy(rooms(), &actor, id, policy).await?;
        let changes = planned.changes;
        if !changes.is_empty() {
            let committed = house.stores.records.commit(changes).await;
            committed.map_err(|error| Failure::ours("records_failed", error))?;
        }
        // Whoever interrupts this: the server goes on with it.
        apply(rooms(), &planned.made.tenant).await?;
    }
    let tenant = accounts.tenant(&actor, id).await?;
    let policy = accounts.policy_of(id).await?;
    let json = json!({
        "app_id": id,
        "chosen": tenant.policy,
        "policy": policy.name(),
        "version": policy.version(),
        "id": policy.id().as_str(),
    });
    let own = if tenant.policy.is_some() { "" } else { " (the installation's own)" };
    let text = format!("{} version {}{own}", paint(BOLD, policy.name()), policy.version());
    Answer::new(&json, text)
}

fn facts(tenant: &Tenant) -> Value {
    json!({
        "app_id": tenant.app_id,
        "uin": tenant.uin,
        "name": tenant.name,
        "policy": tenant.policy,
        "created": tenant.created.0,
        "closed": tenant.closed.map(|at| at.0),
    })
}
