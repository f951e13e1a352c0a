//! `bonafide risk set`: build, load, list and drop, on the server's own machine: the
//! key of a tenant's sets does not leave it.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use bonafide_context::{Clock, Environment, Realm, Sensitive, SystemClock, TenantId};
use bonafide_risk::set::{SetBuilder, SetKey};
use bonafide_risk::{Email, Kind, Meaning, Phone, Request, Risk, Tables, Weights};
use bonafide_verify::risk::{NewSet, SetsError, list_sets, plan_drop, plan_load, set_key};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::command::Site;
use crate::failure::Failure;
use crate::house::House;
use crate::output::Answer;

/// Whose sets.
#[derive(Args)]
pub(super) struct Owner {
    /// AppID of the tenant.
    #[arg(long, value_name = "APP_ID")]
    tenant: TenantId,
    /// `sandbox` or `live`; the two share nothing.
    #[arg(long)]
    environment: Environment,
}

#[derive(Subcommand)]
pub(super) enum What {
    /// Hash a list of identifiers, one a line, into a file that can be loaded and not
    /// read out. Lines that are no identifiers are counted and left out.
    Build {
        #[command(flatten)]
        owner: Owner,
        /// `phone` (international, `+44 20 …`), `email` or `device`.
        #[arg(long, value_parser = kind)]
        kind: Kind,
        /// The list.
        list: PathBuf,
        /// Where to write the set.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Load a set, in place of one of its name.
    Load {
        #[command(flatten)]
        owner: Owner,
        /// What its identifiers are.
        #[arg(long, value_parser = kind)]
        kind: Kind,
        /// What it means that the set knows one: `good`, `bad` or `neutral`.
        #[arg(long, value_parser = meaning, default_value = "neutral")]
        meaning: Meaning,
        /// As answers name it, behind `tenant:`.
        name: String,
        /// The file that `build` wrote.
        file: PathBuf,
    },
    /// Show the sets that are loaded.
    List {
        #[command(flatten)]
        owner: Owner,
    },
    /// Drop a set: what rests of it is unreadable at once.
    Drop {
        #[command(flatten)]
        owner: Owner,
        /// Its name, without `tenant:`.
        name: String,
    },
}

fn kind(text: &str) -> Result<Kind, &'static str> {
    let found = Kind::ALL.iter().find(|kind| kind.as_str() == text);
    found.copied().ok_or("say phone, email or device")
}

fn meaning(text: &str) -> Result<Meaning, &'static str> {
    let found = Meaning::ALL.iter().find(|meaning| meaning.as_str() == text);
    found.copied().ok_or("say good, bad or neutral")
}

pub(super) fn run(what: &What, site: &Site) -> Result<Answer, Failure> {
    House::visit(site, async |house| match what {
        What::Build { owner, kind, list, out } => {
            let key = set_key(&house.vault, &owner.realm(house, site)?).await?;
            build(&key, *kind, list, out)
        }
        What::Load { owner, kind, meaning, name, file } => {
            let realm = owner.realm(house, site)?;
            let bytes = std::fs::read(file).map_err(unreadable(file))?;
            let policy = house.accounts.policy_of(realm.tenant).await?;
            let set = NewSet { name, kind: *kind, meaning: *meaning };
            let records = &*house.stores.records;
            let (facts, changes) =
                plan_load(&house.vault, records, &realm, &policy, set, &bytes).await?;
            records.commit(changes).await.map_err(SetsError::from)?;
            let text = format!("{} holds {} identifiers\n", facts.source, facts.identifiers);
            Answer::new(&facts, text)
        }
        What::List { owner } => {
            let sets = list_sets(&*house.stores.records, &owner.realm(house, site)?).await?;
            let mut text = String::new();
            for set in &sets {
                let _ = writeln!(
                    text,
                    "{:<48} {:<6} {:<8} {:>10}  built {}",
                    set.source, set.kind, set.meaning, set.identifiers, set.built
                );
            }
            Answer::new(&json!({ "sets": sets }), text)
        }
        What::Drop { owner, name } => {
            let realm = owner.realm(house, site)?;
            let records = &*house.stores.records;
            let changes = plan_drop(&house.vault, records, &realm, name).await?;
            records.commit(changes).await.map_err(SetsError::from)?;
            Answer::new(&json!({ "dropped": name }), format!("{name} is dropped\n"))
        }
    })
    .map_err(|failure| site.hint(failure))
}

impl Owner {
    /// Within which walls: of the region that was named, or the server's own.
    fn realm(&self, house: &House, site: &Site) -> Result<Realm, Failure> {
        let region = match &site.region {
            Some(region) => region.clone(),
            None => house.operator_region()?,
        };
        Ok(Realm { tenant: self.tenant, environment: self.environment, region })
    }
}

/// Hashes a list. Lines lie in memory that overwrites itself, and no message shows one.
fn build(key: &SetKey, kind: Kind, list: &Path, out: &Path) -> Result<Answer, Failure> {
    let unusable = |error: &dyn std::fmt::Display| Failure::ours("risk_unusable", error);
    let weights = Weights::built_in().map_err(|error| unusable(&error))?;
    let risk = Risk::new(Tables::default(), weights).map_err(|error| unusable(&error))?;
    let mut set = SetBuilder::new(key, kind);
    let mut left_out = 0u64;
    let lines = BufReader::new(File::open(list).map_err(unreadable(list))?).lines();
    for line in lines {
        let line = Sensitive::new(line.map_err(unreadable(list))?);
        let text = line.expose().trim();
        if text.is_empty() {
            continue;
        }
        let normal = match kind {
            Kind::Phone => {
                let phone = Some(Phone::new(text.to_owned(), None));
                risk.normal(&Request { phone, ..Request::default() }).phone
            }
            Kind::Email => {
                let email = Some(Email::new(text.to_owned()));
                risk.normal(&Request { email, ..Request::default() }).email
            }
            Kind::Device => Some(Sensitive::new(text.to_owned())),
        };
        match normal {
            Some(normal) => set.add(&normal),
            None => left_out += 1,
        }
    }
    let written = File::create(out).map_err(unwritable(out))?;
    let today = SystemClock::start().now().date();
    let held = set.write(today, BufWriter::new(written)).map_err(SetsError::from)?;
    let text = format!("{held} identifiers; {left_out} lines were none and are left out\n");
    Answer::new(&json!({ "identifiers": held, "left_out": left_out }), text)
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| {
        Failure::caller("file_unreadable", format!("cannot read {}: {error}", path.display()))
    }
}

fn unwritable(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| {
        Failure::caller("file_unwritable", format!("cannot write {}: {error}", path.display()))
    }
}

impl From<SetsError> for Failure {
    fn from(error: SetsError) -> Self {
        match error {
            SetsError::NotFound => Self::caller("not_found", error),
            SetsError::Name(_) | SetsError::File(_) => Self::caller("invalid", error),
            SetsError::TooMany => Self::caller("too_many", error),
            SetsError::Vault(error) => error.into(),
            SetsError::Records(error) => Self::ours("records_failed", error),
        }
    }
}
