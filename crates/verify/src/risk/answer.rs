//! What is told of an assessment, by what the policy says.

use std::collections::BTreeMap;

use bonafide_policy::RiskSignals;
use bonafide_risk::{
    Assessment, Band, DataVersions, DeviceSignals, EmailSignals, Kind, Null, PhoneSignals, Reason,
    Signal, Source,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What was found out about one thing that was asked about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RiskAnswer {
    /// From 0, where nothing speaks against it, to 100.
    #[schema(maximum = 100)]
    pub score: u8,
    /// The score in words.
    pub band: Band,
    /// Share of what could be known that is known, by weight.
    #[schema(minimum = 0, maximum = 1)]
    pub coverage: f64,
    /// What the sources of the tenant's say.
    pub registered: RiskRegistrations,
    /// Signals without an answer, and why; what is missing counts neither for nor
    /// against.
    pub nulls: Vec<Null>,
    /// Why the score is what it is, the weightiest first; of what the policy names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Vec<RiskReason>>)]
    pub reasons: Option<Vec<Reason>>,
    /// What the reasons rest on; of what the policy names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub signals: Option<RiskSignalsAnswer>,
    /// Which tables and weights it was made with; not told where the policy names no
    /// signals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub data_versions: Option<DataVersions>,
}

/// The schema of a reason, under a name that no other list of reasons has.
pub(crate) struct RiskReason;

impl utoipa::PartialSchema for RiskReason {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(Reason::ALL.iter().map(|reason| reason.as_str())))
            .description(Some("Why a score is what it is."))
            .build()
            .into()
    }
}

impl ToSchema for RiskReason {}

/// By name of the source whether it knows what was asked about; `null` where it gave
/// no answer.
type Registrations = BTreeMap<Source, Signal<bool>>;

/// What sources say, by what was asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskRegistrations {
    /// Of the phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, Option<bool>>>)]
    pub phone: Option<Registrations>,
    /// Of the e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, Option<bool>>>)]
    pub email: Option<Registrations>,
    /// Of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, Option<bool>>>)]
    pub device: Option<Registrations>,
}

/// Signals, by what was asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskSignalsAnswer {
    /// Of the phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub phone: Option<PhoneSignals>,
    /// Of the e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub email: Option<EmailSignals>,
    /// Of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub device: Option<DeviceSignals>,
}

impl RiskAnswer {
    /// What is told where a policy names these signals: sources and scores always,
    /// signals, reasons and versions of the kinds that it names (row O21).
    pub fn of(assessment: Assessment, named: &[RiskSignals]) -> Self {
        let told = |kind| named.contains(&of_kind(kind));
        let signals = &assessment.signals;
        let rich = RiskSignalsAnswer {
            phone: signals.phone.clone().filter(|_| told(Kind::Phone)),
            email: signals.email.clone().filter(|_| told(Kind::Email)),
            device: signals.device.clone().filter(|_| told(Kind::Device)),
        };
        let reasons = assessment.reasons.iter().copied().filter(|reason| told(kind_of(*reason)));
        let reasons: Vec<Reason> = reasons.collect();
        let nulls = assessment.nulls.clone();
        let nulls =
            nulls.into_iter().filter(|null| null.source.is_some() || told(null.signal.kind()));
        let nulls: Vec<Null> = nulls.collect();
        let data_versions = assessment.data_versions.clone();
        let cut = assessment.cut();
        let registered = RiskRegistrations {
            phone: cut.registered.phone,
            email: cut.registered.email,
            device: cut.registered.device,
        };
        let any = !named.is_empty();
        Self {
            score: cut.score,
            band: cut.band,
            coverage: cut.coverage,
            registered,
            nulls,
            reasons: any.then_some(reasons),
            signals: any.then_some(rich),
            data_versions: any.then_some(data_versions),
        }
    }
}

/// Reasons are named after what they speak of.
fn kind_of(reason: Reason) -> Kind {
    match reason.as_str().split_once('_') {
        Some(("phone", _)) => Kind::Phone,
        Some(("email", _)) => Kind::Email,
        _ => Kind::Device,
    }
}

fn of_kind(kind: Kind) -> RiskSignals {
    match kind {
        Kind::Phone => RiskSignals::Phone,
        Kind::Email => RiskSignals::Email,
        Kind::Device => RiskSignals::Device,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_named_after_what_it_speaks_of() {
        for reason in Reason::ALL {
            let kind = kind_of(*reason);
            assert!(reason.as_str().starts_with(&format!("{kind}_")), "{reason}");
        }
    }
}
