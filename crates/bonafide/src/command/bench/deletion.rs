//! Deletion on request while the server works at its limit: how long after the answer
//! the key is gone, the bytes are, and the receipt is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_context::{Clock, SystemClock};
use bonafide_outbound::header::{CONTENT_TYPE, HeaderValue};
use bonafide_outbound::{Client, Method, Recipient, Request};
use bonafide_vault::records::{Condition, Records, Sqlite, Table};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use super::load::Latency;
use super::process::{Process, failed};
use super::server::headers;
use crate::failure::Failure;

/// How long it is waited for any of it, at most: twice the longest that is promised.
const PATIENCE: Duration = Duration::from_secs(240);
/// How often it is looked.
const LOOKS: Duration = Duration::from_millis(50);

/// What deleting persons took, in milliseconds, each from the moment of the answer.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Deletions {
    /// Until the answer, from the request.
    pub(super) answer_ms: Latency,
    /// Until the wrapped keys of the person's items were in no row any more.
    pub(super) key_ms: Latency,
    /// Until the object store had none of the person's bytes.
    pub(super) bytes_ms: Latency,
    /// Until each destruction had its receipt.
    pub(super) receipt_ms: Latency,
}

/// A person whose verification keeps a picture in the object store.
pub(super) struct Person {
    reference: String,
    verification: String,
    objects: BTreeSet<PathBuf>,
}

/// Whoever asks for it.
pub(super) struct Customer<'a> {
    pub(super) client: &'a Client,
    pub(super) server: &'a Process,
    pub(super) token: &'a str,
}

impl Customer<'_> {
    /// Verifies so many persons by the page of a passport each, while nothing else goes
    /// on. Not by a selfie: a picture of a picture, which all that can be shipped is, has
    /// to be taken again, and what has to be taken again is not kept.
    pub(super) async fn verify(&self, page: &[u8], persons: usize) -> Result<Vec<Person>, Failure> {
        let page = json!({ "front": BASE64_STANDARD.encode(page) });
        let mut verified = Vec::with_capacity(persons);
        for nth in 0..persons {
            let before = objects(&self.server.data);
            let reference = format!("bench-person-{nth}");
            let settings = json!({ "mode": "document_only" });
            let new = json!({ "reference": reference, "settings": settings });
            let made = self.send(Method::POST, "/v1/verifications", Some(&new)).await?;
            let verification = made["id"].as_str().unwrap_or_default().to_owned();
            let hand_in = format!("/v1/verifications/{verification}/document");
            let handed_in = self.send(Method::POST, &hand_in, Some(&page)).await?;
            let after = objects(&self.server.data);
            let objects: BTreeSet<PathBuf> = after.difference(&before).cloned().collect();
            if objects.is_empty() {
                let state = handed_in["state"].as_str().unwrap_or("unknown");
                let why = format!("a picture that was handed in is not kept; it is {state}");
                return Err(failed(why));
            }
            verified.push(Person { reference, verification, objects });
        }
        Ok(verified)
    }

    /// Deletes them, one every so often.
    pub(super) async fn delete(
        &self,
        persons: Vec<Person>,
        gap: Duration,
    ) -> Result<Deletions, Failure> {
        let path = self.server.data.join("records.db");
        let records = Sqlite::open(&path).await.map_err(failed)?;
        let mut took = [const { Vec::new() }; 4];
        let mut ticks = tokio::time::interval(gap);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for person in persons {
            ticks.tick().await;
            let one = self.delete_one(&person, &records).await?;
            for (all, one) in took.iter_mut().zip(one) {
                all.push(one.as_secs_f64() * 1e3);
            }
        }
        let [answer_ms, key_ms, bytes_ms, receipt_ms] = took.map(Latency::of);
        Ok(Deletions { answer_ms, key_ms, bytes_ms, receipt_ms })
    }

    async fn delete_one(
        &self,
        person: &Person,
        records: &Sqlite,
    ) -> Result<[Duration; 4], Failure> {
        let items = items()?;
        let kept = async || {
            let whose = vec![Condition::is("owner", person.verification.as_str())];
            records.count(items, whose).await.map_err(failed)
        };
        if kept().await? == 0 {
            return Err(failed("nothing is kept of a person who is to be deleted"));
        }
        let clock = SystemClock::start();
        let delete = format!("/v1/subjects/{}/delete", person.reference);
        self.send(Method::POST, &delete, None).await?;
        let answer = clock.elapsed();
        let since = || clock.elapsed().saturating_sub(answer);
        let (mut key, mut bytes, mut receipt) = (None, None, None);
        let mut looks = tokio::time::interval(LOOKS);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let life = format!("/v1/subjects/{}", person.reference);
        loop {
            if key.is_none() && kept().await? == 0 {
                key = Some(since());
            }
            if bytes.is_none() && person.objects.iter().all(|object| !object.exists()) {
                bytes = Some(since());
            }
            if receipt.is_none() && key.is_some() {
                let told = self.send(Method::GET, &life, None).await?;
                let deletions = told["deletions"].as_array();
                let proven = deletions.is_some_and(|all| {
                    !all.is_empty() && all.iter().all(|one| one["receipt"].is_string())
                });
                receipt = proven.then(since);
            }
            if let (Some(key), Some(bytes), Some(receipt)) = (key, bytes, receipt) {
                return Ok([answer, key, bytes, receipt]);
            }
            if since() > PATIENCE {
                return Err(failed("a deletion is not finished after four minutes"));
            }
            looks.tick().await;
        }
    }

    /// Sends a request until there is an answer that is no refusal for want of room.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let clock = SystemClock::start();
        let mut looks = tokio::time::interval(LOOKS);
        loop {
            looks.tick().await;
            let url = format!("{}{path}", self.server.url);
            let mut request = Request::new(Recipient::Customer, method.clone(), url);
            request.headers = headers(Some(self.token))?;
            if let Some(body) = body {
                let json = HeaderValue::from_static("application/json");
                request.headers.insert(CONTENT_TYPE, json);
                request.body = body.to_string().into();
            }
            request.timeout = Duration::from_secs(30);
            let answer = self.client.send(request).await.map_err(failed)?;
            match answer.status {
                200..300 => return serde_json::from_slice(&answer.body).map_err(failed),
                429 | 503 if clock.elapsed() < PATIENCE => {}
                status => return Err(failed(format!("{path} is answered with {status}"))),
            }
        }
    }
}

/// The vault's items: a row of an item holds its wrapped key.
fn items() -> Result<&'static Table, Failure> {
    let table = bonafide_vault::TABLES.iter().copied().find(|table| table.name == "vault_items");
    table.ok_or_else(|| failed("the vault has no items"))
}

/// Every file of the object store.
fn objects(data: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![data.join("objects")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path);
            }
        }
    }
    found
}
