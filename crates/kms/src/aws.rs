//! Key services that speak as AWS KMS does: JSON over HTTPS, signed.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Sensitive;
use bonafide_outbound::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use bonafide_outbound::{Answer, Client, Failure, Method, Recipient, Request};
use bonafide_policy::Category;
use bonafide_vault::{KeyService, KeyServiceError};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{HttpRequest, HttpRequestBody};
use serde::Deserialize;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

/// What may be asked of a key, from the first packet to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// An answer is a key and a few names.
const LARGEST_ANSWER: usize = 64 << 10;
/// What the service is told of whatever it wraps, and must be told again to open it.
const ABOUT: (&str, &str) = ("bonafide", "root-key");

/// A key of a key management service, and who may use it.
#[derive(Clone, Debug)]
pub struct AwsKmsSettings {
    /// Where the service is, such as `https://kms.eu-central-1.amazonaws.com`.
    pub url: String,
    /// What requests are signed for, such as `eu-central-1`.
    pub region: String,
    /// The key: its id, its ARN, or `alias/…`.
    pub key: String,
    /// Who uses it.
    pub access_key: String,
    /// How it is known that it is him.
    pub secret_key: Sensitive<String>,
    /// Of credentials that were lent for a while.
    pub session_token: Option<Sensitive<String>>,
}

/// A key service that speaks as AWS KMS does.
pub struct AwsKms {
    settings: AwsKmsSettings,
    credential: AwsCredential,
    client: Client,
}

impl AwsKms {
    /// A service that is called with `client`; nothing is asked of it yet.
    pub fn new(settings: AwsKmsSettings, client: Client) -> Result<Self, KeyServiceError> {
        let wrong = |reason: &str| Err(KeyServiceError::Settings { reason: reason.to_owned() });
        if Url::parse(&settings.url).ok().is_none_or(|url| url.host().is_none()) {
            return wrong("give its address as `https://…`");
        }
        let token = settings.session_token.as_ref().map(|token| token.expose().clone());
        // What goes into headers.
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let said = [&settings.region, &settings.access_key, settings.secret_key.expose()];
        if !said.into_iter().chain(&token).all(|text| plain(text)) {
            return wrong("a region and keys are of letters, digits and signs, without spaces");
        }
        let credential = AwsCredential {
            key_id: settings.access_key.clone(),
            secret_key: settings.secret_key.expose().clone(),
            token,
        };
        Ok(Self { settings, credential, client })
    }

    /// Asks for one of its actions.
    async fn ask(
        &self,
        action: &'static str,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<Answer, KeyServiceError> {
        let unsigned =
            || KeyServiceError::Settings { reason: "it cannot be signed for".to_owned() };
        let url = self.settings.url.trim_end_matches('/').to_owned() + "/";
        let mut signed = HttpRequest::new(HttpRequestBody::from(body.to_vec()));
        *signed.method_mut() = Method::POST;
        *signed.uri_mut() = url.parse().map_err(|_| unsigned())?;
        signed.headers_mut().insert("x-amz-target", HeaderValue::from_static(action));
        let json = HeaderValue::from_static("application/x-amz-json-1.1");
        signed.headers_mut().insert(CONTENT_TYPE, json);
        AwsAuthorizer::new(&self.credential, "kms", &self.settings.region)
            .try_authorize(&mut signed, None)
            .map_err(|_| unsigned())?;
        let mut headers: HeaderMap = signed.headers().clone();
        // Whoever connects writes it, and signed was just that.
        headers.remove(HOST);
        let to = Recipient::Service(Category::Configuration);
        let request = Request {
            headers,
            body: body.to_vec().into(),
            timeout: PATIENCE,
            limit: LARGEST_ANSWER,
            ..Request::new(to, Method::POST, url)
        };
        let answer = self.client.send(request).await.map_err(|failure| match failure {
            Failure::Refused(_) | Failure::Url => {
                KeyServiceError::Settings { reason: failure.to_string() }
            }
            other => KeyServiceError::Unavailable { reason: other.to_string() },
        })?;
        if answer.status == 200 { Ok(answer) } else { Err(refusal(&answer)) }
    }
}

impl std::fmt::Debug for AwsKms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AwsKms").field(&self.settings).finish()
    }
}

#[async_trait]
impl KeyService for AwsKms {
    fn kind(&self) -> &'static str {
        "aws-kms"
    }

    async fn wrap(&self, key: &[u8]) -> Result<Vec<u8>, KeyServiceError> {
        let plain = Zeroizing::new(STANDARD.encode(key));
        let body = json!({
            "KeyId": self.settings.key,
            "Plaintext": *plain,
            "EncryptionContext": { ABOUT.0: ABOUT.1 },
        });
        let body = Zeroizing::new(body.to_string().into_bytes());
        let answer = self.ask("TrentService.Encrypt", body).await?;
        let read: Encrypted = serde_json::from_slice(&answer.body).map_err(|_| nonsense())?;
        STANDARD.decode(read.ciphertext).map_err(|_| nonsense())
    }

    async fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyServiceError> {
        // By name: what another key of theirs opens is not ours.
        let body = json!({
            "KeyId": self.settings.key,
            "CiphertextBlob": STANDARD.encode(wrapped),
            "EncryptionContext": { ABOUT.0: ABOUT.1 },
        });
        let body = Zeroizing::new(body.to_string().into_bytes());
        let answer = self.ask("TrentService.Decrypt", body).await?;
        let read: Decrypted = serde_json::from_slice(&answer.body).map_err(|_| nonsense())?;
        let plain = Zeroizing::new(read.plain);
        STANDARD.decode(&*plain).map(Zeroizing::new).map_err(|_| nonsense())
    }
}

#[derive(Deserialize)]
struct Encrypted {
    #[serde(rename = "CiphertextBlob")]
    ciphertext: String,
}

#[derive(Deserialize)]
struct Decrypted {
    #[serde(rename = "Plaintext")]
    plain: String,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    code: String,
}

fn nonsense() -> KeyServiceError {
    KeyServiceError::Unavailable { reason: "what answers is no key service".to_owned() }
}

/// What an answer means that is none.
fn refusal(answer: &Answer) -> KeyServiceError {
    let Refusal { code } = serde_json::from_slice(&answer.body).unwrap_or_default();
    // `com.amazonaws.kms#DisabledException`, and nothing else of what they say.
    let code = code.rsplit('#').next().unwrap_or_default();
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    let code = if code.is_empty() { format!("status {}", answer.status) } else { code };
    match code.as_str() {
        "DisabledException" | "KMSInvalidStateException" => KeyServiceError::KeyDisabled { code },
        "NotFoundException" => KeyServiceError::NoKey { code },
        "InvalidCiphertextException" | "IncorrectKeyException" => KeyServiceError::Damaged,
        "ThrottlingException"
        | "LimitExceededException"
        | "KeyUnavailableException"
        | "DependencyTimeoutException"
        | "KMSInternalException" => KeyServiceError::Unavailable { reason: code },
        _ if answer.status >= 500 => KeyServiceError::Unavailable { reason: code },
        _ => KeyServiceError::Refused { code },
    }
}

#[cfg(test)]
mod tests {
    use bonafide_outbound::{Guard, Settings};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A service that answers everything with one answer.
    async fn service(status: u16, body: &'static str) -> AwsKms {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let _ = socket.read(&mut [0; 4096]).await;
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        AwsKms::new(settings(url), client()).unwrap()
    }

    fn client() -> Client {
        let own = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
        Client::new(own, &Settings::default()).unwrap()
    }

    fn settings(url: String) -> AwsKmsSettings {
        AwsKmsSettings {
            url,
            region: "eu-central-1".to_owned(),
            key: "alias/bonafide".to_owned(),
            access_key: "AKEXAMPLE".to_owned(),
            secret_key: Sensitive::new("MARKED".to_owned()),
            session_token: None,
        }
    }

    #[tokio::test]
    async fn what_the_service_says_is_told_by_what_to_do() {
        for (status, body, told) in [
            (400, r#"{"__type":"DisabledException","message":"x"}"#, "switched off"),
            (400, r#"{"__type":"com.amazonaws.kms#KMSInvalidStateException"}"#, "switched off"),
            (400, r#"{"__type":"NotFoundException"}"#, "no such key (NotFoundException)"),
            (400, r#"{"__type":"AccessDeniedException"}"#, "refuses (AccessDeniedException)"),
            (403, "<html>", "refuses (status 403)"),
            (400, r#"{"__type":"InvalidCiphertextException"}"#, "damaged"),
            (400, r#"{"__type":"ThrottlingException"}"#, "does not answer (ThrottlingException)"),
            (500, "", "does not answer (status 500)"),
            (200, "{}", "no key service"),
            (200, r#"{"Plaintext":"*"}"#, "no key service"),
            (302, "", "refuses (status 302)"),
        ] {
            let error = service(status, body).await.unwrap(b"wrapped").await.unwrap_err();
            assert!(error.to_string().contains(told), "{status} {body}: {error}");
        }
        let gone = AwsKms::new(settings("http://127.0.0.1:1".to_owned()), client()).unwrap();
        let error = gone.unwrap(b"wrapped").await.unwrap_err();
        assert!(matches!(error, KeyServiceError::Unavailable { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_service_that_nobody_registered_is_not_called() {
        let kms = AwsKms::new(settings("https://1.1.1.1".to_owned()), client()).unwrap();
        let error = kms.unwrap(b"wrapped").await.unwrap_err();
        assert!(error.to_string().contains("not registered"), "{error}");
    }

    #[test]
    fn what_cannot_be_signed_is_refused_and_no_secret_is_shown() {
        let good = settings("https://kms.example".to_owned());
        assert!(!format!("{:?}", AwsKms::new(good.clone(), client())).contains("MARKED"));
        let wrong = [
            AwsKmsSettings { url: "kms.example".to_owned(), ..good.clone() },
            AwsKmsSettings { region: "eu\ncentral".to_owned(), ..good.clone() },
            AwsKmsSettings { secret_key: Sensitive::new(String::new()), ..good },
        ];
        for settings in wrong {
            assert!(AwsKms::new(settings, client()).is_err());
        }
    }
}
