//! What customers have signed: that they have the consent of those whom they send
//! (row O3).

use bonafide_accounts::{Actor, Page};
use bonafide_context::TenantId;
use bonafide_verify::Moment;
use serde_json::{Value, json};

use super::Pack;
use crate::failure::Failure;
use crate::house::House;

/// Writes `warranties.json`: each application that has or had one; gives the counts.
/// Who signed is a person's name, and stands in it only if it was asked for.
pub(super) async fn write(
    house: &House,
    signatories: bool,
    pack: &mut Pack,
) -> Result<Value, Failure> {
    let (mut rows, mut hold, mut applications) = (Vec::new(), 0u64, 0u64);
    let mut after = None;
    loop {
        let page = Page { after, limit: Some(Page::MAX) };
        let tenants = house.accounts.tenants(&Actor::cli(), &page).await?;
        let Some(last) = tenants.last() else { break };
        after = Some(last.app_id.to_string());
        for tenant in &tenants {
            of_tenant(house, tenant.app_id, signatories, &mut rows).await?;
        }
    }
    let mut seen = None;
    for row in &rows {
        hold += u64::from(row["ended"].is_null());
        if seen != Some(&row["application"]) {
            applications += 1;
            seen = Some(&row["application"]);
        }
    }
    let facts = json!({
        "applications": applications,
        "signed": rows.len(),
        "hold": hold,
        "signatories": if signatories { "shown" } else { "sealed" },
    });
    pack.json("warranties.json", &rows)?;
    Ok(facts)
}

async fn of_tenant(
    house: &House,
    tenant: TenantId,
    signatories: bool,
    rows: &mut Vec<Value>,
) -> Result<(), Failure> {
    let (accounts, actor) = (&house.accounts, Actor::cli());
    let mut after = None;
    loop {
        let page = Page { after, limit: Some(Page::MAX) };
        let applications = accounts.applications(&actor, tenant, &page).await?;
        let Some(last) = applications.last() else { return Ok(()) };
        after = Some(last.id.to_string());
        for application in &applications {
            for warranty in accounts.warranties(&actor, &application.id).await? {
                let mut row = json!({
                    "application": application.id.to_string(),
                    "environment": application.environment.to_string(),
                    "region": application.region.to_string(),
                    "number": warranty.number,
                    "text_version": warranty.text_version,
                    "signed": Moment(warranty.signed),
                    "ended": warranty.ended.map(Moment),
                    "recorded_by": warranty.actor,
                });
                if signatories {
                    row["signatory"] = warranty.signatory.expose().as_str().into();
                }
                rows.push(row);
            }
        }
    }
}
