//! How the customer wants the pages that the person sees.

use bonafide_accounts::Theme;
use bonafide_ledger::{Call, Facts};
use serde::Serialize;
use utoipa::ToSchema;

use super::VerificationId;
use super::record::{Access, load};
use crate::{App, Done, UseCaseError};

/// How the customer wants the pages, as the verification began with it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PageSettings {
    /// The languages that they offer, the preferred first, as BCP 47 tags.
    pub languages: Vec<String>,
    /// How they look.
    pub theme: Theme,
    /// Whether they tell facts of the person's device.
    pub device_facts: bool,
    /// Where the person's browser goes afterwards.
    pub redirect_url: Option<String>,
    /// Whose privacy notice holds: the tenant's AppID.
    pub tenant: u64,
}

/// Tells how the customer wants the pages of a verification.
pub async fn page_settings(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<PageSettings>, UseCaseError> {
    settings(app, call, id).await.inspect_err(|error| error.trace(call))
}

async fn settings(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<PageSettings>, UseCaseError> {
    let tenant = call.caller().tenant.0;
    let flow = load(app, call.caller(), id, Access::Anyone).await?.flow;
    call.step("verification.page", "ok", Facts::new());
    let (languages, theme, redirect_url) = (flow.languages, flow.theme, flow.redirect_url);
    let device_facts = flow.device_facts;
    Ok(Done::new(PageSettings { languages, theme, device_facts, redirect_url, tenant }))
}
