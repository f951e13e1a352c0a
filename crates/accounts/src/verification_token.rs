//! The token of a person's browser: for one verification, and for a short time.
//!
//! `bfv_<payload>.<mac>`, both base64url. The payload says whose verification
//! it is and until when; the MAC is HMAC-SHA-256 under a key that every node of
//! the installation has. Nothing is stored, so there is nothing to look up for
//! a stranger and nothing to clean away; whether the verification still takes
//! anything is for the verification to say.

use std::net::IpAddr;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bonafide_context::{Region, Sensitive, TenantId, Timestamp};
use bonafide_ledger::{Caller, Scope, Scopes};

use crate::read::invalid;
use crate::{Accounts, AccountsError, AuthError};

const MARK: &str = "bfv_";
/// As long as the data it leads to.
const LIFETIME_MAX: Duration = Duration::from_secs(2 * 3_600);
const LENGTH_MAX: usize = 1_024;
const VERIFICATION_MAX: usize = 64;
/// Separates the parts of the payload; none of them can hold it.
const SEPARATOR: char = '|';

/// A token for one verification.
#[derive(Clone, Debug)]
pub struct VerificationToken {
    /// `bfv_…`: goes to the browser as bearer token, or in the address' fragment.
    pub token: Sensitive<String>,
    /// When it stops to work.
    pub expires: Timestamp,
}

/// Whether a bearer token means to be one of these.
pub(crate) fn is_one(token: &str) -> bool {
    token.starts_with(MARK)
}

/// The region that a token says it is of.
pub(crate) fn region(token: &str) -> Option<Region> {
    let (payload, _) = take_apart(token)?;
    let said = std::str::from_utf8(&payload).ok().and_then(Payload::read)?;
    Some(said.caller.region)
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
        let plain = verification.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !plain || verification.is_empty() || verification.len() > VERIFICATION_MAX {
            return Err(invalid("verification", "give the id as it was made"));
        }
        if lifetime.is_zero() || lifetime > LIFETIME_MAX {
            return Err(invalid("lifetime", "is more than nothing and at most two hours"));
        }
        if caller.bound_to.is_some() {
            return Err(AccountsError::Denied);
        }
        let lifetime_ms = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
        let expires = Timestamp(self.clock.now().0.saturating_add(lifetime_ms));
        let payload = Payload { caller: caller.clone(), verification, expires }.write();
        let mac = hmac::sign(&self.verification_key().await?, payload.as_bytes());
        let token = format!("{MARK}{}.{}", BASE64.encode(&payload), BASE64.encode(mac));
        Ok(VerificationToken { token: Sensitive::new(token), expires })
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
        let Some((payload, mac)) = take_apart(token) else {
            return Err(self.failed(address, AuthError::Malformed));
        };
        // What a stranger says is believed so far as to send him away.
        let said = std::str::from_utf8(&payload).ok().and_then(Payload::read);
        if let Some(said) = said {
            self.here(&said.caller.region, address)?;
        }
        let key = self.verification_key().await?;
        if hmac::verify(&key, &payload, &mac).is_err() {
            return Err(self.failed(address, AuthError::Unknown));
        }
        // From here on these are our own words.
        let read = std::str::from_utf8(&payload).ok().and_then(Payload::read);
        let Some(Payload { mut caller, verification, expires }) = read else {
            return Err(self.failed(address, AuthError::Malformed));
        };
        if expires <= self.clock.now() {
            return Err(self.failed(address, AuthError::Expired));
        }
        let application = self.application_row(&caller.application).await;
        let application = application
            .map_err(|error| AuthError::Unavailable { reason: error.to_string() })?
            .filter(|application| application.closed.is_none());
        if application.is_none_or(|application| application.realm() != caller.realm()) {
            return Err(self.failed(address, AuthError::Revoked));
        }
        caller.bound_to = Some(verification.to_owned());
        Ok(caller)
    }

    async fn verification_key(&self) -> Result<hmac::Key, bonafide_vault::VaultError> {
        let fetch = async || {
            let key = self.vault.service_key("verification-token").await?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
        };
        self.verification_key.get_or_try_init(fetch).await.cloned()
    }
}

/// What a token says.
struct Payload<'a> {
    caller: Caller,
    verification: &'a str,
    expires: Timestamp,
}

impl<'a> Payload<'a> {
    fn write(&self) -> String {
        let Caller { tenant, application, environment, region, .. } = &self.caller;
        [
            tenant.to_string().as_str(),
            application.as_str(),
            environment.as_str(),
            region.as_str(),
            self.verification,
            &self.expires.0.to_string(),
        ]
        .join(&SEPARATOR.to_string())
    }

    fn read(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.split(SEPARATOR).collect();
        let [tenant, application, environment, region, verification, expires] = parts[..] else {
            return None;
        };
        let caller = Caller {
            tenant: tenant.parse::<TenantId>().ok()?,
            application: application.parse().ok()?,
            environment: environment.parse().ok()?,
            region: region.parse().ok()?,
            key: None,
            scopes: Scopes::from_iter([Scope::Verification]),
            bound_to: None,
        };
        Some(Self { caller, verification, expires: Timestamp(expires.parse().ok()?) })
    }
}

/// Payload and MAC of a token.
fn take_apart(token: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if token.len() > LENGTH_MAX {
        return None;
    }
    let (payload, mac) = token.strip_prefix(MARK)?.split_once('.')?;
    Some((BASE64.decode(payload).ok()?, BASE64.decode(mac).ok()?))
}
