//! The second factor: time-based one-time passwords (RFC 6238).

use bonafide_context::Sensitive;

use super::{Session, UserId};
use crate::{Accounts, AccountsError, Actor};

/// A second factor that waits for its first code.
#[derive(Clone, Debug)]
pub struct TotpEnrolment {
    /// The seed in base32, to be typed in.
    pub seed: Sensitive<String>,
    /// The same as `otpauth://` address, for a code to be scanned.
    pub url: Sensitive<String>,
}

impl Accounts {
    /// Draws a seed for the session's user; it counts once
    /// [`Accounts::confirm_totp`] has seen a code of it.
    pub async fn begin_totp(&self, session: &Session) -> Result<TotpEnrolment, AccountsError> {
        let _ = session;
        todo!()
    }

    /// Takes up the seed that was drawn, if the code is its own.
    pub async fn confirm_totp(&self, session: &Session, code: &str) -> Result<(), AccountsError> {
        let _ = (session, code);
        todo!()
    }

    /// Takes a user's second factor away (a lost telephone) and ends the
    /// sessions.
    pub async fn remove_totp(&self, actor: &Actor, id: &UserId) -> Result<(), AccountsError> {
        let _ = (actor, id);
        todo!()
    }
}
