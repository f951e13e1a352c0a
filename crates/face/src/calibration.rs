//! Thresholds by false match rate, from the table in `calibration.toml`.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

impl Embedders {
    /// Share of the second network in the fused score.
    pub(crate) fn second_weight(self) -> f32 {
        match self {
            Self::Sface => 0.0,
            Self::Fused => 0.4,
        }
    }
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

impl<'de> Deserialize<'de> for Fmr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Why there is no threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// A false match rate that nothing was calibrated to.
    #[error("the false match rate must be one of 1e-3, 1e-4 and 1e-5")]
    Rate,
    /// The table has no row for these embedders at this rate.
    #[error("the calibration table has no row for these embedders at this false match rate")]
    Row,
    /// The table cannot be read.
    #[error("the calibration table cannot be read")]
    Table,
}

impl FromStr for Fmr {
    type Err = CalibrationError;

    /// Any way of writing the number: `1e-4`, `0.0001`.
    fn from_str(text: &str) -> Result<Self, CalibrationError> {
        let rate: f64 = text.trim().parse().map_err(|_| CalibrationError::Rate)?;
        Self::try_from(rate)
    }
}

impl TryFrom<f64> for Fmr {
    type Error = CalibrationError;

    fn try_from(rate: f64) -> Result<Self, CalibrationError> {
        Self::ALL
            .into_iter()
            .find(|fmr| (rate / fmr.rate() - 1.0).abs() < 1e-6)
            .ok_or(CalibrationError::Rate)
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The false match rate it was calibrated to.
    pub fmr: Fmr,
    /// Similarity at or above which two faces match.
    pub similarity: f32,
    /// Where `similarity` lies with 95 % confidence, people drawn anew.
    pub interval: [f32; 2],
    /// Share of the genuine pairs that it rejected on the same pictures.
    pub fnmr: f32,
}

/// Thresholds by embedders and false match rate: `calibration.toml`, which
/// names the command that made it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    engine: Vec<Engine>,
}

/// The rows of one set of embedders.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Engine {
    embedders: Embedders,
    threshold: Vec<Threshold>,
}

impl Calibration {
    /// The table in the repository.
    pub fn built_in() -> Result<&'static Self, CalibrationError> {
        static TABLE: LazyLock<Result<Calibration, CalibrationError>> =
            LazyLock::new(|| include_str!("../calibration.toml").parse());
        TABLE.as_ref().map_err(|error| *error)
    }

    /// The row of `embedders` at `fmr` in the table in the repository.
    pub fn threshold(embedders: Embedders, fmr: Fmr) -> Result<Threshold, CalibrationError> {
        Self::built_in()?.row(embedders, fmr)
    }

    /// The row of `embedders` at `fmr`.
    pub fn row(&self, embedders: Embedders, fmr: Fmr) -> Result<Threshold, CalibrationError> {
        self.engine
            .iter()
            .filter(|engine| engine.embedders == embedders)
            .flat_map(|engine| &engine.threshold)
            .find(|row| row.fmr == fmr)
            .copied()
            .ok_or(CalibrationError::Row)
    }
}

impl FromStr for Calibration {
    type Err = CalibrationError;

    /// From the text of a table.
    fn from_str(text: &str) -> Result<Self, CalibrationError> {
        toml::from_str(text).map_err(|_| CalibrationError::Table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_has_a_sound_row() {
        for embedders in [Embedders::Sface, Embedders::Fused] {
            let rows = Fmr::ALL.map(|fmr| Calibration::threshold(embedders, fmr).unwrap());
            assert!(rows.is_sorted_by(|a, b| a.similarity < b.similarity), "{rows:?}");
            assert!(rows.is_sorted_by(|a, b| a.fnmr <= b.fnmr), "{rows:?}");
            for row in rows {
                assert!(row.interval[0] <= row.similarity && row.similarity <= row.interval[1]);
                assert!((0.0..1.0).contains(&row.similarity));
            }
        }
    }

    #[test]
    fn a_missing_row_is_an_error_and_no_threshold() {
        let empty: Calibration = "engine = []".parse().unwrap();
        assert_eq!(empty.row(Embedders::Sface, Fmr::default()), Err(CalibrationError::Row));
        assert_eq!("engine = 3".parse::<Calibration>(), Err(CalibrationError::Table));
    }

    #[test]
    fn rates_are_read_and_written_as_numbers() {
        assert_eq!("1e-4".parse(), Ok(Fmr::OneInTenThousand));
        assert_eq!("0.00001".parse(), Ok(Fmr::OneInHundredThousand));
        assert_eq!(Fmr::default().to_string(), "1e-4");
        assert_eq!(serde_json::to_string(&Fmr::default()).unwrap(), "0.0001");
        for text in ["0", "-1", "nan", "0.5", "1e-4x", ""] {
            assert_eq!(text.parse::<Fmr>(), Err(CalibrationError::Rate), "{text}");
        }
    }
}
