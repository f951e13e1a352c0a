//! Which facts of a device may be taken: what is not in this list is dropped.

use crate::names::named;

named! {
    /// What belongs together.
    Group {
        /// The device itself (row D7).
        Device = "device",
        /// The browser, where one is used (row D7).
        Browser = "browser",
        /// The network that it is in (row D8).
        Network = "network",
        /// The application that the check runs in (row D9).
        HostApplication = "host_application",
        /// What that application may do (row D12).
        Permissions = "permissions",
    }
}

named! {
    /// What is taken only where tenant and person want it so.
    OptIn {
        /// The address of the name server (row D8).
        DnsAddress = "dns_address",
        /// The names of installed applications (row D10).
        InstalledApplications = "installed_applications",
    }
}

named! {
    /// What a fact is taken for.
    FactPurpose {
        /// To tell a device from an emulator, and one person's from a hundred persons'.
        Fraud = "fraud",
        /// To find out why a capture failed.
        Capture = "capture",
    }
}

/// What the value of a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// A line of text.
    Text,
    /// A number that is finite.
    Number,
    /// Yes or no.
    Flag,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// A fact that may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactKey {
    /// Where it belongs.
    pub group: Group,
    /// The name of the member.
    pub name: &'static str,
    /// What its value is.
    pub kind: FactKind,
    /// What it is taken for.
    pub purpose: FactPurpose,
    /// What has to be switched on first.
    pub opt_in: Option<OptIn>,
}

const fn key(group: Group, name: &'static str, kind: FactKind, purpose: FactPurpose) -> FactKey {
    FactKey { group, name, kind, purpose, opt_in: None }
}

use FactKind::{Flag, Number, OneOf, Text};
use FactPurpose::{Capture, Fraud};
use Group::{Browser, Device, HostApplication, Network, Permissions};

/// How a permission stands.
const PERMISSION: FactKind = OneOf(&["granted", "denied", "not_asked"]);

/// Every fact that may be taken.
pub const KEYS: &[FactKey] = &[
    key(Device, "manufacturer", Text, Fraud),
    key(Device, "brand", Text, Fraud),
    key(Device, "model", Text, Capture),
    key(Device, "name", Text, Fraud),
    key(Device, "os", Text, Capture),
    key(Device, "os_version", Text, Capture),
    key(Device, "memory_bytes", Number, Capture),
    key(Device, "storage_bytes", Number, Capture),
    key(Device, "battery_level", Number, Fraud),
    key(Device, "charging", Flag, Fraud),
    key(Device, "baseband", Text, Fraud),
    key(Device, "boot_time", Number, Fraud),
    key(Device, "boot_id", Text, Fraud),
    key(Device, "screen_width", Number, Capture),
    key(Device, "screen_height", Number, Capture),
    key(Device, "cpu", Text, Capture),
    key(Device, "cpu_cores", Number, Capture),
    key(Device, "time_zone", Text, Fraud),
    key(Device, "language", Text, Capture),
    key(Device, "kernel", Text, Fraud),
    key(Device, "sensors", Text, Fraud),
    key(Device, "vendor_id", Text, Fraud),
    key(Device, "cookie_id", Text, Fraud),
    // The `User-Agent` header, and the client hints `Sec-CH-UA` ("Chromium";v="130",
    // …), `Sec-CH-UA-Platform` and `Sec-CH-UA-Mobile`, or what scripts see of them.
    key(Browser, "user_agent", Text, Fraud),
    key(Browser, "hint_brands", Text, Fraud),
    key(Browser, "hint_platform", Text, Fraud),
    key(Browser, "hint_mobile", Flag, Fraud),
    // `navigator.webdriver`, `navigator.languages` with commas between them,
    // `navigator.maxTouchPoints`, `devicePixelRatio`.
    key(Browser, "webdriver", Flag, Fraud),
    key(Browser, "languages", Text, Fraud),
    key(Browser, "touch_points", Number, Fraud),
    key(Browser, "pixel_ratio", Number, Fraud),
    key(Browser, "window_width", Number, Fraud),
    key(Browser, "window_height", Number, Fraud),
    // The unmasked renderer of WebGL, and the label of the camera that is used.
    key(Browser, "gpu", Text, Fraud),
    key(Browser, "camera", Text, Fraud),
    key(Network, "carrier", Text, Fraud),
    key(
        Network,
        "type",
        OneOf(&["wifi", "cellular", "ethernet", "vpn", "none", "unknown"]),
        Capture,
    ),
    key(Network, "sim_status", OneOf(&["ready", "absent", "locked", "unknown"]), Fraud),
    key(Network, "lan_ip", Text, Fraud),
    // The country of the address that it calls from, ISO 3166-1, by whoever sees it.
    key(Network, "country", Text, Fraud),
    FactKey { opt_in: Some(OptIn::DnsAddress), ..key(Network, "dns_ip", Text, Fraud) },
    key(HostApplication, "name", Text, Fraud),
    key(HostApplication, "version", Text, Capture),
    key(HostApplication, "installed_at", Number, Fraud),
    key(Permissions, "camera", PERMISSION, Capture),
    key(Permissions, "microphone", PERMISSION, Capture),
    key(Permissions, "location", PERMISSION, Fraud),
    key(Permissions, "storage", PERMISSION, Capture),
    key(Permissions, "phone_state", PERMISSION, Fraud),
    key(Permissions, "notifications", PERMISSION, Capture),
];

/// The member with the names of installed applications (row D10).
pub const INSTALLED: &str = "installed_applications";

impl FactKey {
    /// The fact of this name.
    pub fn find(group: Group, name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.group == group && key.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_stands_once() {
        for (at, key) in KEYS.iter().enumerate() {
            let twice = |other: &FactKey| other.group == key.group && other.name == key.name;
            assert!(!KEYS.iter().take(at).any(twice), "{}", key.name);
        }
    }
}
