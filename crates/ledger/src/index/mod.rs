//! The operation log's search index: one seam, two engines.

#[cfg(test)]
mod conformance;
mod elasticsearch;
mod embedded;

pub use elasticsearch::{Elasticsearch, ElasticsearchSettings};
pub use embedded::Embedded;

use std::collections::BTreeSet;

use async_trait::async_trait;
use bonafide_context::{CallId, Date, Environment, NameError, Region, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ApplicationId;
use crate::when::start_of;

/// One step of a call, as it rests in the index and is read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogEntry {
    /// The call's id and the step's number: `…-003`. Sorts by time.
    pub id: String,
    /// Of which call.
    pub call_id: CallId,
    /// Which step of it, from 1.
    pub number: u32,
    /// The tenant's AppID.
    pub app_id: TenantId,
    /// Which application.
    pub application: ApplicationId,
    /// In which world.
    pub environment: Environment,
    /// In which region.
    pub region: Region,
    /// Which interface was called.
    pub interface: String,
    /// When the call started, in milliseconds since 1970; decides partition and
    /// expiry.
    pub started_at: u64,
    /// When the step ended, in milliseconds since 1970.
    pub at: u64,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// What was done.
    pub step: String,
    /// How it ended: `ok` or a code.
    pub outcome: String,
    /// What else there is to say: codes, numbers and flags.
    pub facts: Map<String, Value>,
}

/// What an index is asked: everything given must hold.
#[derive(Clone, Debug)]
pub struct IndexQuery {
    /// Of which tenant.
    pub tenant: TenantId,
    /// In which world.
    pub environment: Environment,
    /// Only of this application.
    pub application: Option<ApplicationId>,
    /// Only of this call.
    pub call: Option<CallId>,
    /// Only of this interface.
    pub interface: Option<String>,
    /// Only this step.
    pub step: Option<String>,
    /// Only with this outcome.
    pub outcome: Option<String>,
    /// Only where this is the step, its outcome or a code among its facts.
    pub code: Option<String>,
    /// Only where all these words occur in names and codes; lower case.
    pub words: Vec<String>,
    /// Only of calls that started at this moment or later.
    pub from: Timestamp,
    /// Only of calls that started before this moment.
    pub until: Option<Timestamp>,
    /// Only entries whose id sorts before this one: the rest after a page.
    pub before: Option<String>,
    /// At most so many.
    pub limit: u32,
}

impl IndexQuery {
    /// Everything of a tenant in a world, at most 100 entries.
    pub fn of(tenant: TenantId, environment: Environment) -> Self {
        Self {
            tenant,
            environment,
            application: None,
            call: None,
            interface: None,
            step: None,
            outcome: None,
            code: None,
            words: Vec::new(),
            from: Timestamp(0),
            until: None,
            before: None,
            limit: 100,
        }
    }
}

/// An index over log entries: a partition a day, by the call's start in UTC.
#[async_trait]
pub trait LogIndex: Send + Sync {
    /// Writes entries: durable and to be found when this returns. An entry that
    /// is there already, by id, is there once afterwards. Gives the entries that
    /// the engine refuses for what they are, by their place in `entries`.
    async fn put(&self, entries: &[LogEntry]) -> Result<Vec<Refused>, IndexError>;

    /// Entries that match, the greatest id (the newest call) first.
    async fn search(&self, query: &IndexQuery) -> Result<Vec<LogEntry>, IndexError>;

    /// The days that have a partition, the oldest first.
    async fn partitions(&self) -> Result<Vec<Date>, IndexError>;

    /// A page of a whole partition, in order of id, after `after`: for backup.
    async fn page(
        &self,
        day: Date,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LogEntry>, IndexError>;

    /// Removes a partition with everything in it; one that is not there is no
    /// error.
    async fn drop_partition(&self, day: Date) -> Result<(), IndexError>;

    /// Removes a tenant's entries from a partition, from its files too, or those of one
    /// interface; where there are none it is no error.
    async fn forget(
        &self,
        day: Date,
        tenant: TenantId,
        interface: Option<&str>,
    ) -> Result<(), IndexError>;

    /// Whether the index answers, for health.
    async fn check(&self) -> Result<(), IndexError>;
}

/// An entry that the index will never take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place among the entries given.
    pub place: usize,
    /// What the engine calls the reason.
    pub reason: String,
}

/// Why the index did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It does not answer, or cannot now: the same may be tried again.
    #[error("the operation log's index does not answer ({reason}): try again, and look at it")]
    Unavailable {
        /// What the engine said, without values.
        reason: String,
    },
    /// It will not do this: a matter of configuration or of rights.
    #[error("the operation log's index refuses ({reason}): look at its address and credentials")]
    Refused {
        /// What the engine said, without values.
        reason: String,
    },
    /// It answered with something that this client does not understand.
    #[error("the operation log's index answered what nobody understands ({reason})")]
    Answer {
        /// What was wrong with it.
        reason: String,
    },
}

impl LogEntry {
    /// The id of a step of a call.
    pub(crate) fn id_of(call: CallId, number: u32) -> String {
        format!("{call}-{number:03}")
    }

    /// The id, if it is one.
    pub(crate) fn check_id(id: &str) -> Result<String, NameError> {
        let (call, number) = id.rsplit_once('-').ok_or(NameError::CallId)?;
        let call: CallId = call.parse()?;
        let number: u32 = number.parse().map_err(|_| NameError::CallId)?;
        Ok(Self::id_of(call, number))
    }

    /// The partition of the entry with this id.
    pub(crate) fn day_of_id(id: &str) -> Option<Date> {
        let (call, _) = id.rsplit_once('-')?;
        call.parse().ok().map(|call| start_of(call).date())
    }

    /// The partition it belongs to: the day on which its call started, in UTC.
    pub(crate) fn day(&self) -> Date {
        Timestamp(self.started_at).date()
    }

    /// What it can be found by as a code: step, outcome, codes among the facts
    /// and the names of those that hold.
    pub(crate) fn codes(&self) -> BTreeSet<&str> {
        let mut codes = BTreeSet::from([self.step.as_str(), self.outcome.as_str()]);
        for (name, fact) in &self.facts {
            match fact {
                Value::String(code) => {
                    codes.insert(code);
                }
                Value::Array(several) => codes.extend(several.iter().filter_map(Value::as_str)),
                Value::Bool(true) => {
                    codes.insert(name);
                }
                _ => {}
            }
        }
        codes
    }

    /// What it can be found by as words: the parts of all names and codes.
    pub(crate) fn words(&self) -> BTreeSet<String> {
        let names = self.facts.keys().map(String::as_str);
        let texts = names.chain(self.codes()).chain([self.interface.as_str()]);
        texts.flat_map(words).collect()
    }
}

/// The words of a text: runs of letters and digits, in lower case, at most 16.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(16)
        .map(str::to_lowercase)
        .collect()
}
