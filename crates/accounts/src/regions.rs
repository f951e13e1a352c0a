//! Which regions a node keeps the data of, and who keeps the others'.

use std::collections::{BTreeMap, BTreeSet};

use bonafide_context::{Keeper, Region};

/// The regions of a node. Without a say it keeps the data of any; a node that is
/// told its regions takes nothing of another's, and says where that belongs.
///
/// A node has one set of stores and keys. Regions whose data must not lie
/// together are served by nodes of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// Those it serves; empty: any.
    served: BTreeSet<Region>,
    /// Where others are served.
    elsewhere: BTreeMap<Region, String>,
}

/// Data of this region is not kept here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Elsewhere {
    /// The region.
    pub region: Region,
    /// The address of the server that keeps it, where this node was told.
    pub address: Option<String>,
}

impl std::fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { region, address } = self;
        write!(f, "data of the region `{region}` is not kept here: ")?;
        match address {
            Some(address) => write!(f, "call {address}"),
            None => f.write_str("call the server of that region"),
        }
    }
}

impl Regions {
    /// A node of these regions (none: of any), and where others are.
    pub fn new(served: BTreeSet<Region>, elsewhere: BTreeMap<Region, String>) -> Self {
        Self { served, elsewhere }
    }

    /// The regions that this node was told to serve; none: any.
    pub fn served(&self) -> impl Iterator<Item = &Region> {
        self.served.iter()
    }

    /// Whether data of this region may rest here.
    pub fn check(&self, region: &Region) -> Result<(), Elsewhere> {
        let told = !self.served.is_empty() && !self.served.contains(region);
        if (told || self.elsewhere.contains_key(region)) && Keeper::Regions.works() {
            return Err(Elsewhere {
                region: region.clone(),
                address: self.elsewhere.get(region).cloned(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str) -> Region {
        name.parse().unwrap()
    }

    #[test]
    fn a_node_serves_what_it_was_told_or_any() {
        let any = Regions::default();
        assert_eq!(any.check(&region("anywhere")), Ok(()));

        let us = BTreeMap::from([(region("us"), "https://us.kyc.example".to_owned())]);
        let eu = Regions::new(BTreeSet::from([region("eu")]), us.clone());
        assert_eq!(eu.check(&region("eu")), Ok(()));
        let told = |name| eu.check(&region(name)).unwrap_err().to_string();
        assert_eq!(
            told("us"),
            "data of the region `us` is not kept here: call https://us.kyc.example"
        );
        assert_eq!(
            told("apac"),
            "data of the region `apac` is not kept here: call the server of that region"
        );
        let but_us = Regions::new(BTreeSet::new(), us);
        assert!(but_us.check(&region("us")).is_err() && but_us.check(&region("eu")).is_ok());
    }
}
