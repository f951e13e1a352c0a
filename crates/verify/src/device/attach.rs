//! Facts of the device that a person uses in a verification.

use bonafide_context::Timestamp;
use bonafide_ledger::consent::{ConsentPurpose, ConsentRow};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Category, Family, RiskSignals};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::key::met;
use super::risk::{DeviceRisk, RISK};
use super::{DeviceFacts, Parsed};
use crate::consent::ConsentState;
use crate::risk::assess_device;
use crate::verification::holding::begun;
use crate::verification::{Access, Refusal, VerificationId, deadline, load};
use crate::{App, Clocks, Done, UseCaseError};

/// What became of the facts that were sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttachedFacts {
    /// Facts that are kept.
    pub kept: u64,
    /// Members that were dropped: nobody has declared them, or their value is not
    /// of their kind.
    pub dropped: u64,
    /// Facts of the list that were not taken: the tenant has not switched them on,
    /// or the person has not agreed.
    pub withheld: Vec<String>,
}

/// The name of the facts among a verification's items.
const DEVICE: &str = "device";

/// Keeps facts of the device, sealed, and nothing that is not in the list.
pub async fn attach_device(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    sent: Map<String, Value>,
) -> Result<Done<AttachedFacts>, UseCaseError> {
    attach(app, call, id, sent).await.inspect_err(|error| error.trace(call))
}

async fn attach(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    sent: Map<String, Value>,
) -> Result<Done<AttachedFacts>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Anyone).await?;
    if !record.progress.state.is_open() {
        return Err(Refusal::Ended { state: record.progress.state }.into());
    }
    let clocks = app.clocks(record.realm.tenant, Family::Verification).await?;
    let (application, subject) = (&record.application, record.subject(app).await?);
    let by = call.opener().clone();
    let standing = async |purpose| {
        let whom = (subject.as_str(), Some(record.id.as_str()));
        app.standing(&by, application, whom, purpose).await
    };
    let service = standing(ConsentPurpose::Service).await?;
    let rests = app.rests_on(application, clocks.policy(), &[Category::Device], &service).await?;
    if rests == ConsentState::Wanted {
        return Err(Refusal::ConsentWanted.into());
    }
    let on = app.accounts().switches(record.realm.tenant).await?;
    let receipt = standing(ConsentPurpose::InstalledApplications).await?.live;
    let Parsed { facts, dropped, withheld, device } =
        DeviceFacts::parse(&sent, &on, receipt.is_some());
    call.step(
        "device",
        "ok",
        Facts::new()
            .size("kept", facts.len())
            .count("dropped", dropped)
            .codes("withheld", withheld.iter().copied()),
    );
    let now = app.clock().now();
    let until = clocks.deadline(Category::Device, now).map(|until| until.min(record.remove));
    let mut changes = Vec::new();
    let mut kept = 0;
    if let Some(until) = until.filter(|_| !facts.is_empty()) {
        let (realm, owner) = (&record.realm, record.id.as_str());
        let policy = clocks.policy().into();
        let vault = app.vault();
        kept = facts.len() as u64;
        changes = vault.prepare_value(realm, owner, DEVICE, until, policy, &facts).await?;
        changes.push(begun(&record, Category::Device, now, until));
        let met = met(app, call, &record, &clocks, &device).await?;
        changes.extend(met.changes);
        // Results of a verification go together; before its data began to rest, this one
        // goes no later than data that begins now would.
        let results = record.data_until.or_else(|| held_until(&clocks, now));
        let results = results.map(|results| results.min(until));
        if let Some(results) = results.filter(|results| *results > now && told_of(&clocks)) {
            let assessment = assess_device(app, &by, realm, device).await?;
            let risk = DeviceRisk::of(assessment, dropped, met.seen_before);
            changes.extend(vault.prepare_value(realm, owner, RISK, results, policy, &risk).await?);
            changes.push(begun(&record, Category::Results, now, results));
        }
        // Whoever withdraws at this moment is heard.
        let guards = [service.live, receipt.filter(|_| facts.installed_applications.is_some())];
        let mut guards: Vec<_> = guards.into_iter().flatten().collect();
        guards.dedup_by(|a, b| a.id == b.id);
        changes.extend(guards.iter().map(ConsentRow::still_holding));
    }
    let withheld = withheld.into_iter().map(str::to_owned).collect();
    Ok(Done { answer: AttachedFacts { kept, dropped, withheld }, changes })
}

/// Whether the policy names what is told of devices.
fn told_of(clocks: &Clocks) -> bool {
    clocks.policy().risk_signals().contains(&RiskSignals::Device)
}

/// Until when a result may rest that begins to rest now.
fn held_until(clocks: &Clocks, now: Timestamp) -> Option<Timestamp> {
    deadline(clocks, now).ok()
}
