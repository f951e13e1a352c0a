//! Backup: all tables of a store in one portable file.
//!
//! ```text
//! bonafide records 1\n
//! T  what a table looks like (JSON)        for each table:
//! R  some of its rows, by key              any number
//! E  how many rows it has
//! Z  how many tables and rows, and the SHA-256 of everything before it
//! ```
//!
//! Each piece is a letter, its length (32 bits, little-endian) and so many
//! bytes. Two stores with the same rows give the same file, whatever engine
//! they rest in. The file is as personal as the store: what is sealed in one is
//! sealed in the other, and no more.

mod frame;
mod pack;

use std::collections::BTreeMap;
use std::io::SeekFrom;

use bonafide_policy::Category;
use tokio::io::{AsyncRead, AsyncSeek, AsyncSeekExt as _, AsyncWrite};
use tokio::sync::mpsc;

use super::{Change, Column, Condition, Expect, Kind, Records, RecordsError, Row, Select, Table};
use frame::{Frame, Reader, Writer};
pub use pack::{pack, unpack};

/// A restore that has begun and not ended: one row, or none.
pub(super) const RESTORES: Table = Table {
    name: "restores",
    category: Category::Configuration,
    columns: &[Column::new("id", Kind::Name), Column::new("sha256", Kind::Name)],
    key: &["id"],
    indexes: &[],
};

/// What was written or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many rows each table has, in the order of the file.
    pub tables: Vec<(String, u64)>,
    /// The checksum at the end of the file, in hexadecimal.
    pub sha256: String,
}

/// Why a dump could not be made or loaded.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The store failed.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The file could not be written or read.
    #[error("the backup file cannot be used: {0}")]
    File(std::io::ErrorKind),
    /// The file is not a whole dump, or was altered. Nothing was written.
    #[error("the backup is damaged ({0}): take another one")]
    Damaged(&'static str),
    /// The dump holds a table or column that this binary does not know.
    /// Nothing was written.
    #[error("the backup has `{0}`, which this version does not know: use the version that made it")]
    Foreign(String),
    /// The store has rows already. Nothing was written.
    #[error("table `{0}` has rows already: restore into an empty store")]
    NotEmpty(&'static str),
    /// The store is in the middle of the restore of another dump.
    #[error(
        "another backup is half restored here: go on with that one, or begin with an empty store"
    )]
    OtherRestore,
}

impl From<std::io::Error> for DumpError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Damaged("it ends too early"),
            kind => Self::File(kind),
        }
    }
}

/// Writes all rows of these tables, as they are at one moment, while the store
/// is being used. The sink is flushed; syncing it is its owner's.
pub async fn dump(
    records: &dyn Records,
    tables: &[&'static Table],
    sink: &mut (dyn AsyncWrite + Unpin + Send),
) -> Result<Summary, DumpError> {
    // A few pieces ahead: memory stays bounded.
    let (pieces, read) = mpsc::channel(2);
    let (snapshot, written) =
        tokio::join!(records.snapshot(tables, pieces), write(tables, read, sink));
    let summary = written?;
    snapshot?;
    Ok(summary)
}

async fn write(
    tables: &[&'static Table],
    mut read: mpsc::Receiver<(usize, Vec<Row>)>,
    sink: &mut (dyn AsyncWrite + Unpin + Send),
) -> Result<Summary, DumpError> {
    let mut writer = Writer::begin(sink).await?;
    let mut counts: Vec<(String, u64)> = Vec::with_capacity(tables.len());
    let mut waiting = read.recv().await;
    for (at, table) in tables.iter().enumerate() {
        writer.table(table).await?;
        let mut count = 0;
        while let Some((_, rows)) = waiting.take_if(|(of, _)| *of == at) {
            count += rows.len() as u64;
            writer.rows(&rows).await?;
            waiting = read.recv().await;
        }
        writer.end(count).await?;
        counts.push((table.name.to_owned(), count));
    }
    let sha256 = writer.finish(&counts).await?;
    Ok(Summary { tables: counts, sha256 })
}

/// Reads a dump from its start to its end, and whether it is whole.
pub async fn verify<R>(tables: &[&'static Table], source: &mut R) -> Result<Summary, DumpError>
where
    R: AsyncRead + AsyncSeek + Unpin + Send,
{
    source.seek(SeekFrom::Start(0)).await?;
    let mut reader = Reader::begin(source, tables).await?;
    while reader.next().await?.is_some() {}
    reader.summary()
}

/// Writes all rows of a dump into a store that has none, whatever engine either
/// rests in. The dump is read to its end first: one that is damaged or not
/// understood changes nothing. A load that was interrupted is taken up by
/// loading the same dump again; until it has ended [`unfinished`] says so.
pub async fn load<R>(
    records: &dyn Records,
    tables: &[&'static Table],
    source: &mut R,
) -> Result<Summary, DumpError>
where
    R: AsyncRead + AsyncSeek + Unpin + Send,
{
    let summary = verify(tables, source).await?;
    begin(records, tables, &summary).await?;
    source.seek(SeekFrom::Start(0)).await?;
    let mut reader = Reader::begin(source, tables).await?;
    while let Some(frame) = reader.next().await? {
        if let Frame::Rows(rows) = frame {
            // Some may be there, if an earlier load was interrupted.
            records.commit(rows.into_iter().map(Change::InsertIfAbsent).collect()).await?;
        }
    }
    if reader.summary()? != summary {
        return Err(DumpError::Damaged("it changed while it was read"));
    }
    let counts: BTreeMap<&str, u64> =
        summary.tables.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    for table in tables {
        let expected = counts.get(table.name).copied().unwrap_or(0);
        if records.count(table, Vec::new()).await? != expected {
            return Err(DumpError::NotEmpty(table.name));
        }
    }
    let end = Change::Delete {
        table: &RESTORES,
        conditions: vec![Condition::is("sha256", summary.sha256.as_str())],
        expect: Expect::One,
    };
    records.commit(vec![end]).await?;
    Ok(summary)
}

/// Whether a load has begun and not ended: such a store must not be served.
pub async fn unfinished(records: &dyn Records) -> Result<bool, RecordsError> {
    Ok(records.count(&RESTORES, Vec::new()).await? > 0)
}

async fn begin(
    records: &dyn Records,
    tables: &[&'static Table],
    summary: &Summary,
) -> Result<(), DumpError> {
    if let Some(marker) = records.select(Select::from(&RESTORES)).await?.first() {
        let same = marker.text("sha256")? == summary.sha256;
        return if same { Ok(()) } else { Err(DumpError::OtherRestore) };
    }
    for table in tables {
        if records.count(table, Vec::new()).await? > 0 {
            return Err(DumpError::NotEmpty(table.name));
        }
    }
    let marker = Row::new(&RESTORES).with("id", "restore").with("sha256", summary.sha256.as_str());
    match records.commit(vec![Change::Insert(marker)]).await {
        Err(RecordsError::Conflict) => Err(DumpError::OtherRestore),
        other => Ok(other?),
    }
}
