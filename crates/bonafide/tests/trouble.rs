//! What a machine may do to a server: a disk that fills up in the middle of work,
//! a clock that is set back. Personal data is not lost, not kept too long and not
//! opened, and the caller hears a clear error.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::io::Write as _;
use std::path::Path;

use bonafide_context::Timestamp;
use bonafide_vault::TABLES;
use bonafide_vault::records::{Change, Condition, Expect, connect};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Account, Server, client};

/// One call, and the code of its problem if it is one.
async fn call(
    server: &Server,
    account: &Account,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let mut request = client().request(method, format!("{}{path}", server.url));
    request = request.bearer_auth(&account.token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Writes until there is no room, and gives how many bytes.
fn fill(file: &Path) -> usize {
    let mut file = std::fs::File::create(file).unwrap();
    let mut written = 0;
    for size in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![7; size]).is_ok() {
            written += size;
        }
    }
    written
}

/// A small disk takes a kernel that lets us mount one: the test runs itself again
/// where it may.
#[test]
fn a_disk_that_fills_up_in_the_middle_of_work_loses_nothing_and_deletes_later() {
    if let Some(disk) = support::again() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(work_on_a_full_disk(&disk));
    }
    let folder = tempfile::tempdir().unwrap();
    support::run_again(
        "a_disk_that_fills_up_in_the_middle_of_work_loses_nothing_and_deletes_later",
        &["--mount"],
        "mount -t tmpfs -o size=48m tmpfs \"$BONAFIDE_TEST_AGAIN\"",
        folder.path(),
    );
}

async fn work_on_a_full_disk(disk: &Path) {
    let data = disk.join("data");
    let server = Server::start(&data);
    let account = server.account("sandbox");
    let made = async |number: u32| {
        let body = json!({ "reference": format!("customer-{number}") });
        let path = "/v1/verifications";
        let (status, made) = call(&server, &account, Method::POST, path, Some(body)).await;
        assert_eq!(status, 201, "{made}");
        format!("{path}/{}", support::text(&made["id"]))
    };
    let (kept, deleted) = (made(1).await, made(2).await);
    let all = || Some(json!({ "scope": "all" }));
    let redact = format!("{deleted}/redact");

    let filler = disk.join("filler");
    assert!(fill(&filler) > 1 << 20);
    // A call that cannot be written down is not answered, and a deletion that
    // cannot be made is not said to be made. Some room is left in the journal of
    // the database, so not the first call is refused.
    let (mut refused, mut calls) = (0, 0);
    while refused < 5 {
        let (status, answer) = call(&server, &account, Method::GET, &kept, None).await;
        let code = &answer["code"];
        assert!(status == 200 || (status, code) == (503, &json!("store_unavailable")), "{answer}");
        refused += u32::from(status == 503);
        calls += 1;
        assert!(calls < 10_000, "the disk does not fill up");
    }
    let (status, answer) = call(&server, &account, Method::POST, &redact, all()).await;
    assert_eq!((status, &answer["code"]), (503, &json!("store_unavailable")), "{answer}");

    std::fs::remove_file(&filler).unwrap();
    let (status, answer) = call(&server, &account, Method::POST, &redact, all()).await;
    assert_eq!(status, 200, "{answer}");
    assert!(server.stop().success());

    // Also for the server that comes after.
    let server = Server::start(&data);
    let (status, answer) = call(&server, &account, Method::GET, &kept, None).await;
    assert_eq!((status, &answer["state"]), (200, &json!("created")), "{answer}");
    let receipts = format!("{deleted}/receipts");
    let (status, answer) = call(&server, &account, Method::GET, &receipts, None).await;
    assert_eq!(status, 200, "{answer}");
    assert!(server.stop().success());
}

/// The mark that every node writes says which moment was seen: with a clock a
/// year behind it nobody knows what is due, so nothing personal is opened or taken
/// in; what asks for no personal data is answered.
#[tokio::test]
async fn a_clock_set_back_a_year_opens_no_personal_data() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let account = server.account("sandbox");
    let body = || Some(json!({ "reference": "customer-1" }));
    let path = "/v1/verifications";
    let (status, made) = call(&server, &account, Method::POST, path, body()).await;
    assert_eq!(status, 201, "{made}");
    let one = format!("{path}/{}", support::text(&made["id"]));
    assert_eq!(call(&server, &account, Method::GET, &one, None).await.0, 200);
    assert!(server.stop().success());

    // A server whose clock was a year ahead was here: seen from there, this one's
    // is set back.
    let records = connect(&format!("sqlite:{}", data.join("records.db").display())).await.unwrap();
    let marks = *TABLES.iter().find(|table| table.name == "vault_marks").unwrap();
    let clock = || Condition::is("name", "clock");
    let select = bonafide_vault::records::Select::from(marks).and(clock());
    let seen = records.select(select).await.unwrap()[0].moment("at").unwrap();
    let year = 365 * 24 * 3_600_000;
    let ahead = Change::Update {
        table: marks,
        set: vec![("at", Timestamp(seen.0 + year).into())],
        conditions: vec![clock()],
        expect: Expect::One,
    };
    records.commit(vec![ahead]).await.unwrap();
    drop(records);

    let server = Server::start(&data);
    for (method, path, body) in [(Method::GET, &*one, None), (Method::POST, path, body())] {
        let (status, answer) = call(&server, &account, method, path, body).await;
        assert_eq!((status, &answer["code"]), (503, &json!("store_unavailable")), "{answer}");
    }
    let (status, usage) = call(&server, &account, Method::GET, "/v1/usage", None).await;
    assert_eq!(status, 200, "{usage}");
    assert!(server.stop().success());
}
