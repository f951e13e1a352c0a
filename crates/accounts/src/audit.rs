//! Every change of accounts and configuration is a row: who, what, when.

use std::sync::atomic::Ordering;

use bonafide_context::{Environment, Keeper, Realm, Region, TenantId, Timestamp};
use bonafide_ledger::Caller;
use bonafide_vault::records::{Change, Condition, Direction, Expect, Row, Select};

use crate::tables::AUDIT;
use crate::{Accounts, AccountsError, Actor, Page, Session};

/// What was done to accounts or configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The first start made the operator's key.
    OperatorBootstrapped,
    /// A tenant was made.
    TenantCreated,
    /// A tenant was closed, and with it its applications and keys.
    TenantClosed,
    /// A tenant was put under another policy.
    PolicyChosen,
    /// An application was made.
    ApplicationCreated,
    /// An application was closed, and with it its keys.
    ApplicationClosed,
    /// A key was made.
    KeyCreated,
    /// A key was replaced by another, and lives on for a while.
    KeyRotated,
    /// A key was revoked.
    KeyRevoked,
    /// A user was made.
    UserCreated,
    /// A user was removed.
    UserRemoved,
    /// A user was given another role.
    RoleChanged,
    /// A password was set.
    PasswordChanged,
    /// A second factor was taken up.
    SecondFactorEnrolled,
    /// A second factor was taken away.
    SecondFactorRemoved,
    /// A template was made.
    TemplateCreated,
    /// A template got a new version.
    TemplateVersioned,
    /// A template was closed.
    TemplateClosed,
    /// Somebody asked to look at a person's data, to find an error.
    GrantRequested,
    /// Another person let him.
    GrantGiven,
    /// Another person did not.
    GrantRefused,
    /// It was ended before its time.
    GrantEnded,
    /// Somebody looked at the trace of a call, under a grant.
    CallRead,
    /// Somebody looked at all that is held of a person: it names the request or the
    /// grant, and not the person.
    SubjectRead,
    /// A person decided a verification at the reviewer's desk.
    VerificationDecided,
    /// A person opened somebody's request.
    RequestOpened,
    /// A person marked somebody's request as answered.
    RequestAnswered,
    /// The customer's warranty for an application was recorded.
    WarrantySigned,
    /// It was ended.
    WarrantyEnded,
    /// An endpoint for webhooks was made.
    WebhookCreated,
    /// It was changed.
    WebhookChanged,
    /// Its secret was replaced.
    WebhookSecretRotated,
    /// It was removed.
    WebhookRemoved,
    /// A set of identifiers was loaded for questions about risk.
    RiskSetLoaded,
    /// It was dropped.
    RiskSetDropped,
    /// A tenant switched something on.
    SwitchedOn,
    /// It switched it off again.
    SwitchedOff,
}

impl Action {
    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OperatorBootstrapped => "operator_bootstrapped",
            Self::TenantCreated => "tenant_created",
            Self::TenantClosed => "tenant_closed",
            Self::PolicyChosen => "policy_chosen",
            Self::ApplicationCreated => "application_created",
            Self::ApplicationClosed => "application_closed",
            Self::KeyCreated => "key_created",
            Self::KeyRotated => "key_rotated",
            Self::KeyRevoked => "key_revoked",
            Self::UserCreated => "user_created",
            Self::UserRemoved => "user_removed",
            Self::RoleChanged => "role_changed",
            Self::PasswordChanged => "password_changed",
            Self::SecondFactorEnrolled => "second_factor_enrolled",
            Self::SecondFactorRemoved => "second_factor_removed",
            Self::TemplateCreated => "template_created",
            Self::TemplateVersioned => "template_versioned",
            Self::TemplateClosed => "template_closed",
            Self::GrantRequested => "grant_requested",
            Self::GrantGiven => "grant_given",
            Self::GrantRefused => "grant_refused",
            Self::GrantEnded => "grant_ended",
            Self::CallRead => "call_read",
            Self::SubjectRead => "subject_read",
            Self::VerificationDecided => "verification_decided",
            Self::RequestOpened => "request_opened",
            Self::RequestAnswered => "request_answered",
            Self::WarrantySigned => "warranty_signed",
            Self::WarrantyEnded => "warranty_ended",
            Self::WebhookCreated => "webhook_created",
            Self::WebhookChanged => "webhook_changed",
            Self::WebhookSecretRotated => "webhook_secret_rotated",
            Self::WebhookRemoved => "webhook_removed",
            Self::RiskSetLoaded => "risk_set_loaded",
            Self::RiskSetDropped => "risk_set_dropped",
            Self::SwitchedOn => "switched_on",
            Self::SwitchedOff => "switched_off",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Sorts by time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who: a key or user id, `cli`, or `server`.
    pub actor: String,
    /// What was done, as [`Action`] is written.
    pub action: String,
    /// Id of what was changed.
    pub subject: String,
    /// Whose it is.
    pub tenant: Option<TenantId>,
    /// Of which environment.
    pub environment: Option<Environment>,
    /// Of which region.
    pub region: Option<Region>,
    /// Facts of a closed list: scopes, expiry, versions; never a secret.
    pub facts: serde_json::Value,
}

/// Whose a change is, for the audit log.
pub(crate) enum Whose<'a> {
    /// The installation's.
    Installation,
    /// A tenant's as a whole.
    Tenant(TenantId),
    /// A realm's.
    Realm(&'a Realm),
}

impl Accounts {
    /// The changes within the actor's reach, the newest first; `tenant` narrows
    /// further. [`Page::after`] is the id of the last one seen.
    pub async fn audit(
        &self,
        actor: &Actor,
        tenant: Option<TenantId>,
        page: &Page,
    ) -> Result<Vec<AuditEntry>, AccountsError> {
        let own = actor.narrowed_to()?;
        if let (Some(own), Some(asked)) = (own, tenant)
            && own != asked
        {
            return Err(AccountsError::NotFound("tenant"));
        }
        let mut select = Select::from(&AUDIT).order("id", Direction::Descending).limit(page.rows());
        if let Some(tenant) = own.or(tenant) {
            select = select.and(Condition::is("tenant", tenant.0));
        }
        if let Some(realm) = actor.narrowed_realm() {
            select = select
                .and(Condition::is("environment", realm.environment.as_str()))
                .and(Condition::is("region", realm.region.as_str()));
        }
        if let Some(after) = &page.after {
            select = select.and(Condition::Before(vec![("id", after.as_str().into())]));
        }
        self.records.select(select).await?.iter().map(entry).collect()
    }

    /// The row that says what a user did at the console to something that other
    /// rooms keep: to be committed with it.
    pub fn done_at_console(
        &self,
        session: &Session,
        action: Action,
        subject: &str,
        realm: &Realm,
    ) -> Change {
        let facts = serde_json::json!({ "role": session.role });
        self.audited(&Actor::user(session), action, subject, &Whose::Realm(realm), &facts)
    }

    /// The row that says what a caller did to configuration that other rooms keep: to
    /// be committed with it.
    pub fn done_by(&self, caller: &Caller, action: Action, subject: &str) -> Change {
        let (actor, realm) = (Actor::caller(caller), caller.realm());
        self.audited(&actor, action, subject, &Whose::Realm(&realm), &serde_json::json!({}))
    }

    /// The row that goes into the same commit as the change it tells of.
    pub(crate) fn audited(
        &self,
        actor: &Actor,
        action: Action,
        subject: &str,
        whose: &Whose<'_>,
        facts: &serde_json::Value,
    ) -> Change {
        let at = self.clock.now();
        // Sorts by time; of one node also within a millisecond.
        let nth = self.audited.fetch_add(1, Ordering::Relaxed);
        let chance = self.draw(|random| random.u64());
        let id = format!("{:012x}-{:08x}-{chance:016x}", at.0, nth & u64::from(u32::MAX));
        let (tenant, realm) = match whose {
            Whose::Installation => (None, None),
            Whose::Tenant(tenant) => (Some(*tenant), None),
            Whose::Realm(realm) => (Some(realm.tenant), Some(*realm)),
        };
        if !Keeper::AuditLog.works() {
            let conditions = vec![Condition::is("id", id)];
            return Change::Delete { table: &AUDIT, conditions, expect: Expect::Any };
        }
        Change::Insert(
            Row::new(&AUDIT)
                .with("id", id)
                .with("at", at)
                .with("actor", actor.name.as_str())
                .with("action", action.as_str())
                .with("subject", subject)
                .with("tenant", tenant.map(|tenant| tenant.0))
                .with("environment", realm.map(|realm| realm.environment.as_str()))
                .with("region", realm.map(|realm| realm.region.as_str()))
                .with("facts", facts.to_string()),
        )
    }
}

fn entry(row: &Row) -> Result<AuditEntry, AccountsError> {
    let damaged = |_| AccountsError::Damaged;
    Ok(AuditEntry {
        id: row.text("id")?.to_owned(),
        at: row.moment("at")?,
        actor: row.text("actor")?.to_owned(),
        action: row.text("action")?.to_owned(),
        subject: row.text("subject")?.to_owned(),
        tenant: row
            .optional_integer("tenant")?
            .map(|number| u64::try_from(number).map(TenantId))
            .transpose()
            .map_err(|_| AccountsError::Damaged)?,
        environment: row
            .optional_text("environment")?
            .map(str::parse)
            .transpose()
            .map_err(damaged)?,
        region: row.optional_text("region")?.map(str::parse).transpose().map_err(damaged)?,
        facts: serde_json::from_str(row.text("facts")?).map_err(|_| AccountsError::Damaged)?,
    })
}
