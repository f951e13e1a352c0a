//! Whose data rests here, and where the others' does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bonafide_context::Region;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::load::Place;
use super::{Address, Configuration, ConfigurationError, Stores};

/// Which regions' data this server keeps. Each has stores and keys of its own: one has
/// those of `stores`, every other those that `own` names for it, or that lie in a
/// folder of its own. Only where nothing is said of regions do all share `stores`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Regions {
    /// The regions, such as `["eu", "us"]`: applications of others are refused. All but
    /// one need stores of their own, in `own` [default: any].
    pub(crate) serve: BTreeSet<String>,
    /// The servers of other regions, such as `us = "https://us.kyc.example"`:
    /// whoever calls here with a key of that region is told to call there.
    pub(crate) elsewhere: BTreeMap<String, String>,
    /// Regions that this server keeps apart, such as `[regions.own.us]`: with stores,
    /// keys, a transparency log and pages of their own.
    pub(crate) own: BTreeMap<String, OwnRegion>,
}

/// A region with stores of its own on this server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OwnRegion {
    /// Where its people find it, such as `https://us.kyc.example`, without a slash at
    /// the end: at this name the server shows this region's pages and transparency
    /// log, and takes its uploads. Calls with a key go to the key's region at any name.
    pub(crate) public_url: Option<String>,
    /// Its data directory [default: `regions/NAME` in the data directory].
    pub(crate) data: Option<PathBuf>,
    /// Where its things rest.
    pub(crate) stores: Stores,
}

impl OwnRegion {
    /// The name in its address, without a port: lower-case.
    pub(crate) fn host(&self) -> Option<String> {
        host(self.public_url.as_deref()?)
    }
}

impl Regions {
    pub(super) fn check(
        &self,
        home: (&Stores, Option<&str>),
        place: &Place,
    ) -> Result<(), ConfigurationError> {
        let is_region = |name: &String| name.parse::<Region>().is_ok();
        let form = "a region has 1 to 32 lower-case letters, digits and hyphens";
        if !self.serve.iter().all(is_region) {
            return Err(place.wrong(&["regions", "serve"], form));
        }
        for (name, address) in &self.elsewhere {
            let at = ["regions", "elsewhere", name.as_str()];
            if !is_region(name) {
                return Err(place.wrong(&at, form));
            }
            if self.serve.contains(name) || self.own.contains_key(name) {
                return Err(place.wrong(&at, "this region is among those that are served here"));
            }
            let url = url::Url::parse(address).ok().filter(|url| url.host().is_some());
            if url.is_none_or(|url| url.scheme() != "https") {
                return Err(place.wrong(&at, "give the address as `https://…`"));
            }
        }
        self.check_own(home, place)?;
        let shared: Vec<&String> =
            self.serve.iter().filter(|name| !self.own.contains_key(*name)).collect();
        match (self.serve.is_empty(), shared.as_slice()) {
            (true, _) | (false, [_]) => Ok(()),
            (false, []) => {
                let reason = "one of the regions has the server's own stores: leave it out of \
                              `regions.own`";
                Err(place.wrong(&["regions", "serve"], reason))
            }
            (false, [first, rest @ ..]) => {
                let rest: Vec<String> = rest.iter().map(|name| format!("`{name}`")).collect();
                let reason = format!(
                    "data of `{first}` and {} would lie in the same stores: give all but one \
                     stores of their own, as `[regions.own.{}]`",
                    rest.join(", "),
                    rest.first().map_or("", |name| name.trim_matches('`')),
                );
                Err(place.wrong(&["regions", "serve"], &reason))
            }
        }
    }

    /// Nothing of one region's is another's, as far as the text shows; that stores do
    /// not hold another region's data is looked at when they are opened.
    fn check_own(
        &self,
        (home, url): (&Stores, Option<&str>),
        place: &Place,
    ) -> Result<(), ConfigurationError> {
        let mut hosts: BTreeSet<String> = url.and_then(host).into_iter().collect();
        let mut folders = BTreeSet::new();
        let mut others = vec![("the server's own", home)];
        for (name, own) in &self.own {
            let at = ["regions", "own", name.as_str()];
            let member = |member: &'static str| [&at[..], &[member]].concat();
            if name.parse::<Region>().is_err() {
                let form = "a region has 1 to 32 lower-case letters, digits and hyphens";
                return Err(place.wrong(&at, form));
            }
            if !self.serve.is_empty() && !self.serve.contains(name) {
                return Err(place.wrong(&at, "this region is not in `regions.serve`"));
            }
            let Some(host) = own.host() else {
                let reason = "say where this region's people find it, as `https://…`";
                return Err(place.wrong(&member("public_url"), reason));
            };
            if !hosts.insert(host) {
                let reason = "another region is found at this name: each has its own";
                return Err(place.wrong(&member("public_url"), reason));
            }
            if own.data.as_ref().is_some_and(|data| !folders.insert(data)) {
                return Err(place.wrong(&member("data"), "another region has this folder"));
            }
            own.stores.check(&member("stores"), place)?;
            for (other, stores) in &others {
                if let Some(shared) = stores.shares(&own.stores) {
                    let path = [&at[..], &["stores", shared]].concat();
                    let reason = format!("the same as {other}: each region has its own");
                    return Err(place.wrong(&path, &reason));
                }
            }
            if home.is_shared()? && !own.stores.is_shared()? {
                let reason = "several servers can share the server's own stores, but each would \
                              keep this region's by itself: name a database for it as well";
                return Err(place.wrong(&[&at[..], &["stores", "records"]].concat(), reason));
            }
            others.push((name.as_str(), &own.stores));
        }
        Ok(())
    }

    /// As the accounts take it; what [`Self::check`] refuses is left out.
    pub(crate) fn read(&self) -> bonafide_accounts::Regions {
        let region = |name: &String| name.parse::<Region>().ok();
        let elsewhere = self.elsewhere.iter();
        bonafide_accounts::Regions::new(
            self.serve.iter().filter_map(region).collect(),
            elsewhere.filter_map(|(name, at)| Some((region(name)?, at.clone()))).collect(),
        )
    }
}

/// A house is a server for itself: each region that is kept apart has a configuration
/// in which no other region is served.
impl Configuration {
    /// Whether regions are kept apart here.
    pub(crate) fn is_apart(&self) -> bool {
        !self.regions.own.is_empty()
    }

    /// The configuration of the server's own stores, in which the regions that are kept
    /// apart are elsewhere.
    pub(crate) fn home(&self) -> Self {
        let mut home = self.clone();
        for (name, own) in std::mem::take(&mut home.regions.own) {
            home.regions.serve.remove(&name);
            home.regions.elsewhere.insert(name, own.public_url.unwrap_or_default());
        }
        home
    }

    /// The configuration and the data directory of the house that keeps a region;
    /// `data` is the server's data directory.
    pub(crate) fn house_of(&self, region: &Region, data: &Path) -> (Self, PathBuf) {
        let found = self.regions.own.get_key_value(region.as_str());
        found.map_or_else(|| (self.home(), data.to_owned()), |found| self.apart(found, data))
    }

    /// Those of every region that is kept apart.
    pub(crate) fn apart_houses(&self, data: &Path) -> Vec<(Self, PathBuf)> {
        self.regions.own.iter().map(|found| self.apart(found, data)).collect()
    }

    fn apart(&self, (name, own): (&String, &OwnRegion), data: &Path) -> (Self, PathBuf) {
        let mut apart = self.clone();
        let all = std::mem::take(&mut apart.regions);
        apart.regions.serve.insert(name.clone());
        apart.regions.elsewhere = all.elsewhere;
        for (other, own) in all.own.into_iter().filter(|(other, _)| other != name) {
            apart.regions.elsewhere.insert(other, own.public_url.unwrap_or_default());
        }
        if let Some(url) = &self.public_url {
            let home = all.serve.into_iter().filter(|other| !self.regions.own.contains_key(other));
            apart.regions.elsewhere.extend(home.map(|other| (other, url.clone())));
        }
        apart.stores = own.stores.clone();
        apart.public_url.clone_from(&own.public_url);
        apart.operator_region = Some(name.clone());
        let folder = own.data.clone().unwrap_or_else(|| data.join("regions").join(name));
        apart.data = Some(folder.clone());
        (apart, folder)
    }
}

/// The name in an address, without a port: lower-case.
fn host(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let known = matches!(url.scheme(), "https" | "http");
    url.host_str().filter(|host| known && !host.is_empty()).map(str::to_ascii_lowercase)
}

impl Stores {
    /// The first thing that is named for both.
    fn shares(&self, other: &Self) -> Option<&'static str> {
        let address = |one: &Address, two: &Address| *one != Address::Embedded && one == two;
        let file = |one: &Option<PathBuf>, two: &Option<PathBuf>| one.is_some() && one == two;
        let same = [
            ("records", address(&self.records, &other.records)),
            ("keys", address(&self.keys, &other.keys)),
            ("keys", address(&self.records, &other.keys)),
            ("records", address(&self.keys, &other.records)),
            ("objects", address(&self.objects, &other.objects)),
            ("operation_log", address(&self.operation_log, &other.operation_log)),
            ("root_key_file", file(&self.root_key_file, &other.root_key_file)),
            ("checkpoint_file", file(&self.checkpoint_file, &other.checkpoint_file)),
        ];
        same.into_iter().find(|(_, same)| *same).map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place::of(None, std::iter::empty())
    }

    fn serving(serve: &[&str], own: &[(&str, &str)]) -> Configuration {
        let mut configuration = Configuration::default();
        configuration.regions.serve = serve.iter().map(|&name| name.to_owned()).collect();
        for &(name, url) in own {
            let own = OwnRegion { public_url: Some(url.to_owned()), ..OwnRegion::default() };
            configuration.regions.own.insert(name.to_owned(), own);
        }
        configuration
    }

    fn checked(configuration: &Configuration) -> Result<(), String> {
        let home = (&configuration.stores, configuration.public_url.as_deref());
        configuration.regions.check(home, &place()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_no_region_and_no_address_is_refused_by_its_name() {
        let checked = |serve: &[&str], elsewhere: &[(&str, &str)]| {
            let mut configuration = serving(serve, &[]);
            let own = |text: &&str| (*text).to_owned();
            configuration.regions.elsewhere =
                elsewhere.iter().map(|(name, at)| (own(name), own(at))).collect();
            checked(&configuration)
        };
        assert_eq!(checked(&["eu"], &[("us", "https://us.kyc.example")]), Ok(()));
        for (serve, elsewhere, part) in [
            (&["EU"][..], &[][..], "regions.serve"),
            (&[], &[("U S", "https://us.kyc.example")], "letters, digits and hyphens"),
            (&["eu"], &[("eu", "https://eu.kyc.example")], "served here"),
            (&["eu"], &[("us", "us.kyc.example")], "https://"),
            (&["eu"], &[("us", "http://us.kyc.example")], "https://"),
        ] {
            let error = checked(serve, elsewhere).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn regions_that_would_share_stores_are_refused() {
        let us = ("us", "https://us.kyc.example");
        assert_eq!(checked(&serving(&["eu", "us"], &[us])), Ok(()));
        assert_eq!(checked(&serving(&[], &[us])), Ok(()), "any other has the server's own");
        for (serve, own, part) in [
            (&["eu", "us"][..], &[][..], "give all but one stores of their own"),
            (&["eu", "apac", "us"], &[us], "`[regions.own.eu]`"),
            (&["us"], &[us], "one of the regions has the server's own stores"),
            (&["eu"], &[us], "not in `regions.serve`"),
            (&["eu", "us"], &[("us", "us.kyc.example")], "where this region's people find it"),
            (&["eu", "us"], &[("us", "https://kyc.example")], "another region is found"),
        ] {
            let mut configuration = serving(serve, own);
            configuration.public_url = Some("https://kyc.example".to_owned());
            let error = checked(&configuration).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        let url = |text: &str| Address::Url(text.to_owned());
        let mut shares = serving(&["eu", "us"], &[us]);
        let own = shares.regions.own.get_mut("us").unwrap();
        own.stores.records = url("sqlite:/data/records.db");
        shares.stores.records = url("sqlite:/data/records.db");
        let error = checked(&shares).unwrap_err();
        assert!(error.contains("regions.own.us.stores.records"), "{error}");
        shares.stores.records = url("postgres://db/eu");
        let error = checked(&shares).unwrap_err();
        assert!(error.contains("name a database for it as well"), "{error}");
        shares.stores.single_node = true;
        assert_eq!(checked(&shares), Ok(()));
    }

    #[test]
    fn each_house_serves_its_region_alone() {
        let mut both = serving(&["eu", "us"], &[("us", "https://us.kyc.example")]);
        both.public_url = Some("https://eu.kyc.example".to_owned());
        let data = Path::new("/data");
        let region = |name: &str| name.parse::<Region>().unwrap();
        let (us, place) = both.house_of(&region("us"), data);
        assert_eq!(place, Path::new("/data/regions/us"));
        assert_eq!(us.public_url.as_deref(), Some("https://us.kyc.example"));
        assert_eq!(us.regions.read().check(&region("us")), Ok(()));
        let told = us.regions.read().check(&region("eu")).unwrap_err();
        assert_eq!(told.address.as_deref(), Some("https://eu.kyc.example"));
        let (eu, place) = both.house_of(&region("eu"), data);
        assert_eq!(place, data, "what was there before stays where it was");
        assert_eq!(eu.regions.read().check(&region("eu")), Ok(()));
        let told = eu.regions.read().check(&region("us")).unwrap_err();
        assert_eq!(told.address.as_deref(), Some("https://us.kyc.example"));
        assert!(eu.regions.read().check(&region("apac")).is_err());
        assert_eq!((us.is_apart(), eu.is_apart(), both.is_apart()), (false, false, true));
        assert_eq!(both.apart_houses(data).len(), 1);

        assert_eq!((eu.region_of_operator(), us.region_of_operator()), ("eu", "us"));
        // A server that takes any region but one that is kept apart.
        let any = serving(&[], &[("us", "https://us.kyc.example")]).home();
        assert!(any.regions.read().check(&region("us")).is_err());
        assert_eq!(any.regions.read().check(&region("apac")), Ok(()));
    }
}
