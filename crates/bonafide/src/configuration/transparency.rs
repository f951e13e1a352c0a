//! The transparency log: who may read it, and who signs that he has seen it.

use std::collections::BTreeSet;

use bonafide_transparency::note::{Algorithm, VerifierKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigurationError;
use super::load::Place;

/// The transparency log: who may read it, and who signs that he has seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Transparency {
    /// Show the log to everybody below `/log`, as C2SP tlog-tiles has it: when, why
    /// and how much data was deleted, and of nobody.
    pub(crate) publish: bool,
    /// Witnesses outside that are asked to sign every new checkpoint (C2SP
    /// tlog-witness), such as an organisation that runs `bonafide witness`.
    pub(crate) witnesses: Vec<Witness>,
}

/// A witness outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Witness {
    /// The prefix of its address, such as `https://witness.example`: checkpoints are
    /// posted to `add-checkpoint` below it.
    pub(crate) url: String,
    /// The key that its signatures are checked with, as it prints it:
    /// `name+12345678+…`.
    pub(crate) key: String,
}

impl Default for Transparency {
    fn default() -> Self {
        Self { publish: true, witnesses: Vec::new() }
    }
}

impl Transparency {
    pub(super) fn check(&self, place: &Place) -> Result<(), ConfigurationError> {
        let wrong = |reason: &str| Err(place.wrong(&["transparency", "witnesses"], reason));
        let mut names = BTreeSet::new();
        for witness in &self.witnesses {
            let url = url::Url::parse(&witness.url).ok().filter(|url| url.host().is_some());
            if url.is_none_or(|url| !matches!(url.scheme(), "https" | "http")) {
                return wrong("give a witness's address as `https://…`");
            }
            let key = match witness.key.parse::<VerifierKey>() {
                Ok(key) => key,
                Err(error) => return wrong(&format!("a witness's key: {error}")),
            };
            if key.algorithm() != Algorithm::Cosignature {
                return wrong(
                    "a witness signs with a cosignature key (type 0x04), this is another",
                );
            }
            if !names.insert(key.name().to_string()) {
                return wrong("two witnesses have keys of the same name: name each once");
            }
        }
        Ok(())
    }

    /// As the room that asks them takes it; what [`Self::check`] refuses is left out.
    pub(crate) fn read(&self) -> Vec<bonafide_verify::witnesses::Witness> {
        let witness = |witness: &Witness| {
            let key = witness.key.parse().ok()?;
            Some(bonafide_verify::witnesses::Witness { url: witness.url.clone(), key })
        };
        self.witnesses.iter().filter_map(witness).collect()
    }
}

#[cfg(test)]
mod tests {
    use bonafide_transparency::note::SigningKey;

    use super::*;

    #[test]
    fn what_is_no_witness_is_refused_with_what_is_wrong() {
        let key = |name: &str, algorithm| {
            let key = SigningKey::from_seed(name.parse().unwrap(), algorithm, &[3; 32]);
            key.unwrap().verifier().to_string()
        };
        let place = Place::of(None, std::iter::empty());
        let checked = |witnesses: &[(&str, String)]| {
            let witness =
                |(url, key): &(&str, String)| Witness { url: (*url).to_owned(), key: key.clone() };
            let all = Transparency {
                witnesses: witnesses.iter().map(witness).collect(),
                ..Transparency::default()
            };
            all.check(&place).map_err(|error| error.to_string()).map(|()| all.read().len())
        };
        let one = key("w.example", Algorithm::Cosignature);
        let other = key("v.example", Algorithm::Cosignature);
        let both = [("https://w.example", one.clone()), ("http://10.0.0.7:8444/x", other)];
        assert_eq!(checked(&both), Ok(2));
        for (url, key, part) in [
            ("w.example", one.clone(), "https://"),
            ("ftp://w.example", one.clone(), "https://"),
            ("https://w.example", "w.example+x".to_owned(), "a witness's key"),
            ("https://w.example", key("w.example", Algorithm::Ed25519), "cosignature key"),
        ] {
            let error = checked(&[(url, key)]).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        let twice = [("https://w.example", one.clone()), ("https://v.example", one)];
        assert!(checked(&twice).unwrap_err().contains("same name"));
    }
}
