//! Applications: what calls on behalf of a tenant, each in one environment and
//! one region.

use bonafide_context::{Environment, Realm, Region, TenantId, Timestamp};
use bonafide_ledger::ApplicationId;

use crate::{Accounts, AccountsError, Actor, Page};

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// `app_…`, unique.
    pub id: ApplicationId,
    /// Whose.
    pub tenant: TenantId,
    /// In which of the two worlds: fixed.
    pub environment: Environment,
    /// Where its data rests: fixed.
    pub region: Region,
    /// As its tenant calls it.
    pub name: String,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub closed: Option<Timestamp>,
}

impl Application {
    /// The walls around its data.
    pub fn realm(&self) -> Realm {
        Realm { tenant: self.tenant, environment: self.environment, region: self.region.clone() }
    }
}

/// An application to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// Whose.
    pub tenant: TenantId,
    /// 1 to 100 characters.
    pub name: String,
    /// In which world.
    pub environment: Environment,
    /// Where its data is to rest.
    pub region: Region,
}

impl Accounts {
    /// Makes an application.
    pub async fn create_application(
        &self,
        actor: &Actor,
        new: NewApplication,
    ) -> Result<Application, AccountsError> {
        let _ = (actor, new);
        todo!()
    }

    /// One application.
    pub async fn application(
        &self,
        actor: &Actor,
        id: &ApplicationId,
    ) -> Result<Application, AccountsError> {
        let _ = (actor, id);
        todo!()
    }

    /// The applications of a tenant that are within reach, by id.
    pub async fn applications(
        &self,
        actor: &Actor,
        tenant: TenantId,
        page: &Page,
    ) -> Result<Vec<Application>, AccountsError> {
        let _ = (actor, tenant, page);
        todo!()
    }

    /// Closes an application and revokes its keys.
    pub async fn close_application(
        &self,
        actor: &Actor,
        id: &ApplicationId,
    ) -> Result<(), AccountsError> {
        let _ = (actor, id);
        todo!()
    }
}
