//! The policies of an installation, ready to be asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{DEFAULT_POLICY, Effective, Findings, Library};

/// Every policy that a tenant of an installation may be under, put together once,
/// and the one that holds where a tenant chose none. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Policies {
    all: Arc<BTreeMap<String, Arc<Effective>>>,
    default: Arc<Effective>,
}

impl Policies {
    /// The policies and overlays of a library; `default` holds where a tenant
    /// chose none.
    ///
    /// # Errors
    ///
    /// One of them cannot be put together, whether somebody is under it or not,
    /// or there is no policy `default`.
    pub fn of(library: &Library, default: &str) -> Result<Self, Findings> {
        let mut all = BTreeMap::new();
        for name in library.names() {
            all.insert(name.to_owned(), Arc::new(library.effective(name)?));
        }
        let default = match all.get(default) {
            Some(default) => default.clone(),
            // Says so, with what was probably meant.
            None => Arc::new(library.effective(default)?),
        };
        Ok(Self { all: Arc::new(all), default })
    }

    /// The policies that come with the server, the strict one as default.
    pub fn bundled() -> Result<Self, Findings> {
        Self::of(&Library::bundled()?, DEFAULT_POLICY)
    }

    /// The policy that a tenant chose; `None` if this installation does not have
    /// it. Without a choice the default.
    pub fn get(&self, chosen: Option<&str>) -> Option<&Arc<Effective>> {
        chosen.map_or(Some(&self.default), |name| self.all.get(name))
    }

    /// Each of them once, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Effective> {
        self.all.values().map(AsRef::as_ref)
    }

    /// Their names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_under_the_policy_it_chose() {
        let policies = Policies::bundled().unwrap();
        assert_eq!(policies.get(None).unwrap().name(), "strict");
        assert_eq!(policies.get(Some("tencent-ekyc")).unwrap().name(), "tencent-ekyc");
        assert!(policies.get(Some("lax")).is_none());
        assert!(policies.names().any(|name| name == "ekyc-pro"));
    }

    #[test]
    fn a_default_that_is_not_there_is_refused_with_what_was_meant() {
        let library = Library::bundled().unwrap();
        let error = Policies::of(&library, "strikt").unwrap_err().to_string();
        assert!(error.contains("did you mean `strict`"), "{error}");
    }
}
