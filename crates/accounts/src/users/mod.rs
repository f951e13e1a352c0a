//! Users of the console: login name, password, second factor, role, sessions.

mod login;
mod manage;
mod password;
mod session;
mod totp;

pub use login::LoginError;
pub(crate) use login::Strangers;
pub use password::PASSWORD_MIN;
pub(crate) use password::Passwords;
pub use session::{NewSession, Session};
pub use totp::{TotpEnrolment, totp_code};

use std::fmt;
use std::str::FromStr;

use bonafide_context::{Sensitive, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

bonafide_ledger::prefixed_id!(
    /// A user's name in the log.
    UserId,
    "usr_"
);

/// What a user of the console may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything of the tenant, users included.
    Owner,
    /// Applications, keys, templates, webhooks.
    Operator,
    /// Decides verifications that wait for a person.
    Reviewer,
    /// Answers data subjects; grants access to personal data.
    PrivacyOfficer,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Operator, Self::Reviewer, Self::PrivacyOfficer];

    /// The name in stores and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::Reviewer => "reviewer",
            Self::PrivacyOfficer => "privacy_officer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// A role that there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("choose a role from owner, operator, reviewer, privacy_officer")]
pub struct UnknownRole;

/// A user, as it may be shown to who may see it.
#[derive(Clone, Debug)]
pub struct User {
    /// `usr_…`.
    pub id: UserId,
    /// The login name.
    pub login: Sensitive<String>,
    /// Whose; `None` for the operator's own people.
    pub tenant: Option<TenantId>,
    /// What the user may do.
    pub role: Role,
    /// Whether there is a second factor.
    pub second_factor: bool,
    /// Until when no login is tried; in the past for most.
    pub locked_until: Timestamp,
    /// Since when.
    pub created: Timestamp,
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Like an e-mail address; compared without regard to case.
    pub login: Sensitive<String>,
    /// [`PASSWORD_MIN`] to 256 characters.
    pub password: Sensitive<String>,
    /// Whose; `None` for the operator's own people.
    pub tenant: Option<TenantId>,
    /// What the user may do.
    pub role: Role,
}
