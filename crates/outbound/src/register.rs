//! Who is called, and who may be (rows O13, O14).

use std::sync::{Arc, PoisonError, RwLock};

use bonafide_context::Keeper;
use bonafide_policy::Category;

/// On whose account a request leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The customer itself, at an address that it wrote down for its own data: it
    /// gets what is its own anyway.
    Customer,
    /// A service that works for this installation and gets data of a category:
    /// the operator's own, within the networks it allowed, or a registered
    /// subprocessor's. Nobody else's is called.
    Service(Category),
    /// Somebody outside who signs that he has seen the newest checkpoint of the
    /// transparency log. He gets that, and nothing of anybody's.
    Witness,
}

/// A host that may be called, because every policy that rules data here names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The name in its addresses.
    pub host: String,
    /// What it may get.
    pub categories: Vec<Category>,
}

/// The registered hosts; none until somebody says which. Clones are one and the
/// same.
#[derive(Clone, Default)]
pub(crate) struct Register(Arc<RwLock<Listed>>);

/// Who is called.
#[derive(Default)]
struct Listed {
    /// By the policies.
    services: Vec<Registered>,
    /// By the operator's configuration.
    witnesses: Vec<String>,
}

impl Register {
    pub(crate) fn set(&self, registered: Vec<Registered>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).services = registered;
    }

    pub(crate) fn set_witnesses(&self, hosts: Vec<String>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).witnesses = hosts;
    }

    /// Whether a recipient may be called at a host outside the operator's own
    /// networks. The keeper of O13 and O14.
    pub(crate) fn lets(&self, to: Recipient, host: &str) -> bool {
        if !Keeper::Recipients.works() {
            return true;
        }
        let listed = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match to {
            Recipient::Customer => true,
            Recipient::Service(category) => listed.services.iter().any(|one| {
                one.host.eq_ignore_ascii_case(host) && one.categories.contains(&category)
            }),
            Recipient::Witness => listed.witnesses.iter().any(|one| one.eq_ignore_ascii_case(host)),
        }
    }
}
