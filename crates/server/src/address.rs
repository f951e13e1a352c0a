//! Who asks: the peer, or whom a declared proxy names.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::header::FORWARDED;
use ipnet::IpNet;

/// Headers in which a proxy says for whom it asks.
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of who asks.
///
/// A header counts only when the peer is a declared proxy. The chain is walked
/// from its end, which our own proxy wrote, towards its beginning, which anyone
/// could have written, and stops at the first address that is no proxy's. What
/// cannot be read ends the walk as well: the proxy that passed it on is then the
/// last one believed.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|net| net.contains(address));
    let mut believed = peer.to_canonical();
    if !is_proxy(&believed) {
        return believed;
    }
    for hop in chain(headers).into_iter().rev() {
        let Some(address) = hop else { break };
        believed = address.to_canonical();
        if !is_proxy(&believed) {
            break;
        }
    }
    believed
}

/// Whether a request says that it was passed on by a proxy, declared or not.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED)
}

/// The hops in the order in which they are written; `None` for one that cannot
/// be read. `X-Forwarded-For` is preferred, because a proxy that knows only one
/// of the two passes the other on as the client sent it, and more know this one;
/// with both of them present and differing, nothing is believed.
fn chain(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let plain = hops(headers, X_FORWARDED_FOR, |hop| Some(hop));
    let formal = hops(headers, FORWARDED.as_str(), forwarded_for);
    match (plain.is_empty(), formal.is_empty()) {
        (_, true) => plain,
        (true, false) => formal,
        (false, false) if plain == formal => plain,
        (false, false) => vec![None],
    }
}

fn hops(
    headers: &HeaderMap,
    name: &str,
    address_of: impl Fn(&str) -> Option<&str>,
) -> Vec<Option<IpAddr>> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("unreadable").split(','))
        .map(|hop| address_of(hop.trim()).and_then(address))
        .collect()
}

/// The `for` of one element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then(|| value.trim_matches('"'))
    })
}

/// An address, in brackets and with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn asked(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies: Vec<IpNet> =
            ["10.0.0.0/8", "2001:db8::/32"].map(|net| net.parse().unwrap()).to_vec();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        client(peer.parse().unwrap(), &map, &proxies).to_string()
    }

    #[test]
    fn only_a_declared_proxy_is_believed() {
        let says = [("x-forwarded-for", "198.51.100.1")];
        assert_eq!(asked("203.0.113.9", &says), "203.0.113.9");
        assert_eq!(asked("10.0.0.1", &says), "198.51.100.1");
        assert_eq!(asked("::ffff:10.0.0.1", &says), "198.51.100.1");
        assert_eq!(asked("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        let chain = [("x-forwarded-for", "1.1.1.1, 198.51.100.1, 10.0.0.7")];
        assert_eq!(asked("10.0.0.1", &chain), "198.51.100.1");
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "198.51.100.2")];
        assert_eq!(asked("10.0.0.1", &lines), "198.51.100.2");
        let two = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=1.1.1.1")];
        assert_eq!(asked("10.0.0.1", &two), "10.0.0.1");
        let garbage = [("x-forwarded-for", "1.1.1.1, unknown")];
        assert_eq!(asked("10.0.0.1", &garbage), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_in_its_forms() {
        for (value, expected) in [
            ("for=192.0.2.60;proto=http;by=10.0.0.3", "192.0.2.60"),
            ("For=\"[2001:db9::1]:4711\"", "2001:db9::1"),
            ("for=192.0.2.43, for=\"198.51.100.17:80\"", "198.51.100.17"),
            ("for=_hidden", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
        ] {
            assert_eq!(asked("10.0.0.1", &[("forwarded", value)]), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn nobody_else_moves_the_address(value in "[ -~]{0,60}") {
            let header = [("x-forwarded-for", value.as_str()), ("forwarded", value.as_str())];
            prop_assert_eq!(asked("203.0.113.9", &header), "203.0.113.9");
            asked("10.0.0.1", &header);
        }
    }
}
