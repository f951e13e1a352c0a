//! A server that is killed at random moments under load has every call that it
//! answered in its ledger, and none twice.
//!
//! `BONAFIDE_KILLS` says how often; the figure in `docs/benchmarks.md` is 50.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::collections::HashSet;
use std::sync::Arc;

use bonafide_context::{Random, Seeded};
use bonafide_ledger::TABLES;
use bonafide_vault::records::{Select, connect};
use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there};
use tokio::sync::mpsc;

/// Callers at a time.
const CALLERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answered_call_survives_a_kill() {
    if !models_are_there("every_answered_call_survives_a_kill") {
        return;
    }
    let kills: u64 = std::env::var("BONAFIDE_KILLS").map_or(4, |text| text.parse().unwrap());
    let data = tempfile::tempdir().unwrap();
    let mut random = Seeded::new(7);
    let mut answered: Vec<String> = Vec::new();
    let mut account: Option<Arc<Account>> = None;
    for _ in 0..kills {
        let server = Server::start(data.path());
        let account = account.get_or_insert_with(|| Arc::new(server.account("sandbox"))).clone();
        let (tell, mut hear) = mpsc::unbounded_channel();
        for number in 0..CALLERS {
            let url = server.url.clone();
            tokio::spawn(call_until_it_breaks(url, account.clone(), number, tell.clone()));
        }
        drop(tell);
        // In the middle of work: after so many answers, whenever that is.
        for _ in 0..20 + random.below(400) {
            answered.extend(hear.recv().await);
        }
        server.kill();
        // What was answered before it broke is heard to the end.
        while let Some(id) = hear.recv().await {
            answered.push(id);
        }
    }

    let server = Server::start(data.path());
    let account = account.unwrap();
    let client = client();
    for id in &answered {
        let request = client.get(format!("{}/v1/calls/{id}", server.url));
        let answer = request.bearer_auth(&account.token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "call {id} was answered and is not in the ledger");
    }
    assert!(server.stop().success());

    let url = format!("sqlite:{}", data.path().join("records.db").display());
    let records = connect(&url).await.unwrap();
    let table = |name: &str| *TABLES.iter().find(|table| table.name == name).unwrap();
    let rows = records.select(Select::from(table("ledger_calls"))).await.unwrap();
    let ids: HashSet<&str> = rows.iter().map(|row| row.text("call_id").unwrap()).collect();
    assert_eq!(ids.len(), rows.len(), "no call is there twice");
    let usage = records.select(Select::from(table("ledger_usage"))).await.unwrap();
    let counted: i64 = usage.iter().map(|row| row.integer("calls").unwrap()).sum();
    assert_eq!(counted, rows.len() as i64, "the counter equals the rows");
    assert!(answered.len() as u64 >= kills * 20, "{} calls are no load", answered.len());
    println!("{kills} kills, {} answered calls, all there, {} rows", answered.len(), rows.len());
}

/// Calls until the connection breaks, and tells the ids of the calls that were
/// answered in full.
async fn call_until_it_breaks(
    url: String,
    account: Arc<Account>,
    number: usize,
    tell: mpsc::UnboundedSender<String>,
) {
    let client = client();
    for round in 0_u32.. {
        let request = if (number + round as usize).is_multiple_of(2) {
            client.get(format!("{url}/v1/usage"))
        } else {
            let body = json!({ "reference": format!("customer-{number}-{round}") });
            client.post(format!("{url}/v1/verifications")).json(&body)
        };
        let Ok(answer) = request.bearer_auth(&account.token).send().await else { break };
        let id = answer.headers().get("x-call-id").map(|id| id.to_str().unwrap().to_owned());
        let done = answer.status().is_success();
        // Answered is what has arrived in full.
        let Ok(_) = answer.json::<Value>().await else { break };
        if let Some(id) = id.filter(|_| done) {
            let _ = tell.send(id);
        }
    }
}
