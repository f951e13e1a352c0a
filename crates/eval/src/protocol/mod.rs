//! One protocol a file: what is run on which rows, and the figures it gives.

pub mod cards;
pub mod document;
pub mod face;
pub mod pad;
pub mod reflect;
pub mod risk;

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

/// Why an engine gave no result for a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// The sample's own fault, or the engine's limit: it counts as an error in
    /// the figures. A short reason, e.g. `no_face`.
    Sample(String),
    /// The engine does not work at all (weights missing): the run stops.
    Engine(String),
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample(reason) | Self::Engine(reason) => f.write_str(reason),
        }
    }
}

/// Figures by a rate, keyed as people write it: `{"0.0001":0.028}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByRate<T>(pub Vec<(f64, T)>);

impl<T> ByRate<T> {
    /// One figure for each rate that has one.
    pub(crate) fn of(rates: &[f64], figure: impl Fn(f64) -> Option<T>) -> Self {
        Self(rates.iter().filter_map(|rate| Some((*rate, figure(*rate)?))).collect())
    }

    /// The figure at a rate.
    pub fn get(&self, rate: f64) -> Option<&T> {
        self.0.iter().find(|(r, _)| *r == rate).map(|(_, figure)| figure)
    }
}

impl<T: Serialize> Serialize for ByRate<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (rate, figure) in &self.0 {
            // `Display` of a float never uses an exponent.
            map.serialize_entry(&rate.to_string(), figure)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_spelled_without_exponent() {
        let by_rate = ByRate(vec![(1e-2, 1), (1e-5, 2)]);
        assert_eq!(serde_json::to_string(&by_rate).unwrap(), r#"{"0.01":1,"0.00001":2}"#);
    }
}
