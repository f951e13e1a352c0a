//! Pre-signed URLs of the local store.

use std::time::Duration;

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonafide_context::{Keeper, Timestamp};

use super::{ObjectKey, ObjectsError, Presigned};

/// What a pre-signed URL allows its bearer, once verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which deed, and of how many bytes.
    pub what: Presigned,
    /// With which object.
    pub key: ObjectKey,
}

/// Signs and verifies URLs of the form
/// `{base}/objects/{key}?expires=…[&limit=…]&signature=…`, in this order.
///
/// The signature is HMAC-SHA-256 over method, key, expiry and limit, so a URL
/// for reading does not write, and none of them can be changed.
pub(super) struct UrlSigner {
    base: String,
    key: hmac::Key,
}

impl UrlSigner {
    pub(super) fn new(base: &str, key: &[u8; 32]) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        }
    }

    pub(super) fn sign(
        &self,
        what: Presigned,
        key: &ObjectKey,
        now: Timestamp,
        valid: Duration,
    ) -> String {
        let valid_ms = u64::try_from(valid.as_millis()).unwrap_or(u64::MAX);
        let expires = now.0.saturating_add(valid_ms);
        let limit = match what {
            Presigned::Download => String::new(),
            Presigned::Upload { limit } => format!("&limit={limit}"),
        };
        let signature = URL_SAFE_NO_PAD.encode(self.tag(what, key, expires));
        format!("{}/objects/{key}?expires={expires}{limit}&signature={signature}", self.base)
    }

    pub(super) fn verify(
        &self,
        method: &str,
        key: &str,
        query: &str,
        now: Timestamp,
    ) -> Result<Grant, ObjectsError> {
        let parts = Parts::read(query).ok_or(ObjectsError::BadSignature)?;
        let what = match (method, parts.limit) {
            ("GET", None) => Presigned::Download,
            ("PUT", Some(limit)) => Presigned::Upload { limit },
            _ => return Err(ObjectsError::BadSignature),
        };
        let key: ObjectKey = key.parse().map_err(|_| ObjectsError::BadSignature)?;
        let given =
            URL_SAFE_NO_PAD.decode(parts.signature).map_err(|_| ObjectsError::BadSignature)?;
        if !Keeper::AddressSignatures.works() {
            return Ok(Grant { what, key });
        }
        constant_time::verify_slices_are_equal(
            self.tag(what, &key, parts.expires).as_ref(),
            &given,
        )
        .map_err(|_| ObjectsError::BadSignature)?;
        // After the signature: only who was given a URL learns that it is over.
        if now.0 >= parts.expires {
            return Err(ObjectsError::Expired);
        }
        Ok(Grant { what, key })
    }

    fn tag(&self, what: Presigned, key: &ObjectKey, expires: u64) -> hmac::Tag {
        // Neither a key nor a number holds a line break: no two requests give
        // the same text.
        let text = match what {
            Presigned::Download => format!("bonafide url 1\nGET\n{key}\n{expires}\n"),
            Presigned::Upload { limit } => {
                format!("bonafide url 1\nPUT\n{key}\n{expires}\n{limit}")
            }
        };
        hmac::sign(&self.key, text.as_bytes())
    }
}

struct Parts<'a> {
    expires: u64,
    limit: Option<u64>,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    /// Just as [`UrlSigner::sign`] writes it: nothing else is ever signed.
    fn read(query: &'a str) -> Option<Self> {
        let (expires, rest) = query.strip_prefix("expires=")?.split_once('&')?;
        let (limit, rest) = match rest.strip_prefix("limit=") {
            Some(rest) => {
                let (limit, rest) = rest.split_once('&')?;
                (Some(number(limit)?), rest)
            }
            None => (None, rest),
        };
        let signature = rest.strip_prefix("signature=")?;
        Some(Self { expires: number(expires)?, limit, signature })
    }
}

/// Digits only: `+1` and `01` are numbers to the standard library, and would be
/// a second way to write the same URL.
fn number(text: &str) -> Option<u64> {
    let parsed: u64 = text.parse().ok()?;
    (parsed.to_string() == text).then_some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const NOW: Timestamp = Timestamp(1_000_000);

    fn signer() -> UrlSigner {
        UrlSigner::new("https://kyc.example", &[7; 32])
    }

    fn key() -> ObjectKey {
        "uploads/apac/live/130/1".parse().unwrap()
    }

    fn query(url: &str) -> &str {
        url.split_once('?').unwrap().1
    }

    #[test]
    fn c3_a_url_grants_what_was_signed_until_its_moment() {
        let signer = signer();
        for (method, what) in
            [("GET", Presigned::Download), ("PUT", Presigned::Upload { limit: 5_000_000 })]
        {
            let url = signer.sign(what, &key(), NOW, MINUTE);
            let granted =
                |at: u64| signer.verify(method, key().as_str(), query(&url), Timestamp(at));
            assert_eq!(granted(NOW.0), Ok(Grant { what, key: key() }));
            assert_eq!(granted(NOW.0 + 59_999), Ok(Grant { what, key: key() }));
            assert_eq!(granted(NOW.0 + 60_000), Err(ObjectsError::Expired));
        }
    }

    #[test]
    fn another_method_key_or_server_is_refused() {
        let signer = signer();
        let read = signer.sign(Presigned::Download, &key(), NOW, MINUTE);
        let write = signer.sign(Presigned::Upload { limit: 10 }, &key(), NOW, MINUTE);
        let refused = Err(ObjectsError::BadSignature);
        for method in ["PUT", "DELETE", "get", "HEAD", ""] {
            assert_eq!(signer.verify(method, key().as_str(), query(&read), NOW), refused);
        }
        assert_eq!(signer.verify("GET", key().as_str(), query(&write), NOW), refused);
        for other in ["uploads/apac/live/130/2", "uploads/apac/live/130", "../x", ""] {
            assert_eq!(signer.verify("GET", other, query(&read), NOW), refused);
        }
        let stranger = UrlSigner::new("https://kyc.example", &[8; 32]);
        assert_eq!(stranger.verify("GET", key().as_str(), query(&read), NOW), refused);
    }

    #[test]
    fn replaced_values_are_refused() {
        let signer = signer();
        let url = signer.sign(Presigned::Upload { limit: 10 }, &key(), NOW, MINUTE);
        let query = query(&url);
        let expires = format!("expires={}", NOW.0 + 60_000);
        assert!(query.starts_with(&expires));
        for changed in [
            query.replace("limit=10", "limit=11"),
            query.replace("limit=10", "limit=+10"),
            query.replace("limit=10&", ""),
            query.replace(&expires, "expires=99999999999"),
            query.replace(&expires, "expires=01060000"),
            format!("{query}&limit=11"),
            query.replace("signature=", "signature=A"),
            String::new(),
        ] {
            assert_ne!(changed, query);
            assert_eq!(
                signer.verify("PUT", key().as_str(), &changed, NOW),
                Err(ObjectsError::BadSignature),
                "{changed}"
            );
        }
    }

    #[test]
    fn a_truncated_url_is_refused_at_every_length() {
        let signer = signer();
        let url = signer.sign(Presigned::Download, &key(), NOW, MINUTE);
        let query = query(&url);
        for end in 0..query.len() {
            assert_eq!(
                signer.verify("GET", key().as_str(), &query[..end], NOW),
                Err(ObjectsError::BadSignature)
            );
        }
    }

    proptest! {
        #[test]
        fn no_other_text_is_granted(text in "[a-z0-9=&+%_-]{0,120}", put in any::<bool>()) {
            let method = if put { "PUT" } else { "GET" };
            let verified = signer().verify(method, key().as_str(), &text, NOW);
            prop_assert_eq!(verified, Err(ObjectsError::BadSignature));
        }

        #[test]
        fn a_changed_character_is_refused(at in 0usize..150, to in "[a-zA-Z0-9=&]") {
            let signer = signer();
            let url = signer.sign(Presigned::Upload { limit: 77 }, &key(), NOW, MINUTE);
            let mut changed = query(&url).to_owned();
            let at = at % changed.len();
            changed.replace_range(at..=at, &to);
            prop_assume!(changed != query(&url));
            let verified = signer.verify("PUT", key().as_str(), &changed, NOW);
            prop_assert_eq!(verified, Err(ObjectsError::BadSignature));
        }
    }
}
