//! Versions of objects: what a bucket keeps of an object that was replaced or
//! deleted, if it was told to.

use bytes::Bytes;
use object_store::ClientOptions;
use object_store::aws::{AmazonS3, AwsAuthorizer, AwsCredentialProvider};
use object_store::client::{
    HttpClient, HttpConnector, HttpErrorKind, HttpRequest, HttpRequestBody, ReqwestConnector,
};
use object_store::signer::Method;
use quick_xml::Reader;
use quick_xml::events::Event;
use tokio::sync::OnceCell;
use url::Url;

use super::s3;
use super::{ObjectKey, ObjectsError, S3Settings};

/// Answers are lists of names.
const LARGEST_ANSWER: usize = 8 << 20;
/// A listing names up to a thousand versions: a deletion asks for so many.
const ROUNDS: usize = 64;

/// The requests about versions, which `object_store` does not have.
pub(super) struct Versions {
    bucket: Url,
    region: String,
    credentials: AwsCredentialProvider,
    client: HttpClient,
    kept: OnceCell<bool>,
}

impl Versions {
    pub(super) fn of(
        store: &AmazonS3,
        settings: &S3Settings,
        options: &ClientOptions,
    ) -> Result<Self, ObjectsError> {
        let bucket =
            Url::parse(&format!("{}/{}", settings.endpoint, settings.bucket)).map_err(|_| {
                ObjectsError::Settings { reason: "the bucket's address is no URL".to_owned() }
            })?;
        Ok(Self {
            bucket,
            region: settings.region.clone(),
            credentials: store.credentials().clone(),
            client: ReqwestConnector::default().connect(options).map_err(s3::error)?,
            kept: OnceCell::new(),
        })
    }

    /// Whether there is such a bucket, and it answers.
    pub(super) async fn bucket_answers(&self) -> Result<(), ObjectsError> {
        let query = [("list-type", "2"), ("max-keys", "1")];
        match self.ask(Method::GET, None, &query).await? {
            Answer::Done(_) => Ok(()),
            Answer::Forbidden => Err(unavailable("the store refuses these credentials")),
            Answer::Unknown => {
                Err(ObjectsError::Settings { reason: "there is no such bucket".to_owned() })
            }
        }
    }

    /// Whether this bucket keeps versions, or kept them once. Asked until it was
    /// answered; a store that does not know the question keeps none.
    pub(super) async fn kept(&self) -> Result<bool, ObjectsError> {
        let ask = async || {
            let answer = self.ask(Method::GET, None, &[("versioning", "")]).await?;
            let kept = match &answer {
                // `Enabled` or `Suspended`; a bucket that never kept any has none.
                Answer::Done(xml) => xml.windows(8).any(|window| window == b"<Status>"),
                Answer::Unknown => false,
                Answer::Forbidden => {
                    tracing::warn!(
                        "these credentials may not ask whether the bucket keeps versions: if it \
                         does, sealed bytes stay in it after their key is gone"
                    );
                    false
                }
            };
            Ok(kept)
        };
        self.kept.get_or_try_init(ask).await.copied()
    }

    /// Removes an object with every version and every mark of a deletion.
    pub(super) async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectsError> {
        for _ in 0..ROUNDS {
            let versions = self.list(key).await?;
            if versions.is_empty() {
                return Ok(());
            }
            for version in versions {
                let query = [("versionId", version.as_str())];
                if let Answer::Forbidden = self.ask(Method::DELETE, Some(key), &query).await? {
                    return Err(forbidden());
                }
            }
        }
        Err(unavailable("versions are written faster than they can be removed"))
    }

    pub(super) async fn list(&self, key: &ObjectKey) -> Result<Vec<String>, ObjectsError> {
        let query = [("versions", ""), ("prefix", key.as_str())];
        let Answer::Done(xml) = self.ask(Method::GET, None, &query).await? else {
            return Err(forbidden());
        };
        let mut versions = Vec::new();
        for element in [b"Version".as_slice(), b"DeleteMarker"] {
            for found in texts(&xml, element, &[b"Key", b"VersionId"]) {
                // The prefix may be that of a longer key, too.
                match found.as_slice() {
                    [name, version] if name == key.as_str() => versions.push(version.clone()),
                    _ => {}
                }
            }
        }
        Ok(versions)
    }

    /// Asks something of the bucket, or of one object in it.
    pub(super) async fn ask(
        &self,
        method: Method,
        key: Option<&ObjectKey>,
        query: &[(&str, &str)],
    ) -> Result<Answer, ObjectsError> {
        let mut url = self.bucket.clone();
        if let Some(key) = key {
            url.set_path(&format!("{}/{key}", self.bucket.path()));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = request(method, url.as_str(), HttpRequestBody::empty())?;
        let credential = self.credentials.get_credential().await.map_err(s3::error)?;
        AwsAuthorizer::new(&credential, "s3", &self.region)
            .try_authorize(&mut request, None)
            .map_err(s3::error)?;
        let (status, body) = self.send(request).await?;
        match status {
            200..300 if body.len() <= LARGEST_ANSWER => Ok(Answer::Done(body)),
            401 | 403 => Ok(Answer::Forbidden),
            404 | 405 | 501 => Ok(Answer::Unknown),
            _ => Err(unavailable("an error of the store")),
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<(u16, Bytes), ObjectsError> {
        let response = self.client.execute(request).await.map_err(|e| {
            unavailable(match e.kind() {
                HttpErrorKind::Connect => "no connection",
                HttpErrorKind::Timeout => "no answer in time",
                _ => "the connection broke",
            })
        })?;
        let status = response.status().as_u16();
        let body = response.into_body().bytes().await;
        Ok((status, body.map_err(|_| unavailable("the connection broke"))?))
    }
}

fn request(method: Method, url: &str, body: HttpRequestBody) -> Result<HttpRequest, ObjectsError> {
    let mut request = HttpRequest::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().map_err(|_| unavailable("a URL that cannot be asked"))?;
    Ok(request)
}

/// How the store answered, if it did.
pub(super) enum Answer {
    Done(Bytes),
    Forbidden,
    Unknown,
}

fn unavailable(reason: &str) -> ObjectsError {
    ObjectsError::Unavailable { reason: reason.to_owned() }
}

fn forbidden() -> ObjectsError {
    unavailable("these credentials may not remove versions")
}

/// For each `element`, the texts of those of its children that are named, in
/// the order of the names; elements that lack one are left out, and so is
/// everything behind what is no XML.
fn texts(xml: &[u8], element: &[u8], children: &[&[u8]]) -> Vec<Vec<String>> {
    let mut reader = Reader::from_reader(xml);
    let mut found = Vec::new();
    let mut current: Option<Vec<Option<String>>> = None;
    let mut child = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let name = start.local_name();
                if name.as_ref() == element {
                    current = Some(vec![None; children.len()]);
                }
                child = children.iter().position(|c| *c == name.as_ref());
            }
            Ok(Event::Text(text)) => {
                if let (Some(current), Some(at), Ok(text)) =
                    (current.as_mut(), child, text.decode())
                    && let Some(place) = current.get_mut(at)
                {
                    *place = Some(text.into_owned());
                }
            }
            Ok(Event::End(end)) => {
                child = None;
                if end.local_name().as_ref() == element {
                    found.extend(current.take().and_then(|c| c.into_iter().collect()));
                }
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Versions {
        /// Tells the bucket to keep versions.
        pub(in crate::objects) async fn keep(&self) {
            let mut url = self.bucket.clone();
            url.set_query(Some("versioning="));
            let body =
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
            let mut request = request(Method::PUT, url.as_str(), body.to_owned().into()).unwrap();
            let credential = self.credentials.get_credential().await.unwrap();
            AwsAuthorizer::new(&credential, "s3", &self.region)
                .try_authorize(&mut request, None)
                .unwrap();
            assert_eq!(self.send(request).await.unwrap().0, 200);
        }

        /// What a request with a pre-signed URL is answered with.
        pub(in crate::objects) async fn by_url(
            &self,
            method: Method,
            url: &str,
            body: &str,
        ) -> u16 {
            let request = request(method, url, body.to_owned().into()).unwrap();
            self.send(request).await.unwrap().0
        }
    }

    #[test]
    fn versions_and_marks_are_read_from_the_listing() {
        let xml = br#"<?xml version="1.0"?>
            <ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Name>kyc</Name><Prefix>a/b</Prefix>
              <Version><Key>a/b</Key><VersionId>v-2</VersionId><IsLatest>true</IsLatest></Version>
              <Version><Key>a/bc</Key><VersionId>v-1</VersionId></Version>
              <DeleteMarker><Key>a/b</Key><VersionId>null</VersionId></DeleteMarker>
              <Version><Key>a/b</Key></Version>
            </ListVersionsResult>"#;
        let pairs = |element: &[u8]| texts(xml, element, &[b"Key", b"VersionId"]);
        assert_eq!(pairs(b"Version"), [["a/b", "v-2"], ["a/bc", "v-1"]]);
        assert_eq!(pairs(b"DeleteMarker"), [["a/b", "null"]]);
        assert_eq!(pairs(b"Nothing"), Vec::<Vec<String>>::new());
    }

    proptest! {
        #[test]
        fn any_bytes_give_some_list(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            texts(&bytes, b"Version", &[b"Key", b"VersionId"]);
        }
    }
}
