//! The one cookie: the session of a user who logged in.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use bonafide_context::Sensitive;

/// Its name. The prefix makes browsers refuse it from any other host, for any
/// other path and over plain HTTP.
pub const SESSION: &str = "__Host-session";

/// Sessions end after twelve hours, whatever the browser keeps.
const LASTS: u64 = 12 * 3_600;

/// The session's token that a request carries.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let mut found = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == SESSION);
    match (found.next(), found.next()) {
        (Some((_, token)), None) => Some(token),
        // Of two nobody knows which is the user's.
        _ => None,
    }
}

/// The header that gives a browser its session.
pub(crate) fn begun(token: &Sensitive<String>) -> Option<HeaderValue> {
    let token = token.expose();
    HeaderValue::from_str(&format!(
        "{SESSION}={token}; Path=/; Max-Age={LASTS}; Secure; HttpOnly; SameSite=Strict"
    ))
    .ok()
}

/// The header that takes it away.
pub(crate) fn ended() -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "{SESSION}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, line.parse().unwrap())).collect()
    }

    #[test]
    fn the_token_is_found_among_others_and_never_one_of_two() {
        assert_eq!(token(&sent(&["a=b; __Host-session=bfs_1; c=d"])), Some("bfs_1"));
        assert_eq!(token(&sent(&["a=b", "__Host-session=bfs_1"])), Some("bfs_1"));
        assert_eq!(token(&sent(&["__Host-session=x; __Host-session=y"])), None);
        assert_eq!(token(&sent(&["session=bfs_1", ";;=;"])), None);
        assert_eq!(token(&HeaderMap::new()), None);
    }
}
