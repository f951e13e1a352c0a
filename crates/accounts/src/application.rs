//! Applications: what calls on behalf of a tenant, each in one environment and
//! one region.

use bonafide_context::{Environment, Realm, Region, TenantId, Timestamp};
use bonafide_ledger::ApplicationId;
use bonafide_vault::records::{Change, Condition, Direction, Expect, Row, Select, Value};
use serde_json::json;

use crate::audit::Whose;
use crate::read::{checked_name, optional_moment, realm};
use crate::tables::{APPLICATIONS, KEYS};
use crate::{Accounts, AccountsError, Action, Actor, ChangedKeys, Page, Planned, Regions};

/// So many applications are looked through at once.
const PAGE: u32 = 1_000;

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
    /// An application to be made.
    pub async fn create_application(
        &self,
        actor: &Actor,
        new: NewApplication,
    ) -> Result<Planned<Application>, AccountsError> {
        self.regions.check(&new.region)?;
        let application = Application {
            id: self.draw(ApplicationId::new),
            tenant: new.tenant,
            environment: new.environment,
            region: new.region,
            name: checked_name("name", &new.name)?,
            created: self.clock.now(),
            closed: None,
        };
        let realm = application.realm();
        actor.reach_realm(&realm, "tenant")?;
        self.open_tenant(application.tenant).await?;
        let changes = vec![
            Self::while_tenant_open(application.tenant),
            Change::Insert(row(&application)),
            self.audited(
                actor,
                Action::ApplicationCreated,
                application.id.as_str(),
                &Whose::Realm(&realm),
                &json!({}),
            ),
        ];
        Ok(Planned::new(application, changes))
    }

    /// One application.
    pub async fn application(
        &self,
        actor: &Actor,
        id: &ApplicationId,
    ) -> Result<Application, AccountsError> {
        let application = self.application_row(id).await?;
        let not_there = AccountsError::NotFound("application");
        let application = application.ok_or(not_there)?;
        actor.reach_realm(&application.realm(), "application")?;
        Ok(application)
    }

    /// The applications of a tenant that are within reach, by id.
    pub async fn applications(
        &self,
        actor: &Actor,
        tenant: TenantId,
        page: &Page,
    ) -> Result<Vec<Application>, AccountsError> {
        actor.reach_tenant(tenant, "tenant")?;
        let mut select = Select::from(&APPLICATIONS)
            .and(Condition::is("tenant", tenant.0))
            .order("id", Direction::Ascending)
            .limit(page.rows());
        if let Some(realm) = actor.narrowed_realm() {
            select = select
                .and(Condition::is("environment", realm.environment.as_str()))
                .and(Condition::is("region", realm.region.as_str()));
        }
        if let Some(after) = &page.after {
            select = select.and(Condition::After(vec![("id", after.as_str().into())]));
        }
        self.records.select(select).await?.iter().map(application).collect()
    }

    /// An application to be closed, its keys revoked.
    pub async fn close_application(
        &self,
        actor: &Actor,
        id: &ApplicationId,
    ) -> Result<Planned<()>, AccountsError> {
        let application = self.application(actor, id).await?;
        if application.closed.is_some() {
            return Ok(Planned::nothing());
        }
        let now = self.clock.now();
        let changes = vec![
            Change::Update {
                table: &APPLICATIONS,
                set: vec![("closed", now.into())],
                conditions: vec![Condition::is("id", id.as_str()), Condition::Null("closed")],
                expect: Expect::One,
            },
            Change::Update {
                table: &KEYS,
                set: vec![("revoked", now.into())],
                conditions: vec![
                    Condition::is("application", id.as_str()),
                    Condition::Null("revoked"),
                ],
                expect: Expect::Any,
            },
            self.audited(
                actor,
                Action::ApplicationClosed,
                id.as_str(),
                &Whose::Realm(&application.realm()),
                &json!({}),
            ),
        ];
        Ok(Planned { keys: ChangedKeys::Many, ..Planned::new((), changes) })
    }

    /// Refuses stores that hold an application of a region that is not kept here:
    /// somebody has pointed this node at the wrong ones.
    pub async fn nothing_of_other_regions(&self) -> Result<(), AccountsError> {
        if self.regions == Regions::default() {
            return Ok(());
        }
        let mut after = String::new();
        loop {
            let select = Select::from(&APPLICATIONS)
                .and(Condition::After(vec![("id", after.as_str().into())]))
                .order("id", Direction::Ascending)
                .limit(PAGE);
            let rows = self.records.select(select).await?;
            for row in &rows {
                self.regions.check(&row.parsed("region")?)?;
            }
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.text("id")?.to_owned();
        }
    }

    /// The row, without asking who wants it.
    pub(crate) async fn application_row(
        &self,
        id: &ApplicationId,
    ) -> Result<Option<Application>, AccountsError> {
        let select = Select::from(&APPLICATIONS).and(Condition::is("id", id.as_str()));
        self.records.select(select).await?.first().map(application).transpose()
    }

    /// A change that goes through only while the application is open.
    pub(crate) fn while_application_open(id: &ApplicationId) -> Change {
        Change::Update {
            table: &APPLICATIONS,
            set: vec![("closed", Value::Null)],
            conditions: vec![Condition::is("id", id.as_str()), Condition::Null("closed")],
            expect: Expect::One,
        }
    }
}

pub(crate) fn row(application: &Application) -> Row {
    Row::new(&APPLICATIONS)
        .with("id", application.id.as_str())
        .with("tenant", application.tenant.0)
        .with("environment", application.environment.as_str())
        .with("region", application.region.as_str())
        .with("name", application.name.as_str())
        .with("created", application.created)
        .with("closed", application.closed)
}

fn application(row: &Row) -> Result<Application, AccountsError> {
    let realm = realm(row)?;
    Ok(Application {
        id: row.parsed("id")?,
        tenant: realm.tenant,
        environment: realm.environment,
        region: realm.region,
        name: row.text("name")?.to_owned(),
        created: row.moment("created")?,
        closed: optional_moment(row, "closed")?,
    })
}
