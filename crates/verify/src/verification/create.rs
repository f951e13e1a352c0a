//! A new verification.

use std::time::Duration;

use bonafide_accounts::{
    AccountsError, Actor, Flow, FlowStep, Mode, Template, TemplateId, VerificationSettings,
};
use bonafide_context::{Keeper, Realm, Sensitive};
use bonafide_ledger::consent::{ConsentId, ConsentPurpose, ConsentRow};
use bonafide_ledger::{Call, Caller, Facts};
use bonafide_policy::{Category, Family};
use serde::Serialize;
use utoipa::ToSchema;

use super::event::{Happened, happened};
use super::held;
use super::progress::Progress;
use super::record::Record;
use super::statement::Stated;
use super::{Refusal, TemplateVersion, Verification, VerificationField, VerificationId};
use crate::answer::Moment;
use crate::app::later;
use crate::consent::{self, ConsentState, Standing};
use crate::reading::is_restricted;
use crate::{App, Done, Selection, UseCaseError};

/// What is wanted of a new verification.
#[derive(Clone, Debug, Default)]
pub struct CreateVerification {
    /// The template it begins with; `None` for the standard.
    pub template: Option<TemplateId>,
    /// Of which version; `None` for the newest.
    pub template_version: Option<u32>,
    /// What it does otherwise than the template.
    pub settings: VerificationSettings,
    /// Whom it is about, as the customer calls him: kept as a keyed hash only.
    pub reference: Option<Sensitive<String>>,
    /// What the person has said of himself, if he was asked already.
    pub stated: Option<Stated>,
    /// A receipt of the person's consent, if there is one already.
    pub consent: Option<ConsentId>,
    /// What of the result is wanted: nothing else is kept.
    pub fields: Selection<VerificationField>,
}

/// A new verification, and the way to it for the person's browser.
#[derive(Clone, Serialize, ToSchema)]
pub struct CreatedVerification {
    /// The verification.
    #[serde(flatten)]
    pub verification: Verification,
    /// Good for this verification only: for the person's browser. Shown once.
    pub token: String,
    /// When the token stops to work.
    pub token_expires_at: Moment,
    /// Where to send the person's browser. The token stands behind the `#`, so
    /// that it reaches no server's log.
    pub url: String,
}

/// The token opens the verification: it is in no log.
impl std::fmt::Debug for CreatedVerification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedVerification")
            .field("verification", &self.verification)
            .finish_non_exhaustive()
    }
}

/// A reference longer than this is no reference.
const LONGEST_REFERENCE: usize = 256;

/// Creates a verification.
pub async fn create_verification(
    app: &App,
    call: &mut Call,
    request: CreateVerification,
) -> Result<Done<CreatedVerification>, UseCaseError> {
    create(app, call, request).await.inspect_err(|error| error.trace(call))
}

async fn create(
    app: &App,
    call: &mut Call,
    request: CreateVerification,
) -> Result<Done<CreatedVerification>, UseCaseError> {
    let caller = call.caller().clone();
    if caller.bound_to.is_some() {
        return Err(Refusal::NeedsKey.into());
    }
    let realm = caller.realm();
    let template = match &request.template {
        Some(id) => Some(template(app, &caller, id, request.template_version).await?),
        None if request.template_version.is_some() => {
            return Err(invalid("template_version", "name the template as well"));
        }
        None => None,
    };
    let settings = template.as_ref().map(|template| &template.settings);
    let flow = VerificationSettings::flow(settings, &request.settings)
        .map_err(|error| invalid(error.member, error.problem))?;
    let reference = match &request.reference {
        Some(reference) => Some(hashed(app, &realm, reference).await?),
        None => None,
    };
    let reference = agreed(app, &caller, request.consent.as_ref(), reference).await?;
    if is_restricted(app, &realm, reference.as_deref()).await? {
        return Err(Refusal::Restricted.into());
    }
    let (consent, standing) = consented(app, call, &flow, reference.as_deref()).await?;
    let now = app.clock().now();
    let lifetime = Duration::from_secs(flow.time_limit_seconds.into());
    let clocks = app.clocks(realm.tenant, Family::Verification).await?;
    if let Some(stated) = &request.stated {
        stated.allowed(clocks.policy(), standing.guardian)?;
    }
    // An age check keeps nothing but its answer.
    if flow.mode != Mode::AgeCheck {
        held::deadline(&clocks, now)?;
    }
    let expires = later(now, lifetime);
    let mut record = Record {
        id: app.draw(|random| VerificationId::new(random)),
        application: caller.application.clone(),
        version: 1,
        created: now,
        expires,
        data_until: None,
        remove: clocks.deadline(Category::SubjectReference, now).unwrap_or(expires),
        reference,
        template: template.map(|template| TemplateVersion {
            id: template.id.to_string(),
            version: template.version,
        }),
        // An age check tells nothing else, whatever was asked for.
        fields: match flow.mode {
            Mode::AgeCheck => Selection::Only([VerificationField::Age].into()),
            _ => request.fields,
        },
        progress: Progress::new(&flow),
        flow,
        realm,
    };
    let issued = app
        .accounts()
        .issue_verification_token(
            &caller,
            record.id.as_str(),
            lifetime.min(app.settings().token_life),
        )
        .await?;
    record.progress.consent = consent;
    // Where the service is not for everybody, the place is asked.
    record.progress.statement_wanted |= !clocks.policy().jurisdiction_allowed(None);
    let mut changes = Vec::new();
    if let Some(stated) = &request.stated {
        changes.extend(stated.kept(app, &clocks, &record, now).await?);
        record.progress = record.progress.stated();
    }
    changes.push(record.inserted()?);
    // Should the person withdraw at this moment, it is not created.
    changes.extend(standing.live.as_ref().map(ConsentRow::still_holding));
    changes.extend(happened(app, &record, Happened::Moved, &[]).await?);
    call.step("verification.create", "ok", Facts::new().code("mode", mode_name(record.flow.mode)));
    let token = issued.token.expose();
    let answer = CreatedVerification {
        url: format!("{}/verify#{token}", app.settings().public_url),
        token: token.clone(),
        token_expires_at: issued.expires.into(),
        verification: Verification::of(&record, None, Vec::new()),
    };
    Ok(Done { answer, changes })
}

/// A version of a template that new verifications may begin with.
async fn template(
    app: &App,
    caller: &Caller,
    id: &TemplateId,
    version: Option<u32>,
) -> Result<Template, UseCaseError> {
    let actor = Actor::caller(caller);
    let found = app.accounts().template(&actor, &caller.realm(), id, version).await;
    let template = found.map_err(|error| match error {
        AccountsError::NotFound(_) => invalid("template", "there is no such template"),
        other => other.into(),
    })?;
    if template.closed.is_some() {
        return Err(invalid("template", "the template is closed to new verifications"));
    }
    Ok(template)
}

/// Whose the verification is, if a receipt is named: the one who gave it.
async fn agreed(
    app: &App,
    caller: &Caller,
    receipt: Option<&ConsentId>,
    reference: Option<String>,
) -> Result<Option<String>, UseCaseError> {
    let Some(id) = receipt else { return Ok(reference) };
    let row = match consent::find(app, &caller.application, id).await {
        Err(UseCaseError::Refused(Refusal::NoSuchConsent)) => {
            return Err(invalid("consent", "there is no such receipt"));
        }
        found => found?,
    };
    if row.verification.is_some() {
        return Err(invalid("consent", "this receipt is good for one verification only"));
    }
    if reference.is_some_and(|reference| reference != row.subject) {
        return Err(invalid("consent", "this is another person's receipt"));
    }
    Ok(Some(row.subject))
}

/// On what a new verification rests. That the person has yet to agree keeps it
/// from taking anything, and not from being created: the pages ask.
async fn consented(
    app: &App,
    call: &mut Call,
    flow: &Flow,
    subject: Option<&str>,
) -> Result<(ConsentState, Standing), UseCaseError> {
    let (tenant, application) = (call.caller().tenant, call.caller().application.clone());
    let policy = app.accounts().policy_of(tenant).await?;
    let standing = match subject {
        Some(subject) => {
            let purpose = ConsentPurpose::Service;
            app.standing(call.opener(), &application, (subject, None), purpose).await?
        }
        None => Standing::default(),
    };
    let wanted: Vec<Category> = flow.steps.iter().copied().map(looked_at).collect();
    let state = app.rests_on(&application, &policy, &wanted, &standing).await;
    let code = state.as_ref().map_or_else(UseCaseError::code, |state| state.name());
    call.step("consent", code, Facts::new());
    Ok((state?, standing))
}

/// What kind of data a step looks at.
pub(super) const fn looked_at(step: FlowStep) -> Category {
    match step {
        FlowStep::Document => Category::DocumentMedia,
        FlowStep::Liveness | FlowStep::Compare => Category::FaceMedia,
    }
}

/// A customer's reference as it is kept and looked for.
pub(crate) async fn hashed(
    app: &App,
    realm: &Realm,
    reference: &Sensitive<String>,
) -> Result<String, UseCaseError> {
    let reference = reference.expose();
    if reference.is_empty() || reference.len() > LONGEST_REFERENCE {
        return Err(invalid("reference", "give 1 to 256 bytes of text"));
    }
    if !Keeper::ReferenceHash.works() {
        return Ok(reference.clone());
    }
    Ok(app.vault().keyed_hash(realm, "subject_reference", reference.as_bytes()).await?)
}

fn invalid(member: &'static str, reason: &str) -> UseCaseError {
    UseCaseError::Invalid { member, reason: reason.to_owned() }
}

pub(super) const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Full => "full",
        Mode::DocumentOnly => "document_only",
        Mode::LivenessOnly => "liveness_only",
        Mode::AgeCheck => "age_check",
    }
}
