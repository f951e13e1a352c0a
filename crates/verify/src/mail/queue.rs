//! Mail that waits.

use std::fmt;
use std::str::FromStr;
use std::sync::PoisonError;
use std::time::Duration;

use bonafide_accounts::{Actor, OPERATOR_TENANT, Page, Role};
use bonafide_context::{Environment, Keeper, Realm, Region, TenantId, Timestamp};
use bonafide_policy::{Category, DataRole, Effective, Family, Purpose};
use bonafide_vault::Records;
use bonafide_vault::records::{Change, Condition, Direction, RecordsError, Row, Select};
use serde::Serialize;

use super::tables::MAIL;
use super::{MailId, Mails, Waiting, words};
use crate::app::later;
use crate::{App, Moment, UseCaseError};

/// The name of what waits among what the vault has of a mail.
pub(super) const WAITING: &str = "mail";
/// Longer than this nothing waits: all attempts are made within it.
const LONGEST: Duration = Duration::from_secs(4 * 86_400);
/// More people of one tenant than this are not written to.
const MOST: usize = 20;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum MailKind {
    /// A version of a policy is going to hold.
    #[serde(rename = "policy.announced")]
    Policy,
    /// Somebody wrote by the form.
    #[serde(rename = "request.received")]
    Request,
}

impl FromStr for MailKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Policy, Self::Request].into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// How a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It waits, or is tried again.
    Pending,
    /// The server has taken it.
    Delivered,
    /// It was given up.
    Failed,
}

impl MailState {
    /// The name in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for MailState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MailState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Pending, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// What became of a mail; nothing of who got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailDelivery {
    /// `mail_…`
    pub id: MailId,
    /// Whose people it goes to.
    pub tenant: TenantId,
    /// What it is about.
    pub kind: MailKind,
    /// Of which: `policy@version`, or the id of a request.
    pub about: String,
    /// When it was queued.
    pub created: Moment,
    /// How it is.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was last.
    pub last_at: Option<Moment>,
    /// What the server said then.
    pub last_status: Option<u16>,
    /// Why that was not enough.
    pub last_failure: Option<String>,
}

impl Mails {
    /// The changes that tell a tenant's people of a version, and to how many.
    pub(crate) async fn announce(
        &self,
        app: &App,
        tenant: TenantId,
        policy: &Effective,
        (holds, material, asks_consent): (Timestamp, bool, bool),
    ) -> Result<(Vec<Change>, usize), UseCaseError> {
        let url = &app.settings().public_url;
        let written = words::announcement(policy, Moment(holds), material, asks_consent, url);
        let about = format!("{}@{}", policy.name(), policy.version());
        let to = people(app, tenant).await?;
        self.queue(app, tenant, MailKind::Policy, &about, &to, &written).await
    }

    /// The changes that tell those who answer it that a letter came.
    pub(crate) async fn request(
        &self,
        app: &App,
        tenant: TenantId,
        policy: &Effective,
        id: &str,
        answer_by: Timestamp,
    ) -> Result<(Vec<Change>, usize), UseCaseError> {
        let url = &app.settings().public_url;
        let written = words::request(Moment(answer_by), url);
        let controller = policy.role(Purpose::Service) == DataRole::Controller;
        // Row O7: who answers is the operator as controller, else the customer.
        let whose = if controller { OPERATOR_TENANT } else { tenant };
        let mut to = people(app, whose).await?;
        let contact = policy.file().contact.privacy.as_deref().filter(|_| controller);
        to.extend(contact.and_then(mailbox));
        to.sort();
        to.dedup();
        self.queue(app, whose, MailKind::Request, id, &to, &written).await
    }

    async fn queue(
        &self,
        app: &App,
        tenant: TenantId,
        kind: MailKind,
        about: &str,
        to: &[String],
        (subject, text): &(String, String),
    ) -> Result<(Vec<Change>, usize), UseCaseError> {
        if !Keeper::Mail.works() {
            return Ok((Vec::new(), 0));
        }
        let now = app.clock().now();
        let clocks = app.clocks(tenant, Family::Management).await?;
        let Some(deadline) = clocks.deadline(Category::Contact, now) else {
            return Ok((Vec::new(), 0));
        };
        let expires = deadline.min(later(now, LONGEST));
        // What became of it is known as long as the tenant's policy has it.
        let remove = clocks.deadline(Category::Deliveries, now).unwrap_or(expires);
        let realm = realm(tenant, self.region.clone());
        let mut changes = Vec::new();
        for to in to {
            let id = MailId::new(&mut **self.random.lock().unwrap_or_else(PoisonError::into_inner));
            let waiting = Waiting { to: to.clone(), subject: subject.clone(), text: text.clone() };
            let (vault, under) = (app.vault(), clocks.policy().into());
            let sealed =
                vault.prepare_value(&realm, id.as_str(), WAITING, expires, under, &waiting);
            changes.extend(sealed.await?);
            let row = Row::new(&MAIL)
                .with("id", id.as_str())
                .with("tenant", tenant.0)
                .with("region", self.region.as_str())
                .with("kind", kind.as_str())
                .with("about", about)
                .with("created", now)
                .with("state", MailState::Pending.as_str())
                .with("attempts", 0u64)
                .with("due_at", now)
                .with("remove", remove);
            changes.push(Change::Insert(row));
        }
        Ok((changes, to.len()))
    }
}

/// The walls around what waits: it is nobody's test.
pub(super) fn realm(tenant: TenantId, region: Region) -> Realm {
    Realm { tenant, environment: Environment::Live, region }
}

/// Where the people of a tenant read mail who answer for it: its owners and privacy
/// officers whose login is a mailbox.
async fn people(app: &App, tenant: TenantId) -> Result<Vec<String>, UseCaseError> {
    let whose = (tenant != OPERATOR_TENANT).then_some(tenant);
    let page = Page { after: None, limit: Some(Page::MAX) };
    let users = app.accounts().users(&Actor::cli(), whose, &page).await?;
    let answers = |role| matches!(role, Role::Owner | Role::PrivacyOfficer);
    let users = users.iter().filter(|user| answers(user.role));
    Ok(users.filter_map(|user| mailbox(user.login.expose())).take(MOST).collect())
}

/// The address, if the text is one.
fn mailbox(text: &str) -> Option<String> {
    crate::requests::is_mailbox(text.trim()).then(|| text.trim().to_owned())
}

/// What became of mail about something, in the order in which it was queued.
pub async fn deliveries(
    records: &dyn Records,
    about: Option<&str>,
) -> Result<Vec<MailDelivery>, RecordsError> {
    let mut select = Select::from(&MAIL)
        .order("created", Direction::Ascending)
        .order("id", Direction::Ascending);
    if let Some(about) = about {
        select = select.and(Condition::is("about", about));
    }
    records.select(select).await?.iter().map(read).collect()
}

pub(super) fn read(row: &Row) -> Result<MailDelivery, RecordsError> {
    let shape = || RecordsError::Shape { table: MAIL.name };
    let number = |column| -> Result<Option<u64>, RecordsError> {
        row.optional_integer(column)?.map(u64::try_from).transpose().map_err(|_| shape())
    };
    let status = number("last_status")?.map(u16::try_from).transpose().map_err(|_| shape())?;
    Ok(MailDelivery {
        id: row.parsed("id")?,
        tenant: TenantId(row.moment("tenant")?.0),
        kind: row.parsed("kind")?,
        about: row.text("about")?.to_owned(),
        created: row.moment("created")?.into(),
        state: row.parsed("state")?,
        attempts: u32::try_from(row.integer("attempts")?).map_err(|_| shape())?,
        last_at: number("last_at")?.map(|at| Moment(Timestamp(at))),
        last_status: status,
        last_failure: row.optional_text("last_failure")?.map(str::to_owned),
    })
}
