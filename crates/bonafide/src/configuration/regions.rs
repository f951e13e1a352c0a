//! Whose data rests here, and where the others' does.

use std::collections::{BTreeMap, BTreeSet};

use bonafide_context::Region;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigurationError;
use super::load::Place;

/// Which regions' data this server keeps. Regions whose data must not lie
/// together are served by servers of their own, each with stores and keys of its
/// own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Regions {
    /// The regions, such as `["eu"]`: applications of others are refused
    /// [default: any].
    pub(crate) serve: BTreeSet<String>,
    /// The servers of other regions, such as `us = "https://us.kyc.example"`:
    /// whoever calls here with a key of that region is told to call there.
    pub(crate) elsewhere: BTreeMap<String, String>,
}

impl Regions {
    pub(super) fn check(&self, place: &Place) -> Result<(), ConfigurationError> {
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
            if self.serve.contains(name) {
                return Err(place.wrong(&at, "this region is among those that are served here"));
            }
            let url = url::Url::parse(address).ok().filter(|url| url.host().is_some());
            if url.is_none_or(|url| url.scheme() != "https") {
                return Err(place.wrong(&at, "give the address as `https://…`"));
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_region_and_no_address_is_refused_by_its_name() {
        let place = Place::of(None, std::iter::empty());
        let checked = |serve: &[&str], elsewhere: &[(&str, &str)]| {
            let own = |text: &&str| (*text).to_owned();
            let elsewhere = elsewhere.iter().map(|(name, at)| (own(name), own(at)));
            let regions =
                Regions { serve: serve.iter().map(own).collect(), elsewhere: elsewhere.collect() };
            regions.check(&place).map_err(|error| error.to_string())
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
}
