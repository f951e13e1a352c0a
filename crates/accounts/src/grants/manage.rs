//! Asking for a grant, giving it, and what it opens now.

use bonafide_context::{Keeper, Realm, Timestamp};
use bonafide_policy::{Category, Family, Period};
use bonafide_vault::records::{Change, Condition, Direction, Expect, Operator, Select};
use serde_json::json;

use super::{Grant, GrantId, GrantOf, GrantState, NewGrant};
use crate::audit::Whose;
use crate::read::invalid;
use crate::tables::GRANTS;
use crate::users::{Role, Session};
use crate::{Accounts, AccountsError, Action, Actor, Planned};

/// The longest that a grant opens anything, in minutes.
const LONGEST: u32 = 480;
/// A request that nobody decides lapses after a day, in milliseconds.
const LAPSES: u64 = 24 * 3_600_000;
/// More than this is not listed at once.
const MOST: u32 = 200;

impl Accounts {
    /// A request for a grant, to be made: by a person of the console with a second
    /// factor, within his reach (the operator's own people: every tenant).
    pub async fn request_grant(
        &self,
        session: &Session,
        new: NewGrant,
    ) -> Result<Planned<Grant>, AccountsError> {
        reaches(session, &new.realm)?;
        if new.minutes == 0 || new.minutes > LONGEST {
            return Err(invalid("minutes", "ask for 1 to 480 minutes"));
        }
        let policy = self.policy_of(new.realm.tenant).await?;
        let now = self.clock.now();
        let grant = Grant {
            id: self.draw(GrantId::new),
            realm: new.realm,
            of: new.of,
            reason: new.reason,
            minutes: new.minutes,
            state: GrantState::Requested,
            requested_by: session.user.clone(),
            requested_at: now,
            decided_by: None,
            decided_at: None,
            expires: later(now, LAPSES),
        };
        // The row ties a person to an error: it goes when that has to.
        let keeps = match policy.at_rest(Family::Verification, Category::SubjectReference) {
            Period::For(period) => u64::try_from(period.as_millis()).unwrap_or(u64::MAX),
            Period::UntilClosed => u64::MAX,
        };
        let changes = vec![
            Change::Insert(grant.row(later(now, keeps.max(LAPSES)))),
            self.grant_audited(session, Action::GrantRequested, &grant),
        ];
        Ok(Planned::new(grant, changes))
    }

    /// A grant, to be given: by an owner or a privacy officer with a second factor
    /// who is not the one who asked. Its time runs from now.
    pub async fn give_grant(
        &self,
        session: &Session,
        id: &GrantId,
    ) -> Result<Planned<Grant>, AccountsError> {
        let mut grant = self.waiting(session, id).await?;
        let now = self.clock.now();
        grant.state = GrantState::Given;
        grant.expires = later(now, u64::from(grant.minutes) * 60_000);
        self.decided(session, grant, now, Action::GrantGiven)
    }

    /// A grant, to be refused: by whoever might have given it.
    pub async fn refuse_grant(
        &self,
        session: &Session,
        id: &GrantId,
    ) -> Result<Planned<Grant>, AccountsError> {
        let mut grant = self.waiting(session, id).await?;
        grant.state = GrantState::Refused;
        self.decided(session, grant, self.clock.now(), Action::GrantRefused)
    }

    /// A grant, to be ended before its time: by whoever asked for it, or might give
    /// one.
    pub async fn end_grant(
        &self,
        session: &Session,
        id: &GrantId,
    ) -> Result<Planned<Grant>, AccountsError> {
        let mut grant = self.grant(session, id).await?;
        if grant.requested_by != session.user && !gives(session.role) {
            return Err(AccountsError::Denied);
        }
        let now = self.clock.now();
        if !grant.is_live(now) {
            return Err(AccountsError::Closed("grant"));
        }
        grant.state = GrantState::Ended;
        grant.expires = now;
        self.decided(session, grant, now, Action::GrantEnded)
    }

    /// A grant within reach.
    pub async fn grant(&self, session: &Session, id: &GrantId) -> Result<Grant, AccountsError> {
        let select = Select::from(&GRANTS).and(Condition::is("id", id.as_str()));
        let rows = self.records.select(select).await?;
        let grant = rows.first().map(Grant::read).transpose()?;
        let grant = grant.ok_or(AccountsError::NotFound("grant"))?;
        reaches(session, &grant.realm)?;
        Ok(grant)
    }

    /// The grants within reach, the newest first, at most 200.
    pub async fn grants(&self, session: &Session) -> Result<Vec<Grant>, AccountsError> {
        let mut select = Select::from(&GRANTS)
            .order("requested", Direction::Descending)
            .order("id", Direction::Descending)
            .limit(MOST);
        if let Some(tenant) = session.tenant {
            select = select.and(Condition::is("tenant", tenant.0));
        }
        let rows = self.records.select(select).await?;
        Ok(rows.iter().map(Grant::read).collect::<Result<_, _>>()?)
    }

    /// Every grant of a realm that opens or opened one of these things, the newest
    /// first. For the server's own answer to a person; grants of calls are of nobody.
    pub async fn grants_of(
        &self,
        realm: &Realm,
        of: &[GrantOf],
    ) -> Result<Vec<Grant>, AccountsError> {
        let targets = of.iter().map(|of| of.target().into()).collect();
        let select = Select::from(&GRANTS)
            .and(Condition::is("tenant", realm.tenant.0))
            .and(Condition::In("target", targets))
            .order("requested", Direction::Descending)
            .limit(MOST);
        let mut found = Vec::new();
        for row in self.records.select(select).await? {
            let grant = Grant::read(&row)?;
            if grant.realm == *realm && of.contains(&grant.of) {
                found.push(grant);
            }
        }
        Ok(found)
    }

    /// The live grant under which this person may look at one of these things now;
    /// `None` where there is none. Asked anew before each look: what was ended is
    /// over at once.
    pub async fn live_grant(
        &self,
        session: &Session,
        realm: &Realm,
        of: &[GrantOf],
    ) -> Result<Option<Grant>, AccountsError> {
        if !session.second_factor {
            return Ok(None);
        }
        let now = self.clock.now();
        let select = Select::from(&GRANTS)
            .and(Condition::is("requested_by", session.user.as_str()))
            .and(Condition::is("state", GrantState::Given.as_str()))
            .and(Condition::Compare("expires", Operator::Greater, now.into()));
        for row in self.records.select(select).await? {
            let grant = Grant::read(&row)?;
            if grant.is_live(now) && grant.realm == *realm && of.contains(&grant.of) {
                return Ok(Some(grant));
            }
        }
        Ok(None)
    }

    /// Removes grants whose time to rest is over. Idle, it costs a look and no write.
    pub async fn reap_grants(&self) -> Result<(), AccountsError> {
        let over = || Condition::Compare("remove", Operator::AtMost, self.clock.now().into());
        let due = Select::from(&GRANTS).and(over()).limit(1);
        if self.records.select(due).await?.is_empty() {
            return Ok(());
        }
        let delete =
            Change::Delete { table: &GRANTS, conditions: vec![over()], expect: Expect::Any };
        Ok(self.records.commit(vec![delete]).await?)
    }

    /// A request that this person may decide.
    async fn waiting(&self, session: &Session, id: &GrantId) -> Result<Grant, AccountsError> {
        let grant = self.grant(session, id).await?;
        if !gives(session.role) {
            return Err(AccountsError::Denied);
        }
        // The second person is the whole point of it (row P7).
        if grant.requested_by == session.user && Keeper::SecondPerson.works() {
            return Err(AccountsError::OwnGrant);
        }
        if grant.state != GrantState::Requested || self.clock.now() >= grant.expires {
            return Err(AccountsError::Closed("grant"));
        }
        Ok(grant)
    }

    fn decided(
        &self,
        session: &Session,
        mut grant: Grant,
        now: Timestamp,
        action: Action,
    ) -> Result<Planned<Grant>, AccountsError> {
        let before = match action {
            Action::GrantEnded => GrantState::Given,
            _ => GrantState::Requested,
        };
        grant.decided_by = Some(session.user.clone());
        grant.decided_at = Some(now);
        let changes = vec![
            Change::Update {
                table: &GRANTS,
                set: vec![
                    ("state", grant.state.as_str().into()),
                    ("decided_by", session.user.as_str().into()),
                    ("decided", now.into()),
                    ("expires", grant.expires.into()),
                ],
                conditions: vec![
                    Condition::is("id", grant.id.as_str()),
                    Condition::is("state", before.as_str()),
                ],
                expect: Expect::One,
            },
            self.grant_audited(session, action, &grant),
        ];
        Ok(Planned::new(grant, changes))
    }

    fn grant_audited(&self, session: &Session, action: Action, grant: &Grant) -> Change {
        let facts = json!({
            "of": grant.of.kind(),
            "reason": grant.reason.as_str(),
            "minutes": grant.minutes,
        });
        let (actor, whose) = (Actor::user(session), Whose::Realm(&grant.realm));
        self.audited(&actor, action, grant.id.as_str(), &whose, &facts)
    }
}

/// Whether a person of the console has anything to do with data of a realm.
fn reaches(session: &Session, realm: &Realm) -> Result<(), AccountsError> {
    if session.tenant.is_some_and(|tenant| tenant != realm.tenant) {
        return Err(AccountsError::NotFound("grant"));
    }
    if !session.second_factor {
        return Err(invalid("second_factor", "log in with the second factor first"));
    }
    Ok(())
}

/// Who may give grants: who answers for the data.
const fn gives(role: Role) -> bool {
    matches!(role, Role::Owner | Role::PrivacyOfficer)
}

fn later(from: Timestamp, by: u64) -> Timestamp {
    Timestamp(from.0.saturating_add(by).min(i64::MAX.unsigned_abs()))
}
