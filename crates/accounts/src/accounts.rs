//! The one door to accounts.

use std::fmt::Write as _;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::hmac;
use bonafide_context::{Clock, Random};
use bonafide_policy::Policies;
use bonafide_vault::{Records, Vault};
use tokio::sync::OnceCell;

use crate::Regions;
use crate::keys::KeyDoor;
use crate::limits::{Limiter, Limits};
use crate::users::{Passwords, Strangers};

/// Tenants, applications, keys, users, quotas and templates of this
/// installation. One a node; nodes share the stores beneath.
pub struct Accounts {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) vault: Arc<Vault>,
    /// What tenants may be under.
    pub(crate) policies: Policies,
    /// Whose data may rest here.
    pub(crate) regions: Regions,
    pub(crate) clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random>>,
    pub(crate) limiter: Limiter,
    pub(crate) keys: KeyDoor,
    pub(crate) passwords: Passwords,
    pub(crate) strangers: Strangers,
    pub(crate) verification_key: OnceCell<hmac::Key>,
    pub(crate) login_key: OnceCell<hmac::Key>,
    /// Counts the lines that this node has written into the audit log.
    pub(crate) audited: AtomicU64,
}

impl Accounts {
    /// Accounts over stores that are migrated (see [`crate::MIGRATIONS`]).
    pub fn new(
        records: Arc<dyn Records>,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        random: Box<dyn Random>,
        limits: Limits,
        policies: Policies,
    ) -> Self {
        Self {
            records,
            vault,
            policies,
            regions: Regions::default(),
            clock,
            random: Mutex::new(random),
            limiter: Limiter::new(limits),
            keys: KeyDoor::default(),
            passwords: Passwords::default(),
            strangers: Strangers::default(),
            verification_key: OnceCell::new(),
            login_key: OnceCell::new(),
            audited: AtomicU64::new(0),
        }
    }

    /// On a node of these regions: nothing of another is taken in.
    #[must_use]
    pub fn of_regions(self, regions: Regions) -> Self {
        Self { regions, ..self }
    }

    /// The policies that tenants may be under.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Draws from the random source.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut dyn Random) -> T) -> T {
        draw(self.random.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }

    /// 256 random bits, as 64 lower-case hexadecimal digits: what no one
    /// guesses, and what stands in headers, addresses and files as it is.
    pub(crate) fn new_secret(&self) -> String {
        let mut bytes = [0; 32];
        self.draw(|random| random.fill(&mut bytes));
        hex(&bytes)
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
