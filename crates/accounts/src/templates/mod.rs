//! Flow templates: named, versioned settings of a verification.

mod flow;
mod redirect;
mod settings;

pub use flow::{Flow, SettingsError};
pub use settings::{
    FlowStep, LivenessMethod, Mode, Retries, SecurityLevel, Theme, VerificationSettings,
};

use std::collections::HashMap;

use bonafide_context::{Realm, Timestamp};
use bonafide_vault::records::{Change, Condition, Direction, Expect, Row, Select};
use serde_json::json;

use crate::audit::Whose;
use crate::read::{checked_name, optional_moment, realm};
use crate::tables::{TEMPLATE_VERSIONS, TEMPLATES};
use crate::{Accounts, AccountsError, Action, Actor, Page, Planned};

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
    /// Version 1 of a template, to be made.
    pub async fn create_template(
        &self,
        actor: &Actor,
        realm: &Realm,
        name: &str,
        settings: VerificationSettings,
    ) -> Result<Planned<Template>, AccountsError> {
        actor.reach_templates(realm)?;
        let name = checked_name("name", name)?;
        settings.check()?;
        let mut same = in_realm(realm);
        same.push(Condition::is("name", name.as_str()));
        if self.records.count(&TEMPLATES, same).await? > 0 {
            return Err(AccountsError::Taken("template"));
        }
        let template = Template {
            id: self.draw(TemplateId::new),
            realm: realm.clone(),
            name,
            version: 1,
            settings,
            created: self.clock.now(),
            closed: None,
        };
        let head = Row::new(&TEMPLATES)
            .with("tenant", realm.tenant.0)
            .with("environment", realm.environment.as_str())
            .with("region", realm.region.as_str())
            .with("name", template.name.as_str())
            .with("id", template.id.as_str())
            .with("newest", u64::from(template.version))
            .with("created", template.created);
        let changes = vec![
            Change::Insert(head),
            Change::Insert(version_row(&template)?),
            self.template_audited(actor, Action::TemplateCreated, &template),
        ];
        Ok(Planned::new(template, changes))
    }

    /// A version to be added to a template. `after` is the version that the
    /// writer has read; another change since is a conflict.
    pub async fn add_template_version(
        &self,
        actor: &Actor,
        realm: &Realm,
        id: &TemplateId,
        after: u32,
        settings: VerificationSettings,
    ) -> Result<Planned<Template>, AccountsError> {
        actor.reach_templates(realm)?;
        settings.check()?;
        let newest = self.template(actor, realm, id, None).await?;
        if newest.closed.is_some() {
            return Err(AccountsError::Closed("template"));
        }
        if newest.version != after {
            return Err(AccountsError::Conflict);
        }
        let version = after.checked_add(1).ok_or(AccountsError::Conflict)?;
        let template = Template { version, settings, created: self.clock.now(), ..newest };
        let mut conditions = is_it(realm, id);
        conditions.push(Condition::is("newest", u64::from(after)));
        conditions.push(Condition::Null("closed"));
        let changes = vec![
            Change::Update {
                table: &TEMPLATES,
                set: vec![("newest", u64::from(version).into())],
                conditions,
                expect: Expect::One,
            },
            Change::Insert(version_row(&template)?),
            self.template_audited(actor, Action::TemplateVersioned, &template),
        ];
        Ok(Planned::new(template, changes))
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
        const GONE: AccountsError = AccountsError::NotFound("template");
        actor.reach_templates(realm)?;
        let select = is_it(realm, id).into_iter().fold(Select::from(&TEMPLATES), Select::and);
        let heads = self.records.select(select).await?;
        let head = heads.first().ok_or(GONE)?;
        let wanted = match version {
            Some(version) => i64::from(version),
            None => head.integer("newest")?,
        };
        let select = Select::from(&TEMPLATE_VERSIONS)
            .and(Condition::is("template", id.as_str()))
            .and(Condition::is("version", wanted));
        let versions = self.records.select(select).await?;
        template(head, versions.first().ok_or(GONE)?)
    }

    /// The newest versions of the realm's templates, by name; [`Page::after`]
    /// is a name.
    pub async fn templates(
        &self,
        actor: &Actor,
        realm: &Realm,
        page: &Page,
    ) -> Result<Vec<Template>, AccountsError> {
        actor.reach_templates(realm)?;
        let mut select = in_realm(realm)
            .into_iter()
            .fold(Select::from(&TEMPLATES), Select::and)
            .order("name", Direction::Ascending)
            .limit(page.rows());
        if let Some(after) = &page.after {
            select = select.and(Condition::After(vec![("name", after.as_str().into())]));
        }
        let heads = self.records.select(select).await?;
        let ids = heads.iter().map(|head| head.value("id").cloned()).collect::<Result<_, _>>()?;
        // Two queries, however many templates there are. A version is written
        // with its head or before, so that it is there when its head is read.
        let newest = heads.iter().map(|head| head.value("newest").cloned());
        let select = Select::from(&TEMPLATE_VERSIONS)
            .and(Condition::In("template", ids))
            .and(Condition::In("version", newest.collect::<Result<_, _>>()?));
        let mut versions = HashMap::new();
        for version in self.records.select(select).await? {
            let name = (version.text("template")?.to_owned(), version.integer("version")?);
            versions.insert(name, version);
        }
        let find = |head: &Row| {
            let name = (head.text("id")?.to_owned(), head.integer("newest")?);
            template(head, versions.get(&name).ok_or(AccountsError::Damaged)?)
        };
        heads.iter().map(find).collect()
    }

    /// A template to be closed to new verifications; running ones go on.
    pub async fn close_template(
        &self,
        actor: &Actor,
        realm: &Realm,
        id: &TemplateId,
    ) -> Result<Planned<()>, AccountsError> {
        let template = self.template(actor, realm, id, None).await?;
        if template.closed.is_some() {
            return Ok(Planned::nothing());
        }
        let mut conditions = is_it(realm, id);
        conditions.push(Condition::Null("closed"));
        let changes = vec![
            Change::Update {
                table: &TEMPLATES,
                set: vec![("closed", self.clock.now().into())],
                conditions,
                expect: Expect::One,
            },
            self.template_audited(actor, Action::TemplateClosed, &template),
        ];
        Ok(Planned::new((), changes))
    }

    fn template_audited(&self, actor: &Actor, action: Action, template: &Template) -> Change {
        self.audited(
            actor,
            action,
            template.id.as_str(),
            &Whose::Realm(&template.realm),
            &json!({ "version": template.version }),
        )
    }
}

fn in_realm(realm: &Realm) -> Vec<Condition> {
    vec![
        Condition::is("tenant", realm.tenant.0),
        Condition::is("environment", realm.environment.as_str()),
        Condition::is("region", realm.region.as_str()),
    ]
}

/// A template is found by id within its realm only: a foreign id finds nothing.
fn is_it(realm: &Realm, id: &TemplateId) -> Vec<Condition> {
    let mut conditions = in_realm(realm);
    conditions.push(Condition::is("id", id.as_str()));
    conditions
}

fn version_row(template: &Template) -> Result<Row, AccountsError> {
    let settings = serde_json::to_string(&template.settings).map_err(|_| AccountsError::Damaged)?;
    Ok(Row::new(&TEMPLATE_VERSIONS)
        .with("template", template.id.as_str())
        .with("version", u64::from(template.version))
        .with("settings", settings)
        .with("created", template.created))
}

fn template(head: &Row, version: &Row) -> Result<Template, AccountsError> {
    Ok(Template {
        id: head.parsed("id")?,
        realm: realm(head)?,
        name: head.text("name")?.to_owned(),
        version: u32::try_from(version.integer("version")?).map_err(|_| AccountsError::Damaged)?,
        settings: serde_json::from_str(version.text("settings")?)
            .map_err(|_| AccountsError::Damaged)?,
        created: version.moment("created")?,
        closed: optional_moment(head, "closed")?,
    })
}
