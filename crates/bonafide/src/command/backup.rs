//! `bonafide backup` and `bonafide restore`.
//!
//! A backup is a folder: the rows of the record store and the sealed objects,
//! as they are at one moment while the server runs, and the traces of calls, sealed
//! so that no backup outlasts them ([`traces`]). The keys that open them go into a folder of their own, to be kept elsewhere:
//! without it the first folder is of no use to anybody. With the keys go the
//! deletion journal, the transparency log and its newest checkpoint: that folder
//! alone is small, can be written every few minutes (`--keys-to` without `--to`),
//! and each writing takes the place of the one before.
//!
//! What is restored is served when it is known that the journal reaches as far
//! as the newest checkpoint that the operator or a witness holds
//! (`--checkpoint`, then or later with `--check`). Until then the server answers
//! 503 where personal data is concerned.

mod traces;

use std::path::{Path, PathBuf};

use bonafide_ledger::{LogEntry, LogIndex, TRACES};
use bonafide_vault::objects::Place;
use bonafide_vault::records::dump::{self, Summary};
use bonafide_vault::records::{Records, Table};
use bonafide_vault::{KEY_TABLES, LOG_TABLES, SignedCheckpoint};
use clap::Args;
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::{BufReader, BufWriter};

use crate::command::Site;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::house::{House, data, tables};
use crate::output::Answer;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    site: Site,
    /// The folder of the backup [default: only the keys are saved].
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// The folder of the keys' backup: to be kept apart from the other. Each
    /// backup takes the place of the one before; keep no older ones.
    #[arg(long, value_name = "FOLDER")]
    keys_to: PathBuf,
}

#[derive(Args)]
pub(crate) struct RestoreArguments {
    #[command(flatten)]
    site: Site,
    /// The folder of the backup.
    #[arg(long, value_name = "FOLDER", required_unless_present = "check")]
    from: Option<PathBuf>,
    /// The folder of the keys' backup, the newest there is.
    #[arg(long, value_name = "FOLDER", required_unless_present = "check")]
    keys_from: Option<PathBuf>,
    /// The newest checkpoint of the transparency log that you or a witness holds:
    /// what is restored is served when its deletion journal reaches that far.
    /// May be repeated.
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// Restore nothing; check what was restored before against the checkpoint.
    #[arg(long, conflicts_with_all = ["from", "root_key"], requires = "checkpoints")]
    check: bool,
    /// The root key that the keys were made under, as the old server's
    /// `root.key` [default: where the configuration says].
    #[arg(long, value_name = "FILE")]
    root_key: Option<PathBuf>,
}

const RECORDS: &str = "records.dump";
const KEYS: &str = "keys.dump";
const OBJECTS: &str = "objects";
const TRACE_FILE: &str = "traces.sealed";
const LOG: &str = "transparency-log.dump";
const CHECKPOINT: &str = "checkpoint";

/// Entries of the operation log that are read or written at a time.
const PAGE: u32 = 1_000;

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let (configuration, folder) = arguments.site.house()?;
    block_on(async {
        let house = House::open(configuration, Some(&folder)).await?;
        // What waits for the log goes into it, unless a running server is at it.
        while house.vault.log_events(PAGE).await?.more {}
        let mut facts = json!({});
        let mut text = String::new();
        if let Some(to) = &arguments.to {
            let saved = save_data(&house, to).await?;
            text = format!(
                "{} rows, {} objects and {} entries of the operation log in {}\n",
                saved.rows,
                saved.objects,
                saved.entries,
                to.display()
            );
            facts = json!({
                "rows": saved.rows,
                "objects": saved.objects,
                "log_entries": saved.entries,
            });
        }
        let (keys, leaves) = save_keys(&house, &arguments.keys_to).await?;
        if let Value::Object(facts) = &mut facts {
            facts.insert("keys".to_owned(), json!(keys));
            facts.insert("log_leaves".to_owned(), json!(leaves));
        }
        text += &format!(
            "{keys} keys and the deletion journal in {}: keep them, and the root key, apart from \
             the rest, and only the newest",
            arguments.keys_to.display()
        );
        Answer::new(&facts, text)
    })
}

/// What is in a folder of data.
struct Saved {
    rows: u64,
    objects: u64,
    entries: u64,
    /// Lines of traces whose hour had passed, or whose key is gone.
    over: u64,
}

async fn save_data(house: &House, to: &Path) -> Result<Saved, Failure> {
    data::folder(to)?;
    let objects = place(&to.join(OBJECTS))?.objects();
    // Before the rows and after them: what a row of the dump names is there.
    house.vault.copy_objects(&*objects).await?;
    let rows = save(&*house.stores.records, &lasting(), &to.join(RECORDS)).await?;
    let copied = house.vault.copy_objects(&*objects).await?;
    let traces = traces::save(house, &to.join(TRACE_FILE)).await?;
    Ok(Saved {
        rows: total(&rows) + traces.rows,
        objects: copied.objects + copied.kept,
        entries: traces.entries,
        over: traces.over,
    })
}

/// The tables that are dumped as they are: all but the traces of calls.
fn lasting() -> Vec<&'static Table> {
    let is_trace = |table: &&Table| TRACES.iter().any(|trace| trace.name == table.name);
    tables().into_iter().filter(|table| !is_trace(table)).collect()
}

/// Keys, journal and log; how many keys, and how many leaves the journal speaks
/// for.
async fn save_keys(house: &House, to: &Path) -> Result<(u64, u64), Failure> {
    data::folder(to)?;
    // Before the keys, so that their journal reaches that far; the log after
    // them, so that it has whatever the journal speaks for.
    let checkpoint = house.vault.journal().await?;
    let keys = save(&*house.stores.keys, KEY_TABLES, &to.join(KEYS)).await?;
    save(&*house.stores.records, LOG_TABLES, &to.join(LOG)).await?;
    let Some(checkpoint) = checkpoint else { return Ok((total(&keys), 0)) };
    let (file, text) = (to.join(CHECKPOINT), checkpoint.to_text());
    data::replace(&file, &text)?;
    Ok((total(&keys), checkpoint.head().size))
}

pub(crate) fn restore(arguments: &RestoreArguments) -> Result<Answer, Failure> {
    let (configuration, folder) = arguments.site.house()?;
    let held = checkpoints(&arguments.checkpoints)?;
    block_on(async {
        let mut facts = json!({});
        let mut text = String::new();
        let keys_from = arguments.keys_from.as_deref();
        let house = match (&arguments.from, keys_from) {
            (Some(from), Some(keys_from)) if !arguments.check => {
                let root_key = arguments.root_key.as_deref();
                let (house, restored) =
                    restore_all(configuration, &folder, root_key, from, keys_from).await?;
                text = format!(
                    "{} rows, {} objects, {} entries of the operation log and {} keys restored\n",
                    restored.data.rows, restored.data.objects, restored.data.entries, restored.keys,
                );
                facts = json!({
                    "rows": restored.data.rows,
                    "objects": restored.data.objects,
                    "log_entries": restored.data.entries,
                    "traces_over": restored.data.over,
                    "keys": restored.keys,
                });
                house
            }
            _ => House::open(configuration, Some(&folder)).await?,
        };
        if let Some(keys_from) = keys_from {
            newer_log(&house, keys_from).await?;
        }
        let accepted = match held.is_empty() {
            true => None,
            false => Some(house.vault.accept_restore(&held).await?),
        };
        if let Value::Object(facts) = &mut facts {
            facts.insert("checked".to_owned(), json!(accepted.is_some()));
            let removed = accepted.map(|accepted| accepted.removed);
            facts.insert("deleted_again".to_owned(), json!(removed));
        }
        text += &match accepted {
            Some(accepted) => format!(
                "checked: the deletion journal reaches to leaf {}, the newest checkpoint to {}; {} \
                 items that were deleted since are deleted again",
                accepted.journal.max(accepted.log),
                accepted.checkpoint,
                accepted.removed
            ),
            None => "not checked: personal data is served after `bonafide restore --check \
                     --checkpoint FILE`, with the newest checkpoint that you or a witness holds"
                .to_owned(),
        };
        Answer::new(&facts, text)
    })
}

struct Restored {
    data: Saved,
    keys: u64,
}

async fn restore_all(
    configuration: Configuration,
    folder: &Path,
    root_key: Option<&Path>,
    from: &Path,
    keys_from: &Path,
) -> Result<(House, Restored), Failure> {
    data::folder(folder)?;
    if let Some(root_key) = root_key {
        let text = std::fs::read_to_string(root_key).map_err(|error| unusable(root_key, &error))?;
        data::secret_file(&folder.join("root.key"), &text)?;
    }
    // The rows before the vault is opened: it makes no new keys then.
    let stores = crate::house::Opened::open(&configuration, folder).await?;
    stores.migrate(bonafide_context::Clock::now(&bonafide_context::SystemClock::start())).await?;
    // Before anything else: whatever happens from here on, nothing is served.
    bonafide_vault::begin_restore(&*stores.records).await.map_err(failed)?;
    let keys = load(&*stores.keys, KEY_TABLES, &keys_from.join(KEYS)).await?;
    let rows = load(&*stores.records, &lasting(), &from.join(RECORDS)).await?;
    drop(stores);
    let house = House::open(configuration, Some(folder)).await?;
    let objects = copy(&from.join(OBJECTS), &house.stores.objects).await?;
    let traces = traces::load(&house, &from.join(TRACE_FILE)).await?;
    let (rows, entries, over) = (total(&rows) + traces.rows, traces.entries, traces.over);
    let data = Saved { rows, objects, entries, over };
    Ok((house, Restored { data, keys: total(&keys) }))
}

/// Puts the log of the keys' backup in the place of the records' one, where it is
/// longer.
async fn newer_log(house: &House, keys_from: &Path) -> Result<(), Failure> {
    let (log, checkpoint) = (keys_from.join(LOG), keys_from.join(CHECKPOINT));
    if !log.exists() || !checkpoint.exists() || !house.vault.is_unchecked() {
        return Ok(());
    }
    let there = house.vault.checkpoint().await?.map_or(0, |checkpoint| checkpoint.head().size);
    let saved = checkpoints(&[checkpoint])?;
    if saved.iter().all(|saved| saved.head().size <= there) {
        return Ok(());
    }
    house.vault.clear_log().await?;
    load(&*house.stores.records, LOG_TABLES, &log).await?;
    Ok(())
}

/// Checkpoints as they stand in files.
fn checkpoints(files: &[PathBuf]) -> Result<Vec<SignedCheckpoint>, Failure> {
    files.iter().map(|file| data::checkpoint(file)).collect()
}

fn block_on(work: impl Future<Output = Result<Answer, Failure>>) -> Result<Answer, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::ours("no_runtime", error))?.block_on(work)
}

/// Dumps rows into a file that appears under its name when it is whole.
async fn save(
    records: &dyn Records,
    tables: &[&'static Table],
    file: &Path,
) -> Result<Summary, Failure> {
    let partial = file.with_extension("partial");
    let mut sink =
        BufWriter::new(File::create(&partial).await.map_err(|error| unusable(&partial, &error))?);
    let summary = dump::dump(records, tables, &mut sink).await.map_err(failed)?;
    sink.get_ref().sync_all().await.map_err(|error| unusable(&partial, &error))?;
    tokio::fs::rename(&partial, file).await.map_err(|error| unusable(file, &error))?;
    Ok(summary)
}

async fn load(
    records: &dyn Records,
    tables: &[&'static Table],
    file: &Path,
) -> Result<Summary, Failure> {
    let source = File::open(file).await.map_err(|error| unusable(file, &error))?;
    dump::load(records, tables, &mut BufReader::new(source)).await.map_err(failed)
}

async fn put(index: &dyn LogIndex, entries: &mut Vec<LogEntry>) -> Result<(), Failure> {
    let refused = index.put(entries).await.map_err(failed)?;
    if !refused.is_empty() {
        return Err(failed(format!("the operation log's index refuses {} entries", refused.len())));
    }
    entries.clear();
    Ok(())
}

/// Copies every object of a folder into a store; gives how many.
async fn copy(folder: &Path, to: &Place) -> Result<u64, Failure> {
    let (from, to) = (place(folder)?.objects(), to.objects());
    let mut copied = 0;
    for facts in from.list("").await.map_err(failed)? {
        let bytes = from.get(&facts.key, facts.size).await.map_err(failed)?;
        to.put(&facts.key, bytes).await.map_err(failed)?;
        copied += 1;
    }
    Ok(copied)
}

fn place(folder: &Path) -> Result<Place, Failure> {
    Place::open(&folder.display().to_string(), None).map_err(failed)
}

fn total(summary: &Summary) -> u64 {
    summary.tables.iter().map(|(_, rows)| rows).sum()
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::ours("backup_failed", error)
}

fn unusable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::caller("file_unusable", format!("cannot use {}: {error}", file.display()))
}

fn damaged(file: &Path) -> Failure {
    Failure::caller("backup_damaged", format!("{} is damaged: use another backup", file.display()))
}
