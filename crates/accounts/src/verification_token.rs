//! The token of a person's browser: for one verification, and for a short time.

use std::net::IpAddr;
use std::time::Duration;

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::Caller;

use crate::{Accounts, AccountsError, AuthError};

/// A token for one verification.
#[derive(Clone, Debug)]
pub struct VerificationToken {
    /// `bfv_…`: goes to the browser as bearer token, or in the address' fragment.
    pub token: Sensitive<String>,
    /// When it stops to work.
    pub expires: Timestamp,
}

impl Accounts {
    /// A token that works for this verification of the caller's application
    /// only, for `lifetime` (at most two hours, as long as the data it leads to).
    pub async fn issue_verification_token(
        &self,
        caller: &Caller,
        verification: &str,
        lifetime: Duration,
    ) -> Result<VerificationToken, AccountsError> {
        let _ = (caller, verification, lifetime);
        todo!()
    }

    /// Whom a verification token speaks for: a caller without key, with the
    /// scope `verification`, bound to the verification
    /// (`Caller::bound_to`). Who takes it must compare that with what is asked
    /// for and answer anything else like what does not exist.
    pub async fn authenticate_verification(
        &self,
        token: &str,
        address: IpAddr,
    ) -> Result<Caller, AuthError> {
        let _ = (token, address);
        todo!()
    }
}
