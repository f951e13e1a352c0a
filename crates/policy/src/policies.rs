//! The policies of an installation, ready to be asked.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use bonafide_context::Timestamp;

use crate::{DEFAULT_POLICY, Effective, Findings, Library};

/// Every policy that a tenant of an installation may be under, put together once,
/// each in its versions, and the one that holds where a tenant chose none. Cheap
/// to clone; clones are one and the same.
#[derive(Clone, Debug)]
pub struct Policies {
    all: Arc<RwLock<BTreeMap<String, Vec<Dated>>>>,
    default: Arc<str>,
}

/// A version of a policy, and from when on it holds.
#[derive(Clone, Debug)]
pub struct Dated {
    /// From this moment on, until a later one holds.
    pub from: Timestamp,
    /// What holds.
    pub policy: Arc<Effective>,
}

impl Policies {
    /// The policies and overlays of a library, each from ever on; `default` holds
    /// where a tenant chose none.
    ///
    /// # Errors
    ///
    /// One of them cannot be put together, whether somebody is under it or not,
    /// or there is no policy `default`.
    pub fn of(library: &Library, default: &str) -> Result<Self, Findings> {
        let mut all = BTreeMap::new();
        for name in library.names() {
            let policy = Arc::new(library.effective(name)?);
            all.insert(name.to_owned(), vec![Dated { from: Timestamp(0), policy }]);
        }
        if !all.contains_key(default) {
            // Says so, with what was probably meant.
            library.effective(default)?;
        }
        Ok(Self { all: Arc::new(RwLock::new(all)), default: default.into() })
    }

    /// The policies that come with the server, the strict one as default.
    pub fn bundled() -> Result<Self, Findings> {
        Self::of(&Library::bundled()?, DEFAULT_POLICY)
    }

    /// The policy that a tenant chose, in the version that holds at a moment;
    /// `None` if this installation does not have it. Without a choice the default.
    pub fn get(&self, chosen: Option<&str>, now: Timestamp) -> Option<Arc<Effective>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        holding(all.get(chosen.unwrap_or(&self.default))?, now)
    }

    /// Each of them in the version that holds at a moment, by name.
    pub fn in_force(&self, now: Timestamp) -> Vec<Arc<Effective>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.values().filter_map(|versions| holding(versions, now)).collect()
    }

    /// Says which versions of a policy there are, instead of those before. A
    /// policy without any is not known any more.
    pub fn set(&self, name: &str, mut versions: Vec<Dated>) {
        versions.sort_by_key(|version| (version.from, version.policy.version()));
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(name.to_owned(), versions);
    }

    /// The name of the policy of tenants that chose none.
    pub fn default_name(&self) -> &str {
        &self.default
    }

    /// Their names, sorted.
    pub fn names(&self) -> Vec<String> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.keys().cloned().collect()
    }
}

/// Of those that began, the one that began last.
fn holding(versions: &[Dated], now: Timestamp) -> Option<Arc<Effective>> {
    versions.iter().rev().find(|version| version.from <= now).map(|one| one.policy.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn a_tenant_is_under_the_policy_it_chose() {
        let policies = Policies::bundled().unwrap();
        assert_eq!(policies.get(None, NOW).unwrap().name(), "strict");
        assert_eq!(policies.get(Some("tencent-ekyc"), NOW).unwrap().name(), "tencent-ekyc");
        assert!(policies.get(Some("lax"), NOW).is_none());
        assert!(policies.names().iter().any(|name| name == "ekyc-pro"));
    }

    #[test]
    fn a_default_that_is_not_there_is_refused_with_what_was_meant() {
        let library = Library::bundled().unwrap();
        let error = Policies::of(&library, "strikt").unwrap_err().to_string();
        assert!(error.contains("did you mean `strict`"), "{error}");
    }

    #[test]
    fn o17_the_version_before_holds_to_the_last_millisecond() {
        let policies = Policies::bundled().unwrap();
        let before = policies.get(None, NOW).unwrap();
        let next = policies.get(Some("ekyc-pro"), NOW).unwrap();
        policies.set(
            "strict",
            vec![
                Dated { from: NOW, policy: next.clone() },
                Dated { from: Timestamp(0), policy: before.clone() },
            ],
        );
        let name = |at| policies.get(None, at).unwrap().name().to_owned();
        assert_eq!(name(Timestamp(NOW.0 - 1)), "strict");
        assert_eq!(name(NOW), "ekyc-pro");
    }
}
