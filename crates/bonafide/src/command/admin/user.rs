//! `bonafide admin user`.

use std::fmt::Write;
use std::fs;
use std::io::{BufRead, IsTerminal, stdin};
use std::path::{Path, PathBuf};

use bonafide_accounts::{Actor, NewUser, Role, User, UserId};
use bonafide_context::{Sensitive, TenantId};
use clap::Subcommand;
use serde_json::{Value, json};

use super::all;
use crate::failure::Failure;
use crate::house::House;
use crate::output::{Answer, BOLD, DIM, paint};

#[derive(Subcommand)]
pub(super) enum What {
    /// Make a user. The password is read from a file or from standard input,
    /// never from the command line.
    Create {
        /// Like an e-mail address.
        login: String,
        /// owner, operator, reviewer or privacy_officer.
        #[arg(long)]
        role: Role,
        /// AppID of the tenant whose user it is [default: the operator's own].
        #[arg(long, value_name = "APP_ID")]
        tenant: Option<TenantId>,
        /// The first line of this file is the password [default: the first line
        /// of standard input].
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Show the users of a tenant, or the operator's own.
    List {
        /// AppID of the tenant.
        #[arg(long, value_name = "APP_ID")]
        tenant: Option<TenantId>,
    },
    /// Give a user another role, which ends the sessions.
    Role {
        /// `usr_…`
        user: UserId,
        /// owner, operator, reviewer or privacy_officer.
        role: Role,
    },
    /// Set a user's password, which takes a lock away and ends the sessions.
    Password {
        /// `usr_…`
        user: UserId,
        /// The first line of this file is the password [default: the first line
        /// of standard input].
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Take away the second factor of a user who has lost it.
    ResetTotp {
        /// `usr_…`
        user: UserId,
    },
    /// Remove a user.
    Remove {
        /// `usr_…`
        user: UserId,
    },
}

pub(super) async fn run(what: &What, house: &House) -> Result<Answer, Failure> {
    let (accounts, actor) = (&house.accounts, Actor::cli());
    match what {
        What::Create { login, role, tenant, password_file } => {
            let new = NewUser {
                login: Sensitive::new(login.clone()),
                password: password(password_file.as_deref())?,
                tenant: *tenant,
                role: *role,
            };
            let user = accounts.create_user(&actor, new).await?;
            Answer::new(&facts(&user), line(&user))
        }
        What::List { tenant } => {
            let users = all(
                async |page| accounts.users(&actor, *tenant, &page).await,
                |user| user.id.to_string(),
            )
            .await?;
            let mut text = String::new();
            for user in &users {
                let _ = writeln!(text, "{}", line(user));
            }
            let rows: Vec<Value> = users.iter().map(facts).collect();
            Answer::new(&json!({ "users": rows }), text)
        }
        What::Role { user, role } => {
            accounts.set_role(&actor, user, *role).await?;
            changed(user, "role")
        }
        What::Password { user, password_file } => {
            let password = password(password_file.as_deref())?;
            accounts.set_password(&actor, user, password).await?;
            changed(user, "password")
        }
        What::ResetTotp { user } => {
            accounts.remove_totp(&actor, user).await?;
            changed(user, "second_factor")
        }
        What::Remove { user } => {
            accounts.remove_user(&actor, user).await?;
            Answer::new(&json!({ "user": user, "removed": true }), format!("removed {user}"))
        }
    }
}

fn changed(user: &UserId, what: &str) -> Result<Answer, Failure> {
    let text = format!("changed {user}: the sessions have ended");
    Answer::new(&json!({ "user": user, "changed": what }), text)
}

/// The first line of a file or of standard input.
fn password(file: Option<&Path>) -> Result<Sensitive<String>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::caller("password_unreadable", format!("the password: {}", error.kind()))
    };
    let mut text = String::new();
    match file {
        Some(file) => text = fs::read_to_string(file).map_err(unreadable)?,
        // What is typed would stand on the screen.
        None if stdin().is_terminal() => {
            return Err(Failure::caller(
                "password_missing",
                "give the password in a file (--password-file) or through a pipe",
            ));
        }
        None => {
            stdin().lock().read_line(&mut text).map_err(unreadable)?;
        }
    }
    Ok(Sensitive::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// The operator at his own machine may see who his users are.
fn facts(user: &User) -> Value {
    json!({
        "user": user.id,
        "login": user.login.expose(),
        "tenant": user.tenant,
        "role": user.role,
        "second_factor": user.second_factor,
        "locked_until": user.locked_until.0,
        "created": user.created.0,
    })
}

fn line(user: &User) -> String {
    let factor = if user.second_factor { ", second factor" } else { "" };
    format!(
        "{}  {}  {}",
        user.id,
        paint(BOLD, user.login.expose()),
        paint(DIM, format!("{}{factor}", user.role))
    )
}
