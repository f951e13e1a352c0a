//! The second factor: time-based one-time passwords (RFC 6238; SHA-1, six
//! digits, 30 seconds, one step of tolerance to each side).

use bonafide_context::{Sensitive, Timestamp};
use bonafide_vault::records::{Change, Condition, Expect, Operator, Row, Value};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::session::end_of;
use super::{Session, UserId};
use crate::read::invalid;
use crate::tables::{SESSIONS, USERS};
use crate::{Accounts, AccountsError, Action, Actor};

/// 160 bits, as RFC 4226 recommends.
const SEED_BYTES: usize = 20;

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
    /// [`Accounts::confirm_totp`] has seen a code of it. Whoever has a second
    /// factor already must have given it in this session.
    pub async fn begin_totp(&self, session: &Session) -> Result<TotpEnrolment, AccountsError> {
        let user = self.own_row(session).await?;
        let mut seed = vec![0; SEED_BYTES];
        self.draw(|random| random.fill(&mut seed));
        let login = self.login_of(&session.user, &user).await?;
        let totp = Builder::new()
            .with_secret(seed.clone())
            .with_issuer(Some("Bonafide"))
            .with_account_name(login.expose().as_str())
            .build()
            .map_err(|_| AccountsError::Damaged)?;
        let url = totp.to_url().map_err(|_| AccountsError::Damaged)?;
        let sealed = self.vault.seal_secret(&context(&session.user), &seed).await?;
        let pending = Change::Update {
            table: &USERS,
            set: vec![("totp_pending", sealed.into())],
            conditions: vec![Condition::is("id", session.user.as_str())],
            expect: Expect::One,
        };
        self.records.commit(vec![pending]).await?;
        let seed = Secret::from(seed).to_base32();
        Ok(TotpEnrolment { seed: Sensitive::new(seed), url: Sensitive::new(url) })
    }

    /// Takes up the seed that was drawn, if the code is its own. The user's
    /// other sessions end.
    pub async fn confirm_totp(&self, session: &Session, code: &str) -> Result<(), AccountsError> {
        const WRONG: AccountsError = invalid("code", "is not the code of the seed just drawn");
        let user = self.own_row(session).await?;
        let seed = self.totp_seed(&session.user, &user, "totp_pending").await?.ok_or(WRONG)?;
        let step = step_of(&seed, code, self.clock.now()).ok_or(WRONG)?;
        let sealed = user.bytes("totp_pending")?.to_vec();
        let changes = vec![
            Change::Update {
                table: &USERS,
                set: vec![
                    ("totp", sealed.into()),
                    ("totp_pending", Value::Null),
                    ("totp_step", step.into()),
                ],
                conditions: vec![
                    Condition::is("id", session.user.as_str()),
                    Condition::NotNull("totp_pending"),
                ],
                expect: Expect::One,
            },
            Change::Delete {
                table: &SESSIONS,
                conditions: vec![
                    Condition::is("user_id", session.user.as_str()),
                    Condition::Compare("hash", Operator::NotEqual, session.hash.as_str().into()),
                ],
                expect: Expect::Any,
            },
            Change::Update {
                table: &SESSIONS,
                set: vec![("second_factor", true.into())],
                conditions: vec![Condition::is("hash", session.hash.as_str())],
                expect: Expect::Any,
            },
            self.user_audited(
                &Actor::user(session),
                Action::SecondFactorEnrolled,
                &session.user,
                session.tenant,
                &json!({}),
            ),
        ];
        Ok(self.records.commit(changes).await?)
    }

    /// Takes a user's second factor away (a lost telephone) and ends the
    /// sessions.
    pub async fn remove_totp(&self, actor: &Actor, id: &UserId) -> Result<(), AccountsError> {
        let user = self.user(actor, id).await?;
        let changes = vec![
            Change::Update {
                table: &USERS,
                set: vec![("totp", Value::Null), ("totp_pending", Value::Null)],
                conditions: vec![Condition::is("id", id.as_str())],
                expect: Expect::One,
            },
            end_of(id),
            self.user_audited(actor, Action::SecondFactorRemoved, id, user.tenant, &json!({})),
        ];
        Ok(self.records.commit(changes).await?)
    }

    /// The row of the session's own user, who has given the second factor if
    /// there is one.
    async fn own_row(&self, session: &Session) -> Result<Row, AccountsError> {
        let user = self.user_row(&session.user).await?.ok_or(AccountsError::NotFound("user"))?;
        if user.optional_bytes("totp")?.is_some() && !session.second_factor {
            return Err(AccountsError::Denied);
        }
        Ok(user)
    }

    /// The seed in a column of a user's row.
    pub(super) async fn totp_seed(
        &self,
        id: &UserId,
        user: &Row,
        column: &str,
    ) -> Result<Option<Sensitive<Vec<u8>>>, AccountsError> {
        let Some(sealed) = user.optional_bytes(column)? else {
            return Ok(None);
        };
        let seed = self.vault.open_secret(&context(id), sealed).await?;
        Ok(Some(Sensitive::new(seed.to_vec())))
    }
}

/// The time step of a code of this seed, within the tolerance.
pub(super) fn step_of(seed: &Sensitive<Vec<u8>>, code: &str, now: Timestamp) -> Option<i64> {
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let step = totp(seed)?.check(code, now.0 / 1_000)?;
    i64::try_from(step).ok()
}

fn totp(seed: &Sensitive<Vec<u8>>) -> Option<Totp> {
    Builder::new().with_secret(seed.expose().clone()).build().ok()
}

fn context(id: &UserId) -> String {
    format!("totp {id}")
}

/// The code that an authenticator with this seed, in base 32, shows at a moment;
/// `None` if that is no seed. For tests of whatever asks for a second factor.
pub fn totp_code(seed: &str, now: Timestamp) -> Option<String> {
    let secret = Secret::try_from_base32(seed).ok()?;
    let totp = totp(&Sensitive::new(secret.as_ref().to_vec()))?;
    Some(totp.generate(now.0 / 1_000).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, cut to six digits.
        let seed = Sensitive::new(b"12345678901234567890".to_vec());
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")]
        {
            let at = |s: u64| step_of(&seed, code, Timestamp(s * 1_000));
            let step = i64::try_from(seconds / 30).unwrap();
            assert_eq!(at(seconds), Some(step));
            // One step to each side, and no more.
            assert_eq!(
                (at(seconds + 30), at(seconds.saturating_sub(30))),
                (Some(step), Some(step))
            );
            assert_eq!(at(seconds + 60), None);
        }
        for bad in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(step_of(&seed, bad, Timestamp(59_000)), None, "{bad}");
        }
    }
}
