//! Making, showing and removing users.

use bonafide_context::{Sensitive, TenantId};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, RecordsError, Row, Select, Value,
};
use serde_json::json;

use super::password::check_password;
use super::session::end_of;
use super::{NewUser, Role, Session, User, UserId};
use crate::audit::Whose;
use crate::read::invalid;
use crate::tables::USERS;
use crate::{Accounts, AccountsError, Action, Actor, OPERATOR_TENANT, Page};

const LOGIN_MAX: usize = 190;

impl Accounts {
    /// Makes a user. Users of a tenant are made by its owner or the operator,
    /// the operator's own people by the operator.
    pub async fn create_user(&self, actor: &Actor, new: NewUser) -> Result<User, AccountsError> {
        if new.tenant == Some(OPERATOR_TENANT) {
            return Err(invalid("tenant", "the operator's own people are of no tenant"));
        }
        actor.reach_users(new.tenant)?;
        let login = normal(new.login.expose());
        check_login(&login)?;
        check_password(&new.password, &login)?;
        let id = self.draw(UserId::new);
        let login_hash = self.login_hash(&login).await?;
        let taken = Condition::is("login_hash", login_hash.as_str());
        if self.records.count(&USERS, vec![taken]).await? > 0 {
            return Err(AccountsError::Taken("user"));
        }
        let sealed = self.vault.seal_secret(&context(&id), login.as_bytes()).await?;
        let password = self.passwords.hash(&new.password, self.salt()).await?;
        let now = self.clock.now();
        let row = Row::new(&USERS)
            .with("login_hash", login_hash)
            .with("id", id.as_str())
            .with("login", sealed)
            .with("tenant", new.tenant.map(|tenant| tenant.0))
            .with("role", new.role.as_str())
            .with("password", password)
            .with("totp_step", 0_i64)
            .with("failures", 0_i64)
            .with("locked_until", 0_i64)
            .with("created", now);
        let mut changes = vec![
            Change::Insert(row.clone()),
            self.user_audited(
                actor,
                Action::UserCreated,
                &id,
                new.tenant,
                &json!({ "role": new.role }),
            ),
        ];
        changes.extend(new.tenant.map(Self::while_tenant_open));
        match self.records.commit(changes).await {
            Ok(()) => self.shown(&row).await,
            Err(RecordsError::Conflict) => Err(AccountsError::Conflict),
            Err(other) => Err(other.into()),
        }
    }

    /// One user.
    pub async fn user(&self, actor: &Actor, id: &UserId) -> Result<User, AccountsError> {
        // Who may see no users is told so before anything is looked up.
        let row = self.user_row(id).await?;
        let Some(row) = row else {
            actor.reach_users(actor.narrowed_to()?)?;
            return Err(AccountsError::NotFound("user"));
        };
        actor.reach_users(tenant_of(&row)?)?;
        self.shown(&row).await
    }

    /// The users of a tenant (`None`: the operator's own people), by id.
    pub async fn users(
        &self,
        actor: &Actor,
        tenant: Option<TenantId>,
        page: &Page,
    ) -> Result<Vec<User>, AccountsError> {
        actor.reach_users(tenant)?;
        let mut select = Select::from(&USERS)
            .and(match tenant {
                Some(tenant) => Condition::is("tenant", tenant.0),
                None => Condition::Null("tenant"),
            })
            .order("id", Direction::Ascending)
            .limit(page.rows());
        if let Some(after) = &page.after {
            select = select.and(Condition::After(vec![("id", after.as_str().into())]));
        }
        let mut users = Vec::new();
        for row in &self.records.select(select).await? {
            users.push(self.shown(row).await?);
        }
        Ok(users)
    }

    /// Removes a user and ends the sessions.
    pub async fn remove_user(&self, actor: &Actor, id: &UserId) -> Result<(), AccountsError> {
        let user = self.user(actor, id).await?;
        let changes = vec![
            Change::Delete { table: &USERS, conditions: vec![is(id)], expect: Expect::One },
            end_of(id),
            self.user_audited(actor, Action::UserRemoved, id, user.tenant, &json!({})),
        ];
        Ok(self.records.commit(changes).await?)
    }

    /// Gives a user another role and ends the sessions.
    pub async fn set_role(
        &self,
        actor: &Actor,
        id: &UserId,
        role: Role,
    ) -> Result<(), AccountsError> {
        let user = self.user(actor, id).await?;
        let facts = json!({ "from": user.role, "to": role });
        let changes = vec![
            set(id, vec![("role", role.as_str().into())]),
            end_of(id),
            self.user_audited(actor, Action::RoleChanged, id, user.tenant, &facts),
        ];
        Ok(self.records.commit(changes).await?)
    }

    /// Sets a user's password, takes away the lock and ends the sessions. The
    /// second factor stays.
    pub async fn set_password(
        &self,
        actor: &Actor,
        id: &UserId,
        password: Sensitive<String>,
    ) -> Result<(), AccountsError> {
        let user = self.user(actor, id).await?;
        self.replace_password(actor, &user, &password).await
    }

    /// Changes the own password, for which the old one is asked, and ends all
    /// sessions. A wrong old one counts like a failed login.
    pub async fn change_password(
        &self,
        session: &Session,
        old: &Sensitive<String>,
        new: &Sensitive<String>,
        address: std::net::IpAddr,
    ) -> Result<(), AccountsError> {
        const WRONG: AccountsError = invalid("old", "is not the password");
        let row = self.user_row(&session.user).await?.ok_or(AccountsError::NotFound("user"))?;
        self.limiter.count_failure(address, self.clock.elapsed()).map_err(|limited| {
            AccountsError::Busy { retry_after_seconds: limited.retry_after_seconds }
        })?;
        if !self.passwords.check(old, Some(row.text("password")?.to_owned())).await? {
            return Err(WRONG);
        }
        self.limiter.pay_back_failure(address);
        let user = self.shown(&row).await?;
        self.replace_password(&Actor::user(session), &user, new).await
    }

    async fn replace_password(
        &self,
        actor: &Actor,
        user: &User,
        password: &Sensitive<String>,
    ) -> Result<(), AccountsError> {
        check_password(password, user.login.expose())?;
        let phc = self.passwords.hash(password, self.salt()).await?;
        let columns = vec![
            ("password", phc.into()),
            ("failures", 0_i64.into()),
            ("locked_until", 0_i64.into()),
        ];
        let changes = vec![
            set(&user.id, columns),
            end_of(&user.id),
            self.user_audited(actor, Action::PasswordChanged, &user.id, user.tenant, &json!({})),
        ];
        Ok(self.records.commit(changes).await?)
    }

    /// The row of a user, without asking who wants it.
    pub(super) async fn user_row(&self, id: &UserId) -> Result<Option<Row>, AccountsError> {
        let select = Select::from(&USERS).and(is(id));
        Ok(self.records.select(select).await?.into_iter().next())
    }

    /// The login name of a user.
    pub(super) async fn login_of(
        &self,
        id: &UserId,
        row: &Row,
    ) -> Result<Sensitive<String>, AccountsError> {
        let login = self.vault.open_secret(&context(id), row.bytes("login")?).await?;
        let login = String::from_utf8(login.to_vec()).map_err(|_| AccountsError::Damaged)?;
        Ok(Sensitive::new(login))
    }

    pub(super) fn user_audited(
        &self,
        actor: &Actor,
        action: Action,
        id: &UserId,
        tenant: Option<TenantId>,
        facts: &serde_json::Value,
    ) -> Change {
        let whose = tenant.map_or(Whose::Installation, Whose::Tenant);
        self.audited(actor, action, id.as_str(), &whose, facts)
    }

    async fn shown(&self, row: &Row) -> Result<User, AccountsError> {
        let id: UserId = row.parsed("id")?;
        Ok(User {
            login: self.login_of(&id, row).await?,
            tenant: tenant_of(row)?,
            role: row.parsed("role")?,
            second_factor: row.optional_bytes("totp")?.is_some(),
            locked_until: row.moment("locked_until")?,
            created: row.moment("created")?,
            id,
        })
    }

    fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.draw(|random| random.fill(&mut salt));
        salt
    }
}

/// A login name as it is compared: without blanks around it, in lower case.
pub(super) fn normal(login: &str) -> String {
    login.trim().to_lowercase()
}

/// Whose a user is.
pub(super) fn tenant_of(row: &Row) -> Result<Option<TenantId>, AccountsError> {
    match row.optional_integer("tenant")? {
        Some(_) => Ok(Some(TenantId(row.moment("tenant")?.0))),
        None => Ok(None),
    }
}

fn check_login(login: &str) -> Result<(), AccountsError> {
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && c != ':';
    let parts: Vec<&str> = login.split('@').collect();
    let good = login.len() <= LOGIN_MAX
        && login.chars().all(plain)
        && matches!(parts[..], [name, place] if !name.is_empty() && !place.is_empty());
    if good {
        Ok(())
    } else {
        Err(invalid("login", "write it like an e-mail address, name@place, at most 190 bytes"))
    }
}

fn is(id: &UserId) -> Condition {
    Condition::is("id", id.as_str())
}

fn set(id: &UserId, columns: Vec<(&'static str, Value)>) -> Change {
    Change::Update { table: &USERS, set: columns, conditions: vec![is(id)], expect: Expect::One }
}

fn context(id: &UserId) -> String {
    format!("login {id}")
}
