//! `bonafide backup` and `bonafide restore`.
//!
//! A backup is a folder: the rows of the record store and the sealed objects,
//! as they are at one moment while the server runs, and the operation log. The
//! keys that open them go into a folder of their own, to be kept elsewhere:
//! without it the first folder is of no use to anybody.

use std::path::{Path, PathBuf};

use bonafide_ledger::{LogEntry, LogIndex};
use bonafide_vault::KEY_TABLES;
use bonafide_vault::objects::Place;
use bonafide_vault::records::dump::{self, Summary};
use bonafide_vault::records::{Records, Table};
use clap::Args;
use serde_json::json;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};

use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::house::{House, data, tables};
use crate::output::Answer;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The configuration file of the server [default: none, every default].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of the server.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder of the backup.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// The folder of the keys' backup: to be kept apart from the other.
    #[arg(long, value_name = "FOLDER")]
    keys_to: PathBuf,
}

#[derive(Args)]
pub(crate) struct RestoreArguments {
    /// The configuration file of the new server [default: none, every default].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of the new server: empty, or not there yet.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder of the backup.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// The folder of the keys' backup.
    #[arg(long, value_name = "FOLDER")]
    keys_from: PathBuf,
    /// The root key that the keys were made under, as the old server's
    /// `root.key` [default: where the configuration says].
    #[arg(long, value_name = "FILE")]
    root_key: Option<PathBuf>,
}

const RECORDS: &str = "records.dump";
const KEYS: &str = "keys.dump";
const OBJECTS: &str = "objects";
const OPERATION_LOG: &str = "operation-log.ndjson";

/// Entries of the operation log that are read or written at a time.
const PAGE: u32 = 1_000;

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let configuration = Configuration::load(arguments.config.as_deref())?;
    block_on(async {
        let house = House::open(configuration, arguments.data.as_deref()).await?;
        let (to, keys_to) = (&arguments.to, &arguments.keys_to);
        data::folder(to)?;
        data::folder(keys_to)?;
        let objects = place(&to.join(OBJECTS))?.objects();
        // Before the rows and after them: what a row of the dump names is there.
        house.vault.copy_objects(&*objects).await?;
        let rows = save(&*house.stores.records, &tables(), &to.join(RECORDS)).await?;
        let copied = house.vault.copy_objects(&*objects).await?;
        // After the rows: a call that was moved from the journal to the index
        // meanwhile is then in both, never in neither.
        let index = house.index(&house.outbound()?)?;
        let entries = save_log(&*index, &to.join(OPERATION_LOG)).await?;
        let keys = save(&*house.stores.keys, KEY_TABLES, &keys_to.join(KEYS)).await?;
        let objects = copied.objects + copied.kept;
        let facts = json!({
            "rows": total(&rows),
            "objects": objects,
            "log_entries": entries,
            "keys": total(&keys),
        });
        let text = format!(
            "{} rows, {objects} objects and {entries} entries of the operation log in {}\n\
             {} keys in {}: keep them, and the root key, apart from the rest",
            total(&rows),
            to.display(),
            total(&keys),
            keys_to.display(),
        );
        Answer::new(&facts, text)
    })
}

pub(crate) fn restore(arguments: &RestoreArguments) -> Result<Answer, Failure> {
    let configuration = Configuration::load(arguments.config.as_deref())?;
    block_on(async {
        let folder = configuration.data_folder(arguments.data.as_deref());
        data::folder(&folder)?;
        if let Some(root_key) = &arguments.root_key {
            let text =
                std::fs::read_to_string(root_key).map_err(|error| unusable(root_key, &error))?;
            data::secret_file(&folder.join("root.key"), &text)?;
        }
        // The rows before the vault is opened: it makes no new keys then.
        let stores = crate::house::Opened::open(&configuration, &folder).await?;
        stores
            .migrate(bonafide_context::Clock::now(&bonafide_context::SystemClock::start()))
            .await?;
        let keys = load(&*stores.keys, KEY_TABLES, &arguments.keys_from.join(KEYS)).await?;
        let rows = load(&*stores.records, &tables(), &arguments.from.join(RECORDS)).await?;
        drop(stores);
        let house = House::open(configuration, Some(&folder)).await?;
        let objects = copy(&arguments.from.join(OBJECTS), &house.stores.objects).await?;
        let index = house.index(&house.outbound()?)?;
        let entries = load_log(&*index, &arguments.from.join(OPERATION_LOG)).await?;
        let facts = json!({
            "rows": total(&rows),
            "objects": objects,
            "log_entries": entries,
            "keys": total(&keys),
        });
        let text = format!(
            "{} rows, {objects} objects, {entries} entries of the operation log and {} keys restored",
            total(&rows),
            total(&keys),
        );
        Answer::new(&facts, text)
    })
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

/// Writes every entry of the index, a line each.
async fn save_log(index: &dyn LogIndex, file: &Path) -> Result<u64, Failure> {
    let mut sink =
        BufWriter::new(File::create(file).await.map_err(|error| unusable(file, &error))?);
    let mut written = 0;
    for day in index.partitions().await.map_err(failed)? {
        let mut after: Option<String> = None;
        loop {
            let page = index.page(day, after.as_deref(), PAGE).await.map_err(failed)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            for entry in &page {
                let mut line = serde_json::to_vec(entry).map_err(failed)?;
                line.push(b'\n');
                sink.write_all(&line).await.map_err(|error| unusable(file, &error))?;
                written += 1;
            }
        }
    }
    sink.flush().await.map_err(|error| unusable(file, &error))?;
    sink.get_ref().sync_all().await.map_err(|error| unusable(file, &error))?;
    Ok(written)
}

async fn load_log(index: &dyn LogIndex, file: &Path) -> Result<u64, Failure> {
    let source = File::open(file).await.map_err(|error| unusable(file, &error))?;
    let mut lines = BufReader::new(source).lines();
    let mut entries: Vec<LogEntry> = Vec::new();
    let mut read = 0;
    while let Some(line) = lines.next_line().await.map_err(|error| unusable(file, &error))? {
        entries.push(serde_json::from_str(&line).map_err(|_| damaged(file))?);
        read += 1;
        if entries.len() >= PAGE as usize {
            put(index, &mut entries).await?;
        }
    }
    put(index, &mut entries).await?;
    Ok(read)
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
