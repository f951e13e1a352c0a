//! On whose behalf accounts are read or changed, and how far that reaches.

use bonafide_context::{Keeper, Realm, TenantId};
use bonafide_ledger::{Caller, Scope};

use crate::AccountsError;
use crate::users::{Role, Session};

/// The AppID of the operator's own tenant: a key of its application with the
/// scope `admin` acts on every tenant. The smallest number of ten digits; no
/// other tenant is ever given it.
pub const OPERATOR_TENANT: TenantId = TenantId(1_000_000_000);

/// Who reads or changes accounts. It cannot be made up: it comes from a caller
/// who was made out, from a session, or from the shell of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// As it stands in the audit log: key or user id, or `cli`.
    pub(crate) name: String,
    reach: Reach,
    /// Whether it may make users and change what they may do.
    users: bool,
}

/// How far an actor reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reach {
    /// Every tenant.
    Everything,
    /// Accounts of one tenant, in every environment and region.
    Tenant(TenantId),
    /// Accounts of one tenant in one environment and region.
    Realm(Realm),
    /// Templates of a realm, to read and write; no accounts.
    Templates(Realm),
    /// Nothing at all.
    Nothing,
}

impl Actor {
    /// Whoever has a shell on this machine and can read the data directory: the
    /// operator.
    pub fn cli() -> Self {
        Self { name: "cli".to_owned(), reach: Reach::Everything, users: true }
    }

    /// The server itself, at its first start.
    pub(crate) fn server() -> Self {
        Self { name: "server".to_owned(), reach: Reach::Everything, users: true }
    }

    /// A caller of an interface. One that is bound to a single verification (a
    /// person's browser) reaches nothing.
    pub fn caller(caller: &Caller) -> Self {
        let name = caller.key.as_ref().map_or_else(|| "browser".to_owned(), ToString::to_string);
        let reach = match &caller.key {
            _ if caller.bound_to.is_some() => Reach::Nothing,
            None => Reach::Nothing,
            Some(_) if !caller.scopes.has(Scope::Admin) => Reach::Templates(caller.realm()),
            Some(_) if caller.tenant == OPERATOR_TENANT => Reach::Everything,
            Some(_) => Reach::Realm(caller.realm()),
        };
        // An administrator's key is of one environment, users are of both: only
        // the operator's makes any.
        let users = reach == Reach::Everything;
        Self { name, reach, users }
    }

    /// A user of the console: owners and operators change the accounts of their
    /// tenant (of every tenant, if they are the operator's own people), owners
    /// its users too; reviewers and privacy officers change nothing.
    pub fn user(session: &Session) -> Self {
        let reach = match (session.role, session.tenant) {
            (Role::Reviewer | Role::PrivacyOfficer, _) => Reach::Nothing,
            (Role::Owner | Role::Operator, None) => Reach::Everything,
            (Role::Owner | Role::Operator, Some(tenant)) => Reach::Tenant(tenant),
        };
        Self { name: session.user.to_string(), reach, users: session.role == Role::Owner }
    }

    /// Whether this is the operator.
    pub fn is_operator(&self) -> bool {
        self.reach == Reach::Everything
    }

    /// Only the operator.
    pub(crate) fn operator_only(&self) -> Result<(), AccountsError> {
        if self.is_operator() { Ok(()) } else { Err(AccountsError::Denied) }
    }

    /// What belongs to a tenant as a whole: its own row. `what` names it in the
    /// answer.
    pub(crate) fn reach_tenant(
        &self,
        tenant: TenantId,
        what: &'static str,
    ) -> Result<(), AccountsError> {
        let own = match &self.reach {
            Reach::Everything => true,
            Reach::Tenant(own) => *own == tenant,
            Reach::Realm(realm) => realm.tenant == tenant,
            Reach::Templates(_) | Reach::Nothing => return Err(AccountsError::Denied),
        };
        if own { Ok(()) } else { Err(AccountsError::NotFound(what)) }
    }

    /// What belongs to a realm: applications and their keys.
    pub(crate) fn reach_realm(
        &self,
        realm: &Realm,
        what: &'static str,
    ) -> Result<(), AccountsError> {
        let own = match &self.reach {
            Reach::Everything => true,
            Reach::Tenant(own) => *own == realm.tenant,
            Reach::Realm(own) => own == realm || !Keeper::Realms.works(),
            Reach::Templates(_) | Reach::Nothing => return Err(AccountsError::Denied),
        };
        if own { Ok(()) } else { Err(AccountsError::NotFound(what)) }
    }

    /// Users of a tenant (`None`: the operator's own people).
    pub(crate) fn reach_users(&self, tenant: Option<TenantId>) -> Result<(), AccountsError> {
        match (tenant, self.users) {
            (_, false) => Err(AccountsError::Denied),
            (Some(tenant), true) => self.reach_tenant(tenant, "user"),
            (None, true) if self.is_operator() => Ok(()),
            (None, true) => Err(AccountsError::NotFound("user")),
        }
    }

    /// Templates of a realm.
    pub(crate) fn reach_templates(&self, realm: &Realm) -> Result<(), AccountsError> {
        match &self.reach {
            Reach::Templates(own) if own == realm => Ok(()),
            Reach::Templates(_) => Err(AccountsError::NotFound("template")),
            _ => self.reach_realm(realm, "template"),
        }
    }

    /// The tenant to whose rows a list is narrowed; `None` for all.
    pub(crate) fn narrowed_to(&self) -> Result<Option<TenantId>, AccountsError> {
        match &self.reach {
            Reach::Everything => Ok(None),
            Reach::Tenant(tenant) => Ok(Some(*tenant)),
            Reach::Realm(realm) => Ok(Some(realm.tenant)),
            Reach::Templates(_) | Reach::Nothing => Err(AccountsError::Denied),
        }
    }

    /// The realm to whose rows a list is narrowed; `None` for all of the
    /// tenant's.
    pub(crate) fn narrowed_realm(&self) -> Option<&Realm> {
        match &self.reach {
            Reach::Realm(realm) => Some(realm),
            _ => None,
        }
    }
}
