//! `/log/…`: the transparency log for whoever wants to check it, as C2SP tlog-tiles
//! has it: the checkpoint, the tiles of hashes, the bundles of entries (row M5).
//!
//! Nobody has to say who he is. What stands there is what every reader of a
//! receipt may see of its leaf: when, why, how much and under which policy; whom
//! it concerns is a salted commitment, and what a key was called a hash under a
//! secret.

use std::io::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response};
use axum::routing::get;
use bonafide_context::{Answered, CallId, ClientAddress};
use bonafide_transparency::storage::Resource;
use bonafide_transparency::tile::Kind;
use bonafide_transparency::{Storage as _, Tile};
use bonafide_vault::LogStorage;
use bonafide_verify::App;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::problem::{Code, Problem};

/// What the routes are counted as.
const NAME: &str = "log";
/// Below which path the log stands.
const PREFIX: &str = "/log/";

/// What nobody may keep: the newest checkpoint is another in a moment.
const NEVER: HeaderValue = HeaderValue::from_static("no-store");
/// What is written once and never again.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What is never another either, and goes once the full tile is there.
const FOR_A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// The routes of the published log. Every request needs a [`ClientAddress`] in its
/// extensions.
pub fn public_log(app: Arc<App>) -> Router {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/tile/{*path}", get(tile))
        .with_state(app)
}

async fn checkpoint(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (asked, _) = request.into_parts();
    answer(&asked, newest(&app, &asked).await)
}

async fn tile(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (asked, _) = request.into_parts();
    answer(&asked, stored(&app, &asked).await)
}

/// What is answered: a body and what to say of it.
struct Found {
    kind: HeaderValue,
    keep: HeaderValue,
    packed: bool,
    bytes: Vec<u8>,
}

async fn newest(app: &App, asked: &Parts) -> Result<Found, Problem> {
    admitted(app, asked)?;
    let checkpoint = app.vault().checkpoint().await?.ok_or_else(missing)?;
    let bytes = checkpoint.to_text().into_bytes();
    Ok(Found { kind: TEXT, keep: NEVER, packed: false, bytes })
}

async fn stored(app: &App, asked: &Parts) -> Result<Found, Problem> {
    admitted(app, asked)?;
    // As it was asked for: each tile has one spelling, and `%` is in none.
    let path = asked.uri.path().strip_prefix(PREFIX).ok_or_else(missing)?;
    let tile: Tile = path.parse().map_err(|_| missing())?;
    let storage = LogStorage::new(Arc::clone(app.records()));
    let found = storage.get(&Resource::Tile(tile), tile.max_bytes()).await;
    let found = found.map_err(bonafide_vault::VaultError::from)?.ok_or_else(missing)?;
    let keep = if tile.is_full() { FOR_GOOD } else { FOR_A_WHILE };
    // Hashes are as long packed as they are.
    let packed = tile.kind() == Kind::Entries && takes_gzip(&asked.headers);
    Ok(match packed.then(|| gzip(&found).ok()).flatten() {
        Some(bytes) => Found { kind: BYTES, keep, packed: true, bytes },
        None => Found { kind: BYTES, keep, packed: false, bytes: found },
    })
}

/// Whether the caller's address may ask again, and there is something to show: what
/// was restored and is not checked may be an older log than was shown before.
fn admitted(app: &App, asked: &Parts) -> Result<(), Problem> {
    let address = asked.extensions.get::<ClientAddress>().copied();
    let address = address.ok_or_else(Problem::internal)?;
    app.accounts().admit_address(address.0)?;
    if app.vault().is_unchecked() {
        return Err(bonafide_vault::VaultError::RestoreUnchecked.into());
    }
    Ok(())
}

fn missing() -> Problem {
    Problem::new(
        Code::NotFound,
        "the log has no such resource: `checkpoint` says how large it is, C2SP tlog-tiles how its \
         tiles are called",
    )
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        // A weight of nothing is a refusal.
        named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn answer(asked: &Parts, found: Result<Found, Problem>) -> Response<Body> {
    let call = asked.extensions.get::<CallId>().copied();
    let (mut response, outcome, code) = match found {
        Ok(Found { kind, keep, packed, bytes }) => {
            let mut response = Response::new(Body::from(bytes));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, kind);
            headers.insert(CACHE_CONTROL, keep);
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
            if packed {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            // Verifiers that run in a browser of another site may read it, too.
            headers.insert(EVERYWHERE, HeaderValue::from_static("*"));
            (response, "ok", "")
        }
        Err(problem) => {
            let code = problem.code().as_str();
            let response = match call {
                Some(call) => problem.answer(call),
                None => {
                    let mut response = Response::new(Body::empty());
                    *response.status_mut() = problem.code().status();
                    response
                }
            };
            let outcome = if response.status().is_server_error() { "failed" } else { "refused" };
            (response, outcome, code)
        }
    };
    let answered = Answered { call: None, interface: NAME, outcome, code };
    response.extensions_mut().insert(answered);
    response
}

/// The log is for everybody.
const EVERYWHERE: HeaderName = HeaderName::from_static("access-control-allow-origin");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_refuses_gzip_gets_none() {
        let takes = |text: &'static str| {
            takes_gzip(&[(ACCEPT_ENCODING, HeaderValue::from_static(text))].into_iter().collect())
        };
        assert!(takes("gzip") && takes("br, GZIP;q=0.5") && takes("deflate,gzip"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("br, gzip; q=0.0"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
