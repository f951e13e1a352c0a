//! Sessions of the console.

use bonafide_context::{Sensitive, TenantId, Timestamp};

use super::{Role, UserId};
use crate::{Accounts, AccountsError};

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
    /// The session of a token; `None` if there is none, or it has ended by
    /// time, idleness or log-out.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, AccountsError> {
        let _ = token;
        todo!()
    }

    /// Ends a session.
    pub async fn log_out(&self, session: &Session) -> Result<(), AccountsError> {
        let _ = session;
        todo!()
    }
}
