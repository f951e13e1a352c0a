//! `/objects/{key}`: the pre-signed URLs of the local object store. The
//! signature is the whole permission, as it is with a bucket's own URLs.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use bonafide_context::{CallId, Clock, Keeper};
use bonafide_vault::Objects;
use bonafide_vault::objects::{Directory, Grant, ObjectsError, Presigned};
use md5::{Digest, Md5};

use crate::problem::{Code, Problem};

/// Bytes of an object that are handed out: more than any picture that is let in.
const DOWNLOAD: u64 = 256 << 20;

/// What the route needs.
#[derive(Clone)]
struct Store {
    directory: Arc<Directory>,
    clock: Arc<dyn Clock>,
}

/// The route for the URLs that `directory` signs.
pub fn local_objects(directory: Arc<Directory>, clock: Arc<dyn Clock>) -> Router {
    let store = Store { directory, clock };
    Router::new().route("/objects/{*key}", get(download).put(upload)).with_state(store)
}

impl Store {
    fn grant(
        &self,
        method: &Method,
        key: &str,
        query: Option<&str>,
    ) -> Result<Grant, ObjectsError> {
        let query = query.unwrap_or_default();
        self.directory.verify(method.as_str(), key, query, self.clock.now())
    }
}

async fn download(
    State(store): State<Store>,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let call = request.extensions().get().copied();
    let found = match store.grant(request.method(), &key, request.uri().query()) {
        Ok(grant) => store.directory.get(&grant.key, DOWNLOAD).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        Err(error) => refused(&error, call),
    }
}

async fn upload(State(store): State<Store>, Path(key): Path<String>, request: Request) -> Response {
    let call = request.extensions().get().copied();
    let grant = store.grant(request.method(), &key, request.uri().query());
    let said = request.headers().get(CONTENT_MD5).map(|value| value.as_bytes().to_vec());
    let stored = async {
        let grant = grant?;
        let Presigned::Upload { limit } = grant.what else {
            return Err(ObjectsError::BadSignature.into());
        };
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let body = axum::body::to_bytes(request.into_body(), most).await;
        let bytes = body.map_err(|_| ObjectsError::TooLarge { limit })?;
        whole(&bytes, said.as_deref())?;
        Ok(store.directory.put(&grant.key, bytes).await?)
    };
    match stored.await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(problem) => answered(&problem, call),
    }
}

/// What the bytes of an upload have to add up to (RFC 1864), as buckets check it:
/// a picture that was damaged on its way is sent again, not judged.
const CONTENT_MD5: &str = "content-md5";

fn whole(bytes: &[u8], said: Option<&[u8]>) -> Result<(), Problem> {
    let Some(said) = said else { return Ok(()) };
    let sum = Md5::digest(bytes);
    if BASE64.decode(said).is_ok_and(|said| said[..] == sum[..]) || !Keeper::Sums.works() {
        return Ok(());
    }
    Err(Problem::new(
        Code::InvalidRequest,
        "these are not the bytes that `Content-MD5` was computed of: send them again",
    ))
}

/// The error under the name that the door gave the request.
fn refused(error: &ObjectsError, call: Option<CallId>) -> Response {
    answered(&problem(error), call)
}

fn answered(problem: &Problem, call: Option<CallId>) -> Response {
    match call {
        Some(call) => problem.answer(call),
        None => problem.code().status().into_response(),
    }
}

impl From<ObjectsError> for Problem {
    fn from(error: ObjectsError) -> Self {
        problem(&error)
    }
}

fn problem(error: &ObjectsError) -> Problem {
    match error {
        ObjectsError::Missing => Problem::new(Code::NotFound, "there is no such object"),
        ObjectsError::TooLarge { .. } => {
            Problem::new(Code::TooLarge, "send no more bytes than the URL was made for")
        }
        ObjectsError::BadSignature | ObjectsError::Expired => Problem::new(
            Code::TokenRefused,
            "this URL is not valid for this, or not any more: ask for a new one",
        ),
        _ => Problem::new(Code::StoreUnavailable, "the object store does not answer: try again"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::Request;
    use bonafide_context::{FixedClock, Timestamp};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    const NOW: Timestamp = Timestamp(1_795_000_000_000);

    struct House {
        directory: Arc<Directory>,
        clock: Arc<FixedClock>,
        router: Router,
        _folder: tempfile::TempDir,
    }

    fn house() -> House {
        let folder = tempfile::tempdir().unwrap();
        let directory = Arc::new(Directory::open(folder.path()).unwrap());
        directory.serve_at("http://kyc.test", &[7; 32]);
        let clock = Arc::new(FixedClock::at(NOW));
        let router = local_objects(directory.clone(), clock.clone());
        House { directory, clock, router, _folder: folder }
    }

    impl House {
        async fn url(&self, what: Presigned) -> String {
            let key = "inbox/a.jpg".parse().unwrap();
            let url = self.directory.presign(what, &key, NOW, Duration::from_secs(60)).await;
            url.unwrap().strip_prefix("http://kyc.test").unwrap().to_owned()
        }

        async fn ask(&self, method: &str, path: &str, body: &'static str) -> (u16, Vec<u8>) {
            let request = Request::builder().method(method).uri(path).body(Body::from(body));
            let answer = self.router.clone().oneshot(request.unwrap()).await.unwrap();
            let status = answer.status().as_u16();
            (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
        }
    }

    #[tokio::test]
    async fn m8_what_does_not_add_up_is_not_taken() {
        let house = house();
        let url = house.url(Presigned::Upload { limit: 100 }).await;
        let put = async |sum: &str| {
            let request = Request::put(&url).header("content-md5", sum);
            let request = request.body(Body::from("bona fide")).unwrap();
            house.router.clone().oneshot(request).await.unwrap().status().as_u16()
        };
        // Of another text, of none, cut, and no base64.
        for wrong in ["1B2M2Y8AsgTpgAmY7PhCfg==", "", "kK0", "?"] {
            assert_eq!(put(wrong).await, 400, "{wrong}");
            assert_eq!(house.ask("GET", &house.url(Presigned::Download).await, "").await.0, 404);
        }
        let right = BASE64.encode(Md5::digest("bona fide"));
        assert_eq!(put(&right).await, 200);
    }

    #[tokio::test]
    async fn c3_what_is_uploaded_by_a_url_is_downloaded_by_another() {
        let house = house();
        let (up, down) =
            (house.url(Presigned::Upload { limit: 5 }).await, house.url(Presigned::Download).await);
        assert_eq!(house.ask("GET", &down, "").await.0, 404);
        assert_eq!(house.ask("PUT", &up, "bytes").await.0, 200);
        assert_eq!(house.ask("GET", &down, "").await, (200, b"bytes".to_vec()));
    }

    #[tokio::test]
    async fn c3_a_url_is_good_for_one_deed_one_object_one_time_and_one_size() {
        let house = house();
        let (up, down) =
            (house.url(Presigned::Upload { limit: 5 }).await, house.url(Presigned::Download).await);
        assert_eq!(house.ask("PUT", &down, "bytes").await.0, 403);
        assert_eq!(house.ask("GET", &up, "").await.0, 403);
        assert_eq!(house.ask("PUT", &up.replace("a.jpg", "b.jpg"), "bytes").await.0, 403);
        assert_eq!(house.ask("PUT", "/objects/inbox/a.jpg", "bytes").await.0, 403);
        assert_eq!(house.ask("PUT", &up, "too many").await.0, 413);
        house.clock.advance(Duration::from_secs(60));
        assert_eq!(house.ask("PUT", &up, "bytes").await.0, 403);
    }
}
