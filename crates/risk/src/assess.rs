//! From a request to an assessment.

use std::collections::BTreeMap;

use bonafide_context::Sensitive;

use crate::assessment::{Assessment, Null};
use crate::device::{self, Device};
use crate::dns::Dns;
use crate::email::ReadEmail;
use crate::phone::{PHONE_METADATA, PhoneError, PhonePlan};
use crate::registered::{Kind, Meaning, Registered, Registration, Source};
use crate::signals::Signals;
use crate::tables::{DataVersions, Tables};
use crate::weights::Weights;
use crate::{Reason, Request, Signal};

/// Assesses: holds tables and weights, and nothing of any request.
pub struct Risk {
    plan: PhonePlan,
    tables: Tables,
    weights: Weights,
}

/// The normal forms that sources are asked for; `None` where what was sent cannot be
/// read. They overwrite themselves.
#[derive(Debug, Default)]
pub struct Normal {
    /// E.164 (`+442079460000`), without an extension.
    pub phone: Option<Sensitive<String>>,
    /// The address, folded so that one mailbox has one form.
    pub email: Option<Sensitive<String>>,
    /// What tells the device from others, where it has been given such a thing.
    pub device: Option<Sensitive<String>>,
    /// The domain of the address in ASCII, lower case: all that may leave the machine.
    pub domain: Option<Sensitive<String>>,
    /// The domain that was registered: its suffix and one label more, or the domain itself
    /// where it is a suffix. `None` where the Public Suffix List is not installed.
    pub organisation: Option<Sensitive<String>>,
}

impl Risk {
    /// With these tables and weights.
    pub fn new(tables: Tables, weights: Weights) -> Result<Self, PhoneError> {
        Ok(Self { plan: PhonePlan::new()?, tables, weights })
    }

    /// The weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Which tables and weights it works with.
    pub fn versions(&self) -> DataVersions {
        let mut versions = self.tables.versions();
        versions.0.insert("weights", Some(self.weights.version.clone()));
        versions.0.insert("phone_metadata", Some(PHONE_METADATA.to_owned()));
        versions
    }

    /// The normal forms of what was sent, for sources that have to be waited for.
    pub fn normal(&self, request: &Request) -> Normal {
        let phone = request.phone.as_ref().map(|phone| self.plan.read(phone));
        let email = request.email.as_ref().map(ReadEmail::read);
        Normal {
            phone: phone.and_then(|read| read.e164()),
            organisation: email.as_ref().and_then(|read| read.organisation(&self.tables)),
            domain: email.as_ref().and_then(ReadEmail::domain),
            email: email.and_then(|read| read.normal()),
            device: request.device.as_ref().and_then(Device::identity),
        }
    }

    /// Derives signals, reasons, score and band.
    pub fn assess(
        &self,
        request: &Request,
        registered: &dyn Registered,
        dns: &dyn Dns,
    ) -> Assessment {
        let mut reasons = Vec::new();
        let signals = Signals {
            phone: request.phone.as_ref().map(|phone| {
                let read = self.plan.read(phone);
                let (mut signals, found) = read.signals(&self.tables);
                reasons.extend(found);
                let e164 = read.e164();
                signals.registered = ask(registered, Kind::Phone, e164.as_ref(), &mut reasons);
                signals
            }),
            email: request.email.as_ref().map(|email| {
                let read = ReadEmail::read(email);
                let (mut signals, found) = read.signals(&self.tables, dns);
                reasons.extend(found);
                let normal = read.normal();
                signals.registered = ask(registered, Kind::Email, normal.as_ref(), &mut reasons);
                signals
            }),
            device: request.device.as_ref().map(|device| {
                let (mut signals, found) = device::signals(device, &self.tables);
                reasons.extend(found);
                let identity = device.identity();
                signals.registered = ask(registered, Kind::Device, identity.as_ref(), &mut reasons);
                signals
            }),
        };
        self.assessment(signals, &reasons)
    }

    fn assessment(&self, signals: Signals, reasons: &[Reason]) -> Assessment {
        let score = self.weights.score(reasons);
        let states = signals.states();
        Assessment {
            score,
            band: self.weights.band(score),
            coverage: self.weights.share(states.iter().map(|(signal, _, null)| (*signal, *null))),
            reasons: self.weights.contributions(reasons).iter().map(|of| of.reason).collect(),
            nulls: states
                .into_iter()
                .filter_map(|(signal, source, null)| Some(Null { signal, source, reason: null? }))
                .collect(),
            signals,
            data_versions: self.versions(),
        }
    }
}

/// Asks the sources, and what their answers speak for or against.
fn ask(
    registered: &dyn Registered,
    kind: Kind,
    normal: Option<&Sensitive<String>>,
    reasons: &mut Vec<Reason>,
) -> BTreeMap<Source, Signal<bool>> {
    let answers = match normal {
        Some(normal) => registered.ask(kind, normal),
        None => registered.nothing_to_ask(kind),
    };
    let mut all = BTreeMap::new();
    for Registration { source, meaning, answer } in answers {
        if answer.is_true() {
            reasons.extend(match (kind, meaning) {
                (_, Meaning::Neutral) => None,
                (Kind::Phone, Meaning::Good) => Some(Reason::PhoneKnownGood),
                (Kind::Phone, Meaning::Bad) => Some(Reason::PhoneKnownBad),
                (Kind::Email, Meaning::Good) => Some(Reason::EmailKnownGood),
                (Kind::Email, Meaning::Bad) => Some(Reason::EmailKnownBad),
                (Kind::Device, Meaning::Good) => Some(Reason::DeviceKnownGood),
                (Kind::Device, Meaning::Bad) => Some(Reason::DeviceKnownBad),
            });
        }
        all.insert(source, answer);
    }
    all
}
