//! Devices from what was sent to signals.

use proptest::prelude::*;
use serde::de::DeserializeSeed;
use serde_json::{Value, json};

use super::*;
use crate::tables::{TableName, Tables};
use crate::{Absent, DeviceSignals, Reason, Signal};

const MARKER: &str = "ERIKSSON-7Q";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

fn read(sent: &Value, opted: &[OptIn]) -> Device {
    let taking = Taking { opted: opted.iter().copied().collect() };
    let text = sent.to_string();
    taking.deserialize(&mut serde_json::Deserializer::from_str(&text)).unwrap()
}

/// Everything of a group that may be taken, and one fact more.
fn whole(group: Group) -> Value {
    let of = |key: &FactKey| match key.kind {
        FactKind::Text => json!("x"),
        FactKind::Number => json!(1.5),
        FactKind::Flag => json!(true),
        FactKind::OneOf(list) => json!(list[0]),
    };
    let keys = KEYS.iter().filter(|key| key.group == group);
    let mut members: serde_json::Map<String, Value> =
        keys.map(|key| (key.name.to_owned(), of(key))).collect();
    members.insert("owner".to_owned(), json!(MARKER));
    json!({ group.as_str(): members })
}

fn names(device: &Device) -> Vec<&str> {
    device.facts().map(|(key, _)| key.name).collect()
}

#[test]
fn d7_d8_d9_d12_only_listed_facts_are_taken() {
    for group in Group::ALL {
        let device = read(&whole(*group), OptIn::ALL);
        let listed = KEYS.iter().filter(|key| key.group == *group).count();
        assert_eq!((device.len(), device.dropped), (listed, 1), "{group}");
        assert!(!format!("{device:?}").contains(MARKER));
    }
    let odd = json!({
        "device": { "model": { "name": MARKER }, "battery_level": MARKER, "charging": 1,
                    "os": "a\nb", "cpu": "x".repeat(513), "brand": null, "name": [MARKER] },
        "person": { "name": MARKER }, MARKER: 1, "network": MARKER,
        "permissions": { "camera": MARKER },
    });
    let device = read(&odd, OptIn::ALL);
    assert_eq!((device.len(), device.dropped), (0, 11));
}

#[test]
fn d8_the_name_server_is_taken_only_where_it_is_wanted() {
    let device = read(&whole(Group::Network), &[]);
    assert!(!names(&device).contains(&"dns_ip"));
    assert_eq!(device.withheld, [OptIn::DnsAddress].into());
    assert!(names(&read(&whole(Group::Network), &[OptIn::DnsAddress])).contains(&"dns_ip"));
    let plain: Device = serde_json::from_value(whole(Group::Network)).unwrap();
    assert!(!names(&plain).contains(&"dns_ip"), "nothing optional by default");
}

#[test]
fn d10_installed_applications_are_taken_only_where_they_are_wanted() {
    let sent = json!({ "installed_applications": ["app.example.one", 7, "app.example.two"] });
    let device = read(&sent, &[]);
    assert_eq!((device.installed_applications.is_none(), device.dropped), (true, 0));
    assert_eq!(device.withheld, [OptIn::InstalledApplications].into());
    let device = read(&sent, &[OptIn::InstalledApplications]);
    assert_eq!((device.installed_applications.unwrap().len(), device.dropped), (2, 1));
    let many: Vec<Value> = (0..600).map(|at| json!(format!("app{at}"))).collect();
    let device = read(&json!({ "installed_applications": many }), OptIn::ALL);
    assert_eq!((device.installed_applications.unwrap().len(), device.dropped), (500, 100));
}

#[test]
fn the_last_of_a_name_counts() {
    let text = r#"{"device":{"os":"iOS","os":"Android"},"device":{"os":"Windows"}}"#;
    let device: Device = serde_json::from_str(text).unwrap();
    assert_eq!((device.text(Group::Device, "os"), device.len()), (Some("Windows"), 1));
}

fn tables() -> Tables {
    let mut tables = Tables::default();
    let zones = b"DE\t+5230+01322\tEurope/Berlin\nIN\t+2232+08822\tAsia/Kolkata\n";
    tables.install(TableName::TimeZones, zones, "1".to_owned()).unwrap();
    tables
}

fn assess(sent: &Value) -> (DeviceSignals, Vec<Reason>) {
    signals(&read(sent, &[]), &tables())
}

/// A browser that agrees with itself, with some members put in their place.
fn browser(device: &Value, browser: &Value) -> Value {
    let mut sent = json!({
        "device": { "os": "Windows", "screen_width": 1920, "screen_height": 1080,
                    "time_zone": "Europe/Berlin", "language": "de-DE" },
        "browser": { "user_agent": CHROME, "hint_brands": "\"Chromium\";v=\"130\"",
                     "hint_platform": "Windows", "hint_mobile": false, "webdriver": false,
                     "languages": "de-DE,en-US", "touch_points": 0, "pixel_ratio": 1.25,
                     "window_width": 1900, "window_height": 900,
                     "gpu": "ANGLE (Example, Direct3D11)", "camera": "HD Webcam" },
        "network": { "type": "wifi", "country": "DE" },
    });
    for (group, members) in [("device", device), ("browser", browser)] {
        for (name, value) in members.as_object().unwrap() {
            sent[group][name] = value.clone();
        }
    }
    sent
}

#[test]
fn a_device_that_agrees_with_itself_gives_no_reason() {
    let (signals, reasons) = assess(&browser(&json!({}), &json!({})));
    assert_eq!(reasons, []);
    assert!(signals.states().iter().all(|(_, _, null)| null.is_none()), "{signals:?}");
}

#[test]
fn each_contradiction_gives_its_reason() {
    let none = json!({});
    for (device, of_browser, expected) in [
        (&none, json!({ "webdriver": true }), Reason::DeviceAutomation),
        (
            &none,
            json!({ "user_agent": CHROME.replace("Chrome/", "HeadlessChrome/") }),
            Reason::DeviceAutomation,
        ),
        (&json!({ "model": "sdk_gphone64_x86_64" }), none.clone(), Reason::DeviceEmulator),
        (&none, json!({ "gpu": "Google SwiftShader" }), Reason::DeviceEmulator),
        (&none, json!({ "camera": "OBS Virtual Camera" }), Reason::DeviceVirtualCamera),
        (&json!({ "screen_width": 0 }), none.clone(), Reason::DeviceImpossibleScreen),
        (&json!({ "screen_height": 99_999 }), none.clone(), Reason::DeviceImpossibleScreen),
        (&json!({ "cpu_cores": 0 }), none.clone(), Reason::DeviceImpossibleScreen),
        (&none, json!({ "pixel_ratio": 0 }), Reason::DeviceImpossibleScreen),
        (&none, json!({ "window_width": 9_000 }), Reason::DeviceImpossibleScreen),
        (&none, json!({ "hint_brands": "\"Chromium\";v=\"99\"" }), Reason::DeviceUserAgentMismatch),
        (&none, json!({ "hint_platform": "Android" }), Reason::DeviceUserAgentMismatch),
        (&none, json!({ "hint_mobile": true }), Reason::DeviceUserAgentMismatch),
        (
            &none,
            json!({ "user_agent": "Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0" }),
            Reason::DeviceUserAgentMismatch,
        ),
        (&json!({ "os": "Android" }), none.clone(), Reason::DeviceSystemMismatch),
        (&none, json!({ "gpu": "Apple GPU" }), Reason::DeviceSystemMismatch),
        (&json!({ "time_zone": "Asia/Calcutta" }), none.clone(), Reason::DeviceLanguageMismatch),
        (&json!({ "time_zone": "Asia/Calcutta" }), none.clone(), Reason::DeviceNetworkMismatch),
    ] {
        let sent = browser(device, &of_browser);
        let reasons = assess(&sent).1;
        assert!(reasons.contains(&expected), "{expected}: {reasons:?}");
    }
    let vpn = json!({ "network": { "type": "vpn" } });
    assert_eq!(assess(&vpn).1, [Reason::DeviceVpn]);
}

#[test]
fn what_was_not_told_is_null() {
    let (signals, reasons) = assess(&json!({}));
    assert_eq!(reasons, []);
    let mut nulls = signals.states();
    nulls.retain(|(_, _, null)| *null == Some(Absent::NotGiven));
    assert_eq!(nulls.len(), signals.states().len() - 1, "all but what was dropped");
    let zone = json!({ "device": { "time_zone": "Etc/UTC" }, "network": { "country": "DE" } });
    assert_eq!(assess(&zone).0.network_mismatch, Signal::Null(Absent::NotInTables));
    let (signals, _) = super::signals(&read(&zone, &[]), &Tables::default());
    assert_eq!(signals.network_mismatch, Signal::Null(Absent::DataNotInstalled));
}

proptest! {
    #[test]
    fn whatever_is_sent_is_read(text in "\\PC{0,300}", number: f64, flag: bool) {
        let value = json!([null, flag, number, text]);
        let sent = json!({
            "device": { "model": text, "boot_time": number, &text: text, "charging": flag,
                        "os": value, "screen_width": number, "screen_height": number },
            "browser": { "user_agent": text, "hint_brands": text, "camera": text },
            &text: text, "installed_applications": value, "network": value,
        });
        let (signals, _) = assess(&sent);
        prop_assert!(signals.dropped.known().is_some());
    }
}
