//! Users of the console: login name, password, second factor, role, sessions.

mod login;
mod manage;
mod password;
mod session;
mod totp;

pub use login::LoginError;
pub use password::PASSWORD_MIN;
pub(crate) use password::Passwords;
pub use session::{NewSession, Session};
pub use totp::TotpEnrolment;

use std::fmt;
use std::str::FromStr;

use bonafide_context::{Sensitive, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// A user's name in the log: `usr_…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UserId(pub(crate) String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let _ = text;
        todo!()
    }
}

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
