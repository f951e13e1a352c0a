//! Which addresses may be called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Lets through public addresses, and what the operator has allowed beyond.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Vec<IpNet>,
}

/// Why a URL may not be called. Names no host and no address: a customer who
/// chose the URL shall not learn what lies in the operator's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not `https`, and not `http` to an allowed network.
    #[error("the URL must begin with https://")]
    Scheme,
    /// The URL has no host, or carries a user name or password.
    #[error("the URL must name a host and carry no user name")]
    Host,
    /// The address is private, local or reserved.
    #[error("the URL leads to an address that is not public: the operator may allow its network")]
    Address,
    /// Whoever is called is neither the operator's own nor registered.
    #[error(
        "this service is not registered: name its host among the policy's subprocessors, or its \
         network in `outbound.allow_networks` if it is your own"
    )]
    Unregistered,
}

impl Guard {
    /// Public addresses, and these networks besides.
    pub fn allowing(networks: Vec<IpNet>) -> Self {
        Self { allowed: networks }
    }

    /// Whether the operator has allowed the network of this address by name.
    pub fn allows_by_name(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address))
    }

    /// Whether this address may be called.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.allows_by_name(address) || is_public(address)
    }

    /// Whether a URL names an address outside the operator's own networks; where
    /// a host name leads is judged when it is resolved.
    pub(crate) fn is_foreign(&self, url: &url::Url) -> bool {
        match url.host() {
            Some(url::Host::Ipv4(v4)) => !self.allows_by_name(IpAddr::V4(v4)),
            Some(url::Host::Ipv6(v6)) => !self.allows_by_name(IpAddr::V6(v6)),
            Some(url::Host::Domain(_)) | None => false,
        }
    }

    /// Whether a URL may be called as far as its text shows; the addresses of
    /// a host name are judged when it is resolved.
    pub fn check(&self, url: &url::Url) -> Result<(), Refusal> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Host);
        }
        let address = match url.host().ok_or(Refusal::Host)? {
            url::Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
            url::Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
            url::Host::Domain(_) => None,
        };
        if address.is_some_and(|address| !self.allows(address)) {
            return Err(Refusal::Address);
        }
        match url.scheme() {
            "https" => Ok(()),
            // Without encryption only where the operator has said so: an
            // allowed address, or a name, whose addresses are then held to the
            // allowed networks alone.
            "http" if address.is_some_and(|address| self.allows_by_name(address)) => Ok(()),
            "http" if address.is_none() && !self.allowed.is_empty() => Ok(()),
            _ => Err(Refusal::Scheme),
        }
    }
}

/// Whether an address is one of the public Internet: the special-purpose
/// registries of IANA (RFC 6890 and its updates) list what is not.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 192 && b == 168)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, c, ..] = v6.segments();
    let embedded = |high: u16, low: u16| {
        let [h0, h1] = high.to_be_bytes();
        let [l0, l1] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(h0, h1, l0, l1))
    };
    let [.., g, h] = v6.segments();
    match (a, b) {
        // Translated and tunnelled addresses reach what they embed.
        (0x64, 0xff9b) => c == 0 && embedded(g, h),
        (0x2002, _) => embedded(b, c),
        // Teredo, benchmarking, ORCHID, documentation.
        (0x2001, 0..0x200 | 0xdb8) => false,
        (0x3fff, 0..0x1000) => false,
        // Everything outside 2000::/3 is local, multicast or reserved.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> url::Url {
        text.parse().unwrap()
    }

    #[test]
    fn private_addresses_are_refused_in_every_spelling() {
        let guard = Guard::default();
        for bad in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://0/",
            "https://10.0.0.1/",
            "https://100.64.0.1/",
            "https://169.254.169.254/latest",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a00:1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[fc00::1]/",
            "https://[fe80::1]/",
            "https://[ff02::1]/",
        ] {
            assert_eq!(guard.check(&url(bad)), Err(Refusal::Address), "{bad}");
        }
        for good in ["https://1.1.1.1/", "https://[2606:4700::1111]/", "https://example.com/hook"] {
            assert_eq!(guard.check(&url(good)), Ok(()), "{good}");
        }
    }

    #[test]
    fn plain_http_and_user_names_are_refused() {
        let guard = Guard::default();
        assert_eq!(guard.check(&url("http://example.com/")), Err(Refusal::Scheme));
        assert_eq!(guard.check(&url("http://1.1.1.1/")), Err(Refusal::Scheme));
        assert_eq!(guard.check(&url("ftp://example.com/")), Err(Refusal::Scheme));
        assert_eq!(guard.check(&url("https://user@example.com/")), Err(Refusal::Host));
        assert_eq!(guard.check(&url("file:///etc/passwd")), Err(Refusal::Host));
    }

    #[test]
    fn the_operator_may_allow_a_network() {
        let guard = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
        assert_eq!(guard.check(&url("http://127.0.0.1:9000/")), Ok(()));
        assert_eq!(guard.check(&url("http://[::ffff:127.0.0.1]/")), Ok(()));
        assert_eq!(guard.check(&url("http://10.0.0.1/")), Err(Refusal::Address));
        assert_eq!(guard.check(&url("http://1.1.1.1/")), Err(Refusal::Scheme));
    }
}
