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
#[error("write a network as 192.0.2.0/24 or 2001:db8::/32, with no bits set behind the prefix")]
pub struct NetworkError;

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address.to_canonical()),
            Err(_) => canonical(text.parse().map_err(|_| NetworkError)?)?,
        };
        // Bits behind the prefix are a slip: which of the two was meant?
        if network.addr() == network.network() { Ok(Self(network)) } else { Err(NetworkError) }
    }
}

/// A network of IPv4 that is written within IPv6, as one of IPv4.
fn canonical(network: IpNet) -> Result<IpNet, NetworkError> {
    const MAPPED_BITS: u8 = 96;
    let address = network.addr().to_canonical();
    match (network.addr(), address) {
        (IpAddr::V6(_), IpAddr::V4(_)) if network.prefix_len() >= MAPPED_BITS => {
            IpNet::new(address, network.prefix_len() - MAPPED_BITS).map_err(|_| NetworkError)
        }
        _ => Ok(network),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lies_in(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn both_families_and_one_within_the_other() {
        assert!(lies_in("192.0.2.0/24", "192.0.2.200"));
        assert!(!lies_in("192.0.2.0/24", "192.0.3.1"));
        assert!(lies_in("192.0.2.7", "192.0.2.7") && !lies_in("192.0.2.7", "192.0.2.8"));
        assert!(lies_in("2001:db8::/32", "2001:db8:1::5"));
        assert!(!lies_in("2001:db8::/32", "2001:db9::5"));
        for (network, address) in [
            ("192.0.2.0/24", "::ffff:192.0.2.200"),
            ("::ffff:192.0.2.0/120", "192.0.2.200"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
        ] {
            assert!(lies_in(network, address), "{network} {address}");
        }
        // Everything of IPv6 is not everything of IPv4.
        assert!(!lies_in("::/0", "192.0.2.1") && lies_in("0.0.0.0/0", "::ffff:192.0.2.1"));
    }

    #[test]
    fn what_could_be_meant_otherwise_is_refused() {
        for bad in ["", "192.0.2.1/24", "192.0.2.0/33", "192.0.2/24", "2001:db8::1/32", "localhost"]
        {
            assert_eq!(bad.parse::<Network>(), Err(NetworkError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_network_round_trips(bits in any::<u128>(), prefix in 0u8..=128) {
            let network = IpNet::new(IpAddr::V6(bits.into()), prefix).unwrap().trunc();
            if let Ok(read) = network.to_string().parse::<Network>() {
                prop_assert_eq!(read.to_string().parse::<Network>(), Ok(read));
            }
        }
    }
}
