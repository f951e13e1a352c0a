//! Grants: the one way to a person's data for whoever looks for an error (rows P7
//! and P12). One person asks for it, another gives it, it is of one verification,
//! subject or call, and it ends by itself.

mod manage;

use bonafide_context::{CallId, Realm, Timestamp};
use bonafide_vault::records::{RecordsError, Row};
use serde::{Deserialize, Serialize};

use crate::read::{optional_moment, realm};
use crate::tables::GRANTS;
use crate::users::UserId;

bonafide_ledger::prefixed_id!(
    /// A grant's name in the log.
    GrantId,
    "grt_"
);

/// What a grant opens; nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantOf {
    /// One verification, by its id.
    Verification(String),
    /// Everything of one person, by the keyed hash of the reference.
    Subject(String),
    /// The trace of one call.
    Call(CallId),
}

impl GrantOf {
    /// The kind, in rows and answers.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Verification(_) => "verification",
            Self::Subject(_) => "subject",
            Self::Call(_) => "call",
        }
    }

    /// Which one.
    pub fn target(&self) -> String {
        match self {
            Self::Verification(id) | Self::Subject(id) => id.clone(),
            Self::Call(id) => id.to_string(),
        }
    }

    fn read(kind: &str, target: &str) -> Option<Self> {
        Some(match kind {
            "verification" => Self::Verification(target.to_owned()),
            "subject" => Self::Subject(target.to_owned()),
            "call" => Self::Call(target.parse().ok()?),
            _ => return None,
        })
    }
}

/// Why somebody has to look: a closed list, so that no note about a person finds
/// its way into rows and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantReason {
    /// A call failed.
    FailedCall,
    /// A result seems to be wrong.
    WrongResult,
    /// The person complained.
    Complaint,
    /// Somebody may have got at data.
    SecurityIncident,
    /// An authority asked, by law.
    AuthorityRequest,
}

impl GrantReason {
    /// Every one of them.
    pub const ALL: [Self; 5] = [
        Self::FailedCall,
        Self::WrongResult,
        Self::Complaint,
        Self::SecurityIncident,
        Self::AuthorityRequest,
    ];

    /// The name in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailedCall => "failed_call",
            Self::WrongResult => "wrong_result",
            Self::Complaint => "complaint",
            Self::SecurityIncident => "security_incident",
            Self::AuthorityRequest => "authority_request",
        }
    }
}

/// A grant that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// Within which walls the data rests.
    pub realm: Realm,
    /// What it is to open.
    pub of: GrantOf,
    /// What for.
    pub reason: GrantReason,
    /// For how long, from when it is given: 1 to 480.
    pub minutes: u32,
}

/// How a grant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantState {
    /// It waits for another person.
    Requested,
    /// It was given; it opens something until it expires.
    Given,
    /// It was refused.
    Refused,
    /// It was ended before its time.
    Ended,
}

impl GrantState {
    const ALL: [Self; 4] = [Self::Requested, Self::Given, Self::Refused, Self::Ended];

    /// The name in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Ended => "ended",
        }
    }
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// `grt_…`.
    pub id: GrantId,
    /// Within which walls the data rests.
    pub realm: Realm,
    /// What it opens.
    pub of: GrantOf,
    /// What for.
    pub reason: GrantReason,
    /// For how many minutes from when it is given.
    pub minutes: u32,
    /// How it stands.
    pub state: GrantState,
    /// Who asked, and so the only one who may read under it.
    pub requested_by: UserId,
    /// When.
    pub requested_at: Timestamp,
    /// Who gave, refused or ended it.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// From when on it opens nothing any more: of a request, when it lapses.
    pub expires: Timestamp,
}

impl Grant {
    /// Whether it opens something at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.state == GrantState::Given && now < self.expires
    }

    pub(crate) fn read(row: &Row) -> Result<Self, RecordsError> {
        let shape = || RecordsError::Shape { table: GRANTS.name };
        let (state, reason) = (row.text("state")?, row.text("reason")?);
        let of = GrantOf::read(row.text("kind")?, row.text("target")?);
        let decided_by = row.optional_text("decided_by")?.map(str::parse).transpose();
        Ok(Self {
            id: row.parsed("id")?,
            realm: realm(row)?,
            of: of.ok_or_else(shape)?,
            reason: GrantReason::ALL
                .into_iter()
                .find(|known| known.as_str() == reason)
                .ok_or_else(shape)?,
            minutes: u32::try_from(row.integer("minutes")?).map_err(|_| shape())?,
            state: GrantState::ALL
                .into_iter()
                .find(|known| known.as_str() == state)
                .ok_or_else(shape)?,
            requested_by: row.parsed("requested_by")?,
            requested_at: row.moment("requested")?,
            decided_by: decided_by.map_err(|_| shape())?,
            decided_at: optional_moment(row, "decided")?,
            expires: row.moment("expires")?,
        })
    }

    pub(crate) fn row(&self, remove: Timestamp) -> Row {
        Row::new(&GRANTS)
            .with("id", self.id.as_str())
            .with("tenant", self.realm.tenant.0)
            .with("environment", self.realm.environment.as_str())
            .with("region", self.realm.region.as_str())
            .with("kind", self.of.kind())
            .with("target", self.of.target())
            .with("reason", self.reason.as_str())
            .with("minutes", i64::from(self.minutes))
            .with("state", self.state.as_str())
            .with("requested_by", self.requested_by.as_str())
            .with("requested", self.requested_at)
            .with("expires", self.expires)
            .with("remove", remove)
    }
}
