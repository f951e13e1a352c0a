//! Writing: `_bulk`, and what it answers item by item.

use std::collections::BTreeSet;

use bonafide_outbound::Method;
use serde_json::Value;

use super::wire::{answer, bulk_lines, unavailable};
use super::{Elasticsearch, IndexError, LogEntry, Refused};
use crate::facts::is_code;
use crate::ledger::lock;

/// A request is no longer than this, in bytes and entries.
const MOST_BYTES: usize = 4 << 20;
const MOST_ENTRIES: usize = 1_000;

/// So often entries that the cluster had no room for are sent, in all.
const TRIES: u32 = 3;

/// What became of an entry.
pub(super) enum Fate {
    Written,
    /// It will never be taken.
    Refused(String),
    /// It may be taken later.
    Later(String),
    /// Its index went away; it is made anew.
    NoIndex,
}

impl Elasticsearch {
    /// Writes entries, each under its id. Those that the cluster has no room
    /// for now (429, 5xx) are sent again; if some remain after that, the whole
    /// is an error and may be repeated, since an id is never there twice. Those
    /// that it will never take (400) are given back.
    pub(super) async fn put_in_bulk(
        &self,
        entries: &[LogEntry],
    ) -> Result<Vec<Refused>, IndexError> {
        let mut places: Vec<usize> = (0..entries.len()).collect();
        let mut refused = Vec::new();
        let mut pause = self.settings.pause;
        let mut reason = String::new();
        for attempt in 0..TRIES {
            if places.is_empty() {
                break;
            }
            if attempt > 0 {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            let mut left = Vec::new();
            for (place, fate) in self.attempt(entries, &places).await? {
                match fate {
                    Fate::Written => {}
                    Fate::Refused(reason) => refused.push(Refused { place, reason }),
                    Fate::Later(why) => {
                        left.push(place);
                        reason = why;
                    }
                    Fate::NoIndex => {
                        if let Some(entry) = entries.get(place) {
                            lock(&self.made).remove(&entry.day());
                        }
                        left.push(place);
                        "index_not_found_exception".clone_into(&mut reason);
                    }
                }
            }
            places = left;
        }
        if !places.is_empty() {
            return Err(unavailable(&reason));
        }
        refused.sort_by_key(|one| one.place);
        Ok(refused)
    }

    /// Sends the entries at these places once, in as many requests as it takes.
    async fn attempt(
        &self,
        entries: &[LogEntry],
        places: &[usize],
    ) -> Result<Vec<(usize, Fate)>, IndexError> {
        let items: Vec<_> =
            places.iter().filter_map(|&place| Some((place, entries.get(place)?))).collect();
        let days: BTreeSet<_> = items.iter().map(|(_, entry)| entry.day()).collect();
        for day in days {
            self.make(day).await?;
        }
        let mut lines = Vec::with_capacity(items.len());
        for (place, entry) in items {
            lines.push((place, bulk_lines(&self.name(entry.day()), entry)?));
        }
        let mut fates = Vec::with_capacity(lines.len());
        // Requests to send, the first on top; one that is too large for the
        // cluster is halved.
        let mut chunks = chunks(&lines);
        chunks.reverse();
        while let Some(chunk) = chunks.pop() {
            let body: String = chunk.iter().map(|(_, line)| line.as_str()).collect();
            let reply = self.send(Method::POST, "/_bulk?refresh=wait_for", Some(body)).await?;
            if reply.status == 413 {
                if let [(place, _)] = chunk {
                    fates.push((*place, Fate::Refused("too_large".to_owned())));
                } else {
                    let (first, second) = chunk.split_at(chunk.len() / 2);
                    chunks.extend([second, first]);
                }
                continue;
            }
            let answered = read(&reply.success()?, chunk)?;
            fates.extend(chunk.iter().map(|(place, _)| *place).zip(answered));
        }
        Ok(fates)
    }
}

/// The lines in runs that are short enough for one request each.
fn chunks(lines: &[(usize, String)]) -> Vec<&[(usize, String)]> {
    let mut chunks = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(MOST_ENTRIES).take_while(|(_, line)| {
            bytes += line.len();
            bytes <= MOST_BYTES
        });
        let (chunk, after) = rest.split_at(fits.count().max(1));
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

/// What a `_bulk` answered: one item for each that was sent, in order.
pub(super) fn read(body: &Value, sent: &[(usize, String)]) -> Result<Vec<Fate>, IndexError> {
    let items = body.get("items").and_then(Value::as_array);
    let items = items.ok_or_else(|| answer("a bulk answer without items"))?;
    if items.len() != sent.len() {
        return Err(answer("a bulk answer with another number of items"));
    }
    items
        .iter()
        .map(|item| item.get("index").ok_or_else(|| answer("an item of another action")))
        .map(|item| fate(item?))
        .collect()
}

fn fate(item: &Value) -> Result<Fate, IndexError> {
    let status = item.get("status").and_then(Value::as_u64);
    let kind = item.pointer("/error/type").and_then(Value::as_str);
    let kind = kind.filter(|kind| is_code(kind)).unwrap_or("unnamed");
    Ok(match status {
        Some(200 | 201) if item.get("error").is_none() => Fate::Written,
        Some(404) => Fate::NoIndex,
        Some(400 | 413) => Fate::Refused(kind.to_owned()),
        // A conflict of versions cannot be, since none is given; a block (403)
        // is lifted some day; 429 and 5xx are a matter of time.
        Some(status @ (403 | 408 | 409 | 429 | 500..=599)) => {
            Fate::Later(format!("status {status}, {kind}"))
        }
        _ => return Err(answer("an item without a known status")),
    })
}

#[cfg(test)]
impl Fate {
    pub(super) fn is_written(&self) -> bool {
        matches!(self, Self::Written)
    }
}
