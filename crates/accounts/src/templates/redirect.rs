//! Where a person's browser may be sent afterwards.

use std::net::IpAddr;

use url::{Host, Url};

const LENGTH_MAX: usize = 2_000;

/// What is wrong with an address to be sent to; it has to be https, or http to
/// the machine itself, absolute, and without a name and password in it.
pub(super) fn check_address(text: &str) -> Result<Url, &'static str> {
    if text.len() > LENGTH_MAX {
        return Err("an address has at most 2000 characters");
    }
    // The parser drops tabs and line breaks silently; what was checked must be
    // what is sent.
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err("an address has no spaces, control characters or backslashes");
    }
    let url = Url::parse(text)
        .map_err(|_| "write an absolute address, like `https://shop.example/welcome`")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address carries no user name and no password");
    }
    match url.scheme() {
        "https" if url.host().is_some() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("an address begins with https:// (http:// only to this machine itself)"),
    }
}

/// What is wrong with an origin: it is scheme, host and port, and nothing else.
pub(super) fn check_origin(text: &str) -> Result<(), &'static str> {
    if text.contains('*') {
        return Err("origins are compared exactly: name each one, without `*`");
    }
    if origin(&check_address(text)?) == text {
        Ok(())
    } else {
        Err("an origin is scheme and host (and port), like `https://shop.example`, nothing behind")
    }
}

/// Scheme, host and port of an address, as browsers write it.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_https_and_the_own_machine() {
        for good in [
            "https://shop.example/welcome?a=b#c",
            "http://localhost:8080/back",
            "http://127.0.0.1/",
            "http://[::1]:3000/x",
        ] {
            assert!(check_address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/welcome",
            "http://shop.example/",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "https://user:secret@shop.example/",
            "https://user@shop.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "java\tscript:alert(1)",
            "https:\\\\evil.example",
            "ftp://shop.example/",
            "https://",
            "//shop.example/",
        ] {
            assert!(check_address(bad).is_err(), "{bad}");
        }
        assert!(check_address(&format!("https://a.example/{}", "x".repeat(2_000))).is_err());
    }

    #[test]
    fn an_origin_is_exact() {
        for good in ["https://shop.example", "https://shop.example:8443", "http://localhost:3000"] {
            assert!(check_origin(good).is_ok(), "{good}");
        }
        for bad in [
            "https://shop.example/",
            "https://shop.example:443",
            "https://SHOP.example",
            "https://*.example",
            "https://shop.example?x",
        ] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            if let Ok(url) = check_address(&text) {
                prop_assert!(matches!(url.scheme(), "https" | "http"));
                prop_assert_eq!(check_origin(&origin(&url)), Ok(()));
            }
        }
    }
}
