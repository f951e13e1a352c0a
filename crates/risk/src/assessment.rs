//! What goes out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::names::named;
use crate::registered::Source;
use crate::{Absent, DataVersions, Reason, Signal, SignalName, Signals};

named! {
    /// A score in words.
    Band {
        /// Little speaks against it.
        Low = "low",
        /// Look closer.
        Medium = "medium",
        /// Much speaks against it.
        High = "high",
    }
}

/// What was found out about what was asked. No field of it holds a text of the
/// request: yes, no, numbers, names of closed lists, and words out of packaged tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Assessment {
    /// 0, nothing speaks against it, to 100.
    #[cfg_attr(feature = "schema", schema(maximum = 100))]
    pub score: u8,
    /// The score in words.
    pub band: Band,
    /// Share of what could be known that is known, by weight: 0 to 1, in hundredths.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub coverage: f64,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
    /// What the reasons rest on.
    pub signals: Signals,
    /// Which signals are `null`, and why.
    pub nulls: Vec<Null>,
    /// Which tables and weights it was made with.
    pub data_versions: DataVersions,
}

/// A signal that is `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Null {
    /// Which.
    pub signal: SignalName,
    /// Whose answer it is, where it is a source's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub source: Option<Source>,
    /// Why.
    pub reason: Absent,
}

/// What a reason adds to the score, for an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Contribution {
    /// Why.
    pub reason: Reason,
    /// Points, below zero if it speaks for it.
    pub points: i16,
}

/// What goes out where a policy promises boolean registration signals and derived
/// scores alone (the founding document S4).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cut {
    /// 0 to 100.
    #[cfg_attr(feature = "schema", schema(maximum = 100))]
    pub score: u8,
    /// The score in words.
    pub band: Band,
    /// Share of what could be known that is known, by weight: 0 to 1.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub coverage: f64,
    /// What sources say.
    pub registered: CutRegistrations,
    /// Which sources gave no answer, and why.
    pub nulls: Vec<Null>,
}

/// Boolean registration signals, by what was asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CutRegistrations {
    /// Of the phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, Option<bool>>>))]
    pub phone: Option<BTreeMap<Source, Signal<bool>>>,
    /// Of the e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, Option<bool>>>))]
    pub email: Option<BTreeMap<Source, Signal<bool>>>,
    /// Of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<BTreeMap<String, Option<bool>>>))]
    pub device: Option<BTreeMap<Source, Signal<bool>>>,
}

impl Assessment {
    /// What is left where a policy promises registration signals and scores alone.
    pub fn cut(self) -> Cut {
        Cut {
            score: self.score,
            band: self.band,
            coverage: self.coverage,
            registered: CutRegistrations {
                phone: self.signals.phone.map(|signals| signals.registered),
                email: self.signals.email.map(|signals| signals.registered),
                device: self.signals.device.map(|signals| signals.registered),
            },
            nulls: self.nulls.into_iter().filter(|null| null.source.is_some()).collect(),
        }
    }
}
