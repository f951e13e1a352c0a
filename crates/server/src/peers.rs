//! How many connections are open, or requests worked on, in all and for one
//! address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// What is open.
#[derive(Debug, Default)]
pub(crate) struct Peers(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// Why one more is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooMany {
    /// Too many in all.
    InAll,
    /// Too many from this address.
    FromOne,
}

/// One connection or request; it counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    peers: Arc<Peers>,
    of: Option<IpAddr>,
}

impl Peers {
    /// Takes a place for `address`, which is `None` for the connection of a
    /// declared proxy: many people are behind it.
    pub(crate) fn enter(
        self: &Arc<Self>,
        address: Option<IpAddr>,
        most: usize,
        most_of_one: usize,
    ) -> Result<Place, TooMany> {
        let of = address.map(network);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= most {
            return Err(TooMany::InAll);
        }
        if let Some(of) = of {
            let count = open.of.entry(of).or_default();
            if *count >= most_of_one {
                return Err(TooMany::FromOne);
            }
            *count += 1;
        }
        open.all += 1;
        Ok(Place { peers: Arc::clone(self), of })
    }

    /// Open now.
    pub(crate) fn open(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        if let Some(of) = self.of
            && let Some(count) = open.of.get_mut(&of)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.of.remove(&of);
            }
        }
    }
}

/// What counts as one address: a /64 in IPv6, since whoever has one address
/// there has them all.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).into(),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let peers = Arc::new(Peers::default());
        let enter = |address: &str| peers.enter(Some(address.parse().unwrap()), 4, 2);
        let first = enter("192.0.2.1").unwrap();
        let _second = enter("::ffff:192.0.2.1").unwrap();
        assert_eq!(enter("192.0.2.1").unwrap_err(), TooMany::FromOne);
        let _third = enter("2001:db8::1").unwrap();
        let _proxy = peers.enter(None, 4, 2).unwrap();
        assert_eq!(enter("192.0.2.2").unwrap_err(), TooMany::InAll);
        drop(first);
        let again = enter("192.0.2.1").unwrap();
        drop(again);
        let _fourth = enter("2001:db8::2").unwrap();
        assert_eq!(enter("2001:db8::3").unwrap_err(), TooMany::InAll);
        assert_eq!(peers.open(), 4);
    }

    #[test]
    fn nothing_is_kept_of_who_has_left() {
        let peers = Arc::new(Peers::default());
        drop(peers.enter(Some("192.0.2.1".parse().unwrap()), 1, 1));
        let open = peers.0.lock().unwrap();
        assert!(open.of.is_empty());
        assert_eq!(open.all, 0);
    }
}
