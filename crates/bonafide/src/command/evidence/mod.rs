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
mod warranties;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use bonafide_context::{Keeper, OsRandom};
use bonafide_policy::render::{DocumentKind, render};
use bonafide_policy::{Effective, Language, Library};
use bonafide_transparency::note::Keyring;
use bonafide_transparency::{Origin, ReadError, Reader};
use bonafide_vault::LogStorage;
use bonafide_verify::Moment;
use bonafide_verify::mail::deliveries;
use bonafide_verify::notice::{Channel, announcements_of, history};
use bonafide_verify::subprocessors::{Subprocessors, policies_in_use};
use clap::Args;
use serde_json::{Value, json};

use crate::command::Site;
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
    /// says how each test ended, and otherwise that no results were given.
    #[arg(long, visible_alias = "tests", value_name = "FILE")]
    results: Option<PathBuf>,
    /// Name those who signed customers' warranties. Without it the pack names nobody.
    #[arg(long)]
    signatories: bool,
    #[command(flatten)]
    site: Site,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let tests = arguments.results.as_deref().map(Results::read).transpose()?;
    let mut pack = Pack::begin(&arguments.folder)?;
    House::visit(&arguments.site, async |house| {
        let gathered = gather(house, tests.as_ref(), arguments.signatories, &mut pack).await?;
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

async fn gather(
    house: &House,
    tests: Option<&Results>,
    signatories: bool,
    pack: &mut Pack,
) -> Result<Value, Failure> {
    let now = Moment(house.clock.now());
    let mut policies = policies_in_use(&house.accounts).await?;
    if !Keeper::Evidence.works() {
        // What comes with the program, whatever holds here.
        let library = Library::bundled().map_err(|_| Failure::ours("no_policy", "bundled"))?;
        policies = library.effective("strict").into_iter().map(Arc::new).collect();
    }
    let mut told = Vec::new();
    for policy in &policies {
        told.push(of_policy(house, policy, pack).await?);
    }
    let covered = coverage::write(tests, pack)?;
    let inventory = inventory::write(house, policies.first().map(AsRef::as_ref), pack).await?;
    let keys = inventory::keys(house, pack).await?;
    let rest = inventory::rest(house, pack).await?;
    let warranties = warranties::write(house, signatories, pack).await?;
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
        "warranties": warranties,
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
    let told = announced(house, name).await?;
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
        "announcements": told,
    }))
}

/// How a policy's versions were made known: to how many tenants each way, and what
/// became of the mail. It names no tenant.
async fn announced(house: &House, policy: &str) -> Result<Vec<Value>, Failure> {
    let failed = |error| Failure::ours("records_failed", error);
    let records = &*house.stores.records;
    let announcements = announcements_of(records, policy).await.map_err(failed)?;
    let mut ways: BTreeMap<(u32, &str), (u64, u64)> = BTreeMap::new();
    for one in &announcements {
        let (tenants, posts) = ways.entry((one.version, one.channel.as_str())).or_default();
        *tenants += 1;
        *posts += one.posts;
    }
    let mut told = Vec::new();
    for ((version, way), (tenants, posts)) in ways {
        let mut line =
            json!({ "version": version, "way": way, "tenants": tenants, "posts": posts });
        if way == Channel::Mail.as_str() {
            let about = format!("{policy}@{version}");
            let mails = deliveries(records, Some(&about)).await.map_err(failed)?;
            let mut states: BTreeMap<&str, u64> = BTreeMap::new();
            for mail in &mails {
                *states.entry(mail.state.as_str()).or_default() += 1;
            }
            line["mail"] = json!(states);
        }
        told.push(line);
    }
    Ok(told)
}

/// The key of the transparency log, its newest checkpoint, and what its witnesses
/// have signed last.
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
    let witnesses = witnesses(house, pack).await?;
    Ok(json!({
        "name": key.name().as_str(),
        "checkpoint": checkpoint,
        "waiting": waiting,
        "witnesses": witnesses,
    }))
}

/// Who signs the log: each witness that is configured or was asked, with the last
/// checkpoint that it signed and what it had to say against the log.
async fn witnesses(house: &House, pack: &mut Pack) -> Result<Vec<Value>, Failure> {
    let states = bonafide_verify::witnesses::states(&*house.stores.records);
    let mut states = states.await.map_err(|error| Failure::ours("records_failed", error))?;
    let mut told = Vec::new();
    for witness in house.configuration.transparency.read() {
        let name = witness.key.name().as_str();
        let state = states.iter().position(|state| state.name == name);
        let state = state.map(|place| states.swap_remove(place));
        if let Some(signed) = state.as_ref().and_then(|state| state.checkpoint.as_ref()) {
            let file = format!("witnesses/{}.checkpoint", told.len() + 1);
            pack.add(&file, signed.as_bytes())?;
        }
        let key = witness.key.to_string();
        told.push(json!({ "name": name, "key": key, "configured": true, "state": state }));
    }
    for state in states {
        told.push(json!({ "name": state.name, "configured": false, "state": state }));
    }
    pack.json("witnesses.json", &told)?;
    Ok(told)
}
