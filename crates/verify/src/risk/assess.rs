//! Assessing what one call asks about.

use bonafide_context::{Realm, Sensitive};
use bonafide_ledger::Call;
use bonafide_policy::Category;
use bonafide_risk::{
    Absent, Assessment, Device, Gathered, Kind, NoDns, Registered, Registration, Request, Signal,
};
use bonafide_vault::Opener;
use futures_util::StreamExt;
use futures_util::stream;

use super::answer::RiskAnswer;
use super::desk::RiskDesk;
use super::sets::Sets;
use crate::consent::ConsentId;
use crate::{App, Done, UseCaseError};

/// One call asks about so many at most.
pub const MOST: usize = 100;
/// About so many of them services outside are asked at once.
const AT_ONCE: usize = 8;

/// One thing that is asked about.
#[derive(Debug)]
pub struct RiskItem {
    /// What it is.
    pub request: Request,
    /// The receipt of the person's consent to looking at the device, where the policy
    /// wants one.
    pub consent: Option<ConsentId>,
}

/// Assesses each of at most [`MOST`], in their order. The call writes down that it
/// was made and what it cost: no step tells what was asked or found.
pub async fn assess_risk(
    app: &App,
    call: &mut Call,
    items: Vec<RiskItem>,
) -> Result<Done<Vec<RiskAnswer>>, UseCaseError> {
    let policy = app.accounts().policy_of(call.caller().tenant).await?;
    for item in items.iter().filter(|item| item.request.device.is_some()) {
        app.consented(call, &[Category::Device], item.consent.as_ref()).await?;
    }
    let (desk, realm) = (app.risk(), call.caller().realm());
    let sets = app.risk_sets().of(app, call.opener(), &realm).await?;
    let (sets, region, named) = (&*sets, &realm.region, policy.risk_signals());
    let answers = stream::iter(items).map(async |item: RiskItem| {
        // A hundred take a while: others have their turn in between.
        tokio::task::yield_now().await;
        let normal = desk.risk.normal(&item.request);
        let (gathered, domain) = tokio::join!(desk.outside(region, &normal), desk.domain(&normal));
        let sources = Sources { sets, desk, gathered };
        RiskAnswer::of(desk.risk.assess(&item.request, &sources, &domain), named)
    });
    Ok(Done::new(answers.buffered(AT_ONCE).collect().await))
}

/// Assesses the device of a verification by its facts and the tenant's own sets: no
/// service outside is asked about a person who agreed to no more than a verification.
pub(crate) async fn assess_device(
    app: &App,
    by: &Opener,
    realm: &Realm,
    device: Device,
) -> Result<Assessment, UseCaseError> {
    let sets = app.risk_sets().of(app, by, realm).await?;
    let request = Request { device: Some(device), ..Request::default() };
    Ok(app.risk().risk.assess(&request, &*sets, &NoDns))
}

/// The tenant's own sets alone.
impl Registered for Sets {
    fn ask(&self, kind: Kind, normal: &Sensitive<String>) -> Vec<Registration> {
        Sets::ask(self, kind, normal)
    }

    fn nothing_to_ask(&self, kind: Kind) -> Vec<Registration> {
        Sets::nothing_to_ask(self, kind)
    }
}

/// Everybody who is asked whether he knows an identifier.
struct Sources<'a> {
    sets: &'a Sets,
    desk: &'a RiskDesk,
    gathered: Gathered,
}

impl Registered for Sources<'_> {
    fn ask(&self, kind: Kind, normal: &Sensitive<String>) -> Vec<Registration> {
        let mut all = self.sets.ask(kind, normal);
        all.extend(self.gathered.ask(kind, normal));
        all
    }

    fn nothing_to_ask(&self, kind: Kind) -> Vec<Registration> {
        let mut all = self.sets.nothing_to_ask(kind);
        all.extend(self.desk.providers(kind).map(|provider| Registration {
            source: provider.source.clone(),
            meaning: provider.meaning,
            answer: Signal::Null(Absent::Unreadable),
        }));
        all
    }
}
