//! The interfaces that only this dialect offers.

use bonafide_ledger::{Interface, Scope};

macro_rules! interfaces {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $family:literal, $scope:expr;)+) => {
        $($(#[$meta])* pub(super) const $name: Interface = Interface::new($text, $family, $scope);)+
    };
}

interfaces! {
    /// Reads templates.
    TEMPLATES_READ = "templates.read", "configuration", Some(Scope::Verification);
    /// Writes templates.
    TEMPLATES_WRITE = "templates.write", "configuration", Some(Scope::Verification);
    /// Reads endpoints for webhooks and their deliveries.
    WEBHOOKS_READ = "webhooks.read", "configuration", Some(Scope::Admin);
    /// Changes endpoints for webhooks, and sends again.
    WEBHOOKS_WRITE = "webhooks.write", "configuration", Some(Scope::Admin);
    /// Counts calls and fees.
    USAGE_READ = "usage.read", "account", None;
    /// Reads monitoring rows.
    CALLS_READ = "calls.read", "account", None;
    /// Searches the operation log.
    OPERATIONS_SEARCH = "operations.search", "account", None;
    /// Lists the document types that are read.
    DOCUMENT_TYPES_READ = "document_types.read", "account", None;
    /// Reads who else gets data.
    SUBPROCESSORS_READ = "subprocessors.read", "account", None;
    /// Lists sets of identifiers.
    RISK_SETS_READ = "risk.sets.read", "configuration", Some(Scope::Admin);
    /// Loads and drops sets of identifiers.
    RISK_SETS_WRITE = "risk.sets.write", "configuration", Some(Scope::Admin);
    /// Reads tenants, applications and keys.
    ACCOUNTS_READ = "accounts.read", "account", Some(Scope::Admin);
    /// Changes tenants, applications and keys.
    ACCOUNTS_WRITE = "accounts.write", "account", Some(Scope::Admin);
}
