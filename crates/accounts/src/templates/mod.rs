//! Flow templates: named, versioned settings of a verification.

mod flow;
mod redirect;
mod settings;

pub use flow::{Flow, SettingsError};
pub use settings::{FlowStep, Mode, Retries, SecurityLevel, Theme, VerificationSettings};

use bonafide_context::{Realm, Timestamp};

use crate::{Accounts, AccountsError, Actor, Page};

bonafide_ledger::prefixed_id!(
    /// A template's name in the interface.
    TemplateId,
    "tpl_"
);

/// One version of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// `tpl_…`.
    pub id: TemplateId,
    /// In whose realm.
    pub realm: Realm,
    /// As its tenant calls it; unique in the realm.
    pub name: String,
    /// 1, 2, 3 …; a version never changes.
    pub version: u32,
    /// What the version says.
    pub settings: VerificationSettings,
    /// When this version was made.
    pub created: Timestamp,
    /// When the template was closed to new verifications.
    pub closed: Option<Timestamp>,
}

impl Accounts {
    /// Makes version 1 of a template.
    pub async fn create_template(
        &self,
        actor: &Actor,
        realm: &Realm,
        name: &str,
        settings: VerificationSettings,
    ) -> Result<Template, AccountsError> {
        let _ = (actor, realm, name, settings);
        todo!()
    }

    /// Adds a version to a template. `after` is the version that the writer has
    /// read; another change since is a conflict.
    pub async fn add_template_version(
        &self,
        actor: &Actor,
        realm: &Realm,
        id: &TemplateId,
        after: u32,
        settings: VerificationSettings,
    ) -> Result<Template, AccountsError> {
        let _ = (actor, realm, id, after, settings);
        todo!()
    }

    /// A version of a template; `None` for the newest. For showing it, and for
    /// a verification that names it: a closed template is still read, and it is
    /// the verification that refuses to begin with it.
    pub async fn template(
        &self,
        actor: &Actor,
        realm: &Realm,
        id: &TemplateId,
        version: Option<u32>,
    ) -> Result<Template, AccountsError> {
        let _ = (actor, realm, id, version);
        todo!()
    }

    /// The newest versions of the realm's templates, by name; [`Page::after`]
    /// is a name.
    pub async fn templates(
        &self,
        actor: &Actor,
        realm: &Realm,
        page: &Page,
    ) -> Result<Vec<Template>, AccountsError> {
        let _ = (actor, realm, page);
        todo!()
    }

    /// Closes a template to new verifications; running ones go on.
    pub async fn close_template(
        &self,
        actor: &Actor,
        realm: &Realm,
        id: &TemplateId,
    ) -> Result<(), AccountsError> {
        let _ = (actor, realm, id);
        todo!()
    }
}
