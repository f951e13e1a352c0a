//! A new challenge.

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::consent::ConsentPurpose;
use bonafide_ledger::{Call, Caller, Facts};
use bonafide_liveness::actions::{self, Sees};
use bonafide_liveness::package::{Form, Nonce, Progress};
use bonafide_liveness::{Challenge, Level, Method, Step};
use bonafide_policy::{Category, Family};
use bonafide_vault::records::{Condition, Select};
use serde::Serialize;
use utoipa::ToSchema;

use super::held::{HeldChallenge, secret_name};
use super::of_person::LOOKED_AT;
use super::row::{Content, Record};
use super::tables::CHALLENGES;
use super::{Asked, ChallengeId, ChallengeRefusal, ChallengeState, Grounds};
use crate::answer::Moment;
use crate::app::later;
use crate::consent::ConsentId;
use crate::reading::is_restricted;
use crate::verification::{self, Refusal, VerificationId, WantsFace};
use crate::{App, Done, UseCaseError};

/// What challenge is wanted.
#[derive(Clone, Debug, Default)]
pub struct IssueChallenge {
    /// By the light of the screen or by movements; `None` for what the verification or
    /// the server has it.
    pub method: Option<Method>,
    /// How long a sequence.
    pub level: Level,
    /// In what form the recording is to come; a video for the application alone, never
    /// for a person's own token.
    pub form: Form,
    /// For which verification; the person's own token names it by itself.
    pub verification: Option<VerificationId>,
    /// The application's name for the person, where there is no verification that has
    /// it: the recording is then found, held and deleted with everything of his.
    pub reference: Option<Sensitive<String>>,
    /// The receipt of the person's consent, where the policy wants one and there is no
    /// verification that has it.
    pub consent: Option<ConsentId>,
}

/// A new challenge. Everything in it is for the person's browser, and shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct IssuedChallenge {
    /// Its id.
    #[schema(pattern = "^lch_[a-z2-7]{26}$")]
    pub id: String,
    /// What is asked for.
    pub method: Method,
    /// In what form the recording is to come.
    pub recording: Form,
    /// 16 bytes in base64url, which every part of the recording names.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$")]
    pub nonce: String,
    /// 32 bytes in base64url: the key that every part is sealed with.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$")]
    pub key: String,
    /// Good for this challenge only.
    pub token: String,
    /// When it was issued.
    pub issued_at: Moment,
    /// When its time is over.
    pub expires_at: Moment,
    /// What is shown or asked for how long.
    pub schedule: Vec<Step>,
    /// What of it is known already.
    pub revealed: Vec<Asked>,
}

/// Key and token open the challenge: they are in no log.
impl std::fmt::Debug for IssuedChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedChallenge").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Issues a challenge: for a verification that wants the person's face, or by itself.
pub async fn issue_challenge(
    app: &App,
    call: &mut Call,
    request: IssueChallenge,
) -> Result<Done<IssuedChallenge>, UseCaseError> {
    issue(app, call, request).await.inspect_err(|error| error.trace(call))
}

async fn issue(
    app: &App,
    call: &mut Call,
    request: IssueChallenge,
) -> Result<Done<IssuedChallenge>, UseCaseError> {
    let caller = call.caller().clone();
    let verification = of_whom(&caller, request.verification.clone())?;
    if verification.is_some() && request.reference.is_some() {
        let reason = "a verification has its own: leave it out".to_owned();
        return Err(UseCaseError::Invalid { member: "reference", reason });
    }
    let (method, tries, reference) = match &verification {
        Some(id) => {
            let WantsFace { method: asked, tries, reference } =
                verification::wants_face(app, call, id).await?;
            // Whoever must not see flashing light may always ask for movements.
            let method = if request.method == Some(Method::Actions) { None } else { asked };
            (method.or(request.method), Some(tries), reference)
        }
        None => (request.method, None, whose(app, call, &caller, &request).await?),
    };
    let settings = &app.settings().liveness;
    let method = match (method, settings.reflective) {
        (Some(Method::Reflective), false) if request.method == Some(Method::Reflective) => {
            return Err(ChallengeRefusal::MethodOff.into());
        }
        (Some(Method::Actions), _) | (_, false) => Method::Actions,
        (_, true) => Method::Reflective,
    };
    let form = request.form;
    if form == Form::Video && (!settings.video || caller.bound_to.is_some()) {
        return Err(ChallengeRefusal::VideoOff.into());
    }
    let now = app.clock().now();
    few_enough(app, &caller, verification.as_ref(), tries, now).await?;
    let clocks = app.clocks(caller.tenant, Family::Liveness).await?;
    let deadline = |category| clocks.deadline(category, now).ok_or(Refusal::PolicyForbids);
    let expires = later(now, settings.life());
    // A recording that may not rest cannot come in parts.
    if deadline(Category::LivenessRecording)? < expires {
        return Err(Refusal::PolicyForbids.into());
    }
    let secret_until = deadline(Category::LivenessChallenge)?.min(expires);
    let sees = match (method, &verification) {
        (Method::Actions, Some(of)) => seen_of(app, of).await?,
        _ => app.sees(),
    };
    let movements = actions::judged(sees);
    let (id, secret) = app.draw(|random| {
        let challenge = match method {
            Method::Reflective => Challenge::draw(Method::Reflective, request.level, random),
            Method::Actions => Challenge::movements(&movements, random),
        };
        let (mut nonce, mut key) = ([0; 16], [0; 32]);
        random.fill(&mut nonce);
        random.fill(&mut key);
        let nonce = Nonce::from_bytes(nonce);
        (ChallengeId::new(random), HeldChallenge { challenge, nonce, key })
    });
    let record = Record {
        realm: caller.realm(),
        application: caller.application.clone(),
        verification,
        reference,
        version: 1,
        state: ChallengeState::Issued,
        created: now,
        expires,
        remove: deadline(Category::LivenessAudit)?.max(expires),
        positions: 0,
        content: Content {
            method,
            progress: Progress::new(id.as_str(), secret.nonce, form),
            arrivals: Vec::new(),
            claimed: None,
            judged: None,
        },
        id,
    };
    // Issued in the name of the application, whoever asked for it.
    let issuer = Caller { bound_to: None, ..caller };
    let token = app
        .accounts()
        .issue_verification_token(&issuer, record.id.as_str(), settings.life())
        .await?;
    let mut changes = app
        .vault()
        .prepare_value(
            &record.realm,
            record.owner(),
            &secret_name(&record.id),
            secret_until,
            clocks.policy().into(),
            &secret,
        )
        .await?;
    changes.push(record.inserted()?);
    let facts = Facts::new().code("method", method_name(method));
    call.step("challenge.issue", "ok", facts.number("bits", secret.challenge.entropy_bits()));
    let answered = record.content.progress.answered(&secret.challenge);
    let revealed = secret.challenge.revealed(answered);
    let answer = IssuedChallenge {
        id: record.id.to_string(),
        method,
        recording: form,
        nonce: secret.nonce.to_string(),
        key: base64url(&secret.key),
        token: token.token.into_exposed(),
        issued_at: now.into(),
        expires_at: expires.into(),
        schedule: secret.challenge.schedule(),
        revealed: revealed.into_iter().map(Asked::from).collect(),
    };
    Ok(Done { answer, changes })
}

/// The verification that a challenge is for: a person's token names its own.
fn of_whom(
    caller: &Caller,
    named: Option<VerificationId>,
) -> Result<Option<VerificationId>, UseCaseError> {
    let Some(bound) = caller.bound_to.as_deref() else { return Ok(named) };
    let own: VerificationId = bound.parse().map_err(|_| Refusal::NeedsKey)?;
    match named {
        Some(other) if other != own => Err(Refusal::NotFound.into()),
        _ => Ok(Some(own)),
    }
}

/// Whose the recording of a challenge by itself is: who gave the receipt, or whom the
/// application names; and whether his face may be looked at.
async fn whose(
    app: &App,
    call: &mut Call,
    caller: &Caller,
    request: &IssueChallenge,
) -> Result<Option<String>, UseCaseError> {
    let realm = caller.realm();
    let named = match &request.reference {
        Some(reference) => Some(verification::hashed(app, &realm, reference).await?),
        None => None,
    };
    if let (Some(subject), None) = (&named, &request.consent) {
        if is_restricted(app, &realm, Some(subject)).await? {
            return Err(Refusal::Restricted.into());
        }
        let (of, purpose) = ((subject.as_str(), None), ConsentPurpose::Service);
        let standing = app.standing(call.opener(), &caller.application, of, purpose).await?;
        app.consented_by(call, &LOOKED_AT, &standing).await?;
        return Ok(named);
    }
    let giver = app.consented(call, &LOOKED_AT, request.consent.as_ref()).await?;
    if named.is_some() && named != giver {
        let reason = "this is another person's receipt".to_owned();
        return Err(UseCaseError::Invalid { member: "consent", reason });
    }
    Ok(giver)
}

/// What is asked for of a person: who was not seen to do it before is not asked for the
/// eyes again. Narrow ones and those behind glasses are not told from closed ones.
async fn seen_of(app: &App, verification: &VerificationId) -> Result<Sees, UseCaseError> {
    let select =
        Select::from(&CHALLENGES).and(Condition::is("verification", verification.as_str()));
    let mut sees = app.sees();
    for row in app.records().select(select).await? {
        let judged = Record::read(&row)?.content.judged;
        sees.eyes &= judged.is_none_or(|judged| judged.reason != Some(Grounds::NotMoved));
    }
    Ok(sees)
}

/// Challenges are counted over all nodes: for each of them somebody may guess.
async fn few_enough(
    app: &App,
    caller: &Caller,
    verification: Option<&VerificationId>,
    tries: Option<u32>,
    now: Timestamp,
) -> Result<(), UseCaseError> {
    let settings = &app.settings().liveness;
    let minute = Timestamp(now.0.saturating_sub(60_000));
    let issued = vec![
        Condition::is("application", caller.application.as_str()),
        Condition::at_least("created", minute),
    ];
    if app.records().count(&CHALLENGES, issued).await? >= settings.issues_per_minute.into() {
        return Err(ChallengeRefusal::TooMany.into());
    }
    if let (Some(id), Some(tries)) = (verification, tries) {
        let most = u64::from(settings.issues_per_try) * u64::from(tries);
        let issued = vec![Condition::is("verification", id.as_str())];
        if app.records().count(&CHALLENGES, issued).await? >= most {
            return Err(ChallengeRefusal::TooMany.into());
        }
    }
    Ok(())
}

pub(super) const fn method_name(method: Method) -> &'static str {
    match method {
        Method::Reflective => "reflective",
        Method::Actions => "actions",
    }
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
