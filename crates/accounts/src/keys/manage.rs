//! Making, showing, rotating and revoking keys.

use std::time::Duration;

use bonafide_context::Region;
use bonafide_ledger::{ApplicationId, KeyId};

use super::{Key, NewKey, NewKeyRequest};
use crate::{Accounts, AccountsError, Actor, Page};

impl Accounts {
    /// The first-run administrator: the operator's tenant, an application in
    /// `region`, and a key that acts on every tenant. Made once in the life of
    /// an installation, by one node of those that start together; everyone
    /// else, and every later start, gets `None`.
    pub async fn bootstrap_operator(
        &self,
        region: &Region,
    ) -> Result<Option<NewKey>, AccountsError> {
        let _ = region;
        todo!()
    }

    /// Makes a key.
    pub async fn create_key(
        &self,
        actor: &Actor,
        new: NewKeyRequest,
    ) -> Result<NewKey, AccountsError> {
        let _ = (actor, new);
        todo!()
    }

    /// One key.
    pub async fn key(&self, actor: &Actor, id: &KeyId) -> Result<Key, AccountsError> {
        let _ = (actor, id);
        todo!()
    }

    /// The keys of an application, by id.
    pub async fn keys(
        &self,
        actor: &Actor,
        application: &ApplicationId,
        page: &Page,
    ) -> Result<Vec<Key>, AccountsError> {
        let _ = (actor, application, page);
        todo!()
    }

    /// Replaces a key by a new one with the same scopes, networks and lifetime;
    /// the old one works for `overlap` more, or until it would have expired,
    /// whichever comes first. A key is rotated once.
    pub async fn rotate_key(
        &self,
        actor: &Actor,
        id: &KeyId,
        overlap: Duration,
    ) -> Result<NewKey, AccountsError> {
        let _ = (actor, id, overlap);
        todo!()
    }

    /// Ends a key: here at once, on other nodes within
    /// [`crate::REVOCATION_SECONDS`]. Ending it twice is no error.
    pub async fn revoke_key(&self, actor: &Actor, id: &KeyId) -> Result<(), AccountsError> {
        let _ = (actor, id);
        todo!()
    }
}
