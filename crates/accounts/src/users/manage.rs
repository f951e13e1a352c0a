//! Making, showing and removing users.

use bonafide_context::{Sensitive, TenantId};

use super::{NewUser, Role, User, UserId};
use crate::{Accounts, AccountsError, Actor, Page};

impl Accounts {
    /// Makes a user. Users of a tenant are made by its owner or the operator,
    /// the operator's own people by the operator.
    pub async fn create_user(&self, actor: &Actor, new: NewUser) -> Result<User, AccountsError> {
        let _ = (actor, new);
        todo!()
    }

    /// One user.
    pub async fn user(&self, actor: &Actor, id: &UserId) -> Result<User, AccountsError> {
        let _ = (actor, id);
        todo!()
    }

    /// The users of a tenant (`None`: the operator's own people), by id.
    pub async fn users(
        &self,
        actor: &Actor,
        tenant: Option<TenantId>,
        page: &Page,
    ) -> Result<Vec<User>, AccountsError> {
        let _ = (actor, tenant, page);
        todo!()
    }

    /// Removes a user and ends the sessions.
    pub async fn remove_user(&self, actor: &Actor, id: &UserId) -> Result<(), AccountsError> {
        let _ = (actor, id);
        todo!()
    }

    /// Gives a user another role and ends the sessions.
    pub async fn set_role(
        &self,
        actor: &Actor,
        id: &UserId,
        role: Role,
    ) -> Result<(), AccountsError> {
        let _ = (actor, id, role);
        todo!()
    }

    /// Sets a user's password, takes away the lock and ends the sessions.
    pub async fn set_password(
        &self,
        actor: &Actor,
        id: &UserId,
        password: Sensitive<String>,
    ) -> Result<(), AccountsError> {
        let _ = (actor, id, password);
        todo!()
    }
}
