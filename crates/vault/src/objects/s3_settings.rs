//! How a bucket is named.

use std::borrow::Cow;
use std::str::FromStr;

use bonafide_context::Sensitive;
use url::{Url, form_urlencoded};

use super::ObjectsError;

/// Where a bucket is and who may use it.
///
/// As a URL: `s3+https://ACCESS:SECRET@host:port/bucket?region=eu-1`. Plain
/// HTTP only where the URL says `s3+http://`. `region` is `us-east-1` if it is
/// not given; the credentials may be left out and given by
/// [`S3Settings::with_credentials`], so that they need not stand in a file with
/// other settings.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// Scheme, host and port.
    pub endpoint: String,
    /// Its name.
    pub bucket: String,
    /// What the store signs with; most stores take any.
    pub region: String,
    /// Who may use it.
    pub credentials: Option<S3Credentials>,
}

/// Who may use a bucket.
#[derive(Clone, Debug)]
pub struct S3Credentials {
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: Sensitive<String>,
}

impl S3Settings {
    /// The same bucket, used as this user.
    #[must_use]
    pub fn with_credentials(mut self, credentials: S3Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    pub(super) fn plain_http(&self) -> bool {
        self.endpoint.starts_with("http://")
    }
}

impl FromStr for S3Settings {
    type Err = ObjectsError;

    fn from_str(text: &str) -> Result<Self, ObjectsError> {
        // The text may hold a secret: no error repeats it.
        let refused = |reason: &str| ObjectsError::Settings { reason: reason.to_owned() };
        let form = "write the bucket as s3+https://host:port/bucket?region=…";
        let url = Url::parse(text).map_err(|_| refused(form))?;
        let scheme = match url.scheme() {
            "s3+https" => "https",
            "s3+http" => "http",
            _ => return Err(refused(form)),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| refused(form))?;
        let bucket = url.path().trim_matches('/');
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b);
        if bucket.is_empty() || !bucket.bytes().all(plain) {
            return Err(refused("a bucket's name is of a-z, 0-9, `.`, `_` and `-`"));
        }
        let mut region = "us-east-1".to_owned();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "region" => region = value.into_owned(),
                _ => return Err(refused("of a bucket's URL only `region` is known")),
            }
        }
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (access_key, Some(secret_key)) if !access_key.is_empty() => Some(S3Credentials {
                access_key: decoded(access_key),
                secret_key: Sensitive::new(decoded(secret_key)),
            }),
            _ => return Err(refused("give both keys of the bucket, or none")),
        };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self {
            endpoint: format!("{scheme}://{host}{port}"),
            bucket: bucket.to_owned(),
            region,
            credentials,
        })
    }
}

/// Percent-decoded; a `+` is a `+` here.
fn decoded(text: &str) -> String {
    let text = text.replace('+', "%2B");
    let decoded =
        form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name).next().map(Cow::into_owned);
    decoded.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_bucket() {
        let settings: S3Settings =
            "s3+http://AKIA:a%2Fb+c%3Dd@127.0.0.1:5000/kyc-eu?region=eu-1".parse().unwrap();
        assert_eq!(settings.endpoint, "http://127.0.0.1:5000");
        assert_eq!((settings.bucket.as_str(), settings.region.as_str()), ("kyc-eu", "eu-1"));
        assert!(settings.plain_http());
        assert!(!format!("{settings:?}").contains("a/b"));
        let credentials = settings.credentials.unwrap();
        assert_eq!(credentials.access_key, "AKIA");
        assert_eq!(credentials.secret_key.expose(), "a/b+c=d");

        let bare: S3Settings = "s3+https://s3.example/kyc".parse().unwrap();
        assert_eq!((bare.endpoint.as_str(), bare.plain_http()), ("https://s3.example", false));
        assert!(bare.credentials.is_none());
        assert!(super::super::S3::new(&bare).is_err());
    }

    #[test]
    fn what_names_no_bucket_is_refused_without_its_secret() {
        for bad in [
            "",
            "s3://kyc",
            "https://AKIA:sesame@host/kyc",
            "s3+http://AKIA:sesame@host",
            "s3+http://AKIA:sesame@host/a/b",
            "s3+http://AKIA:sesame@host/kyc?regoin=eu",
            "s3+http://AKIA@host/kyc",
            "s3+http://AKIA:sesame@/kyc",
        ] {
            let error = bad.parse::<S3Settings>().unwrap_err();
            assert!(!error.to_string().contains("sesame"), "{error}");
        }
    }
}
