//! The embedded index: a folder a day.
//!
//! ```text
//! <folder>/2026-11-22/…        one index of its own, dropped as a whole
//! <folder>/.dropped-…          a partition on its way out
//! ```
//!
//! One writer is open at a time, that of the day which is being written; a
//! search opens the days that it needs, the newest first, and stops when its
//! page is full. An interrupted write leaves the last commit as it was, and the
//! journal still has what was lost.

mod day;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bonafide_context::{Date, TenantId, Timestamp};

use super::{IndexError, IndexQuery, LogEntry, LogIndex, Refused};
use crate::ledger::lock;
use crate::when::start_of;
use day::{Day, Writer};

/// The embedded engine, for one process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Embedded {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// Days that were read or written lately.
    open: Mutex<BTreeMap<Date, Arc<Day>>>,
    /// The writer of the day that is being written.
    writer: Mutex<Option<Writer>>,
}

/// So many days stay open for reading.
const MOST_OPEN: usize = 16;

/// What a folder of a partition on its way out begins with.
const DROPPED: &str = ".dropped-";

impl Embedded {
    /// The index in a folder, which is made if it is not there. Opens no
    /// partition yet.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, IndexError> {
        let folder = folder.as_ref().to_owned();
        fs::create_dir_all(&folder).map_err(unavailable)?;
        for name in names(&folder)? {
            if name.starts_with(DROPPED) {
                fs::remove_dir_all(folder.join(name)).map_err(unavailable)?;
            }
        }
        let inner = Inner { folder, open: Mutex::new(BTreeMap::new()), writer: Mutex::new(None) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs blocking work where it holds up no other task.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || work(&inner)).await.map_err(|_| {
            IndexError::Unavailable { reason: "the index's own code failed".to_owned() }
        })?
    }
}

#[async_trait]
impl LogIndex for Embedded {
    async fn put(&self, entries: &[LogEntry]) -> Result<Vec<Refused>, IndexError> {
        let mut by_day: BTreeMap<Date, Vec<LogEntry>> = BTreeMap::new();
        for entry in entries {
            by_day.entry(entry.day()).or_default().push(entry.clone());
        }
        self.blocking(move |inner| {
            by_day.iter().try_for_each(|(day, entries)| inner.put(*day, entries))
        })
        .await?;
        Ok(Vec::new())
    }

    async fn search(&self, query: &IndexQuery) -> Result<Vec<LogEntry>, IndexError> {
        let query = query.clone();
        self.blocking(move |inner| inner.search(&query)).await
    }

    async fn partitions(&self) -> Result<Vec<Date>, IndexError> {
        self.blocking(Inner::partitions).await
    }

    async fn page(
        &self,
        day: Date,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LogEntry>, IndexError> {
        let after = after.map(str::to_owned);
        self.blocking(move |inner| match inner.day(day)? {
            Some(day) => day.page(after.as_deref(), limit),
            None => Ok(Vec::new()),
        })
        .await
    }

    async fn drop_partition(&self, day: Date) -> Result<(), IndexError> {
        self.blocking(move |inner| inner.drop_partition(day)).await
    }

    async fn forget(
        &self,
        day: Date,
        tenant: TenantId,
        interface: Option<&str>,
    ) -> Result<(), IndexError> {
        let interface = interface.map(str::to_owned);
        self.blocking(move |inner| inner.forget(day, tenant, interface.as_deref())).await
    }

    async fn check(&self) -> Result<(), IndexError> {
        self.blocking(|inner| inner.partitions().map(drop)).await
    }
}

impl Inner {
    fn put(&self, date: Date, entries: &[LogEntry]) -> Result<(), IndexError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let day = match self.day(date)? {
            Some(day) => day,
            None => self.make(date)?,
        };
        // Taken out: a writer that failed is not used again.
        let writer = match slot.take() {
            Some(writer) if writer.day == date => writer,
            _ => day.writer(date)?,
        };
        *slot = Some(day.put(writer, entries)?);
        Ok(())
    }

    fn search(&self, query: &IndexQuery) -> Result<Vec<LogEntry>, IndexError> {
        let (mut first, mut last) =
            (query.from.date(), query.until.map_or(Date::from_days(i32::MAX), Timestamp::date));
        if let Some(call) = query.call {
            let day = start_of(call).date();
            (first, last) = (first.max(day), last.min(day));
        }
        if let Some(day) = query.before.as_deref().and_then(LogEntry::day_of_id) {
            last = last.min(day);
        }
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        for date in self.partitions()?.into_iter().rev() {
            if found.len() >= limit {
                break;
            }
            if (first..=last).contains(&date)
                && let Some(day) = self.day(date)?
            {
                found.extend(day.search(query, limit - found.len())?);
            }
        }
        Ok(found)
    }

    fn partitions(&self) -> Result<Vec<Date>, IndexError> {
        let names = names(&self.folder)?;
        let mut days: Vec<Date> = names.iter().filter_map(|name| name.parse().ok()).collect();
        days.sort_unstable();
        Ok(days)
    }

    /// A day's partition, if there is one.
    fn day(&self, date: Date) -> Result<Option<Arc<Day>>, IndexError> {
        let mut open = lock(&self.open);
        if let Some(day) = open.get(&date) {
            return Ok(Some(day.clone()));
        }
        let folder = self.folder.join(date.to_string());
        if !folder.is_dir() {
            return Ok(None);
        }
        let day = Arc::new(Day::open(&folder)?);
        while open.len() >= MOST_OPEN {
            // The oldest day is the least likely to be asked for again.
            open.pop_first();
        }
        open.insert(date, day.clone());
        Ok(Some(day))
    }

    fn make(&self, date: Date) -> Result<Arc<Day>, IndexError> {
        fs::create_dir_all(self.folder.join(date.to_string())).map_err(unavailable)?;
        sync(&self.folder)?;
        self.day(date)?.ok_or_else(|| IndexError::Unavailable {
            reason: "a partition's folder went away".to_owned(),
        })
    }

    fn forget(
        &self,
        date: Date,
        tenant: TenantId,
        interface: Option<&str>,
    ) -> Result<(), IndexError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(day) = self.day(date)? else { return Ok(()) };
        let writer = match slot.take() {
            Some(writer) if writer.day == date => writer,
            _ => day.writer(date)?,
        };
        *slot = Some(day.forget(writer, tenant, interface)?);
        Ok(())
    }

    fn drop_partition(&self, date: Date) -> Result<(), IndexError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.take_if(|writer| writer.day == date);
        lock(&self.open).remove(&date);
        let folder = self.folder.join(date.to_string());
        if !folder.is_dir() {
            return Ok(());
        }
        // Out of sight in one step; what remains after a crash goes at the next
        // start.
        let gone = self.folder.join(format!("{DROPPED}{date}"));
        fs::rename(&folder, &gone).map_err(unavailable)?;
        sync(&self.folder)?;
        fs::remove_dir_all(&gone).map_err(unavailable)
    }
}

fn names(folder: &Path) -> Result<Vec<String>, IndexError> {
    let entries = fs::read_dir(folder).map_err(unavailable)?;
    entries
        .map(|entry| Ok(entry.map_err(unavailable)?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// Makes a folder's own entries durable.
fn sync(folder: &Path) -> Result<(), IndexError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(unavailable)
}

/// The error of a file operation, without any path.
#[expect(clippy::needless_pass_by_value, reason = "stands in `map_err`")]
fn unavailable(error: std::io::Error) -> IndexError {
    IndexError::Unavailable { reason: error.kind().to_string() }
}

#[cfg(test)]
mod tests;
