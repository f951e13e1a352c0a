//! The hosts that a client may have signed, where one of them was sent.

/// Every spelling of the host that a `Host` header stands for, as it was sent first: one
/// SDK signs it without the port that it sends, and a proxy may have added or taken the
/// port that goes without saying.
pub(super) fn spellings(sent: &str) -> Vec<String> {
    let mut all = vec![sent.to_owned()];
    match port(sent) {
        Some(at) => all.push(sent[..at].to_owned()),
        None => all.extend([":443", ":80"].map(|port| format!("{sent}{port}"))),
    }
    all
}

/// Where the port of a host begins, if it has one: not the last part of an IPv6 address,
/// nor what follows a scheme.
fn port(host: &str) -> Option<usize> {
    let at = host.rfind(':')?;
    let digits = &host[at + 1..];
    let is_port = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let is_address = host[..at].contains(':') && !host[..at].contains(['/', ']']);
    (is_port && !is_address).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_tried_with_and_without_its_port() {
        for (sent, others) in [
            ("127.0.0.1:18080", &["127.0.0.1"][..]),
            ("localhost", &["localhost:443", "localhost:80"]),
            ("http://127.0.0.1:18080", &["http://127.0.0.1"]),
            (
                "127.0.0.1:18080/tencent/",
                &["127.0.0.1:18080/tencent/:443", "127.0.0.1:18080/tencent/:80"],
            ),
            ("[::1]:8080", &["[::1]"]),
            ("::1", &["::1:443", "::1:80"]),
            ("host:", &["host::443", "host::80"]),
        ] {
            let all = spellings(sent);
            assert_eq!(all[0], sent);
            assert_eq!(all[1..], *others);
        }
    }
}
