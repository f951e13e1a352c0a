//! Logging in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use bonafide_context::{Sensitive, Timestamp};
use bonafide_vault::records::{Change, Condition, Expect, Operator, RecordsError, Row, Select};

use super::{NewSession, Role, UserId, manage, totp};
use crate::accounts::hex;
use crate::limits::{LimitKind, Limited};
use crate::tables::USERS;
use crate::{Accounts, AccountsError};

/// So many failures are free.
const FREE: i64 = 4;
/// The first lock; each further failure doubles it.
const LOCK_MS: u64 = 30_000;
const LOCK_MAX_MS: u64 = 15 * 60_000;
/// How many login names that there are not are kept in mind.
const STRANGERS: usize = 10_000;

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

impl From<RecordsError> for LoginError {
    fn from(error: RecordsError) -> Self {
        Self::Accounts(error.into())
    }
}

impl Accounts {
    /// Begins a session.
    ///
    /// Failures of a login name are counted over all nodes; from the fifth on
    /// they lock it, for 30 s and each time twice as long, up to a quarter of
    /// an hour. An attempt is counted before the password is looked at, so that
    /// many at once are no more than one after another.
    pub async fn log_in(
        &self,
        login: &Sensitive<String>,
        password: &Sensitive<String>,
        code: Option<&str>,
        address: IpAddr,
    ) -> Result<NewSession, LoginError> {
        self.limiter.count_failure(address, self.clock.elapsed())?;
        let attempt = self.attempt(login, password, code).await;
        // What was no failure of the caller's is not counted as one.
        if matches!(attempt, Ok(_) | Err(LoginError::CodeNeeded | LoginError::Accounts(_))) {
            self.limiter.pay_back_failure(address);
        }
        attempt
    }

    async fn attempt(
        &self,
        login: &Sensitive<String>,
        password: &Sensitive<String>,
        code: Option<&str>,
    ) -> Result<NewSession, LoginError> {
        let now = self.clock.now();
        let login_hash = self.login_hash(&manage::normal(login.expose())).await?;
        let select = Select::from(&USERS).and(Condition::is("login_hash", login_hash.as_str()));
        let rows = self.records.select(select).await?;
        let Some(user) = rows.first() else {
            // Everything goes as for a user whose password is wrong.
            self.strangers.count(&login_hash, now)?;
            self.passwords.check(password, None).await?;
            return Err(LoginError::Refused);
        };
        let id: UserId = user.parsed("id")?;
        let count =
            Count { failures: user.integer("failures")?, until: user.moment("locked_until")? };
        let counted = self.count_attempt(&id, count, now).await?;

        let phc = user.text("password")?.to_owned();
        let right = match self.passwords.check(password, Some(phc)).await {
            Ok(right) => right,
            Err(error) => {
                self.uncount(&id, counted, count).await?;
                return Err(error.into());
            }
        };
        if !right {
            return Err(LoginError::Refused);
        }
        let step = match (self.totp_seed(&id, user, "totp").await?, code) {
            (None, _) => None,
            (Some(_), None) => {
                // No failure, and no success that would clear the count either:
                // or the password alone would give endless tries at the code.
                self.uncount(&id, counted, count).await?;
                return Err(LoginError::CodeNeeded);
            }
            (Some(seed), Some(code)) => {
                Some(totp::step_of(&seed, code, now).ok_or(LoginError::Refused)?)
            }
        };
        self.begin(user, &id, step).await
    }

    /// Clears the count, uses up the time step, begins the session: together.
    async fn begin(
        &self,
        user: &Row,
        id: &UserId,
        step: Option<i64>,
    ) -> Result<NewSession, LoginError> {
        let role: Role = user.parsed("role")?;
        let tenant = manage::tenant_of(user)?;
        let (session, row) = self.new_session(id.clone(), tenant, role, step.is_some());
        let mut set = vec![("failures", 0_i64.into()), ("locked_until", 0_i64.into())];
        // The password that was looked at must still be the one that holds.
        let mut conditions = vec![Condition::is("id", id.as_str()), password_is(user)?];
        if let Some(step) = step {
            set.push(("totp_step", step.into()));
            // A code is good once, also when it comes twice at the same moment.
            conditions.push(Condition::less("totp_step", step));
        }
        let clear = Change::Update { table: &USERS, set, conditions, expect: Expect::One };
        match self.records.commit(vec![clear, row]).await {
            Ok(()) => Ok(session),
            Err(RecordsError::Conflict) => Err(LoginError::Refused),
            Err(other) => Err(other.into()),
        }
    }

    /// Counts an attempt as a failure in advance.
    async fn count_attempt(
        &self,
        id: &UserId,
        count: Count,
        now: Timestamp,
    ) -> Result<Count, LoginError> {
        count.open(now)?;
        let counted = count.next(now);
        match self.records.commit(vec![count.becomes(id, counted)]).await {
            Ok(()) => Ok(counted),
            // Another attempt at the same moment: one of them has to come again.
            Err(RecordsError::Conflict) => {
                Err(Limited::new(LimitKind::Login, Duration::from_secs(1)).into())
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Takes back an attempt that was none.
    async fn uncount(&self, id: &UserId, counted: Count, before: Count) -> Result<(), LoginError> {
        match self.records.commit(vec![counted.becomes(id, before)]).await {
            // Someone else has counted since: then it stays counted.
            Ok(()) | Err(RecordsError::Conflict) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// What a login name is known by.
    pub(super) async fn login_hash(&self, login: &str) -> Result<String, AccountsError> {
        let fetch = async || {
            let key = self.vault.service_key("login-name").await?;
            Ok::<_, AccountsError>(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
        };
        let key = self.login_key.get_or_try_init(fetch).await?;
        Ok(hex(hmac::sign(key, login.as_bytes()).as_ref()))
    }
}

/// Holds while the password is the one of the row that was read. The column is
/// in no index, but the row is found by id.
fn password_is(user: &Row) -> Result<Condition, RecordsError> {
    Ok(Condition::Compare("password", Operator::Equal, user.text("password")?.into()))
}

/// Failures of a login name, and until when it is locked for them.
#[derive(Clone, Copy)]
struct Count {
    failures: i64,
    until: Timestamp,
}

impl Count {
    /// Whether an attempt may be made.
    fn open(self, now: Timestamp) -> Result<(), Limited> {
        match self.until.0.checked_sub(now.0) {
            Some(wait) if wait > 0 => {
                Err(Limited::new(LimitKind::Login, Duration::from_millis(wait)))
            }
            _ => Ok(()),
        }
    }

    /// With one failure more.
    fn next(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let lock = match u32::try_from(failures - FREE) {
            Ok(over @ 1..) => LOCK_MS.saturating_mul(1 << (over - 1).min(16)).min(LOCK_MAX_MS),
            _ => 0,
        };
        Self { failures, until: Timestamp(now.0.saturating_add(lock)) }
    }

    /// The change from this count to another, if it is this one still.
    fn becomes(self, id: &UserId, other: Self) -> Change {
        Change::Update {
            table: &USERS,
            set: vec![("failures", other.failures.into()), ("locked_until", other.until.into())],
            conditions: vec![
                Condition::is("id", id.as_str()),
                Condition::is("failures", self.failures),
                Condition::is("locked_until", self.until),
            ],
            expect: Expect::One,
        }
    }
}

/// Counts failures of login names that there are not, so that a lock does not
/// tell which ones there are. Of this node only, and a bounded number.
#[derive(Default)]
pub(crate) struct Strangers(Mutex<HashMap<String, Count>>);

impl Strangers {
    fn count(&self, login_hash: &str, now: Timestamp) -> Result<(), Limited> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= STRANGERS && !all.contains_key(login_hash) {
            all.clear();
        }
        let none = Count { failures: 0, until: Timestamp(0) };
        let count = all.entry(login_hash.to_owned()).or_insert(none);
        count.open(now)?;
        *count = count.next(now);
        Ok(())
    }
}
