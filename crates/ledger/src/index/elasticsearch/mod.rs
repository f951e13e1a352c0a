//! Elasticsearch and OpenSearch, by the part of their wire that both share:
//! an index a day, `_bulk` with ids of our own, `_search` with `search_after`.
//!
//! What has met a real server and what has not is written in
//! `docs/decisions/0005-operation-log.md`.

mod bulk;
mod wire;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::{Date, Sensitive, TenantId};
use bonafide_outbound::{Client, Method, Recipient, Request, header};
use bonafide_policy::Category;
use serde_json::{Value, json};

use super::{IndexError, IndexQuery, LogEntry, LogIndex, Refused};
use crate::ledger::lock;
use crate::when::start_of;
use wire::Reply;

/// Where the cluster is and how it is used.
#[derive(Clone, Debug)]
pub struct ElasticsearchSettings {
    /// Address, with a path if there is one: `https://search.internal:9200`.
    pub url: String,
    /// What the names of indices begin with: lower-case letters, digits, inner
    /// `-` and `_`, at most 64.
    pub prefix: String,
    /// The `Authorization` header, from [`ElasticsearchSettings::basic`] or
    /// `ApiKey …`.
    pub authorization: Option<Sensitive<String>>,
    /// Primary shards of a day's index.
    pub shards: u32,
    /// Copies of each shard on other machines; 0 for a cluster of one.
    pub replicas: u32,
    /// For each request.
    pub timeout: Duration,
    /// Before entries that the cluster had no room for are sent again; twice
    /// as long the next time.
    pub pause: Duration,
}

impl ElasticsearchSettings {
    /// A cluster without credentials: one shard, one copy, 30 seconds.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            prefix: "bonafide".to_owned(),
            authorization: None,
            shards: 1,
            replicas: 1,
            timeout: Duration::from_secs(30),
            pause: Duration::from_millis(200),
        }
    }

    /// The header for a user and his password.
    pub fn basic(user: &str, password: &Sensitive<String>) -> Sensitive<String> {
        let pair = format!("{user}:{}", password.expose());
        Sensitive::new(format!("Basic {}", STANDARD.encode(pair)))
    }
}

/// The engine over HTTP, for any number of processes.
pub struct Elasticsearch {
    client: Client,
    settings: ElasticsearchSettings,
    /// Days whose index this process has made or seen.
    made: Mutex<BTreeSet<Date>>,
}

/// Bytes of an answer that are read.
const MOST_READ: usize = 64 << 20;

impl Elasticsearch {
    /// A client for a cluster; nothing is sent yet. The operator's own networks
    /// must be open in the client's guard, if the cluster is there.
    pub fn new(client: Client, settings: ElasticsearchSettings) -> Result<Self, IndexError> {
        let refuse = |reason: &str| IndexError::Refused { reason: reason.to_owned() };
        let prefix = settings.prefix.as_bytes();
        let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(b);
        let begins = prefix.first().is_some_and(u8::is_ascii_alphanumeric);
        if !(begins && prefix.len() <= 64 && prefix.iter().all(inner)) {
            return Err(refuse("the prefix is not the beginning of an index name"));
        }
        if !(settings.url.starts_with("https://") || settings.url.starts_with("http://")) {
            return Err(refuse("the address is not one of HTTP"));
        }
        Ok(Self { client, settings, made: Mutex::new(BTreeSet::new()) })
    }

    /// The name of a day's index: `bonafide-oplog-2026.11.22`.
    fn name(&self, day: Date) -> String {
        format!(
            "{}-oplog-{:04}.{:02}.{:02}",
            self.settings.prefix,
            day.year(),
            day.month(),
            day.day()
        )
    }

    fn all_names(&self) -> String {
        format!("{}-oplog-*", self.settings.prefix)
    }

    /// The day of an index, if it is one of ours.
    fn day(&self, name: &str) -> Option<Date> {
        let day = name.strip_prefix(&self.settings.prefix)?.strip_prefix("-oplog-")?;
        let day: Date = day.replace('.', "-").parse().ok()?;
        (self.name(day) == name).then_some(day)
    }

    /// Makes a day's index with its mapping, unless somebody did.
    async fn make(&self, day: Date) -> Result<(), IndexError> {
        if lock(&self.made).contains(&day) {
            return Ok(());
        }
        let path = format!("/{}", self.name(day));
        let body = wire::index(self.settings.shards, self.settings.replicas);
        let reply = self.send(Method::PUT, &path, Some(body.to_string())).await?;
        let exists = reply.status == 400
            && reply.error_type().as_deref() == Some("resource_already_exists_exception");
        if !exists {
            reply.success()?;
        }
        lock(&self.made).insert(day);
        Ok(())
    }

    async fn hits(&self, names: &str, body: &Value) -> Result<Vec<LogEntry>, IndexError> {
        let path = format!(
            "/{names}/_search?allow_no_indices=true&allow_partial_search_results=false\
             &ignore_unavailable=true"
        );
        self.send(Method::POST, &path, Some(body.to_string())).await?.entries()
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Reply, IndexError> {
        let url = format!("{}{path}", self.settings.url.trim_end_matches('/'));
        let mut request = Request {
            timeout: self.settings.timeout,
            limit: MOST_READ,
            ..Request::new(Recipient::Service(Category::OperationLog), method, url)
        };
        let json = header::HeaderValue::from_static("application/json");
        request.headers.insert(header::ACCEPT, json.clone());
        if let Some(body) = body {
            let lines = header::HeaderValue::from_static("application/x-ndjson");
            let kind = if path.starts_with("/_bulk") { lines } else { json };
            request.headers.insert(header::CONTENT_TYPE, kind);
            request.body = body.into();
        }
        if let Some(authorization) = &self.settings.authorization {
            let mut value = header::HeaderValue::from_str(authorization.expose())
                .map_err(|_| IndexError::Refused { reason: "malformed credentials".to_owned() })?;
            value.set_sensitive(true);
            request.headers.insert(header::AUTHORIZATION, value);
        }
        let answer = self
            .client
            .send(request)
            .await
            .map_err(|failure| IndexError::Unavailable { reason: failure.to_string() })?;
        Ok(Reply::of(answer.status, &answer.body))
    }
}

#[async_trait]
impl LogIndex for Elasticsearch {
    async fn put(&self, entries: &[LogEntry]) -> Result<Vec<Refused>, IndexError> {
        self.put_in_bulk(entries).await
    }

    async fn search(&self, query: &IndexQuery) -> Result<Vec<LogEntry>, IndexError> {
        let names = match query.call {
            Some(call) => self.name(start_of(call).date()),
            None => self.all_names(),
        };
        self.hits(&names, &wire::search(query)).await
    }

    async fn partitions(&self) -> Result<Vec<Date>, IndexError> {
        let path = format!("/_cat/indices/{}?format=json&h=index", self.all_names());
        let reply = self.send(Method::GET, &path, None).await?.success()?;
        let names = reply.as_array().ok_or_else(|| wire::answer("no list of indices"))?;
        let names = names.iter().filter_map(|row| row.get("index").and_then(Value::as_str));
        let days: BTreeSet<Date> = names.filter_map(|name| self.day(name)).collect();
        Ok(days.into_iter().collect())
    }

    async fn page(
        &self,
        day: Date,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LogEntry>, IndexError> {
        let mut body = json!({
            "query": {"match_all": {}},
            "sort": [{"id": {"order": "asc"}}],
            "size": limit,
            "track_total_hits": false,
        });
        if let Some(after) = after {
            body["search_after"] = json!([after]);
        }
        self.hits(&self.name(day), &body).await
    }

    async fn drop_partition(&self, day: Date) -> Result<(), IndexError> {
        lock(&self.made).remove(&day);
        let reply = self.send(Method::DELETE, &format!("/{}", self.name(day)), None).await?;
        if reply.status == 404 { Ok(()) } else { reply.success().map(drop) }
    }

    async fn forget(
        &self,
        day: Date,
        tenant: TenantId,
        interface: Option<&str>,
    ) -> Result<(), IndexError> {
        let name = self.name(day);
        let path = format!("/{name}/_delete_by_query?conflicts=proceed&refresh=true");
        let of = interface.map(|interface| json!({"term": {"interface": interface}}));
        let tenant = json!({"term": {"app_id": tenant.to_string()}});
        let filter: Vec<_> = [tenant].into_iter().chain(of).collect();
        let body = json!({"query": {"bool": {"filter": filter}}});
        let reply = self.send(Method::POST, &path, Some(body.to_string())).await?;
        if reply.status == 404 {
            return Ok(());
        }
        reply.success()?;
        // What is deleted rests in its segment until that is written anew.
        let path = format!("/{name}/_forcemerge?only_expunge_deletes=true");
        self.send(Method::POST, &path, None).await?.success().map(drop)
    }

    async fn check(&self) -> Result<(), IndexError> {
        let health = self.send(Method::GET, "/_cluster/health", None).await?.success()?;
        match health.get("status").and_then(Value::as_str) {
            Some("green" | "yellow") => Ok(()),
            Some("red") => Err(wire::unavailable("the cluster is red")),
            _ => Err(wire::answer("no health")),
        }
    }
}

impl std::fmt::Debug for Elasticsearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Elasticsearch")
            .field("prefix", &self.settings.prefix)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
