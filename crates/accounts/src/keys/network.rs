//! From where a key may be used.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// How many networks a key may name.
pub const NETWORKS_MAX: usize = 64;

/// A network in CIDR notation, or a single address. Addresses of IPv4 that are
/// written within IPv6 (`::ffff:192.0.2.1`) are those of IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpNet);

impl Network {
    /// Whether the address lies within.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a network could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a network as 192.0.2.0/24 or 2001:db8::/32, without bits behind the prefix")]
pub struct NetworkError;

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let _ = text;
        todo!()
    }
}
