//! In whose name something is opened (row P10).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bonafide_context::{CallId, Keeper};
use bonafide_policy::Category;

/// In whose name items are opened: a call, a person at the console, a job of the
/// server. Nothing is opened without one, and each counts what was opened for it, so
/// that the trace of a call tells it.
#[derive(Clone, Debug)]
pub struct Opener {
    name: Name,
    /// Shared by all clones: whoever asks last sees everything.
    opened: Arc<Mutex<BTreeMap<Category, u64>>>,
}

#[derive(Clone, Debug)]
enum Name {
    Call(CallId),
    Desk(String),
    Job(Job),
}

/// What the server does by itself, on behalf of a policy, and opens something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Makes the record that a law obliges the customer to keep.
    KycRecord,
    /// Hands over mail that waits.
    Mail,
}

impl Job {
    /// The name in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KycRecord => "kyc-record",
            Self::Mail => "mail",
        }
    }
}

impl Opener {
    /// A call.
    pub fn call(id: CallId) -> Self {
        Self::named(Name::Call(id))
    }

    /// A person at the console, under a grant, a review or a request, by its id.
    pub fn desk(under: impl Into<String>) -> Self {
        Self::named(Name::Desk(under.into()))
    }

    /// A job.
    pub fn job(job: Job) -> Self {
        Self::named(Name::Job(job))
    }

    fn named(name: Name) -> Self {
        Self { name, opened: Arc::default() }
    }

    /// How many items of which category were opened in this name so far.
    pub fn opened(&self) -> BTreeMap<Category, u64> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One more.
    pub(super) fn opens(&self, category: Category) {
        tracing::debug!(by = %self, category = category.as_str(), "an item is opened");
        if Keeper::Openers.works() {
            let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            *opened.entry(category).or_default() += 1;
        }
    }
}

/// As rows of reads have it: the call's id, what the person at the console reads
/// under, `job …`.
impl fmt::Display for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Call(id) => write!(f, "{id}"),
            Name::Desk(under) => f.write_str(under),
            Name::Job(job) => write!(f, "job {}", job.as_str()),
        }
    }
}

/// The same name; what was opened for it is no part of it.
impl PartialEq for Opener {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Opener {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together_and_the_name_says_who() {
        let opener = Opener::desk("grt_1");
        opener.clone().opens(Category::Results);
        opener.opens(Category::Results);
        assert_eq!(opener.opened(), BTreeMap::from([(Category::Results, 2)]));
        assert_eq!(opener.to_string(), "grt_1");
        assert_eq!(Opener::job(Job::KycRecord).to_string(), "job kyc-record");
        assert_ne!(Opener::job(Job::Mail), Opener::job(Job::KycRecord));
    }
}
