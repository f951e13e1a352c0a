//! How the server ends.

use axum::Router;
use axum::routing::get;
use tokio::sync::{mpsc, watch};

use crate::support::{BOUND, Rig, seconds};

/// `/holds` answers once `free` says so, and tells when it has begun.
fn holding(begun: mpsc::UnboundedSender<()>, free: watch::Receiver<bool>) -> Router {
    let hold = move || {
        let (begun, mut free) = (begun.clone(), free.clone());
        async move {
            begun.send(()).unwrap();
            free.wait_for(|free| *free).await.unwrap();
            "done"
        }
    };
    Router::new().route("/holds", get(hold))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_flight_is_finished_and_nothing_new_is_taken() {
    let ((begun, mut heard), (free, held)) = (mpsc::unbounded_channel(), watch::channel(false));
    let rig = Rig::start(holding(begun, held), |_| {}).await;
    let client = rig.client();
    let holds = tokio::spawn(client.get(rig.url("/holds")).send());
    heard.recv().await.unwrap();

    rig.handle.drain();
    let closed = async {
        while tokio::net::TcpStream::connect(rig.address).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(BOUND, closed).await.expect("the listener closes");
    assert!(!rig.done.is_finished(), "it waits for what is in flight");
    free.send(true).unwrap();
    assert_eq!(holds.await.unwrap().unwrap().text().await.unwrap(), "done");
    let drained = tokio::time::timeout(BOUND, rig.done).await.unwrap().unwrap();
    assert_eq!(drained.cut_off, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_client_has_left_is_waited_for() {
    let ((begun, mut heard), (free, held)) = (mpsc::unbounded_channel(), watch::channel(false));
    let rig = Rig::plain(holding(begun, held), |_| {}).await;
    let holds = tokio::spawn(rig.client().get(rig.url("/holds")).send());
    heard.recv().await.unwrap();
    holds.abort();
    rig.counted("bonafide_connections 1.0").await;
    rig.handle.drain();
    let mut done = rig.done;
    let early = tokio::time::timeout(std::time::Duration::from_millis(50), &mut done).await;
    assert!(early.is_err(), "the call is not finished yet");
    free.send(true).unwrap();
    assert_eq!(tokio::time::timeout(BOUND, done).await.unwrap().unwrap().cut_off, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_goes_first() {
    let rig = Rig::plain(Router::new(), |settings| {
        settings.shutdown.notice = seconds(3_600.0);
    })
    .await;
    rig.handle.drain();
    let answer = rig.get("/health/ready").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("\"status\":\"draining\""));
    assert_eq!(rig.get("/health/live").await.status(), 200);
    rig.handle.end();
    tokio::time::timeout(BOUND, rig.done).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_finish_is_cut_off() {
    let ((begun, mut heard), (_free, held)) = (mpsc::unbounded_channel(), watch::channel(false));
    let rig = Rig::start(holding(begun, held), |settings| {
        settings.shutdown.finish = seconds(0.05);
    })
    .await;
    let holds = tokio::spawn(rig.client().get(rig.url("/holds")).send());
    heard.recv().await.unwrap();
    rig.handle.drain();
    let drained = tokio::time::timeout(BOUND, rig.done).await.unwrap().unwrap();
    assert_eq!(drained.cut_off, 2, "the connection and the request");
    assert!(holds.await.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn told_twice_it_ends_at_once() {
    let ((begun, mut heard), (_free, held)) = (mpsc::unbounded_channel(), watch::channel(false));
    let rig = Rig::start(holding(begun, held), |settings| {
        settings.shutdown.finish = seconds(3_600.0);
    })
    .await;
    let holds = tokio::spawn(rig.client().get(rig.url("/holds")).send());
    heard.recv().await.unwrap();
    rig.handle.drain();
    rig.handle.end();
    tokio::time::timeout(BOUND, rig.done).await.unwrap().unwrap();
    assert!(holds.await.unwrap().is_err());
}
