//! A verification's row, read and written.

use bonafide_accounts::Flow;
use bonafide_context::{Environment, Realm, Region, TenantId, Timestamp};
use bonafide_ledger::{ApplicationId, Caller};
use bonafide_vault::records::{Change, Condition, Expect, RecordsError, Row, Select, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::progress::Progress;
use super::tables::VERIFICATIONS;
use super::{Gate, GateState, Refusal, State, TemplateVersion, VerificationField, VerificationId};
use crate::reading::is_restricted;
use crate::{App, Selection, UseCaseError};

/// A verification as its row has it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: VerificationId,
    pub(crate) realm: Realm,
    pub(crate) application: ApplicationId,
    /// Counts the changes: who writes says which one he has read.
    pub(crate) version: i64,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) data_until: Option<Timestamp>,
    pub(crate) remove: Timestamp,
    pub(crate) reference: Option<String>,
    pub(crate) template: Option<TemplateVersion>,
    pub(crate) fields: Selection<VerificationField>,
    pub(crate) flow: Flow,
    pub(crate) progress: Progress,
}

/// Who may do something to a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The application that created it, and the person it is about.
    Anyone,
    /// The application only.
    Application,
    /// The application only, also while processing is restricted: what deletes, or
    /// proves a deletion.
    Deletion,
}

/// The caller's verification of this id, as it stands now.
pub(crate) async fn load(
    app: &App,
    caller: &Caller,
    id: &VerificationId,
    access: Access,
) -> Result<Record, UseCaseError> {
    if caller.bound_to.as_deref().is_some_and(|bound| bound != id.as_str()) {
        return Err(Refusal::NotFound.into());
    }
    let select = Select::from(&VERIFICATIONS).and(Condition::is("id", id.as_str())).limit(1);
    let rows = app.records().select(select).await?;
    let record = rows.first().map(Record::read).transpose()?;
    let own = |record: &Record| {
        record.realm == caller.realm() && record.application == caller.application
    };
    let record = record.filter(own).ok_or(Refusal::NotFound)?;
    let now = app.clock().now();
    if now >= record.remove {
        return Err(Refusal::NotFound.into());
    }
    if access != Access::Anyone && caller.bound_to.is_some() {
        return Err(Refusal::NeedsKey.into());
    }
    if access != Access::Deletion
        && is_restricted(app, &record.realm, record.reference.as_deref()).await?
    {
        return Err(Refusal::Restricted.into());
    }
    Ok(record.seen_at(now))
}

impl Record {
    /// When time changes something about it next.
    pub(crate) fn due(&self) -> Timestamp {
        match self.progress.state {
            State::Created | State::Collecting => self.expires,
            State::Review => self.data_until.unwrap_or(self.expires),
            _ => self.remove,
        }
    }

    /// As it is at `now`: what is over is over from its very second on, whether
    /// it was written down yet or not.
    pub(crate) fn seen_at(mut self, now: Timestamp) -> Self {
        if !self.progress.state.is_terminal() && now >= self.due() {
            self.progress = self.progress.expired();
        }
        self
    }

    /// Whether the document was found in order in itself.
    pub(crate) fn readable(&self) -> bool {
        let gate = self.progress.gates.get(&Gate::Document);
        gate.is_some_and(|gate| gate.state == GateState::Passed)
    }

    /// The change that writes it for the first time.
    pub(crate) fn inserted(&self) -> Result<Change, UseCaseError> {
        let mut row = Row::new(&VERIFICATIONS)
            .with("id", self.id.as_str())
            .with("tenant", self.realm.tenant.0)
            .with("environment", self.realm.environment.as_str())
            .with("region", self.realm.region.as_str())
            .with("application", self.application.as_str())
            .with("created", self.created)
            .with("expires", self.expires)
            .with("remove", self.remove)
            .with("template", self.template.as_ref().map(|template| template.id.clone()))
            .with(
                "template_version",
                self.template.as_ref().map(|template| i64::from(template.version)),
            )
            .with("fields", json(&self.fields)?);
        for (column, value) in self.changing(1)? {
            row = row.with(column, value);
        }
        Ok(Change::Insert(row))
    }

    /// The change that writes it again, if nobody else has since it was read.
    pub(crate) fn updated(&self) -> Result<Change, UseCaseError> {
        Ok(Change::Update {
            table: &VERIFICATIONS,
            set: self.changing(self.version.saturating_add(1))?,
            conditions: vec![
                Condition::is("id", self.id.as_str()),
                Condition::is("version", self.version),
            ],
            expect: Expect::One,
        })
    }

    /// Lets nothing more be handed in from this moment on, before what is kept is
    /// destroyed: whatever was begun with the record as it was is not committed, and
    /// no challenge is issued while keys are being destroyed. The record as it stands
    /// then; the commit that says what became of it lets go again, or ends it.
    pub(crate) async fn shut(mut self, app: &App) -> Result<Self, UseCaseError> {
        if self.progress.state.is_terminal() {
            return Ok(self);
        }
        self.progress.shut = true;
        app.records().commit(vec![self.updated()?]).await?;
        self.version = self.version.saturating_add(1);
        Ok(self)
    }

    /// The columns that change with a verification's life.
    fn changing(&self, version: i64) -> Result<Vec<(&'static str, Value)>, UseCaseError> {
        Ok(vec![
            ("version", version.into()),
            ("state", self.progress.state.name().into()),
            ("data_until", self.data_until.into()),
            ("due", self.due().into()),
            ("reference", self.reference.clone().into()),
            ("flow", json(&self.flow)?.into()),
            ("progress", json(&self.progress)?.into()),
        ])
    }

    /// Reads a row.
    pub(crate) fn read(row: &Row) -> Result<Self, RecordsError> {
        let optional = |column| match row.optional_integer(column)? {
            None => Ok(None),
            Some(_) => row.moment(column).map(Some),
        };
        let shape = |_| RecordsError::Shape { table: VERIFICATIONS.name };
        let version = row.optional_integer("template_version")?;
        let version = version.map(u32::try_from).transpose().map_err(|_| shape(()))?;
        let template = row.optional_text("template")?.zip(version);
        let tenant = u64::try_from(row.integer("tenant")?).map_err(|_| shape(()))?;
        Ok(Self {
            id: row.parsed("id")?,
            realm: Realm {
                tenant: TenantId(tenant),
                environment: row.parsed::<Environment>("environment")?,
                region: row.parsed::<Region>("region")?,
            },
            application: row.parsed("application")?,
            version: row.integer("version")?,
            created: row.moment("created")?,
            expires: row.moment("expires")?,
            data_until: optional("data_until")?,
            remove: row.moment("remove")?,
            reference: row.optional_text("reference")?.map(str::to_owned),
            template: template.map(|(id, version)| TemplateVersion { id: id.to_owned(), version }),
            fields: from_json(row, "fields")?,
            flow: from_json(row, "flow")?,
            progress: from_json(row, "progress")?,
        })
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, UseCaseError> {
    serde_json::to_string(value).map_err(|error| UseCaseError::internal("row_unwritable", error))
}

fn from_json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T, RecordsError> {
    serde_json::from_str(row.text(column)?)
        .map_err(|_| RecordsError::Shape { table: VERIFICATIONS.name })
}
