//! Any text as facts of a device: read or refused, and assessed.

#![no_main]

use std::sync::LazyLock;

use bonafide_risk::device::{KEYS, OptIn, Taking};
use bonafide_risk::{NoDns, NoSources, Request, Risk, Tables, Weights};
use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeSeed;

static RISK: LazyLock<Risk> = LazyLock::new(|| {
    Risk::new(Tables::default(), Weights::built_in().expect("weights")).expect("plans")
});

fuzz_target!(|text: &str| {
    let taking = Taking { opted: OptIn::ALL.iter().copied().collect() };
    let Ok(device) = taking.deserialize(&mut serde_json::Deserializer::from_str(text)) else {
        return;
    };
    assert!(device.facts().count() <= KEYS.len());
    assert!(device.installed_applications.as_ref().is_none_or(|names| names.len() <= 500));
    let request = Request { device: Some(device), ..Request::default() };
    RISK.assess(&request, &NoSources, &NoDns);
});
