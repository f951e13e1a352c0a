//! Everything that a dialect needs to do its work.

mod clerk;
mod clocks;
mod embedded;
mod engines;
mod side;
mod studio;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bonafide_accounts::Accounts;
use bonafide_context::{CallId, Clock, Random, Realm, Timestamp};
use bonafide_ledger::{Call, Caller, Interface, Ledger, Outcome};
use bonafide_liveness::actions::Sees;
use bonafide_media::Decoder;
use bonafide_vault::records::{Change, RecordsError};
use bonafide_vault::{Records, Vault};

use crate::liveness::LivenessSettings;
use crate::mail::Mails;
use crate::risk::{HeldSets, RiskDesk};
use crate::webhooks::Webhooks;
use crate::{Pool, UseCaseError};

pub use clocks::{Clocks, family_of};
pub use embedded::EmbeddedError;
pub use engines::Engines;
pub use side::SideFiles;
pub(crate) use side::{Shot, read_sides};
pub(crate) use studio::{Steps, Studio, media_type};

/// What an [`App`] is made of.
pub struct AppParts {
    /// Calls and their traces.
    pub ledger: Ledger,
    /// Tenants, keys, quotas, templates.
    pub accounts: Arc<Accounts>,
    /// Personal data at rest.
    pub vault: Arc<Vault>,
    /// Rows; migrated to [`crate::MIGRATIONS`] by [`App::new`].
    pub records: Arc<dyn Records>,
    /// The networks.
    pub engines: Arc<Engines>,
    /// What assessing identifiers takes.
    pub risk: Arc<RiskDesk>,
    /// The front door of pictures.
    pub decoder: Arc<dyn Decoder>,
    /// The threads that compute.
    pub pool: Arc<Pool>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and tokens.
    pub random: Box<dyn Random>,
    /// What the operator has a say in.
    pub settings: AppSettings,
}

/// What the operator has a say in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSettings {
    /// Where an end user's browser finds this server, without a slash at the
    /// end: `https://kyc.example`.
    pub public_url: String,
    /// How long the token of an end user's browser is good for, at most: it
    /// ends with its verification.
    pub token_life: Duration,
    /// How liveness is asked for.
    pub liveness: LivenessSettings,
}

impl Default for AppSettings {
    /// This machine; one hour.
    fn default() -> Self {
        Self {
            public_url: "https://localhost:8443".to_owned(),
            token_life: Duration::from_secs(3_600),
            liveness: LivenessSettings::default(),
        }
    }
}

/// Everything that a dialect needs: it decodes a request, opens a call, asks a
/// use case, closes the call with what came out, and encodes the answer.
///
/// ```ignore
/// let mut call = app.open(id, caller, &interface::FACES_COMPARE);
/// let result = compare_faces(&app, &mut call, request).await;
/// let answered = app.close(call, result).await; // durable, or an error
/// ```
pub struct App {
    ledger: Ledger,
    accounts: Arc<Accounts>,
    vault: Arc<Vault>,
    records: Arc<dyn Records>,
    studio: Studio,
    risk: Arc<RiskDesk>,
    risk_sets: HeldSets,
    pool: Arc<Pool>,
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random>>,
    settings: AppSettings,
    webhooks: Option<Arc<Webhooks>>,
    mails: Option<Arc<Mails>>,
}

/// What a use case gives: an answer, and what is to be committed before it may
/// leave.
#[derive(Debug)]
#[must_use = "the changes are made by `App::close`"]
pub struct Done<A> {
    /// For the caller.
    pub answer: A,
    /// To be committed together with the call's trace.
    pub changes: Vec<Change>,
}

impl<A> Done<A> {
    /// An answer that changes nothing.
    pub fn new(answer: A) -> Self {
        Self { answer, changes: Vec::new() }
    }
}

/// A call whose trace is durable, if it could be written at all.
#[derive(Debug)]
pub struct Answered<A> {
    /// The name that the answer carries.
    pub call_id: CallId,
    /// What to answer.
    pub result: Result<A, UseCaseError>,
}

impl App {
    /// Puts it together, with this room's tables up to date. It has no
    /// endpoints to tell anything to.
    pub async fn new(parts: AppParts) -> Result<Arc<Self>, RecordsError> {
        Self::build(parts, None, None).await
    }

    /// The same, and what happens to verifications is told to the customers'
    /// endpoints.
    pub async fn telling(
        parts: AppParts,
        webhooks: Arc<Webhooks>,
    ) -> Result<Arc<Self>, RecordsError> {
        Self::build(parts, Some(webhooks), None).await
    }

    /// The same, and customers and those who answer letters get mail.
    pub async fn telling_by_mail(
        parts: AppParts,
        webhooks: Arc<Webhooks>,
        mails: Option<Arc<Mails>>,
    ) -> Result<Arc<Self>, RecordsError> {
        Self::build(parts, Some(webhooks), mails).await
    }

    async fn build(
        parts: AppParts,
        webhooks: Option<Arc<Webhooks>>,
        mails: Option<Arc<Mails>>,
    ) -> Result<Arc<Self>, RecordsError> {
        for migrations in [
            crate::MIGRATIONS,
            crate::webhooks::MIGRATIONS,
            crate::requests::MIGRATIONS,
            crate::notice::MIGRATIONS,
            crate::witnesses::MIGRATIONS,
            crate::mail::MIGRATIONS,
            crate::risk::MIGRATIONS,
        ] {
            parts.records.migrate(migrations, parts.clock.now()).await?;
        }
        if let Some(webhooks) = &webhooks {
            webhooks.ask(&parts.accounts);
        }
        Ok(Arc::new(Self {
            webhooks,
            mails,
            ledger: parts.ledger,
            accounts: parts.accounts,
            vault: parts.vault,
            records: parts.records,
            studio: Studio::new(parts.engines, parts.decoder, parts.clock.clone()),
            risk: parts.risk,
            risk_sets: HeldSets::default(),
            pool: parts.pool,
            clock: parts.clock,
            random: Mutex::new(parts.random),
            settings: parts.settings,
        }))
    }

    /// What can be told of a face: which networks are installed.
    pub(crate) fn sees(&self) -> Sees {
        let faces = &self.studio.engines.faces;
        Sees { mouth: faces.has_mesh(), eyes: faces.has_eyes() }
    }

    /// A name for a call that came in by no door that gave it one.
    pub fn new_call_id(&self) -> CallId {
        self.draw(|random| CallId::new(self.clock.now(), random))
    }

    /// Opens a call under the name that the door gave it. One that is dropped
    /// before it is closed is written down as abandoned.
    pub fn open(&self, id: CallId, caller: Caller, interface: &'static Interface) -> Call {
        self.ledger.open_call(id, caller, interface)
    }

    /// Closes a call: commits what the use case changed together with the trace.
    /// Whatever the use case found out, the answer is an error if that could
    /// not be written.
    pub async fn close<A>(&self, call: Call, result: Result<Done<A>, UseCaseError>) -> Answered<A> {
        let call_id = call.id();
        let (outcome, changes, result) = match result {
            Ok(done) => (Outcome::OK, done.changes, Ok(done.answer)),
            Err(error) => {
                clerk::tell(call_id, &error);
                (error.outcome(), Vec::new(), Err(error))
            }
        };
        let result = match self.ledger.close(call, outcome, changes).await {
            Ok(_) => result,
            Err(error) => {
                let error = UseCaseError::from(error);
                clerk::tell(call_id, &error);
                Err(error)
            }
        };
        Answered { call_id, result }
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Tenants, keys, quotas, templates.
    pub fn accounts(&self) -> &Arc<Accounts> {
        &self.accounts
    }

    /// Personal data at rest.
    pub fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    /// The customers' endpoints, if there are to be any.
    pub fn webhooks(&self) -> Option<&Arc<Webhooks>> {
        self.webhooks.as_ref()
    }

    /// Mail, if the operator has named a server for it.
    pub fn mails(&self) -> Option<&Arc<Mails>> {
        self.mails.as_ref()
    }

    /// Rows.
    pub fn records(&self) -> &Arc<dyn Records> {
        &self.records
    }

    /// The sets of identifiers that this node has in memory.
    pub(crate) fn risk_sets(&self) -> &HeldSets {
        &self.risk_sets
    }

    /// Has the next question about risk in a realm look which sets there are: one was
    /// loaded or dropped. Other nodes look by themselves within five seconds.
    pub fn risk_sets_changed(&self, realm: &Realm) {
        self.risk_sets.changed(realm);
    }

    /// What assessing identifiers takes.
    pub(crate) fn risk(&self) -> &RiskDesk {
        &self.risk
    }

    /// The threads that compute.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// What looks at pictures.
    pub(crate) fn engines(&self) -> &Engines {
        &self.studio.engines
    }

    /// The time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What the operator has a say in.
    pub fn settings(&self) -> &AppSettings {
        &self.settings
    }

    /// Draws from the random source.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut dyn Random) -> T) -> T {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        draw(random.as_mut())
    }

    /// Runs a job on the pool and writes down its steps, whatever its result.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        call: &mut Call,
        job: impl FnOnce(&Studio, &mut Steps) -> Result<T, UseCaseError> + Send + 'static,
    ) -> Result<T, UseCaseError> {
        clerk::compute(&self.pool, &self.studio, call, job).await
    }
}

/// `from`, so much later.
pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    Timestamp(from.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
}
