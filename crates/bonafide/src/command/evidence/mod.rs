//! `bonafide evidence`: a folder that an auditor can use.
//!
//! Everything in it is made from the house as it runs: the policies that hold,
//! what rests and under which keys, the newest checkpoint of the transparency
//! log. Nothing in it is personal and nothing is a secret: counts, hours and
//! fingerprints. The list of the files' digests is signed with the log's key.

mod coverage;
mod index;
mod inventory;
mod pack;
mod sbom;

use std::path::PathBuf;
use std::sync::Arc;

use bonafide_context::OsRandom;
use bonafide_policy::render::{DocumentKind, render};
use bonafide_policy::{Effective, Language};
use bonafide_transparency::note::Keyring;
use bonafide_transparency::{Origin, ReadError, Reader};
use bonafide_vault::LogStorage;
use bonafide_verify::Moment;
use bonafide_verify::notice::history;
use bonafide_verify::subprocessors::{Subprocessors, policies_in_use};
use clap::Args;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::house::House;
use crate::output::{Answer, BOLD, paint};
use coverage::Results;
use pack::Pack;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder to make; it must not be there yet, or be empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What a run of the tests printed (`cargo test`): the coverage table then
    /// says how each test ended.
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// The configuration file of the server [default: none, every default].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of the server.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let tests = arguments.tests.as_deref().map(Results::read).transpose()?;
    let mut pack = Pack::begin(&arguments.folder)?;
    House::visit(arguments.config.as_deref(), arguments.data.as_deref(), async |house| {
        let gathered = gather(house, tests.as_ref(), &mut pack).await?;
        let digests = pack.finish(&house.vault).await?;
        let text = format!(
            "{} files in {}\n{}",
            digests,
            paint(BOLD, arguments.folder.display()),
            "SHA256SUMS.note is signed with the key in log.key",
        );
        Answer::new(&json!({ "files": digests, "evidence": gathered }), text)
    })
}

async fn gather(house: &House, tests: Option<&Results>, pack: &mut Pack) -> Result<Value, Failure> {
    let now = Moment(house.clock.now());
    let policies = policies_in_use(&house.accounts).await?;
    let mut told = Vec::new();
    for policy in &policies {
        told.push(of_policy(house, policy, pack).await?);
    }
    let covered = coverage::write(tests, pack)?;
    let inventory = inventory::write(house, policies.first().map(AsRef::as_ref), pack).await?;
    let keys = inventory::keys(house, pack).await?;
    let rest = inventory::rest(house, pack).await?;
    let log = log(house, pack).await?;
    let components = sbom::write(&mut OsRandom, pack)?;
    let configuration = toml::to_string_pretty(&house.configuration)
        .map_err(|error| Failure::ours("no_toml", error))?;
    pack.add("configuration.toml", configuration.as_bytes())?;
    let facts = json!({
        "made_at": now,
        "software": concat!("bonafide ", env!("CARGO_PKG_VERSION")),
        "policies": told,
        "coverage": covered,
        "inventory": inventory,
        "keys": keys,
        "at_rest": rest,
        "log": log,
        "components": components,
    });
    pack.json("evidence.json", &facts)?;
    pack.add("index.html", index::html(&facts).as_bytes())?;
    Ok(facts)
}

/// A policy that holds for somebody, with every document that follows from it.
async fn of_policy(house: &House, policy: &Effective, pack: &mut Pack) -> Result<Value, Failure> {
    let name = policy.name();
    pack.add(&format!("policies/{name}.toml"), policy.to_toml().as_bytes())?;
    let language = policy.languages().first().copied().unwrap_or(Language::English);
    let records = &*house.stores.records;
    let failed = |error| Failure::ours("records_failed", error);
    let versions = history(records, name).await.map_err(failed)?;
    let before = versions.iter().rev().find(|one| one.policy.version() < policy.version());
    for &kind in DocumentKind::ALL {
        let document = render(kind, policy, before.map(|one| &*one.policy), language);
        let file = format!("documents/{name}-{}", kind.as_str());
        pack.add(&format!("{file}.html"), document.html().as_bytes())?;
        pack.add(&format!("{file}.md"), document.markdown().as_bytes())?;
    }
    let list = Subprocessors::of(policy);
    pack.json(&format!("subprocessors/{name}.json"), &list)?;
    let versions: Vec<Value> = versions
        .iter()
        .map(|one| {
            json!({
                "version": one.policy.version(),
                "id": one.policy.id().as_str(),
                "announced": one.announced.map(Moment),
                "holds": one.holds.filter(|at| at.0 > 0).map(Moment),
                "asks_consent": one.asks_consent,
            })
        })
        .collect();
    Ok(json!({
        "name": name,
        "title": policy.title(),
        "version": policy.version(),
        "id": policy.id().as_str(),
        "effective_from": policy.effective_from().to_string(),
        "unset": policy.unset_contacts(),
        "subprocessors": list.subprocessors.len(),
        "versions": versions,
    }))
}

/// The key of the transparency log and its newest checkpoint.
async fn log(house: &House, pack: &mut Pack) -> Result<Value, Failure> {
    let key = house.vault.log_verifier().await?;
    pack.add("log.key", format!("{key}\n").as_bytes())?;
    let storage = Arc::new(LogStorage::new(house.stores.records.clone()));
    let origin = Origin::from(key.name());
    let published = Reader::published(storage, &origin, &Keyring::of(key.clone())).await;
    let (waiting, _) = house.vault.unlogged().await?;
    let checkpoint = match published {
        Ok((_, checkpoint)) => {
            pack.add("checkpoint.txt", checkpoint.to_text().as_bytes())?;
            json!({ "entries": checkpoint.head().size })
        }
        // The log begins with the first event.
        Err(ReadError::NoCheckpoint) => Value::Null,
        Err(error) => return Err(Failure::ours("log_unreadable", error)),
    };
    Ok(json!({ "name": key.name().as_str(), "checkpoint": checkpoint, "waiting": waiting }))
}
