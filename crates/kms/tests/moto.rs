//! A server that answers as AWS KMS does.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Sensitive;
use bonafide_kms::{AwsKms, AwsKmsSettings};
use bonafide_outbound::header::HeaderValue;
use bonafide_outbound::{Client, Guard, Method, Recipient, Request, Settings};
use bonafide_policy::Category;
use bonafide_vault::{KeyService, KeyServiceError};
use serde_json::{Value, json};

/// The server's address, if there is one.
fn server() -> Option<String> {
    let server = std::env::var("BONAFIDE_TEST_KMS").ok().filter(|v| !v.is_empty());
    if server.is_none() {
        let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
        assert!(!required.contains("services"), "BONAFIDE_TEST_KMS is not set");
        eprintln!("skipped: BONAFIDE_TEST_KMS is not set");
    }
    server
}

fn client() -> Client {
    let own = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
    Client::new(own, &Settings::default()).unwrap()
}

/// Does something that only the keys' owner does.
async fn owner(server: &str, action: &str, body: Value) -> Value {
    let to = Recipient::Service(Category::Configuration);
    let mut request = Request::new(to, Method::POST, format!("{server}/"));
    let target = format!("TrentService.{action}");
    request.headers.insert("x-amz-target", HeaderValue::from_str(&target).unwrap());
    let who = "AWS4-HMAC-SHA256 Credential=owner/20261122/eu-central-1/kms/aws4_request, \
               SignedHeaders=host, Signature=0";
    request.headers.insert("authorization", HeaderValue::from_static(who));
    request.body = body.to_string().into_bytes().into();
    let answer = client().send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{action}: {:?}", answer.body);
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

#[tokio::test]
async fn a_service_wraps_and_opens_what_it_wrapped_and_nothing_else() {
    let Some(server) = server() else { return };
    let mut keys = Vec::new();
    for _ in 0..2 {
        let made = owner(&server, "CreateKey", json!({})).await;
        keys.push(made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned());
    }
    let settings = |key: &str| AwsKmsSettings {
        url: server.clone(),
        region: "eu-central-1".to_owned(),
        key: key.to_owned(),
        access_key: "AKEXAMPLE".to_owned(),
        secret_key: Sensitive::new("example".to_owned()),
        session_token: Some(Sensitive::new("lent".to_owned())),
    };
    let service = |key: &str| AwsKms::new(settings(key), client()).unwrap();
    let kms = service(&keys[0]);
    let wrapped = kms.wrap(&[3; 32]).await.unwrap();
    assert!(!wrapped.windows(8).any(|window| window == [3; 8]));
    assert_eq!(**kms.unwrap(&wrapped).await.unwrap(), [3; 32]);

    // Said again with something else about it, it does not open: it was bound.
    let blob = STANDARD.encode(&wrapped);
    let bare = json!({ "CiphertextBlob": blob, "EncryptionContext": { "bonafide": "root-key" } });
    owner(&server, "Decrypt", bare).await;

    let mut altered = wrapped.clone();
    *altered.last_mut().unwrap() ^= 1;
    assert_eq!(kms.unwrap(&altered).await, Err(KeyServiceError::Damaged));
    let other = service(&keys[1]).unwrap(&wrapped).await;
    assert!(matches!(other, Err(KeyServiceError::Refused { .. })), "{other:?}");
    let none = service("alias/none").wrap(&[3; 32]).await;
    assert!(matches!(none, Err(KeyServiceError::NoKey { .. })), "{none:?}");
}
