//! `bonafide admin key`.

use std::fmt::Write;
use std::time::Duration;

use bonafide_accounts::{Actor, Key, Network, NewKey, NewKeyRequest};
use bonafide_ledger::{ApplicationId, KeyId, Scopes};
use clap::Subcommand;
use serde_json::{Value, json};

use super::all;
use crate::failure::Failure;
use crate::house::House;
use crate::output::{Answer, BOLD, DIM, paint};

#[derive(Subcommand)]
pub(super) enum What {
    /// Make a key. Its secret is shown now and never again.
    Create {
        /// `app_…`
        #[arg(long, value_name = "A")]
        application: ApplicationId,
        /// What it opens, with commas between: document, face, liveness,
        /// verification, risk, privacy, admin.
        #[arg(long)]
        scopes: Scopes,
        /// A network it may be used from, as 203.0.113.0/24; may be repeated.
        #[arg(long = "network", value_name = "CIDR")]
        networks: Vec<Network>,
        /// Days until it expires [default: until it is revoked].
        #[arg(long, value_name = "N")]
        days: Option<u64>,
        /// For the bearer token only: its secret is kept as a hash alone, and
        /// the signed dialects do not know it.
        #[arg(long)]
        bearer_only: bool,
    },
    /// Show the keys of an application.
    List {
        /// `app_…`
        #[arg(long, value_name = "A")]
        application: ApplicationId,
    },
    /// Replace a key; the old one works for a while.
    Rotate {
        /// `bfk_…`
        key: KeyId,
        /// Hours for which the old key still works.
        #[arg(long, value_name = "H", default_value_t = 24)]
        overlap_hours: u64,
    },
    /// End a key.
    Revoke {
        /// `bfk_…`
        key: KeyId,
    },
}

const HOUR: u64 = 3_600;

pub(super) async fn run(what: &What, house: &House) -> Result<Answer, Failure> {
    let (accounts, actor) = (&house.accounts, Actor::cli());
    match what {
        What::Create { application, scopes, networks, days, bearer_only } => {
            let days = days.map(|days| Duration::from_secs(days.saturating_mul(24 * HOUR)));
            let new = NewKeyRequest {
                application: application.clone(),
                scopes: *scopes,
                networks: networks.clone(),
                lifetime: days,
                signing: !bearer_only,
            };
            shown_once(&accounts.commit(accounts.create_key(&actor, new)).await?)
        }
        What::List { application } => {
            let keys = all(
                async |page| accounts.keys(&actor, application, &page).await,
                |key| key.id.to_string(),
            )
            .await?;
            let mut text = String::new();
            let now = house.clock.now();
            for key in &keys {
                let _ = writeln!(text, "{}  {:?}  {}", key.id, key.state(now), key.scopes);
            }
            let rows: Vec<Value> = keys.iter().map(facts).collect();
            Answer::new(&json!({ "keys": rows }), text)
        }
        What::Rotate { key, overlap_hours } => {
            let overlap = Duration::from_secs(overlap_hours.saturating_mul(HOUR));
            shown_once(&accounts.commit(accounts.rotate_key(&actor, key, overlap)).await?)
        }
        What::Revoke { key } => {
            accounts.commit(accounts.revoke_key(&actor, key)).await?;
            Answer::new(
                &json!({ "key_id": key.to_string(), "revoked": true }),
                format!("ended {key}"),
            )
        }
    }
}

/// A new key with its secret.
fn shown_once(new: &NewKey) -> Result<Answer, Failure> {
    let mut json = facts(&new.key);
    if let Value::Object(members) = &mut json {
        members.insert("secret".to_owned(), json!(new.secret.expose()));
        members.insert("token".to_owned(), json!(new.token.expose()));
    }
    let text = format!(
        "{}\n  secret  {}\n  token   {}\n{}",
        paint(BOLD, &new.key.id),
        new.secret.expose(),
        new.token.expose(),
        paint(DIM, "Neither is shown again.")
    );
    Answer::new(&json, text)
}

fn facts(key: &Key) -> Value {
    json!({
        "key_id": key.id.to_string(),
        "application": key.application.to_string(),
        "scopes": key.scopes.to_string(),
        "networks": key.networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "signing": key.signing,
        "created": key.created.0,
        "expires": key.expires.map(|at| at.0),
        "last_used": key.last_used.map(|at| at.0),
        "revoked": key.revoked.map(|at| at.0),
    })
}
