//! Reading and answering requests.

use bonafide_accounts::{Action, Role as UserRole, Session};
use bonafide_context::{Realm, TenantId, Timestamp};
use bonafide_policy::{Access, Category, DataRole, Purpose, Role};
use bonafide_vault::Opener;
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, Operator, RecordsError, Row, Select,
};

use super::submit::{LETTER, realm};
use super::tables::REQUESTS;
use super::{Letter, RequestId, Topic};
use crate::verification::Refusal;
use crate::{App, Moment, UseCaseError};

/// More than this are not shown at once.
const MOST: u32 = 100;

/// What is known of a request without opening its letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestView {
    /// `req_…`
    pub id: RequestId,
    /// Whose notice the person read.
    pub tenant: TenantId,
    /// What it is about.
    pub topic: Topic,
    /// Who has to answer.
    pub role: DataRole,
    /// When it came.
    pub received: Moment,
    /// Until when it is to be answered.
    pub answer_by: Moment,
    /// When it was.
    pub answered: Option<Moment>,
    /// When letter and row are gone.
    pub remove: Moment,
    realm: Realm,
}

impl RequestView {
    /// Whether its time to be answered is over and it is not.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.answered.is_none() && self.answer_by.0 <= now
    }
}

/// Requests, as one who answers them finds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// Those that wait first, then the newest.
    pub requests: Vec<RequestView>,
}

/// The requests that a user of the console may answer: of a tenant's user those
/// of the tenant, of the operator's own people those that the operator answers
/// as controller.
///
/// # Errors
/// [`Refusal::NotFound`] where the policy lets this user read no letters.
pub async fn list_requests(app: &App, session: &Session) -> Result<Inbox, UseCaseError> {
    let own = session.tenant.unwrap_or(bonafide_accounts::OPERATOR_TENANT);
    may_read(app, session, own).await?;
    let select = Select::from(&REQUESTS)
        .and(whose(session))
        .and(Condition::Compare("remove", Operator::Greater, app.clock().now().into()))
        .order("received", Direction::Descending)
        .order("id", Direction::Descending)
        .limit(MOST);
    let rows = app.records().select(select).await?;
    let mut requests: Vec<RequestView> = rows.iter().map(view).collect::<Result<_, _>>()?;
    requests.sort_by_key(|request| request.answered.is_some());
    Ok(Inbox { requests })
}

/// A request with its letter. That it was opened, and by whom, is written down
/// before it is shown.
pub async fn open_request(
    app: &App,
    session: &Session,
    id: &RequestId,
) -> Result<(RequestView, Letter), UseCaseError> {
    let request = own(app, session, id).await?;
    let letter: Option<Letter> = app
        .vault()
        .read_value(&Opener::desk(id.as_str()), &request.realm, id.as_str(), LETTER)
        .await?;
    let letter = letter.ok_or(Refusal::NotFound)?;
    app.records().commit(vec![audited(app, session, Action::RequestOpened, &request)]).await?;
    Ok((request, letter))
}

/// Marks a request as answered. The letter stays for its time: it may be asked
/// how it was answered.
pub async fn answer_request(
    app: &App,
    session: &Session,
    id: &RequestId,
) -> Result<(), UseCaseError> {
    let request = own(app, session, id).await?;
    if request.answered.is_some() {
        return Ok(());
    }
    let mark = Change::Update {
        table: &REQUESTS,
        set: vec![("answered", app.clock().now().into())],
        conditions: vec![Condition::is("id", id.as_str()), Condition::Null("answered")],
        expect: Expect::One,
    };
    let audited = audited(app, session, Action::RequestAnswered, &request);
    Ok(app.records().commit(vec![mark, audited]).await?)
}

/// Removes the rows of requests whose time is over; their letters are unreadable
/// from that second on, and the vault removes them. Gives whether more are due.
pub async fn reap_requests(app: &App, limit: u32) -> Result<bool, UseCaseError> {
    let due = Condition::Compare("remove", Operator::AtMost, app.clock().now().into());
    let rows = app.records().select(Select::from(&REQUESTS).and(due).limit(limit)).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let ids = rows.iter().map(|row| row.value("id").cloned()).collect::<Result<_, _>>()?;
    let gone = Change::Delete {
        table: &REQUESTS,
        conditions: vec![Condition::In("id", ids)],
        expect: Expect::Any,
    };
    app.records().commit(vec![gone]).await?;
    Ok(rows.len() >= limit as usize)
}

/// Which rows a user sees at all.
fn whose(session: &Session) -> Condition {
    match session.tenant {
        Some(tenant) => Condition::is("tenant", tenant.0),
        None => Condition::is("role", DataRole::Controller.as_str()),
    }
}

async fn own(app: &App, session: &Session, id: &RequestId) -> Result<RequestView, UseCaseError> {
    let select =
        Select::from(&REQUESTS).and(Condition::is("id", id.as_str())).and(whose(session)).limit(1);
    let rows = app.records().select(select).await?;
    let request = rows.first().map(view).transpose()?.ok_or(Refusal::NotFound)?;
    if request.remove.0 <= app.clock().now() {
        return Err(Refusal::NotFound.into());
    }
    may_read(app, session, request.tenant).await?;
    Ok(request)
}

/// Whether the policy lets this user read what persons write.
async fn may_read(app: &App, session: &Session, tenant: TenantId) -> Result<(), UseCaseError> {
    let role = match session.role {
        UserRole::PrivacyOfficer => Role::PrivacyOfficer,
        UserRole::Owner | UserRole::Operator => Role::Operator,
        UserRole::Reviewer => Role::Reviewer,
    };
    let policy = app.accounts().policy_of(tenant).await?;
    match policy.may_read(role, Purpose::Service, Category::Contact) {
        Access::Allowed => Ok(()),
        Access::UnderGrant | Access::Denied => Err(Refusal::NotFound.into()),
    }
}

fn audited(app: &App, session: &Session, action: Action, request: &RequestView) -> Change {
    app.accounts().done_at_console(session, action, request.id.as_str(), &request.realm)
}

fn view(row: &Row) -> Result<RequestView, RecordsError> {
    let tenant = TenantId(row.moment("tenant")?.0);
    let answered = match row.optional_integer("answered")? {
        Some(_) => Some(row.moment("answered")?.into()),
        None => None,
    };
    Ok(RequestView {
        id: row.parsed("id")?,
        tenant,
        topic: row.parsed("topic")?,
        role: row.parsed("role")?,
        received: row.moment("received")?.into(),
        answer_by: row.moment("answer_by")?.into(),
        answered,
        remove: row.moment("remove")?.into(),
        realm: realm(tenant, row.parsed("region")?),
    })
}
