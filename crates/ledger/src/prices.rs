//! What a call costs.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Fault, Interface, Outcome};

/// Prices per interface and result, from the configuration, in millionths of
/// one currency. What is not named is free, and so is every call that failed
/// for our fault, was refused by a rate or quota or only repeated an earlier
/// answer, whatever is named.
///
/// ```toml
/// [prices]
/// currency = "EUR"
///
/// [prices.interfaces."documents.read"]
/// ok = 30_000             # three cents
/// "*" = 0                 # every other result
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, try_from = "Written")]
pub struct Prices {
    currency: String,
    interfaces: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Prices as they are written, not yet checked.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Written {
    /// Three capital letters.
    currency: String,
    /// For each interface and result, millionths of the currency; the result
    /// `*` stands for every other one.
    interfaces: BTreeMap<String, BTreeMap<String, u64>>,
}

/// The greatest price of one call: a thousand millions of the currency.
const DEAREST: u64 = 1_000_000_000_000_000;

impl Prices {
    /// Everything is free.
    pub fn free() -> Self {
        Self::default()
    }

    /// Prices in a currency (three capital letters): for each interface and
    /// result, millionths. The result `*` stands for every other one.
    pub fn new(
        currency: &str,
        interfaces: BTreeMap<String, BTreeMap<String, u64>>,
    ) -> Result<Self, PricesError> {
        let three = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
        if !(three || currency.is_empty() && interfaces.is_empty()) {
            return Err(PricesError::Currency);
        }
        let dear = interfaces.values().flat_map(BTreeMap::values).any(|price| *price > DEAREST);
        if dear {
            return Err(PricesError::TooDear);
        }
        Ok(Self { currency: currency.to_owned(), interfaces })
    }

    /// The currency's three letters; empty when everything is free.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The names of interfaces that have a price, for checking them against
    /// those that there are.
    pub fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.interfaces.keys().map(String::as_str)
    }

    /// What a call costs, in millionths.
    pub fn fee(&self, interface: &Interface, outcome: Outcome) -> u64 {
        let for_nothing = matches!(outcome.fault, Fault::Ours | Fault::Limit);
        if for_nothing || outcome == Outcome::REPLAYED {
            return 0;
        }
        self.interfaces
            .get(interface.name)
            .and_then(|results| results.get(outcome.code).or_else(|| results.get("*")))
            .copied()
            .unwrap_or(0)
    }
}

impl TryFrom<Written> for Prices {
    type Error = PricesError;

    fn try_from(written: Written) -> Result<Self, PricesError> {
        Self::new(&written.currency, written.interfaces)
    }
}

/// Why prices cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PricesError {
    /// The currency is not three capital letters.
    Currency,
    /// A price is beyond all measure.
    TooDear,
}

impl fmt::Display for PricesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Currency => "write the currency of prices as three capital letters, as in EUR",
            Self::TooDear => "write prices in millionths of the currency, at most 10^15",
        })
    }
}

impl std::error::Error for PricesError {}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Interface = Interface::new("documents.read", "document", None);
    const COMPARE: Interface = Interface::new("faces.compare", "face", None);

    fn prices(json: &str) -> Result<Prices, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn a_price_is_found_by_interface_and_result() {
        let prices = prices(
            r#"{"currency":"EUR","interfaces":{"documents.read":{"ok":30000,"blurred":5,"*":7}}}"#,
        )
        .unwrap();
        assert_eq!(prices.fee(&READ, Outcome::OK), 30_000);
        assert_eq!(prices.fee(&READ, Outcome::caller("blurred")), 5);
        assert_eq!(prices.fee(&READ, Outcome::caller("no_document")), 7);
        assert_eq!(prices.fee(&COMPARE, Outcome::OK), 0);
    }

    #[test]
    fn what_was_not_done_is_free_whatever_the_table_says() {
        let prices =
            prices(r#"{"currency":"EUR","interfaces":{"documents.read":{"*":7,"internal":9,"rate_limited":9}}}"#)
                .unwrap();
        assert_eq!(prices.fee(&READ, Outcome::ours("internal")), 0);
        assert_eq!(prices.fee(&READ, Outcome::limited("rate_limited")), 0);
        assert_eq!(prices.fee(&READ, Outcome::REPLAYED), 0, "what was paid for before");
    }

    #[test]
    fn prices_that_cannot_be_meant_are_refused() {
        assert_eq!(prices("{}").unwrap(), Prices::free());
        for bad in [
            r#"{"currency":"eur"}"#,
            r#"{"interfaces":{"a":{"ok":1}}}"#,
            r#"{"currency":"EUR","interfaces":{"a":{"ok":-1}}}"#,
            r#"{"currency":"EUR","interfaces":{"a":{"ok":1.5}}}"#,
            r#"{"currency":"EUR","interfaces":{"a":{"ok":2000000000000000}}}"#,
            r#"{"currency":"EUR","price":1}"#,
        ] {
            assert!(prices(bad).is_err(), "{bad}");
        }
    }
}
