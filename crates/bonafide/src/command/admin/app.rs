//! `bonafide admin app`.

use std::fmt::Write;

use bonafide_accounts::{Actor, Application, NewApplication};
use bonafide_context::{Environment, Region, TenantId};
use bonafide_ledger::ApplicationId;
use clap::Subcommand;
use serde_json::{Value, json};

use super::{all, warranty};
use crate::failure::Failure;
use crate::house::House;
use crate::output::{Answer, BOLD, paint};

#[derive(Subcommand)]
pub(super) enum What {
    /// Make an application in the region that `--region` names.
    Create {
        /// AppID of its tenant.
        #[arg(long, value_name = "APP_ID")]
        tenant: TenantId,
        /// As you call it.
        #[arg(long, value_name = "N")]
        name: String,
        /// `sandbox` or `live`; the two share nothing.
        #[arg(long)]
        environment: Environment,
    },
    /// Show the applications of a tenant.
    List {
        /// AppID of the tenant.
        #[arg(long, value_name = "APP_ID")]
        tenant: TenantId,
    },
    /// Close an application and revoke its keys.
    Close {
        /// `app_…`
        application: ApplicationId,
    },
    /// The customer's signed word that he has the consent of those he sends.
    #[command(subcommand)]
    Warranty(warranty::What),
}

pub(super) async fn run(
    what: &What,
    region: Option<&Region>,
    house: &House,
) -> Result<Answer, Failure> {
    let (accounts, actor) = (&house.accounts, Actor::cli());
    match what {
        What::Create { tenant, name, environment } => {
            let region = region.ok_or_else(|| {
                Failure::caller("invalid", "say where its data is to rest: --region REGION")
            })?;
            let new = NewApplication {
                tenant: *tenant,
                name: name.clone(),
                environment: *environment,
                region: region.clone(),
            };
            let application = accounts.commit(accounts.create_application(&actor, new)).await?;
            let text = format!(
                "{}  {}  {} in {}",
                paint(BOLD, &application.id),
                application.name,
                application.environment,
                application.region
            );
            Answer::new(&facts(&application), text)
        }
        What::List { tenant } => {
            let applications = all(
                async |page| accounts.applications(&actor, *tenant, &page).await,
                |application| application.id.to_string(),
            )
            .await?;
            let mut text = String::new();
            for a in &applications {
                let closed = if a.closed.is_some() { "  closed" } else { "" };
                let _ = writeln!(
                    text,
                    "{}  {}  {} in {}{closed}",
                    a.id, a.name, a.environment, a.region
                );
            }
            let rows: Vec<Value> = applications.iter().map(facts).collect();
            Answer::new(&json!({ "applications": rows }), text)
        }
        What::Warranty(what) => warranty::run(what, house).await,
        What::Close { application } => {
            accounts.commit(accounts.close_application(&actor, application)).await?;
            let json = json!({ "application": application.to_string(), "closed": true });
            Answer::new(&json, format!("closed {application}"))
        }
    }
}

fn facts(application: &Application) -> Value {
    json!({
        "application": application.id.to_string(),
        "app_id": application.tenant,
        "name": application.name,
        "environment": application.environment,
        "region": application.region,
        "created": application.created.0,
        "closed": application.closed.map(|at| at.0),
    })
}
