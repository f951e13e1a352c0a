//! Asking.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bonafide_context::{Keeper, Timestamp};
use bonafide_outbound::{Client, Failure, Method, Recipient, Request};
use bonafide_transparency::note::{Keyring, Signature, VerifierKey};
use bonafide_transparency::witness::{ADD_CHECKPOINT, Client as Protocol, ClientError, Outcome};
use bonafide_transparency::{Reader, SignedCheckpoint};

use super::{Alarm, Standing, WitnessState};
use crate::app::later;
use crate::{App, Moment, UseCaseError};

/// From the first packet to the last byte of an answer.
const TIME_OUT: Duration = Duration::from_secs(15);
/// Bytes of an answer that are read.
const LONGEST: usize = 64 << 10;
/// Rounds of one attempt: the first may only tell what the witness has seen, and
/// another node may be at it too.
const ROUNDS: u32 = 4;
/// The first wait after an attempt that brought nothing; it doubles, seven times.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// After so long a witness is asked again that has signed already.
const AGAIN: Duration = Duration::from_secs(300);
/// After so many a witness counts as silent.
const SILENT: u32 = 3;

/// A witness, as the operator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The prefix of its address: `https://witness.example/bonafide`.
    pub url: String,
    /// The key that its cosignatures are verified with.
    pub key: VerifierKey,
}

/// The witnesses of this installation's log.
pub struct Witnesses {
    witnesses: Vec<Witness>,
    client: Client,
    standing: Mutex<Standing>,
    /// When each last said something to this process.
    heard: Mutex<BTreeMap<String, Timestamp>>,
}

/// What an attempt brought.
enum Said {
    /// What it signed.
    Cosigned(Vec<Signature>),
    /// Nothing, and nothing is wrong: it is asked again.
    Later { seen: u64 },
    /// That the log is not as it was.
    Alarm { alarm: Alarm, size: u64 },
    /// Nothing, for this reason.
    Failed(&'static str),
}

impl Witnesses {
    /// These, asked by this client, which calls them from now on.
    pub fn new(witnesses: Vec<Witness>, client: Client) -> Self {
        let host = |witness: &Witness| {
            let rest = witness.url.split_once("://").map_or(witness.url.as_str(), |(_, rest)| rest);
            let authority = rest.split('/').next().unwrap_or_default();
            // A port belongs to no name; an address of IPv6 keeps its brackets.
            let end = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
            authority[..end.unwrap_or(authority.len())].to_owned()
        };
        client.register_witnesses(witnesses.iter().map(host).collect());
        let count = witnesses.len() as u64;
        let standing = Standing { witnesses: count, behind: count, ..Standing::default() };
        Self { witnesses, client, standing: Mutex::new(standing), heard: Mutex::default() }
    }

    /// How they are taken together, as of the last round.
    pub fn standing(&self) -> Standing {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks those who have not signed the newest checkpoint and whose turn it is; and
    /// at the start, and every few minutes, the others as well: a log that was put back
    /// has a checkpoint that was signed when it was new. To be called every few seconds,
    /// by every node; asking twice does no harm.
    pub async fn ask(&self, app: &App) -> Result<(), UseCaseError> {
        if self.witnesses.is_empty() || !Keeper::Witnesses.works() {
            return Ok(());
        }
        let newest = app.vault().checkpoint().await?;
        let mut standing =
            Standing { witnesses: self.witnesses.len() as u64, ..Standing::default() };
        for witness in &self.witnesses {
            let name = witness.key.name().as_str();
            let mut state = WitnessState::find(&**app.records(), name).await?;
            let mut signed = newest.as_ref().is_none_or(|newest| signed_by(newest, &witness.key));
            let ask = newest.is_some()
                && (!signed || state.alarm.is_some() || self.is_long_ago(name, app.clock().now()));
            if ask && state.next <= app.clock().now() {
                let published;
                (state, published) = self.turn(app, witness, state).await?;
                signed |= published;
            }
            standing.behind += u64::from(!signed);
            standing.alarm = standing.alarm.max(state.alarm);
            standing.silent |= state.failures >= SILENT;
        }
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = standing;
        Ok(())
    }

    /// Whether a witness has not said anything to this process for long.
    fn is_long_ago(&self, name: &str, now: Timestamp) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(name).is_none_or(|at| later(*at, AGAIN) <= now)
    }

    /// One attempt with one witness: what is known afterwards, and whether its
    /// cosignature is published.
    async fn turn(
        &self,
        app: &App,
        witness: &Witness,
        before: WitnessState,
    ) -> Result<(WitnessState, bool), UseCaseError> {
        let (reader, checkpoint) = app.vault().log_reader().await?;
        let size = checkpoint.head().size;
        let said = self.attempt(app, witness, before.seen, &reader, &checkpoint).await?;
        let now = app.clock().now();
        let (mut state, mut published) = (before.clone(), false);
        if matches!(said, Said::Cosigned(_) | Said::Alarm { .. }) {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.insert(before.name.clone(), now);
        }
        match said {
            Said::Cosigned(cosignatures) => {
                let mut signed = checkpoint.clone();
                for cosignature in &cosignatures {
                    signed.add(cosignature.clone()).map_err(unusable)?;
                }
                // Published, unless the log has grown meanwhile: then it is asked again.
                published = app.vault().add_cosignatures(&checkpoint, cosignatures).await?;
                state = WitnessState {
                    seen: size,
                    cosigned_at: Some(Moment(now)),
                    checkpoint: Some(signed.to_text()),
                    ..WitnessState::new(&before.name)
                };
            }
            Said::Later { seen } => state.seen = seen,
            Said::Alarm { alarm, size } => {
                if state.alarm != Some(alarm) {
                    state.alarm_at = Some(Moment(now));
                }
                (state.alarm, state.alarm_size) = (Some(alarm), Some(size));
                state.failures = 0;
                state.failure = None;
                state.next = later(now, wait(3));
            }
            Said::Failed(code) => {
                state.failures = state.failures.saturating_add(1);
                state.failure = Some(code.to_owned());
                state.next = later(now, wait(state.failures));
            }
        }
        tell(&before, &state, size);
        state.keep(&**app.records()).await?;
        Ok((state, published))
    }

    async fn attempt(
        &self,
        app: &App,
        witness: &Witness,
        seen: u64,
        reader: &Reader,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Said, UseCaseError> {
        let ours = checkpoint.head().size;
        // What a store that was put back remembers may be more than it has now.
        let mut protocol = Protocol::new(witness.key.clone(), seen.min(ours));
        for _ in 0..ROUNDS {
            let asked = match protocol.request(reader, checkpoint).await {
                Ok(asked) => asked,
                Err(ClientError::Read(error)) => return Err(unusable(error)),
                Err(error) => return Ok(Said::Failed(code(&error))),
            };
            let request = Request {
                body: asked.to_text().into_bytes().into(),
                timeout: TIME_OUT,
                limit: LONGEST,
                ..Request::new(
                    Recipient::Witness,
                    Method::POST,
                    format!("{}/{ADD_CHECKPOINT}", witness.url.trim_end_matches('/')),
                )
            };
            let answer = match self.client.send(request).await {
                Ok(answer) => answer,
                Err(failure) => return Ok(Said::Failed(unreached(&failure))),
            };
            match protocol.answer(&asked, answer.status, &answer.body) {
                Ok(Outcome::Cosigned(cosignatures)) => return Ok(Said::Cosigned(cosignatures)),
                Ok(Outcome::AskAgain) => {}
                Err(ClientError::RolledBack { seen, .. }) => {
                    // Another node may have made the log longer, and asked, meanwhile.
                    let now = app.vault().checkpoint().await?;
                    if now.is_some_and(|now| now.head().size >= seen) {
                        return Ok(Said::Later { seen: protocol.seen() });
                    }
                    return Ok(Said::Alarm { alarm: Alarm::RolledBack, size: seen });
                }
                Err(ClientError::SplitView { size }) => {
                    return Ok(Said::Alarm { alarm: Alarm::SplitView, size });
                }
                Err(error) => return Ok(Said::Failed(code(&error))),
            }
        }
        Ok(Said::Later { seen: protocol.seen() })
    }
}

/// Whether a witness's cosignature on a checkpoint holds.
fn signed_by(checkpoint: &SignedCheckpoint, key: &VerifierKey) -> bool {
    checkpoint.note().verify(&Keyring::of(key.clone())).is_ok()
}

/// So long after so many attempts that brought nothing: 5 s to 10 min 40 s.
fn wait(failures: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(7))
}

/// Once for each change, not once an attempt.
fn tell(before: &WitnessState, now: &WitnessState, ours: u64) {
    match (before.alarm, now.alarm) {
        (was, Some(alarm)) if was != Some(alarm) => tracing::error!(
            component = now.name.as_str(),
            code = alarm.as_str(),
            size = now.alarm_size.unwrap_or(0),
            limit = ours,
            "a witness has seen another history of the transparency log than the one that is here"
        ),
        (Some(_), None) => tracing::warn!(
            component = now.name.as_str(),
            size = ours,
            "a witness that had seen another history signs this one again"
        ),
        _ => {}
    }
    if before.failures < SILENT && now.failures >= SILENT {
        tracing::warn!(
            component = now.name.as_str(),
            code = now.failure.as_deref().unwrap_or(""),
            "a witness of the transparency log does not sign"
        );
    }
}

fn unusable(error: impl std::error::Error + Send + Sync + 'static) -> UseCaseError {
    UseCaseError::internal("log_unusable", error)
}

fn code(error: &ClientError) -> &'static str {
    match error {
        ClientError::KeyUnknown => "key_unknown",
        ClientError::LogUnknown => "log_unknown",
        ClientError::Refused => "not_understood",
        ClientError::Unavailable { .. } => "unavailable",
        ClientError::Cosignature(_) => "cosignature_wrong",
        _ => "answer_wrong",
    }
}

fn unreached(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refused(_) => "not_allowed",
        Failure::Url => "address_wrong",
        Failure::Connect => "no_connection",
        Failure::Timeout => "too_slow",
        Failure::TooLarge { .. } | Failure::Broken => "answer_wrong",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_witness_is_asked_less_and_less_often_and_never_not_at_all() {
        let seconds: Vec<u64> = (1..12).map(|failures| wait(failures).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 320, 640, 640, 640, 640]);
        assert_eq!(wait(u32::MAX).as_secs(), 640);
    }
}
