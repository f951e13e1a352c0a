//! Versions of objects: what a bucket keeps of an object that was replaced or
//! deleted, if it was told to.

use std::time::Duration;

use bytes::Bytes;
use object_store::ClientOptions;
use object_store::aws::AmazonS3;
use object_store::client::{
    HttpClient, HttpConnector, HttpErrorKind, HttpRequest, HttpRequestBody, ReqwestConnector,
};
use object_store::path::Path;
use object_store::signer::{Method, SignedUrlOptions, Signer};
use quick_xml::Reader;
use quick_xml::events::Event;
use tokio::sync::OnceCell;

use super::s3;
use super::{ObjectKey, ObjectsError};

/// How long the URL of one request holds; the request is made at once.
const VALID: Duration = Duration::from_secs(60);
/// Answers are lists of names.
const LARGEST_ANSWER: usize = 8 << 20;

/// The requests about versions, which `object_store` does not have.
pub(super) struct Versions {
    store: AmazonS3,
    client: HttpClient,
    kept: OnceCell<bool>,
}

impl Versions {
    pub(super) fn of(store: AmazonS3, options: &ClientOptions) -> Result<Self, ObjectsError> {
        let client = ReqwestConnector::default().connect(options).map_err(s3::error)?;
        Ok(Self { store, client, kept: OnceCell::new() })
    }

    /// Whether this bucket keeps versions, or kept them once. Asked until it was
    /// answered; a store that does not know the question keeps none.
    pub(super) async fn kept(&self) -> Result<bool, ObjectsError> {
        let ask = async || {
            let answer = self.ask(Method::GET, &Path::default(), &[("versioning", "")]).await?;
            let kept = match &answer {
                Answer::Done(xml) => {
                    !texts(xml, b"VersioningConfiguration", &[b"Status"]).is_empty()
                }
                Answer::Unknown => false,
                // It may keep them all the same: their listing shows.
                Answer::Forbidden => {
                    tracing::warn!(
                        "these credentials may not ask whether the bucket keeps versions: \
                         versions are looked for at every deletion"
                    );
                    true
                }
            };
            Ok(kept)
        };
        self.kept.get_or_try_init(ask).await.copied()
    }

    /// Removes an object with every version and every mark of a deletion.
    pub(super) async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectsError> {
        loop {
            let versions = self.list(key).await?;
            if versions.is_empty() {
                return Ok(());
            }
            for version in versions {
                let query = [("versionId", version.as_str())];
                if let Answer::Forbidden = self.ask(Method::DELETE, &s3::path(key)?, &query).await?
                {
                    return Err(forbidden());
                }
            }
        }
    }

    pub(super) async fn list(&self, key: &ObjectKey) -> Result<Vec<String>, ObjectsError> {
        let query = [("versions", ""), ("prefix", key.as_str())];
        let Answer::Done(xml) = self.ask(Method::GET, &Path::default(), &query).await? else {
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

    pub(super) async fn ask(
        &self,
        method: Method,
        path: &Path,
        query: &[(&str, &str)],
    ) -> Result<Answer, ObjectsError> {
        let options = SignedUrlOptions::default().with_query(query.iter().copied());
        let url = self
            .store
            .signed_url_opts(method.clone(), path, VALID, &options)
            .await
            .map_err(s3::error)?;
        let (status, body) = self.send(method, url.as_str(), HttpRequestBody::empty()).await?;
        match status {
            200..300 if body.len() <= LARGEST_ANSWER => Ok(Answer::Done(body)),
            401 | 403 => Ok(Answer::Forbidden),
            404 | 405 | 501 => Ok(Answer::Unknown),
            _ => Err(unavailable("an error of the store")),
        }
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        body: HttpRequestBody,
    ) -> Result<(u16, Bytes), ObjectsError> {
        let mut request = HttpRequest::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().map_err(|_| unavailable("a URL that cannot be asked"))?;
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

    impl Versions {
        /// Tells the bucket to keep versions.
        pub(in crate::objects) async fn keep(&self) {
            let options = SignedUrlOptions::default().with_query([("versioning", "")]);
            let bucket = Path::default();
            let url = self.store.signed_url_opts(Method::PUT, &bucket, VALID, &options);
            let url = url.await.unwrap();
            let body =
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
            assert_eq!(
                self.send(Method::PUT, url.as_str(), body.to_owned().into()).await.unwrap().0,
                200
            );
        }

        /// What a request with a pre-signed URL is answered with.
        pub(in crate::objects) async fn by_url(
            &self,
            method: Method,
            url: &str,
            body: &str,
        ) -> u16 {
            self.send(method, url, body.to_owned().into()).await.unwrap().0
        }
    }
    use proptest::prelude::*;

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
