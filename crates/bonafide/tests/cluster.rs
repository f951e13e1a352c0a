//! Three servers that share their stores work as one.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonafide_liveness::package::{Digest, Key, write};
use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there, service};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

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
    a_challenge_is_answered_once(&servers, &account).await;
}

/// Of two recordings that answer one challenge one is taken, and it is judged once,
/// whichever of the servers is asked and how often at the same time.
async fn a_challenge_is_answered_once(servers: &[Server], account: &Account) {
    let first = servers[0].url.as_str();
    let settings = json!({ "settings": { "mode": "liveness_only", "liveness": "reflective" } });
    let created = post(format!("{first}/v1/verifications"), &account.token, settings).await;
    let person = support::text(&created.1["token"]);
    let mut left = Vec::new();
    for round in 0..2 {
        let path = "/v1/liveness/challenges";
        let (status, issued) = post(format!("{first}{path}"), &person, json!({})).await;
        assert_eq!(status, 201, "{issued}");
        let [id, token] = ["id", "token"].map(|name| support::text(&issued[name]));
        // Others each time: a recording that comes again is known.
        let parts = [1, 2].map(|n| recording(&issued, 2 * round + n));
        let sent = at_once(servers, |n, url| {
            let request = client().post(format!("{url}{path}/{id}/frames"));
            let request = request.header("content-type", "application/octet-stream");
            (n % 2, request.bearer_auth(&token).body(parts[n % 2].clone()))
        });
        let sent = sent.await;
        let taken: BTreeSet<usize> =
            sent.iter().filter(|(_, status, _)| *status == 200).map(|(which, ..)| *which).collect();
        assert_eq!(taken.len(), 1, "{sent:?}");
        let asked = at_once(servers, |n, url| {
            (n, client().post(format!("{url}{path}/{id}/complete")).bearer_auth(&token))
        });
        let told: Vec<Value> = asked
            .await
            .into_iter()
            .filter_map(|(_, status, body)| {
                assert!(matches!(status, 200 | 409), "{status}: {body}");
                (status == 200).then_some(body)
            })
            .collect();
        assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
        left.push(told[0]["tries_left"].as_u64().unwrap());
    }
    assert_eq!(left[0] - left[1], 1, "each was counted once");
}

/// A recording of one frame that is a picture by its first bytes only.
fn recording(issued: &Value, seed: u8) -> Vec<u8> {
    let body = [0xff, 0xd8, 0xff, seed];
    let manifest = json!({
        "challenge": issued["id"], "nonce": issued["nonce"], "part": 0, "previous": null, "last": true,
        "clock": { "source": "performance.now", "origin_ms": 0, "resolution_ms": 1 },
        "client": {
            "sdk": "0", "screen": { "width": 1, "height": 1, "ratio": 1 },
            "camera": {
                "label_sha256": null, "width": null, "height": null, "rate": null,
                "facing": "unknown", "exposure": "unknown", "white_balance": "unknown",
            },
        },
        "shown": [],
        "frames": [{
            "i": 0, "at_ms": 1, "clock": "now", "presented": 1, "width": 1, "height": 1,
            "type": "jpeg", "sha256": Digest::of(&body).to_string(), "length": body.len(), "here": true,
        }],
        "late": [], "events": [],
    });
    let key = URL_SAFE_NO_PAD.decode(support::text(&issued["key"])).unwrap();
    let key = Key::new(key.try_into().unwrap());
    write(&serde_json::from_value(manifest).unwrap(), &[&body], &key)
}

/// Eight requests at the same time, to one server after another; their answers.
async fn at_once<T: Send + 'static>(
    servers: &[Server],
    mut request: impl FnMut(usize, &str) -> (T, reqwest::RequestBuilder),
) -> Vec<(T, u16, Value)> {
    let mut running = JoinSet::new();
    for (n, server) in (0..8).zip(servers.iter().cycle()) {
        let (which, request) = request(n, &server.url);
        running.spawn(async move {
            let answer = request.send().await.unwrap();
            (which, answer.status().as_u16(), answer.json().await.unwrap())
        });
    }
    running.join_all().await
}

async fn post(url: String, token: &str, body: Value) -> (u16, Value) {
    let answer = client().post(url).bearer_auth(token).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
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
