//! Sessions of the console.

use bonafide_context::{Sensitive, TenantId, Timestamp};
use bonafide_vault::records::{Change, Condition, Expect, Row, Select, Value};

use super::{Role, UserId, manage};
use crate::accounts::hex;
use crate::keys::hash;
use crate::tables::{SESSIONS, USERS};
use crate::{Accounts, AccountsError};

/// A session ends so long after it began, whatever happens.
const LASTS_MS: u64 = 12 * 3_600_000;
/// And so long after it was last used.
const IDLE_MS: u64 = 30 * 60_000;
/// Use is written down at most so often.
const SEEN_EVERY_MS: u64 = 60_000;
const MARK: &str = "bfs_";

/// Someone who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: UserId,
    /// Whose user; `None` for the operator's own people.
    pub tenant: Option<TenantId>,
    /// What the user may do.
    pub role: Role,
    /// Whether a second factor was given.
    pub second_factor: bool,
    /// When it ends whatever happens.
    pub expires: Timestamp,
    /// The hash by which the store knows it.
    pub(crate) hash: String,
}

/// A session that was just begun.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// `bfs_…`: goes into the cookie; cannot be had again.
    pub token: Sensitive<String>,
    /// The session.
    pub session: Session,
}

impl Accounts {
    /// The session of a token; `None` if there is none, or it has ended by time
    /// (12 hours), idleness (30 minutes) or log-out. What the user may do is
    /// read anew each time, so that a role that was taken away is gone at once.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, AccountsError> {
        let Some(secret) = token.strip_prefix(MARK).filter(|secret| secret.len() == 64) else {
            return Ok(None);
        };
        let hash = hex(&hash(secret));
        let select = Select::from(&SESSIONS).and(Condition::is("hash", hash.as_str()));
        let rows = self.records.select(select).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let now = self.clock.now();
        let (seen, expires) = (row.moment("seen")?, row.moment("expires")?);
        if expires <= now || seen.0.saturating_add(IDLE_MS) <= now.0 {
            return Ok(None);
        }
        let id: UserId = row.parsed("user_id")?;
        let Some(user) = self.user_row(&id).await? else { return Ok(None) };
        if seen.0.saturating_add(SEEN_EVERY_MS) <= now.0 {
            let seen = Change::Update {
                table: &SESSIONS,
                set: vec![("seen", now.into())],
                conditions: vec![Condition::is("hash", hash.as_str())],
                expect: Expect::Any,
            };
            self.records.commit(vec![seen]).await?;
        }
        Ok(Some(Session {
            user: id,
            tenant: manage::tenant_of(&user)?,
            role: user.parsed("role")?,
            second_factor: row.integer("second_factor")? != 0,
            expires,
            hash,
        }))
    }

    /// Ends a session.
    pub async fn log_out(&self, session: &Session) -> Result<(), AccountsError> {
        let end = Change::Delete {
            table: &SESSIONS,
            conditions: vec![Condition::is("hash", session.hash.as_str())],
            expect: Expect::Any,
        };
        Ok(self.records.commit(vec![end]).await?)
    }

    /// A session of a user, and the row that begins it.
    pub(super) fn new_session(
        &self,
        user: UserId,
        tenant: Option<TenantId>,
        role: Role,
        second_factor: bool,
    ) -> (NewSession, Change) {
        let secret = self.new_secret();
        let now = self.clock.now();
        let session = Session {
            user,
            tenant,
            role,
            second_factor,
            expires: Timestamp(now.0.saturating_add(LASTS_MS)),
            hash: hex(&hash(&secret)),
        };
        let row = Row::new(&SESSIONS)
            .with("hash", session.hash.as_str())
            .with("user_id", session.user.to_string())
            .with("second_factor", second_factor)
            .with("created", now)
            .with("expires", session.expires)
            .with("seen", now);
        let token = Sensitive::new(format!("{MARK}{secret}"));
        (NewSession { token, session }, Change::Insert(row))
    }

    /// Ends the sessions of every user of a tenant.
    pub(crate) async fn sessions_of_tenant(
        &self,
        tenant: TenantId,
    ) -> Result<Option<Change>, AccountsError> {
        let select = Select::from(&USERS).and(Condition::is("tenant", tenant.0));
        let rows = self.records.select(select).await?;
        let ids = rows.iter().map(|row| row.value("id").cloned());
        let ids: Vec<Value> = ids.collect::<Result<_, _>>()?;
        Ok((!ids.is_empty()).then(|| Change::Delete {
            table: &SESSIONS,
            conditions: vec![Condition::In("user_id", ids)],
            expect: Expect::Any,
        }))
    }
}

/// Ends the sessions of a user.
pub(super) fn end_of(user: &UserId) -> Change {
    Change::Delete {
        table: &SESSIONS,
        conditions: vec![Condition::is("user_id", user.to_string())],
        expect: Expect::Any,
    }
}
