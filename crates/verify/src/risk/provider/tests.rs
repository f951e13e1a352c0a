//! Services that answer, and services that do not.

use std::io;
use std::sync::{Arc, Mutex};

use bonafide_outbound::{Guard, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const NORMAL: &str = "+447418369731";

/// A service that gives everybody one answer, and what it was asked.
async fn service(answer: String) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(String::new()));
    let writes = heard.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut asked = Vec::new();
            let mut part = [0; 4_096];
            loop {
                let read: io::Result<usize> = socket.read(&mut part).await;
                let Ok(read) = read else { break };
                asked.extend_from_slice(&part[..read]);
                let text = String::from_utf8_lossy(&asked).into_owned();
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
                let whole = body.is_some_and(|body| text.starts_with("GET") || body.ends_with('}'));
                if read == 0 || whole {
                    *writes.lock().unwrap() = text;
                    break;
                }
            }
            if answer.is_empty() {
                // It holds the line and says nothing.
                let _ = socket.read(&mut part).await;
            }
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (url, heard)
}

fn http(kind: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}")
}

fn client() -> Client {
    let loopback = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
    Client::new(loopback, &Settings::default()).unwrap()
}

fn provider(url: String, form: ProviderForm) -> Provider {
    let secret = Sensitive::new("Bearer hidden".to_owned());
    Provider {
        source: Source::provider("example").unwrap(),
        kind: Kind::Phone,
        meaning: Meaning::Bad,
        url,
        header: Some((HeaderName::from_static("authorization"), secret)),
        form,
        timeout: Duration::from_secs(5),
        region: None,
    }
}

fn whole() -> ProviderForm {
    ProviderForm::Whole { member: "phone".to_owned(), pointer: "/data/known".to_owned() }
}

fn region(name: &str) -> Region {
    name.parse().unwrap()
}

async fn asked(provider: &Provider) -> Signal<bool> {
    let normal = Sensitive::new(NORMAL.to_owned());
    provider.ask(&client(), &region("eu"), &normal).await.answer
}

#[tokio::test]
async fn a_yes_or_no_is_read_where_the_pointer_says() {
    for (body, wanted) in [
        (r#"{"data":{"known":true,"name":"Erik Eriksson"}}"#, Some(true)),
        (r#"{"data":{"known":false}}"#, Some(false)),
        // What is no yes and no no is none of them.
        (r#"{"data":{"known":"false"}}"#, None),
        (r#"{"data":{"known":null}}"#, None),
        (r#"{"data":{}}"#, None),
        ("[]", None),
        ("true", None),
    ] {
        let (url, heard) = service(http("application/json", body)).await;
        let answer = asked(&provider(url, whole())).await;
        assert_eq!(answer, Signal::or_null(wanted, Absent::SourceUnavailable), "{body}");
        let heard = heard.lock().unwrap().clone();
        assert!(heard.contains("authorization: Bearer hidden"), "{heard}");
        // In the body, and in no line that others write down.
        let (head, told) = heard.split_once("\r\n\r\n").unwrap();
        assert_eq!(told, format!(r#"{{"phone":"{NORMAL}"}}"#));
        assert!(!head.contains("7418369731"), "{head}");
    }
}

#[tokio::test]
async fn a_service_that_fails_hangs_or_talks_to_people_gives_no_answer() {
    let page = "<!doctype html><title>Sign in</title>";
    let none = Signal::Null(Absent::SourceUnavailable);
    for answer in [
        http("text/html", page),
        "HTTP/1.1 500 Oops\r\ncontent-length: 26\r\n\r\n{\"data\":{\"known\":true}}   ".to_owned(),
        "HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n".to_owned(),
        http("application/json", &format!("\"{}\"", "x".repeat(LIMIT))),
        "nonsense\r\n\r\n".to_owned(),
        String::new(),
    ] {
        let (url, _) = service(answer.clone()).await;
        for form in [whole(), ProviderForm::Range { hash: RangeHash::Sha256 }] {
            let mut provider = provider(format!("{url}/{{prefix}}"), form);
            if answer.is_empty() {
                provider.timeout = Duration::from_millis(50);
            }
            let told: String = answer.chars().take(40).collect();
            assert_eq!(asked(&provider).await, none, "{told}");
        }
    }
    let nobody = provider("http://127.0.0.1:1/{prefix}".to_owned(), whole());
    assert_eq!(asked(&nobody).await, none);
}

#[tokio::test]
async fn of_a_range_five_digits_leave_and_the_rest_is_compared_here() {
    for hash in [RangeHash::Sha1, RangeHash::Sha256] {
        let hex = hash.of(NORMAL).to_string();
        let (prefix, rest) = hex.split_at(range::PREFIX);
        let other = "0".repeat(rest.len());
        for (body, wanted) in [(format!("{other}:1\r\n{rest}:2"), true), (other.clone(), false)] {
            let (url, heard) = service(http("text/plain", &body)).await;
            let url = format!("{url}/range/{{prefix}}");
            let provider = provider(url, ProviderForm::Range { hash });
            assert_eq!(asked(&provider).await, Signal::Known(wanted));
            let heard = heard.lock().unwrap().clone();
            assert!(heard.starts_with(&format!("GET /range/{prefix} HTTP/1.1")), "{heard}");
            assert!(!heard.contains(rest) && !heard.contains("7418369731"), "{heard}");
        }
    }
}

#[tokio::test]
async fn o15_a_service_of_another_region_is_not_asked() {
    let (url, heard) = service(http("application/json", r#"{"data":{"known":true}}"#)).await;
    let own = Provider { region: Some(region("us")), ..provider(url, whole()) };
    assert_eq!(asked(&own).await, Signal::Null(Absent::SourceUnavailable));
    assert_eq!(*heard.lock().unwrap(), "");
    let here = Provider { region: Some(region("eu")), ..own };
    assert_eq!(asked(&here).await, Signal::Known(true));
}

#[tokio::test]
async fn o14_a_service_that_no_policy_names_for_identifiers_is_not_asked() {
    let client = Client::new(Guard::default(), &Settings::default()).unwrap();
    let provider = provider("https://198.51.100.7/".to_owned(), whole());
    let normal = Sensitive::new(NORMAL.to_owned());
    let answer = provider.ask(&client, &region("eu"), &normal).await.answer;
    assert_eq!(answer, Signal::Null(Absent::SourceUnavailable));
}
