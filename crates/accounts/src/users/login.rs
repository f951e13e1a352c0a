//! Logging in.

use std::net::IpAddr;

use bonafide_context::Sensitive;

use super::NewSession;
use crate::limits::Limited;
use crate::{Accounts, AccountsError};

/// Why nobody was logged in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Login name, password or code is wrong; which, is not told.
    #[error("login name, password or code is wrong")]
    Refused,
    /// The password is right, and the second factor is missing.
    #[error("give the code of the second factor")]
    CodeNeeded,
    /// Too many failures for this login name or from this address.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// It could not be found out.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

impl Accounts {
    /// Begins a session. Failures of a login name are counted, and lock it for
    /// a time that doubles.
    pub async fn log_in(
        &self,
        login: &Sensitive<String>,
        password: &Sensitive<String>,
        code: Option<&str>,
        address: IpAddr,
    ) -> Result<NewSession, LoginError> {
        let _ = (login, password, code, address);
        todo!()
    }
}
