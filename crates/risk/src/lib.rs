//! Risk signals of phone numbers, e-mail addresses and devices.
//!
//! Identifiers come in, and what goes out is yes, no, numbers, names of closed lists
//! and words out of packaged tables: [`Assessment`] has no field that a text of the
//! request could lie in. [`Risk`] is the way in. It keeps nothing, asks nobody and
//! reads no file; what only others can know comes by two seams, [`Registered`] and
//! [`Dns`], and what could not be known is `null` with a reason, never "no".
//!
//! 1. [`Risk::normal`] gives the normal forms that sources are asked for, where a
//!    source has to be waited for.
//! 2. [`Risk::assess`] derives signals, reasons, score and band. The same request,
//!    answers, tables and weights give the same assessment.

mod assess;
mod assessment;
pub mod device;
mod dns;
mod email;
mod names;
mod phone;
mod reason;
mod registered;
mod request;
pub mod set;
mod signal;
mod signals;
mod tables;
mod weights;

pub use assess::{Normal, Risk};
pub use assessment::{Assessment, Band, Contribution, Cut, CutRegistrations, Null};
pub use device::Device;
pub use dns::{Dns, DomainFacts, NoDns};
pub use email::{PROVIDERS, Standing, standing};
pub use phone::PhoneError;
pub use reason::Reason;
pub use registered::{
    Gathered, Kind, Meaning, NoSourceName, NoSources, Registered, Registration, Source,
};
pub use request::{Email, LONGEST, Phone, Request};
pub use signal::{Absent, Listed, NoRegion, RegionCode, Signal};
pub use signals::{DeviceSignals, EmailSignals, LineType, PhoneSignals, SignalName, Signals};
pub use tables::{DataVersions, TableError, TableName, Tables};
pub use weights::{Weights, WeightsError};

#[cfg(test)]
mod tests;
