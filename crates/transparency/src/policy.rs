//! Whom the reader of a receipt trusts: logs, witnesses, and how many of these
//! must agree. The text form is C2SP's tlog-policy:
//!
//! ```text
//! log log.example/eu+1a2b3c4d+AX…
//! witness ours witness.example+5e6f7a8b+BP…
//! witness theirs w.partner.example+9c0d1e2f+BK…
//! group both all ours theirs
//! quorum both
//! ```

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::checkpoint::Origin;
use crate::note::{Algorithm, KeyError, Keyring, Verified, VerifierKey};

/// The most bytes and definitions of a policy's text.
const MAX_POLICY_BYTES: usize = 64 * 1024;
const MAX_DEFINITIONS: usize = 256;

/// Trusted logs and a quorum of trusted witnesses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Keyring,
    witnesses: Keyring,
    quorum: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// No witness is needed.
    None,
    Witness(VerifierKey),
    Group {
        threshold: usize,
        members: Vec<Rule>,
    },
}

impl Policy {
    /// These logs, and `threshold` of these witnesses; 0 asks for none, and then
    /// a split view goes unnoticed.
    pub fn new(
        logs: impl IntoIterator<Item = VerifierKey>,
        witnesses: impl IntoIterator<Item = VerifierKey>,
        threshold: usize,
    ) -> Result<Self, PolicyError> {
        let logs = Keyring::new(logs).map_err(PolicyError::Keys)?;
        let witnesses = Keyring::new(witnesses).map_err(PolicyError::Keys)?;
        check(&logs, Algorithm::Ed25519)?;
        check(&witnesses, Algorithm::Cosignature)?;
        if threshold > witnesses.keys().len() {
            return Err(PolicyError::Threshold(0));
        }
        let members = witnesses.keys().iter().cloned().map(Rule::Witness).collect();
        let quorum = if threshold == 0 { Rule::None } else { Rule::Group { threshold, members } };
        Ok(Self { logs, witnesses, quorum })
    }

    /// The keys of a log: those of its name.
    pub fn log_keys(&self, origin: &Origin) -> Option<Keyring> {
        let named = self.logs.keys().iter().filter(|key| key.name().as_str() == origin.as_str());
        let keys = Keyring::new(named.cloned()).ok()?;
        (!keys.keys().is_empty()).then_some(keys)
    }

    /// The keys of all witnesses.
    pub fn witnesses(&self) -> &Keyring {
        &self.witnesses
    }

    /// Whether those who have cosigned are a quorum.
    pub fn is_satisfied_by(&self, cosigned: &[Verified]) -> bool {
        self.quorum.holds(cosigned)
    }
}

impl Rule {
    fn holds(&self, cosigned: &[Verified]) -> bool {
        match self {
            Self::None => true,
            Self::Witness(key) => cosigned.iter().any(|verified| verified.key == *key),
            Self::Group { threshold, members } => {
                members.iter().filter(|member| member.holds(cosigned)).count() >= *threshold
            }
        }
    }
}

/// Of one algorithm, and no public key under two names: one hand must not count
/// twice.
fn check(keys: &Keyring, algorithm: Algorithm) -> Result<(), PolicyError> {
    let mut seen = Vec::new();
    for key in keys.keys() {
        if key.algorithm() != algorithm {
            return Err(PolicyError::Algorithm);
        }
        if seen.contains(&key.public()) {
            return Err(PolicyError::SamePublicKey);
        }
        seen.push(key.public());
    }
    Ok(())
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(PolicyError::TooLarge);
        }
        let (mut logs, mut witnesses) = (Vec::new(), Vec::new());
        // What is defined and not yet a member of a group.
        let mut free: BTreeMap<&str, Rule> = BTreeMap::new();
        let mut names: Vec<&str> = vec!["none"];
        let mut quorum = None;
        for (at, line) in text.lines().enumerate() {
            let at = at + 1;
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            let mut define = |name| {
                let new = !names.contains(&name) && names.len() < MAX_DEFINITIONS;
                names.push(name);
                if new { Ok(()) } else { Err(PolicyError::Name(at)) }
            };
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key] | ["log", key, _] => {
                    logs.push(key.parse().map_err(|why| PolicyError::Key(at, why))?);
                }
                ["witness", name, key] | ["witness", name, key, _] => {
                    define(name)?;
                    let key: VerifierKey = key.parse().map_err(|why| PolicyError::Key(at, why))?;
                    witnesses.push(key.clone());
                    free.insert(name, Rule::Witness(key));
                }
                ["group", name, threshold, members @ ..] if !members.is_empty() => {
                    let threshold = match *threshold {
                        "any" => 1,
                        "all" => members.len(),
                        number => crate::hash::decimal(number)
                            .and_then(|n| usize::try_from(n).ok())
                            .filter(|n| (1..=members.len()).contains(n))
                            .ok_or(PolicyError::Threshold(at))?,
                    };
                    // A member counts once: it is taken from those left.
                    let members = members
                        .iter()
                        .map(|member| free.remove(member).ok_or(PolicyError::Member(at)))
                        .collect::<Result<_, _>>()?;
                    define(name)?;
                    free.insert(name, Rule::Group { threshold, members });
                }
                ["quorum", "none"] if quorum.is_none() => quorum = Some(Rule::None),
                ["quorum", name] if quorum.is_none() => {
                    quorum = Some(free.get(name).cloned().ok_or(PolicyError::Member(at))?);
                }
                _ => return Err(PolicyError::Line(at)),
            }
        }
        let policy = Self::new(logs, witnesses, 0)?;
        Ok(Self { quorum: quorum.ok_or(PolicyError::NoQuorum)?, ..policy })
    }
}

/// Why a policy is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Too long.
    #[error("a policy has at most {MAX_POLICY_BYTES} bytes")]
    TooLarge,
    /// A line that says nothing known.
    #[error("line {0} is not `log`, `witness`, `group` or the one `quorum`")]
    Line(usize),
    /// A name twice, or too many.
    #[error("line {0}: a name is defined once, and is not `none`")]
    Name(usize),
    /// A key that cannot be read.
    #[error("line {0}: {1}")]
    Key(usize, KeyError),
    /// A threshold that cannot be reached, or asks for nothing.
    #[error("line {0}: the threshold is 1 to the number of members, `any` or `all`")]
    Threshold(usize),
    /// A member that is not defined above, or is of two groups.
    #[error("line {0}: name what is defined above and is not a member elsewhere")]
    Member(usize),
    /// No quorum.
    #[error("a policy has one `quorum` line")]
    NoQuorum,
    /// A key of another algorithm.
    #[error("logs sign with Ed25519 keys (0x01), witnesses with cosignature keys (0x04)")]
    Algorithm,
    /// One public key for two.
    #[error("two logs or two witnesses have the same public key")]
    SamePublicKey,
    /// Keys that cannot be told apart.
    #[error(transparent)]
    Keys(KeyError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::SigningKey;
    use proptest::prelude::*;

    fn key(name: &str, algorithm: Algorithm, seed: u8) -> VerifierKey {
        let key = SigningKey::from_seed(name.parse().unwrap(), algorithm, &[seed; 32]);
        key.unwrap().verifier().clone()
    }

    fn witness(seed: u8) -> VerifierKey {
        key(&format!("w{seed}.example"), Algorithm::Cosignature, seed)
    }

    fn seen(seeds: &[u8]) -> Vec<Verified> {
        seeds.iter().map(|seed| Verified { key: witness(*seed), time: Some(1) }).collect()
    }

    fn text(quorum: &str) -> String {
        let log = key("log.example", Algorithm::Ed25519, 9);
        let (a, b, c) = (witness(1), witness(2), witness(3));
        format!(
            "# whom we trust\nlog {log} https://log.example/\n\nwitness a {a}\nwitness b {b}\n\
             \twitness c {c} https://w3.example/\n{quorum}"
        )
    }

    #[test]
    fn groups_within_groups_decide() {
        let text = text("group inner any b c\ngroup outer all a inner\nquorum outer\n");
        let policy: Policy = text.parse().unwrap();
        assert!(policy.is_satisfied_by(&seen(&[1, 2, 3])));
        assert!(policy.is_satisfied_by(&seen(&[1, 3])));
        assert!(!policy.is_satisfied_by(&seen(&[1])));
        assert!(!policy.is_satisfied_by(&seen(&[2, 3])));
        assert!(!policy.is_satisfied_by(&[]));
        assert!(policy.log_keys(&"log.example".parse().unwrap()).is_some());
        assert!(policy.log_keys(&"w1.example".parse().unwrap()).is_none());
    }

    #[test]
    fn so_many_of_all_witnesses() {
        let log = key("log.example", Algorithm::Ed25519, 9);
        let two = Policy::new([log.clone()], [witness(1), witness(2), witness(3)], 2).unwrap();
        assert!(two.is_satisfied_by(&seen(&[3, 1])));
        assert!(!two.is_satisfied_by(&seen(&[3])));
        assert!(!two.is_satisfied_by(&seen(&[3, 4, 5])));
        assert!(Policy::new([log.clone()], [], 0).unwrap().is_satisfied_by(&[]));
        assert_eq!(Policy::new([log.clone()], [witness(1)], 2), Err(PolicyError::Threshold(0)));
        assert_eq!(Policy::new([log.clone()], [log.clone()], 1), Err(PolicyError::Algorithm));
        assert_eq!(Policy::new([witness(1)], [], 0), Err(PolicyError::Algorithm));
        let twin = key("other.example", Algorithm::Cosignature, 1);
        assert_eq!(Policy::new([log], [witness(1), twin], 2), Err(PolicyError::SamePublicKey));
    }

    #[test]
    fn what_is_not_quite_a_policy_is_refused() {
        for (quorum, why) in [
            ("", PolicyError::NoQuorum),
            ("quorum a\nquorum a\n", PolicyError::Line(8)),
            ("quorum d\n", PolicyError::Member(7)),
            ("quorum\n", PolicyError::Line(7)),
            ("quorum a # why\n", PolicyError::Line(7)),
            ("group g any\nquorum a\n", PolicyError::Line(7)),
            ("group g 0 a b\nquorum g\n", PolicyError::Threshold(7)),
            ("group g 3 a b\nquorum g\n", PolicyError::Threshold(7)),
            ("group g -1 a b\nquorum g\n", PolicyError::Threshold(7)),
            ("group g all a a\nquorum g\n", PolicyError::Member(7)),
            ("group g all a b\ngroup h all a\nquorum g\n", PolicyError::Member(8)),
            ("group g all g\nquorum g\n", PolicyError::Member(7)),
            ("group b all a\nquorum b\n", PolicyError::Name(7)),
            ("group none all a\nquorum none\n", PolicyError::Name(7)),
            ("log x\nquorum a\n", PolicyError::Key(7, KeyError::Form)),
            ("mirror x\nquorum a\n", PolicyError::Line(7)),
        ] {
            assert_eq!(text(quorum).parse::<Policy>(), Err(why), "{quorum:?}");
        }
        assert_eq!(" ".repeat(70_000).parse::<Policy>(), Err(PolicyError::TooLarge));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "((log|witness|group|quorum|any|all|none|a|b|1|#) ?|\n){0,40}") {
            let _ = text.parse::<Policy>();
        }
    }
}
