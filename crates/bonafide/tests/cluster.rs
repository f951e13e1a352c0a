//! Three servers that share their stores work as one.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there};
use tokio::sync::mpsc;

/// The address of a server that the test command has started, or why not.
fn service(variable: &str, test: &str) -> Option<String> {
    match std::env::var(variable) {
        Ok(url) => Some(url),
        Err(_) => {
            let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
            assert!(!required.contains("services"), "{test} needs {variable}");
            println!("skipped {test}: {variable} is not set");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_on_mariadb_and_a_bucket_lose_nothing_when_one_is_killed() {
    one_of_three_is_killed("BONAFIDE_TEST_MYSQL", "on_mariadb").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_on_postgresql_and_a_bucket_lose_nothing_when_one_is_killed() {
    one_of_three_is_killed("BONAFIDE_TEST_POSTGRES", "on_postgresql").await;
}

async fn one_of_three_is_killed(database: &str, test: &str) {
    let (Some(database), Some(bucket)) =
        (service(database, test), service("BONAFIDE_TEST_S3", test))
    else {
        return;
    };
    if !models_are_there(test) {
        return;
    }
    let shared = tempfile::tempdir().unwrap();
    let (records, keys) = support::databases(&database, test).await;
    let root_key = shared.path().join("root.key");
    let variables = [
        ("BONAFIDE__STORES__RECORDS", records.as_str()),
        ("BONAFIDE__STORES__KEYS", keys.as_str()),
        ("BONAFIDE__STORES__OBJECTS", bucket.as_str()),
        ("BONAFIDE__STORES__ROOT_KEY_FILE", root_key.to_str().unwrap()),
        // Nobody listens there: the journal keeps what is to be written.
        ("BONAFIDE__STORES__OPERATION_LOG", "http://127.0.0.1:9"),
        ("BONAFIDE__OUTBOUND__ALLOW_NETWORKS", "[\"127.0.0.0/8\"]"),
    ];
    let folders: Vec<_> = (0..3).map(|n| shared.path().join(format!("node-{n}"))).collect();
    let mut servers: Vec<Server> =
        folders.iter().map(|folder| Server::start_with(folder, &[], &variables)).collect();
    let account = Arc::new(Account::create(&folders[0], "live", &variables));

    // One account, known to all at once.
    for server in &servers {
        let request = client().get(format!("{}/v1/usage", server.url));
        assert_eq!(request.bearer_auth(&account.token).send().await.unwrap().status(), 200);
    }
    let (tell, mut hear) = mpsc::unbounded_channel();
    for (number, server) in servers.iter().enumerate().flat_map(|(n, s)| [(n, s), (n + 3, s)]) {
        tokio::spawn(create(server.url.clone(), account.clone(), number, tell.clone()));
    }
    drop(tell);
    let mut made = Vec::new();
    // In the middle of work.
    while made.len() < 40 {
        let Some(id) = hear.recv().await else { break };
        made.push(id);
    }
    servers.remove(0).kill();
    while let Some(id) = hear.recv().await {
        made.push(id);
    }
    assert!(made.len() > 40, "{} verifications are no work", made.len());

    // Whatever any of the three has acknowledged, the other two know.
    for (id, server) in made.iter().zip(servers.iter().cycle()) {
        let request = client().get(format!("{}/v1/verifications/{id}", server.url));
        let answer = request.bearer_auth(&account.token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "verification {id} was acknowledged and is gone");
    }
    println!("{} verifications acknowledged by three servers, all there", made.len());
}

/// Creates verifications until the server breaks or enough are there; tells the
/// ids of those that were acknowledged.
async fn create(
    url: String,
    account: Arc<Account>,
    number: usize,
    tell: mpsc::UnboundedSender<String>,
) {
    let client = client();
    for round in 0..60 {
        let body = json!({ "reference": format!("customer-{number}-{round}") });
        let request = client.post(format!("{url}/v1/verifications")).json(&body);
        let Ok(answer) = request.bearer_auth(&account.token).send().await else { break };
        let status = answer.status();
        let Ok(body) = answer.json::<Value>().await else { break };
        if status == 201 {
            let _ = tell.send(support::text(&body["id"]));
        }
    }
}
