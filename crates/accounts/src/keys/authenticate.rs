//! Making out who calls.

use std::net::IpAddr;

use bonafide_ledger::{Caller, KeyId};

use super::AuthError;
use crate::Accounts;

/// How long another node may go on letting in a key that was revoked or changed
/// elsewhere: as long as a key that was looked up is remembered.
pub const REVOCATION_SECONDS: u64 = 5;

/// What a node remembers of keys.
#[derive(Default)]
pub(crate) struct KeyDoor {}

impl Accounts {
    /// Whom a bearer token speaks for: the token of a key, or of a person's
    /// browser (see [`Accounts::authenticate_verification`]).
    pub async fn authenticate(&self, token: &str, address: IpAddr) -> Result<Caller, AuthError> {
        let _ = (token, address);
        todo!()
    }

    /// Whom the token of a key speaks for. `address` is the caller's own, after
    /// declared proxies.
    pub async fn authenticate_bearer(
        &self,
        token: &str,
        address: IpAddr,
    ) -> Result<Caller, AuthError> {
        let _ = (token, address);
        todo!()
    }

    /// Whom a signed request speaks for: `verify` is given the key's secret and
    /// says whether the signature is right. The caller is handed out only then.
    pub async fn authenticate_signed(
        &self,
        key: &KeyId,
        address: IpAddr,
        verify: impl FnOnce(&[u8]) -> bool + Send,
    ) -> Result<Caller, AuthError> {
        let _ = (key, address, verify);
        todo!()
    }
}
