//! API keys: an id, and a secret that is shown once.

mod authenticate;
mod door;
mod error;
mod manage;
mod network;
mod token;

pub use authenticate::REVOCATION_SECONDS;
pub(crate) use door::KeyDoor;
pub use error::AuthError;
pub use network::{NETWORKS_MAX, Network, NetworkError};
pub use token::token_region;
pub(crate) use token::{hash, same};

use std::time::Duration;

use bonafide_context::{Realm, Sensitive, Timestamp};
use bonafide_ledger::{ApplicationId, KeyId, Scopes};

/// A key, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `bfk_…`.
    pub id: KeyId,
    /// Whose.
    pub application: ApplicationId,
    /// Tenant, environment and region of its application.
    pub realm: Realm,
    /// What it opens.
    pub scopes: Scopes,
    /// From where it may be used; empty for anywhere.
    pub networks: Vec<Network>,
    /// Whether it can verify signatures, and its secret therefore rests sealed.
    pub signing: bool,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// The key that replaces it.
    pub successor: Option<KeyId>,
}

/// How a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It works.
    Active,
    /// Its time has passed.
    Expired,
    /// Someone ended it.
    Revoked,
}

impl Key {
    /// How it stands at `now`; from its second of expiry on it is expired.
    pub fn state(&self, now: Timestamp) -> KeyState {
        if self.revoked.is_some_and(|at| at <= now) {
            KeyState::Revoked
        } else if self.expires.is_some_and(|at| at <= now) {
            KeyState::Expired
        } else {
            KeyState::Active
        }
    }
}

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKeyRequest {
    /// For which application.
    pub application: ApplicationId,
    /// What it is to open; at least one.
    pub scopes: Scopes,
    /// From where; empty for anywhere.
    pub networks: Vec<Network>,
    /// For how long; `None` for until it is revoked.
    pub lifetime: Option<Duration>,
    /// Whether it is to verify signatures of the signed dialects too.
    pub signing: bool,
}

/// A key that was just made. Neither `secret` nor `token` can be had again.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The key.
    pub key: Key,
    /// The secret of the signed dialects: 64 hexadecimal digits.
    pub secret: Sensitive<String>,
    /// The bearer token of the native API: `bf_<environment>_<region>_<id>_<secret>`.
    pub token: Sensitive<String>,
}
