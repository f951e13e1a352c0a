//! How long requests of the API may take, and what they leave behind holds.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigurationError;
use super::load::Place;

/// How long requests of the API may take, and how long what they leave behind
/// holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Api {
    /// Seconds within which the body of a request must have come whole; after
    /// that it is refused with `too_slow`.
    #[schemars(range(min = 1))]
    pub(crate) body_seconds: u32,
    /// Seconds after which a request with an idempotency key that has not ended
    /// is taken for dead, and may be repeated. Not shorter than
    /// `server.limits.answer`, or work would be done twice.
    #[schemars(range(min = 1))]
    pub(crate) lease_seconds: u32,
    /// Seconds for which the token of an end user's browser is good, at most: it
    /// ends with its verification.
    #[schemars(range(min = 1))]
    pub(crate) token_seconds: u32,
}

impl Default for Api {
    fn default() -> Self {
        Self { body_seconds: 30, lease_seconds: 120, token_seconds: 3_600 }
    }
}

impl Api {
    /// What the form of a value does not show; `answer` is how long a request may
    /// take in all.
    pub(super) fn check(&self, answer: Duration, place: &Place) -> Result<(), ConfigurationError> {
        for (name, seconds) in [
            ("body_seconds", self.body_seconds),
            ("lease_seconds", self.lease_seconds),
            ("token_seconds", self.token_seconds),
        ] {
            if seconds == 0 {
                return Err(place.wrong(&["api", name], "no request is that fast: write 1 or more"));
            }
        }
        if Duration::from_secs(self.lease_seconds.into()) < answer {
            let reason = format!(
                "a request may take {} seconds (`server.limits.answer`), and would be taken for \
                 dead while it is worked on: write that many or more",
                answer.as_secs_f64()
            );
            return Err(place.wrong(&["api", "lease_seconds"], &reason));
        }
        Ok(())
    }
}
