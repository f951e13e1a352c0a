//! What comes in. Identifiers are overwritten where they lie when they are dropped.

use bonafide_context::Sensitive;
use serde::{Deserialize, Deserializer};

use crate::RegionCode;
use crate::device::Device;

/// Longer texts are not looked at, in bytes: no phone number and no address that
/// mail can reach is as long.
pub const LONGEST: usize = 1_000;

/// A phone number as a person writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Phone {
    /// The number, international (`+44 20 7946 0000`) or, with a region, as it is
    /// written there.
    #[serde(deserialize_with = "sensitive")]
    #[cfg_attr(feature = "schema", schema(value_type = String, max_length = 1000))]
    pub number: Sensitive<String>,
    /// Where a number without a country code belongs.
    #[serde(default)]
    pub default_region: Option<RegionCode>,
}

/// An e-mail address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Email {
    /// The address, without a name and without angle brackets.
    #[serde(deserialize_with = "sensitive")]
    #[cfg_attr(feature = "schema", schema(value_type = String, max_length = 1000))]
    pub address: Sensitive<String>,
}

/// What is to be assessed together: any combination.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A phone number.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// An e-mail address.
    #[serde(default)]
    pub email: Option<Email>,
    /// Facts of a device.
    #[serde(default)]
    pub device: Option<Device>,
}

impl Phone {
    /// A number, with the region where it belongs if it has no country code.
    pub fn new(number: String, default_region: Option<RegionCode>) -> Self {
        Self { number: Sensitive::new(number), default_region }
    }
}

impl Email {
    /// An address.
    pub fn new(address: String) -> Self {
        Self { address: Sensitive::new(address) }
    }
}

/// A text that is taken over into a value that overwrites itself.
fn sensitive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sensitive<String>, D::Error> {
    String::deserialize(deserializer).map(Sensitive::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_no_debug_and_no_refusal_shows_an_identifier() {
        let whole = r#"{"phone":{"number":"+15550100"},"email":{"address":"erik@example.org"}}"#;
        let request: Request = serde_json::from_str(whole).unwrap();
        let shown = format!("{request:?}");
        assert!(!shown.contains("5550100") && !shown.contains("erik"), "{shown}");
        for wrong in [
            r#"{"phone":{"number":15550100}}"#,
            r#"{"phone":{"number":"+15550100","name":"x"}}"#,
            r#"{"phone":"+15550100"}"#,
            r#"{"phone":{"number":"+1","default_region":"15550100"}}"#,
            r#"{"phone":{"number":"+1"},"person":{}}"#,
        ] {
            assert!(serde_json::from_str::<Request>(wrong).is_err(), "{wrong}");
        }
    }
}
