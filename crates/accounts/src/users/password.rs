//! Passwords: argon2id, off the asynchronous threads and one at a time.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use bonafide_context::{Keeper, Sensitive};
use tokio::sync::Semaphore;

use crate::AccountsError;
use crate::keys::same;
use crate::read::invalid;

/// The fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;
const PASSWORD_MAX: usize = 256;

/// What a guess costs.
#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The OWASP password storage cheat sheet's minimum for argon2id.
const OWASP: Cost = Cost { memory_kib: 19 * 1_024, passes: 2, lanes: 1 };

impl Cost {
    fn params(self) -> Result<Params, AccountsError> {
        Params::new(self.memory_kib, self.passes, self.lanes, None)
            .map_err(|_| AccountsError::Damaged)
    }
}

/// How many are worked on at once on a node: a flood of logins takes one core
/// and 19 MiB, whatever its size.
const AT_ONCE: usize = 1;
/// How many more wait their turn; the rest is told to come again.
const WAITING: usize = 16;

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    cost: Cost,
    /// What is worked in: made by the first login and kept, because an
    /// allocator that is given blocks of this size again and again keeps up to
    /// eight times as much (158 MiB after ten logins, measured with glibc).
    memory: Arc<Mutex<Vec<Block>>>,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        // The room's own tests log in hundreds of times, unoptimised; what a
        // password costs in earnest is tested below.
        let cheap = Cost { memory_kib: 64, passes: 1, lanes: 1 };
        Self::at(if cfg!(test) { cheap } else { OWASP })
    }
}

impl Passwords {
    fn at(cost: Cost) -> Self {
        Self {
            cost,
            memory: Arc::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }

    /// The PHC string of a password, with this salt.
    pub(super) async fn hash(
        &self,
        password: &Sensitive<String>,
        salt: [u8; 16],
    ) -> Result<String, AccountsError> {
        if !Keeper::PasswordHash.works() {
            return Ok(password.expose().clone());
        }
        let (password, params) = (password.clone(), self.cost.params()?);
        self.in_turn(move |memory| phc(params, &password, &salt, memory)).await?
    }

    /// Whether this is the password of a PHC string. Without one, the same work
    /// is done for nothing, so that a login name that there is not takes as
    /// long as one that there is.
    pub(super) async fn check(
        &self,
        password: &Sensitive<String>,
        kept: Option<String>,
    ) -> Result<bool, AccountsError> {
        let (password, params) = (password.clone(), self.cost.params()?);
        self.in_turn(move |memory| {
            let Some(kept) = kept else {
                return phc(params, &password, &[0; 16], memory).map(|_| false);
            };
            let damaged = |_| AccountsError::Damaged;
            let hash = PasswordHash::new(&kept).map_err(damaged)?;
            // With the parameters that it was made with.
            let params = Params::try_from(&hash).map_err(|_| AccountsError::Damaged)?;
            let salt = hash.salt.as_ref().ok_or(AccountsError::Damaged)?;
            let again = phc(params, &password, salt.as_ref(), memory)?;
            Ok(same(again.as_bytes(), kept.as_bytes()))
        })
        .await?
    }

    /// Runs on a thread for blocking work when its turn has come. Whoever waits
    /// may go away; work that has begun keeps its turn until it is done.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, AccountsError> {
        const BUSY: AccountsError = AccountsError::Busy { retry_after_seconds: 1 };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| BUSY)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| BUSY)?;
        let memory = Arc::clone(&self.memory);
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work(&mut memory.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(|_| BUSY)
    }
}

/// Whether a password may be set: long enough, not endless, and not the login
/// name.
pub(super) fn check_password(
    password: &Sensitive<String>,
    login: &str,
) -> Result<(), AccountsError> {
    let text = password.expose();
    if text.len() > PASSWORD_MAX * 4
        || !(PASSWORD_MIN..=PASSWORD_MAX).contains(&text.chars().count())
    {
        return Err(invalid("password", "has 12 to 256 characters"));
    }
    if text.to_lowercase() == login {
        return Err(invalid("password", "is not the login name"));
    }
    Ok(())
}

/// The PHC string of a password under these parameters.
fn phc(
    params: Params,
    password: &Sensitive<String>,
    salt: &[u8],
    memory: &mut Vec<Block>,
) -> Result<String, AccountsError> {
    let damaged = |_| AccountsError::Damaged;
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::default());
    }
    let described = ParamsString::try_from(&params).map_err(|_| AccountsError::Damaged)?;
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut out, memory)
        .map_err(|_| AccountsError::Damaged)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: described,
        salt: Some(Salt::new(salt).map_err(damaged)?),
        hash: Some(Output::new(&out).map_err(damaged)?),
    };
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Sensitive<String> {
        Sensitive::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_phc_string() {
        let passwords = Passwords::at(OWASP);
        let right = password("correct horse battery");
        let phc = passwords.hash(&right, [7; 16]).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(passwords.check(&right, Some(phc.clone())).await.unwrap());
        assert!(!passwords.check(&password("correct horse"), Some(phc.clone())).await.unwrap());
        assert!(!passwords.check(&right, None).await.unwrap());
        assert_ne!(passwords.hash(&right, [8; 16]).await.unwrap(), phc);
        assert_eq!(
            passwords.check(&right, Some("$plain$x".to_owned())).await,
            Err(AccountsError::Damaged)
        );
    }

    #[tokio::test]
    async fn a_flood_waits_in_a_short_line() {
        let passwords = Arc::new(Passwords::default());
        // Whoever has the turn keeps it until the flood has come.
        let turn = Arc::clone(&passwords.turns).acquire_owned().await.unwrap();
        let flood: Vec<_> = (0..50)
            .map(|_| {
                let passwords = Arc::clone(&passwords);
                tokio::spawn(async move { passwords.in_turn(|_| ()).await })
            })
            .collect();
        while passwords.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        // Let the others find the line full.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        drop(turn);
        let mut done = 0;
        for one in flood {
            done += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(done, AT_ONCE + WAITING);
    }

    #[test]
    fn what_may_be_set() {
        let check = |text: &str| check_password(&password(text), "eva.muster@example.org");
        assert!(check("twelve chars").is_ok() && check("пароль-пароль").is_ok());
        assert!(check("eleven char").is_err() && check(&"x".repeat(257)).is_err());
        assert!(check("Eva.Muster@example.org").is_err());
    }
}
