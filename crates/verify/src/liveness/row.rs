//! A challenge's row, read and written.

use bonafide_context::{Environment, Realm, Region, TenantId, Timestamp};
use bonafide_ledger::{ApplicationId, Caller};
use bonafide_liveness::Method;
use bonafide_liveness::package::Progress;
use bonafide_vault::records::{Change, Condition, Expect, RecordsError, Row, Select, Value};
use serde::{Deserialize, Serialize};

use super::tables::CHALLENGES;
use super::{ChallengeId, ChallengeRefusal, ChallengeState, Judged};
use crate::reading::is_restricted;
use crate::verification::{Refusal, VerificationId};
use crate::{App, UseCaseError};

/// A challenge as its row has it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: ChallengeId,
    pub(crate) realm: Realm,
    pub(crate) application: ApplicationId,
    pub(crate) verification: Option<VerificationId>,
    /// The keyed hash of the person's reference, where one is known.
    pub(crate) reference: Option<String>,
    /// Counts the changes: who writes says which one he has read.
    pub(crate) version: i64,
    pub(crate) state: ChallengeState,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) remove: Timestamp,
    pub(crate) positions: i64,
    pub(crate) content: Content,
}

/// What changes with a challenge's life.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) method: Method,
    /// What has come of the recording.
    pub(crate) progress: Progress,
    /// Each part as it arrived.
    pub(crate) arrivals: Vec<Arrival>,
    /// When somebody began to judge it.
    pub(crate) claimed: Option<u64>,
    pub(crate) judged: Option<Judged>,
}

/// A part, as it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Arrival {
    /// By the server's clock, in milliseconds since 1970.
    pub(crate) at: u64,
    /// The time of its last frame by the page's clock, in seconds.
    pub(crate) frame_s: Option<f64>,
    /// Of how many secret steps frames had arrived before it, and with it.
    pub(crate) answered: [usize; 2],
}

/// The caller's challenge of this id: of the application, or of the person who holds
/// its token. While processing is restricted for the person it is closed to both.
pub(crate) async fn load(
    app: &App,
    caller: &Caller,
    id: &ChallengeId,
) -> Result<Record, UseCaseError> {
    if caller.bound_to.as_deref().is_some_and(|bound| bound != id.as_str()) {
        return Err(ChallengeRefusal::NotFound.into());
    }
    let select = Select::from(&CHALLENGES).and(Condition::is("id", id.as_str())).limit(1);
    let rows = app.records().select(select).await?;
    let record = rows.first().map(Record::read).transpose()?;
    let now = app.clock().now();
    let record = record
        .filter(|record| record.realm == caller.realm())
        .filter(|record| record.application == caller.application && now < record.remove)
        .ok_or(ChallengeRefusal::NotFound)?;
    if is_restricted(app, &record.realm, record.reference.as_deref()).await? {
        return Err(Refusal::Restricted.into());
    }
    Ok(record.seen_at(now))
}

impl Record {
    /// Under which name the vault keeps what belongs to it.
    pub(crate) fn owner(&self) -> &str {
        self.verification.as_ref().map_or(self.id.as_str(), VerificationId::as_str)
    }

    /// As it is at `now`.
    fn seen_at(mut self, now: Timestamp) -> Self {
        if self.state != ChallengeState::Judged && now >= self.expires {
            self.state = ChallengeState::Expired;
        }
        self
    }

    /// The change that writes it for the first time.
    pub(crate) fn inserted(&self) -> Result<Change, UseCaseError> {
        let mut row = Row::new(&CHALLENGES)
            .with("id", self.id.as_str())
            .with("tenant", self.realm.tenant.0)
            .with("environment", self.realm.environment.as_str())
            .with("region", self.realm.region.as_str())
            .with("application", self.application.as_str())
            .with("verification", self.verification.as_ref().map(ToString::to_string))
            .with("reference", self.reference.as_deref())
            .with("created", self.created)
            .with("expires", self.expires)
            .with("remove", self.remove)
            .with("positions", self.positions);
        for (column, value) in self.changing(1)? {
            row = row.with(column, value);
        }
        Ok(Change::Insert(row))
    }

    /// The change that writes it again, if nobody else has since it was read.
    pub(crate) fn updated(&self) -> Result<Change, UseCaseError> {
        Ok(Change::Update {
            table: &CHALLENGES,
            set: self.changing(self.version.saturating_add(1))?,
            conditions: vec![
                Condition::is("id", self.id.as_str()),
                Condition::is("version", self.version),
            ],
            expect: Expect::One,
        })
    }

    fn changing(&self, version: i64) -> Result<Vec<(&'static str, Value)>, UseCaseError> {
        let content = serde_json::to_string(&self.content)
            .map_err(|error| UseCaseError::internal("row_unwritable", error))?;
        Ok(vec![
            ("version", version.into()),
            ("state", self.state.name().into()),
            ("content", content.into()),
        ])
    }

    /// Reads a row.
    pub(crate) fn read(row: &Row) -> Result<Self, RecordsError> {
        let shape = || RecordsError::Shape { table: CHALLENGES.name };
        let verification = row.optional_text("verification")?.map(str::parse);
        Ok(Self {
            id: row.parsed("id")?,
            realm: Realm {
                tenant: TenantId(u64::try_from(row.integer("tenant")?).map_err(|_| shape())?),
                environment: row.parsed::<Environment>("environment")?,
                region: row.parsed::<Region>("region")?,
            },
            application: row.parsed("application")?,
            verification: verification.transpose().map_err(|_| shape())?,
            reference: row.optional_text("reference")?.map(str::to_owned),
            version: row.integer("version")?,
            state: row.parsed("state")?,
            created: row.moment("created")?,
            expires: row.moment("expires")?,
            remove: row.moment("remove")?,
            positions: row.integer("positions")?,
            content: serde_json::from_str(row.text("content")?).map_err(|_| shape())?,
        })
    }
}
