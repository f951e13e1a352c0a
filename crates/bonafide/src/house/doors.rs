//! Which house a request belongs to, where regions are kept apart.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use bonafide_context::{Keeper, Region};
use tower::ServiceExt;

/// The doors of all houses of a server.
///
/// Whoever shows a key or a browser's token is let in where the token's region is
/// kept, at whatever name he called; whoever shows none, as a page's visitor, is where
/// the name that he called leads. Nothing of a request was read or written before.
pub(crate) struct Doors {
    home: Router,
    apart: Vec<Door>,
}

/// The door of a region that is kept apart.
pub(crate) struct Door {
    pub(crate) region: Region,
    /// The name at which its people find it.
    pub(crate) host: String,
    pub(crate) router: Router,
}

impl Door {
    /// Whether this is the door's name, or that of a service of a dialect there:
    /// `faceid.us.kyc.example`.
    fn is_at(&self, host: &str) -> bool {
        let of_service = host.split_once('.').is_some_and(|(label, rest)| {
            let services = bonafide_tencent::Service::ALL;
            rest == self.host && services.iter().any(|service| service.name() == label)
        });
        host == self.host || of_service
    }
}

impl Doors {
    pub(crate) fn new(home: Router, apart: Vec<Door>) -> Self {
        Self { home, apart }
    }

    /// All of them as one.
    pub(crate) fn into_router(self) -> Router {
        if self.apart.is_empty() {
            return self.home;
        }
        let doors = Arc::new(self);
        Router::new().fallback(move |request: Request| {
            let doors = doors.clone();
            async move {
                let (asked, body) = request.into_parts();
                let router = doors.of(&asked).clone();
                router.oneshot(Request::from_parts(asked, body)).await
            }
        })
    }

    /// The keeper of O15 at the door.
    fn of(&self, asked: &Parts) -> &Router {
        if !Keeper::Regions.works() {
            return &self.home;
        }
        let region = token(asked).and_then(bonafide_accounts::token_region);
        let host = || host(asked);
        let found = match &region {
            Some(region) => self.apart.iter().find(|door| door.region == *region),
            None => {
                let host = host().unwrap_or_default();
                self.apart.iter().find(|door| door.is_at(&host))
            }
        };
        found.map_or(&self.home, |door| &door.router)
    }
}

/// The token that a request carries.
fn token(asked: &Parts) -> Option<&str> {
    let text = asked.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The name that was called, without a port: lower-case.
fn host(asked: &Parts) -> Option<String> {
    let named = asked.uri.host().map(str::to_owned).or_else(|| {
        let text = asked.headers.get(HOST)?.to_str().ok()?;
        let authority: axum::http::uri::Authority = text.parse().ok()?;
        Some(authority.host().to_owned())
    });
    named.map(|name| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::any;

    use super::*;

    async fn answers(host: &str, token: Option<&str>) -> String {
        let says = |word: &'static str| Router::new().fallback(any(move || async move { word }));
        let region: Region = "us".parse().unwrap();
        let door = Door { region, host: "us.kyc.example".to_owned(), router: says("us") };
        let doors = Doors::new(says("home"), vec![door]).into_router();
        let mut request = Request::builder().uri("/any").header(HOST, host);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = doors.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        String::from_utf8(to_bytes(answer.into_body(), 64).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_request_is_let_in_where_its_key_or_else_its_name_leads() {
        let key = |region: &str| format!("bf_live_{region}_{}_{}", "k".repeat(26), "a".repeat(64));
        assert_eq!(answers("kyc.example", None).await, "home");
        assert_eq!(answers("US.kyc.example:8443", None).await, "us");
        assert_eq!(answers("faceid.us.kyc.example", None).await, "us");
        assert_eq!(answers("other.us.kyc.example", None).await, "home");
        assert_eq!(answers("kyc.example", Some(&key("us"))).await, "us");
        assert_eq!(answers("us.kyc.example", Some(&key("eu"))).await, "home");
        // What is no token leads nowhere; the name does.
        assert_eq!(answers("us.kyc.example", Some("bf_live_us")).await, "us");
        assert_eq!(answers("kyc.example", Some("bf_live_us")).await, "home");
        assert_eq!(answers("kyc.example:x", None).await, "home");
    }
}
