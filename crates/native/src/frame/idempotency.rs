//! A request that is sent twice is done once.
//!
//! What is kept for a day is a pointer: keyed hashes of key and request, the
//! call, and where the vault has the answer. The answer itself rests sealed
//! under the clock of results and goes with the thing it speaks of; after that
//! the repeated request is told so.

use axum::http::{HeaderMap, HeaderName, StatusCode};
use bonafide_context::Timestamp;
use bonafide_policy::{Category, HeldField, Stored};
use bonafide_vault::Item;
use bonafide_vault::records::{
    Change, Column, Condition, Expect, Kind, Migration, Records, RecordsError, Row, Select, Step,
    Table,
};
use bonafide_verify::family_of;
use std::time::Duration;

use super::Context;
use crate::answer::Answer;
use crate::input::Input;
use crate::problem::{Code, Problem};
use crate::route::{Replay, Route};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST: usize = 255;

/// What is kept of requests with a key.
const REQUESTS: Table = Table {
    name: "native_idempotency",
    category: Category::Idempotency,
    columns: &[
        // Keyed hash of application and key.
        Column::new("key_hash", Kind::Name),
        // Keyed hash of method, path, query and body.
        Column::new("request_hash", Kind::Name),
        Column::new("call_id", Kind::Name),
        // Status of the answer; none while it is being worked on.
        Column::optional("status", Kind::Integer),
        // Under whose name the vault has the answer.
        Column::optional("owner", Kind::Name),
        // Until when the first request may take.
        Column::new("lease", Kind::Integer),
        Column::new("expires", Kind::Integer),
    ],
    key: &["key_hash"],
    indexes: &[&["expires"]],
};

/// The tables of this room.
pub const TABLES: &[&Table] = &[&REQUESTS];

/// How they came to be.
pub const MIGRATIONS: &[Migration] =
    &[Migration { room: "native", version: 1, steps: &[Step::Create(&REQUESTS)] }];

/// What this room has the vault keep, for the data inventory: the answer that a
/// repeated request is given, which holds what the first one held.
pub fn held() -> Vec<Stored> {
    vec![Stored {
        room: "native",
        holder: "repeated answer".to_owned(),
        category: Category::Results,
        purposes: &[],
        fields: vec![HeldField { path: "body".to_owned(), kind: "Bytes" }],
        encrypted: true,
    }]
}

/// Removes what is kept of requests whose day has passed.
pub async fn reap(records: &dyn Records, now: Timestamp) -> Result<(), RecordsError> {
    let due =
        vec![Condition::Compare("expires", bonafide_vault::records::Operator::AtMost, now.into())];
    let delete = Change::Delete { table: &REQUESTS, conditions: due, expect: Expect::Any };
    records.commit(vec![delete]).await
}

/// The right to do a request that no other has.
#[derive(Debug)]
pub(crate) struct Claim {
    hash: String,
    call: String,
}

impl Claim {
    /// Gives it back: the request did nothing and may be sent again.
    pub(super) fn release(&self) -> Change {
        Change::Delete { table: &REQUESTS, conditions: self.mine(), expect: Expect::Any }
    }

    fn mine(&self) -> Vec<Condition> {
        vec![
            Condition::is("key_hash", self.hash.as_str()),
            Condition::is("call_id", self.call.as_str()),
        ]
    }
}

/// Whose turn it is.
pub(super) enum Turn {
    /// This request's.
    First(Claim),
    /// It has been done.
    Again(Answer),
}

/// The key of a request, if it has one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<&[u8]>, Problem> {
    let mut all = headers.get_all(HEADER).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let bytes = value.as_bytes();
    let fit = (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    if fit && all.next().is_none() {
        return Ok(Some(bytes));
    }
    Err(Problem::new(
        Code::InvalidIdempotencyKey,
        format!("send one `idempotency-key` of 1 to {LONGEST} printable characters without spaces"),
    ))
}

/// Claims a request, or finds what it was answered with before.
pub(super) async fn claim(
    cx: &Context,
    route: &Route,
    key: &[u8],
    input: &Input,
) -> Result<Turn, Problem> {
    let (key_hash, request_hash) = hashes(cx, route, key, input).await?;
    let app = cx.app();
    let now = app.clock().now();
    let select = Select::from(&REQUESTS).and(Condition::is("key_hash", key_hash.as_str()));
    let found = app.records().select(select.limit(1)).await?.pop();
    let claim = Claim { hash: key_hash, call: cx.call.id().to_string() };
    let mut changes = Vec::new();
    if let Some(row) = found {
        let live = row.moment("expires")? > now;
        if live && row.text("request_hash")? != request_hash {
            return Err(Problem::new(
                Code::IdempotencyKeyReused,
                "this key came with another request before: use a new key for a new request",
            ));
        }
        if live && let Some(status) = row.optional_integer("status")? {
            return again(cx, route, &row, status).await.map(Turn::Again);
        }
        let lease = row.moment("lease")?;
        if live && lease > now {
            return Err(in_progress());
        }
        // Its day is over, or the node that worked on it is gone.
        changes.push(Change::Delete {
            table: &REQUESTS,
            conditions: vec![
                Condition::is("key_hash", claim.hash.as_str()),
                Condition::is("call_id", row.text("call_id")?),
            ],
            expect: Expect::One,
        });
    }
    let lease = later(now, cx.native.settings.lease);
    let clocks = app.clocks(cx.caller.tenant, family_of(route.interface)).await?;
    let mine = Row::new(&REQUESTS)
        .with("key_hash", claim.hash.as_str())
        .with("request_hash", request_hash)
        .with("call_id", claim.call.as_str())
        .with("lease", lease)
        .with("expires", clocks.deadline(Category::Idempotency, now).unwrap_or(lease));
    changes.push(Change::Insert(mine));
    match app.records().commit(changes).await {
        Ok(()) => Ok(Turn::First(claim)),
        // Another request with this key came in between.
        Err(RecordsError::Conflict) => Err(in_progress()),
        Err(error) => Err(error.into()),
    }
}

/// Seals an answer for the day that it may be asked for again, and notes where.
pub(super) async fn keep(
    cx: &Context,
    route: &Route,
    claim: &Claim,
    answer: &Answer,
) -> Result<Vec<Change>, Problem> {
    let app = cx.app();
    let owner = answer.owner.clone().unwrap_or_else(|| claim.call.clone());
    let mut changes = Vec::new();
    let clocks = app.clocks(cx.caller.tenant, family_of(route.interface)).await?;
    let deadline = clocks.deadline(Category::Results, app.clock().now());
    if route.replay == Replay::Sealed
        && !answer.body.is_empty()
        && let Some(deadline) = deadline
    {
        let item = Item {
            realm: &cx.caller.realm(),
            owner: &owner,
            name: &name(&claim.call),
            category: Category::Results,
            // No copy outlives what it was copied from.
            expires: answer.expires.map_or(deadline, |own| own.min(deadline)),
            media_type: "application/json",
            policy: clocks.policy().into(),
        };
        changes = app.vault().prepare(&item, &answer.body).await?;
    }
    changes.push(Change::Update {
        table: &REQUESTS,
        set: vec![("status", i64::from(answer.status.as_u16()).into()), ("owner", owner.into())],
        conditions: claim.mine(),
        expect: Expect::One,
    });
    Ok(changes)
}

async fn again(cx: &Context, route: &Route, row: &Row, status: i64) -> Result<Answer, Problem> {
    let gone = |detail: &'static str| Problem::new(Code::AnswerGone, detail);
    if route.replay == Replay::Once {
        return Err(gone(
            "this was done, and its answer held a secret that is shown once: list what there is, \
             and use a new key to make another",
        ));
    }
    let status = u16::try_from(status).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.ok_or_else(Problem::internal)?;
    let mut answer = Answer::nothing();
    answer.status = status;
    answer.replayed = true;
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::ACCEPTED) {
        return Ok(answer);
    }
    let owner = row.optional_text("owner")?.unwrap_or_default();
    let app = cx.app();
    let body = app
        .vault()
        .read(cx.call.opener(), &cx.caller.realm(), owner, &name(row.text("call_id")?))
        .await?;
    match body {
        Some(body) => {
            answer.body = bytes::Bytes::copy_from_slice(&body);
            Ok(answer)
        }
        None => Err(gone(
            "this was done, and what it was answered with is no longer kept: use a new key to do \
             it again",
        )),
    }
}

async fn hashes(
    cx: &Context,
    route: &Route,
    key: &[u8],
    input: &Input,
) -> Result<(String, String), Problem> {
    let (app, realm) = (cx.app(), cx.caller.realm());
    let vault = app.vault();
    // A key belongs to the application, and to an end user's token on its own.
    let mut whose = cx.caller.application.as_str().as_bytes().to_vec();
    for piece in [cx.caller.bound_to.as_deref().unwrap_or("").as_bytes(), key] {
        whose.push(b'\n');
        whose.extend_from_slice(piece);
    }
    let target = cx.uri.path_and_query().map_or("", axum::http::uri::PathAndQuery::as_str);
    let mut request = format!("{} {target}\n", route.method).into_bytes();
    request.extend(input.canonical());
    Ok((
        vault.keyed_hash(&realm, "native/idempotency/key", &whose).await?,
        vault.keyed_hash(&realm, "native/idempotency/request", &request).await?,
    ))
}

/// What the vault calls the answer of a call.
fn name(call: &str) -> String {
    format!("answer-{call}")
}

fn in_progress() -> Problem {
    Problem::new(
        Code::InProgress,
        "the first request with this key has not ended: send it again in a moment",
    )
    .retry_after(Duration::from_secs(1))
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    Timestamp(from.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
}
