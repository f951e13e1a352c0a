//! Making out who calls.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bonafide_context::{Region, Timestamp};
use bonafide_ledger::{Caller, KeyId};

use super::AuthError;
use super::door::Known;
use super::manage;
use super::token::{BearerToken, hash, same};
use crate::verification_token;
use crate::{Accounts, AccountsError};

/// How long another node may go on letting in a key that was revoked or changed
/// elsewhere: as long as a key that was looked up is remembered. On the node
/// that made the change it holds at once; an expiry holds everywhere at once.
pub const REVOCATION_SECONDS: u64 = 5;

impl Accounts {
    /// Whom a bearer token speaks for: the token of a key, or of a person's
    /// browser (see [`Accounts::authenticate_verification`]).
    pub async fn authenticate(&self, token: &str, address: IpAddr) -> Result<Caller, AuthError> {
        if verification_token::is_one(token) {
            self.authenticate_verification(token, address).await
        } else {
            self.authenticate_bearer(token, address).await
        }
    }

    /// Whom the token of a key speaks for. `address` is the caller's own, after
    /// declared proxies.
    ///
    /// A key that was asked for within the last [`REVOCATION_SECONDS`] costs no
    /// query. Every failure is counted against the address; once it has had too
    /// many, tokens that this node does not know are refused unseen.
    pub async fn authenticate_bearer(
        &self,
        token: &str,
        address: IpAddr,
    ) -> Result<Caller, AuthError> {
        let Some(token) = BearerToken::read(token) else {
            return Err(self.failed(address, AuthError::Malformed));
        };
        self.here(&token.region, address)?;
        let hash = hash(token.secret);
        let is_its = |known: &Known| {
            same(&known.hash, &hash)
                && known.caller.environment == token.environment
                && known.caller.region == token.region
        };
        let known = self.keys.known(&token.key);
        let is_known = known.as_ref().is_some_and(|known| is_its(known));
        let known = match known {
            Some(known) if known.is_fresh(self.clock.elapsed()) => known,
            _ => self.look_up(&token.key, address, is_known).await?,
        };
        if !is_its(&known) {
            return Err(self.failed(address, AuthError::Unknown));
        }
        self.let_in(&known, address)
    }

    /// Whom a signed request speaks for: `verify` is given the key's secret and
    /// says whether the signature is right. The caller is handed out only then.
    pub async fn authenticate_signed(
        &self,
        key: &KeyId,
        address: IpAddr,
        verify: impl FnOnce(&[u8]) -> bool + Send,
    ) -> Result<Caller, AuthError> {
        let known = match self.keys.known(key) {
            Some(known) if known.is_fresh(self.clock.elapsed()) => known,
            known => self.look_up(key, address, known.is_some()).await?,
        };
        let Some(sealed) = &known.sealed else {
            return Err(self.failed(address, AuthError::NotSigning));
        };
        let secret = self.vault.open_secret(key.as_str(), sealed).await?;
        if !verify(&secret) {
            return Err(self.failed(address, AuthError::Unknown));
        }
        self.let_in(&known, address)
    }

    /// Refuses what belongs to a region that is not kept here.
    pub(crate) fn here(&self, region: &Region, address: IpAddr) -> Result<(), AuthError> {
        let checked = self.regions.check(region);
        checked.map_err(|elsewhere| self.failed(address, AuthError::Elsewhere(elsewhere)))
    }

    /// Counts a failure against its address.
    pub(crate) fn failed(&self, address: IpAddr, error: AuthError) -> AuthError {
        match self.limiter.count_failure(address, self.clock.elapsed()) {
            Ok(()) => error,
            Err(limited) => AuthError::Limited(limited),
        }
    }

    /// A key from the store. Whoever shows a secret that is not known here pays
    /// for the look-up as for a failure, and is paid back if there is such a
    /// key: so that an address that has had too many failures asks for nothing.
    async fn look_up(
        &self,
        id: &KeyId,
        address: IpAddr,
        is_known: bool,
    ) -> Result<Arc<Known>, AuthError> {
        let _lane = self.keys.lane(id).lock().await;
        if let Some(known) = self.keys.known(id)
            && known.is_fresh(self.clock.elapsed())
        {
            return Ok(known);
        }
        if !is_known {
            self.limiter
                .count_failure(address, self.clock.elapsed())
                .map_err(AuthError::Limited)?;
        }
        let pay_back = || {
            if !is_known {
                self.limiter.pay_back_failure(address);
            }
        };
        let epoch = self.keys.epoch();
        let asked = self.clock.elapsed();
        let row = self.key_row(id).await.inspect_err(|_| pay_back())?;
        let Some(row) = row else {
            return Err(AuthError::Unknown);
        };
        pay_back();
        let damaged = |error: AccountsError| AuthError::Unavailable { reason: error.to_string() };
        let key = manage::key(&row).map_err(damaged)?;
        let known = Arc::new(Known {
            hash: row.bytes("hash")?.to_vec(),
            sealed: row.optional_bytes("sealed")?.map(<[u8]>::to_vec),
            networks: key.networks,
            expires: key.expires,
            revoked: key.revoked,
            asked,
            noted: AtomicU64::new(key.last_used.map_or(0, |at| at.0)),
            caller: Caller {
                tenant: key.realm.tenant,
                application: key.application,
                environment: key.realm.environment,
                region: key.realm.region,
                key: Some(key.id),
                scopes: key.scopes,
                bound_to: None,
            },
        });
        self.keys.remember(id, Arc::clone(&known), epoch);
        Ok(known)
    }

    /// Lets in who has shown the secret, if the key still works, and from here.
    fn let_in(&self, known: &Known, address: IpAddr) -> Result<Caller, AuthError> {
        self.here(&known.caller.region, address)?;
        let now = self.clock.now();
        let over = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        let error = if over(known.revoked) {
            AuthError::Revoked
        } else if over(known.expires) {
            AuthError::Expired
        } else if !known.networks.is_empty()
            && !known.networks.iter().any(|network| network.contains(address))
        {
            AuthError::Network
        } else {
            self.keys.note_use(known, now);
            return Ok(known.caller.clone());
        };
        Err(self.failed(address, error))
    }
}
