//! A new version is made known.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bonafide_accounts::{Actor, Page};
use bonafide_context::{Keeper, TenantId, Timestamp};
use bonafide_policy::{Effective, diff, earliest_start};
use bonafide_vault::Records;
use bonafide_vault::records::{Change, Condition, Direction, Expect, RecordsError, Row, Select};

use super::tables::{ANNOUNCEMENTS, VERSIONS};
use super::versions::{NoticeVersion, history};
use crate::webhooks::Event;
use crate::{App, Moment, UseCaseError};

const DAY_MS: u64 = 86_400_000;

/// By which way somebody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// It stands on the tenant's notice page from that moment on.
    Page,
    /// It was posted to the endpoints that want to know.
    Webhook,
    /// It was mailed to those who answer for the tenant.
    Mail,
}

impl Channel {
    const ALL: [Self; 3] = [Self::Page, Self::Webhook, Self::Mail];

    /// The name in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == text).ok_or(())
    }
}

/// That a tenant was told of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Of which version.
    pub version: u32,
    /// Who.
    pub tenant: TenantId,
    /// How.
    pub channel: Channel,
    /// When.
    pub at: Moment,
    /// How many posts or mails were made out.
    pub posts: u64,
}

/// Announces every version that waits for it, and gives how many. To be called
/// every minute or so, by every node: each is announced once.
///
/// The keeper of row O17: without an announcement no version has a day from
/// which it holds.
pub async fn announce(app: &App) -> Result<u64, UseCaseError> {
    let waiting = Select::from(&VERSIONS)
        .and(Condition::Null("announced"))
        .order("policy", Direction::Ascending)
        .order("version", Direction::Ascending);
    let mut announced = 0;
    for row in app.records().select(waiting).await? {
        let Some(next) = NoticeVersion::read(&row)? else { continue };
        match app.records().commit(made_known(app, &next.policy).await?).await {
            Ok(()) => announced += 1,
            // Another node was faster.
            Err(RecordsError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(announced)
}

/// Everything that an announcement is, to be committed at once.
async fn made_known(app: &App, next: &Arc<Effective>) -> Result<Vec<Change>, UseCaseError> {
    let now = app.clock().now();
    let (name, version) = (next.name(), next.version());
    let earlier = history(&**app.records(), name).await?;
    let before = earlier.iter().rev().find(|one| one.policy.version() < version);
    let (holds, material, asks_consent) = match before {
        Some(before) => {
            let found = diff(&before.policy, next);
            let day = earliest_start(&before.policy, next, now.date());
            let day = Timestamp(u64::try_from(day.days()).unwrap_or(0).saturating_mul(DAY_MS));
            let day = if Keeper::Announcements.works() { day } else { now };
            // Never before the version that it follows.
            let holds = day.max(now).max(before.holds.unwrap_or(now));
            let any = |which: fn(&bonafide_policy::Difference) -> bool| found.iter().any(which);
            (holds, any(|one| one.material), any(|one| one.asks_consent))
        }
        None => (now, true, true),
    };
    let mut changes = vec![Change::Update {
        table: &VERSIONS,
        set: vec![
            ("announced", now.into()),
            ("holds", holds.into()),
            ("material", material.into()),
            ("asks_consent", asks_consent.into()),
        ],
        conditions: vec![
            Condition::is("policy", name),
            Condition::is("version", i64::from(version)),
            Condition::Null("announced"),
        ],
        expect: Expect::One,
    }];
    changes.extend(app.vault().policy_announced(next, holds)?);
    for tenant in tenants_under(app, name).await? {
        changes.push(told(name, version, tenant, Channel::Page, now, 0));
        if let Some(mails) = app.mails() {
            let what = (holds, material, asks_consent);
            let (mail, count) = mails.announce(app, tenant, next, what).await?;
            changes.push(told(name, version, tenant, Channel::Mail, now, count));
            changes.extend(mail);
        }
        let Some(webhooks) = app.webhooks() else { continue };
        let event = Event::Policy { name: name.to_owned(), version, holds: Moment(holds) };
        let posts = webhooks.emit_to_tenant(tenant, &event).await?;
        changes.push(told(name, version, tenant, Channel::Webhook, now, posts.len()));
        changes.extend(posts);
    }
    Ok(changes)
}

/// Every tenant whose data a policy rules.
async fn tenants_under(app: &App, policy: &str) -> Result<Vec<TenantId>, UseCaseError> {
    let default = app.accounts().policies().default_name().to_owned();
    let mut under = Vec::new();
    let mut after = None;
    loop {
        let page = Page { after, limit: Some(Page::MAX) };
        let tenants = app.accounts().tenants(&Actor::cli(), &page).await?;
        let Some(last) = tenants.last() else { return Ok(under) };
        after = Some(last.app_id.to_string());
        let of_it = tenants.iter().filter(|tenant| {
            tenant.closed.is_none() && tenant.policy.as_deref().unwrap_or(&default) == policy
        });
        under.extend(of_it.map(|tenant| tenant.app_id));
    }
}

fn told(
    policy: &str,
    version: u32,
    tenant: TenantId,
    channel: Channel,
    at: Timestamp,
    posts: usize,
) -> Change {
    Change::InsertIfAbsent(
        Row::new(&ANNOUNCEMENTS)
            .with("policy", policy)
            .with("version", i64::from(version))
            .with("tenant", tenant.0)
            .with("channel", channel.as_str())
            .with("at", at)
            .with("posts", posts as u64),
    )
}

/// Who was told of a policy's versions, by version and tenant.
pub async fn announcements(app: &App, policy: &str) -> Result<Vec<Announcement>, UseCaseError> {
    Ok(announcements_of(&**app.records(), policy).await?)
}

/// The same from the rows alone.
pub async fn announcements_of(
    records: &dyn Records,
    policy: &str,
) -> Result<Vec<Announcement>, RecordsError> {
    let select = Select::from(&ANNOUNCEMENTS)
        .and(Condition::is("policy", policy))
        .order("version", Direction::Ascending)
        .order("tenant", Direction::Ascending)
        .order("channel", Direction::Ascending);
    let rows = records.select(select).await?;
    let read = |row: &Row| {
        let shape = || RecordsError::Shape { table: ANNOUNCEMENTS.name };
        Ok(Announcement {
            version: u32::try_from(row.integer("version")?).map_err(|_| shape())?,
            tenant: TenantId(row.moment("tenant")?.0),
            channel: row.text("channel")?.parse().map_err(|()| shape())?,
            at: row.moment("at")?.into(),
            posts: u64::try_from(row.integer("posts")?).map_err(|_| shape())?,
        })
    };
    rows.iter().map(read).collect()
}
