//! Bodies of requests, and what answers mean.

use serde::Serialize;
use serde_json::{Value, json};

use crate::facts::is_code;
use crate::index::{IndexError, IndexQuery, LogEntry};

/// The settings and the mapping of a day's index: every field is matched as a
/// whole, nothing is added on the fly, and facts are kept without being
/// searched (their codes and words are).
pub(super) fn index(shards: u32, replicas: u32) -> Value {
    let keyword = json!({"type": "keyword"});
    let long = json!({"type": "long"});
    json!({
        "settings": {"index": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            // Given, so that an index without searches is refreshed as well:
            // writing waits for it.
            "refresh_interval": "1s",
        }},
        "mappings": {"dynamic": "strict", "properties": {
            "id": keyword,
            "call_id": keyword,
            "number": {"type": "integer"},
            "app_id": keyword,
            "application": keyword,
            "environment": keyword,
            "region": keyword,
            "interface": keyword,
            "started_at": long,
            "at": long,
            "took_us": long,
            "step": keyword,
            "outcome": keyword,
            "facts": {"type": "object", "enabled": false},
            "codes": keyword,
            "words": keyword,
        }},
    })
}

/// An entry with what it is found by.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    entry: &'a LogEntry,
    codes: std::collections::BTreeSet<&'a str>,
    words: std::collections::BTreeSet<String>,
}

/// Two lines of a `_bulk` body: write this entry, whole, under its own id.
pub(super) fn bulk_lines(index: &str, entry: &LogEntry) -> Result<String, IndexError> {
    let action = json!({"index": {"_index": index, "_id": entry.id}});
    let document = Document { entry, codes: entry.codes(), words: entry.words() };
    let document = serde_json::to_string(&document).map_err(|_| answer("an entry has no JSON"))?;
    Ok(format!("{action}\n{document}\n"))
}

/// The body of a `_search`: filters only, no scores.
pub(super) fn search(query: &IndexQuery) -> Value {
    let call = query.call.map(|call| call.to_string());
    let mut filters: Vec<Value> = [
        ("app_id", Some(query.tenant.to_string())),
        ("environment", Some(query.environment.to_string())),
        ("application", query.application.as_ref().map(ToString::to_string)),
        ("call_id", call),
        ("interface", query.interface.clone()),
        ("step", query.step.clone()),
        ("outcome", query.outcome.clone()),
        ("codes", query.code.clone()),
    ]
    .into_iter()
    .filter_map(|(field, value)| Some(json!({"term": {field: value?}})))
    .collect();
    filters.extend(query.words.iter().map(|word| json!({"term": {"words": word}})));
    let mut range = json!({"gte": query.from.0});
    if let Some(until) = query.until {
        range["lt"] = json!(until.0);
    }
    filters.push(json!({"range": {"started_at": range}}));
    let mut body = json!({
        "query": {"bool": {"filter": filters}},
        "sort": [{"id": {"order": "desc"}}],
        "size": query.limit,
        "track_total_hits": false,
    });
    if let Some(before) = &query.before {
        body["search_after"] = json!([before]);
    }
    body
}

/// An answer: its status and, if it is JSON, what it says.
pub(super) struct Reply {
    pub(super) status: u16,
    body: Option<Value>,
}

impl Reply {
    pub(super) fn of(status: u16, body: &[u8]) -> Self {
        Self { status, body: serde_json::from_slice(body).ok() }
    }

    /// What kind of error the cluster calls it.
    pub(super) fn error_type(&self) -> Option<String> {
        let kind = self.body.as_ref()?.get("error")?.get("type")?.as_str()?;
        is_code(kind).then(|| kind.to_owned())
    }

    /// The body of a success, or the error that the status stands for.
    pub(super) fn success(self) -> Result<Value, IndexError> {
        let kind = self.error_type();
        let reason = match kind {
            Some(kind) => format!("status {}, {kind}", self.status),
            None => format!("status {}", self.status),
        };
        match self.status {
            200 | 201 => self.body.ok_or_else(|| answer("no JSON")),
            // Too busy, restarting, blocked (a full disk makes indices
            // read-only), not found while it is being made.
            404 | 408 | 429 | 500..=599 => Err(unavailable(&reason)),
            403 if reason.ends_with("cluster_block_exception") => Err(unavailable(&reason)),
            400..=499 => Err(IndexError::Refused { reason }),
            _ => Err(answer(&reason)),
        }
    }

    /// The entries that a search found. Part of an answer is none.
    pub(super) fn entries(self) -> Result<Vec<LogEntry>, IndexError> {
        let body = self.success()?;
        let failed = body.pointer("/_shards/failed").and_then(Value::as_u64).unwrap_or(0);
        let timed_out = body.get("timed_out").and_then(Value::as_bool).unwrap_or(false);
        if failed > 0 || timed_out {
            return Err(unavailable("part of the index did not answer"));
        }
        let hits = body.pointer("/hits/hits").and_then(Value::as_array);
        let hits = hits.ok_or_else(|| answer("no hits"))?;
        hits.iter()
            .map(|hit| hit.get("_source").ok_or_else(|| answer("a hit without its source")))
            .map(|source| {
                serde_json::from_value(source?.clone()).map_err(|_| answer("a foreign document"))
            })
            .collect()
    }
}

pub(super) fn answer(reason: &str) -> IndexError {
    IndexError::Answer { reason: reason.to_owned() }
}

pub(super) fn unavailable(reason: &str) -> IndexError {
    IndexError::Unavailable { reason: reason.to_owned() }
}
