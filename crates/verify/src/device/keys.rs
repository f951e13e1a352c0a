//! Which facts there are.

use bonafide_accounts::Switch;

/// What belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The device itself (row D7).
    Device,
    /// The network that it is in (row D8).
    Network,
    /// The application that the check runs in (row D9).
    HostApplication,
    /// What that application may do (row D12).
    Permissions,
}

impl Group {
    /// Every one of them.
    pub const ALL: [Self; 4] =
        [Self::Device, Self::Network, Self::HostApplication, Self::Permissions];

    /// The name of the member.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Network => "network",
            Self::HostApplication => "host_application",
            Self::Permissions => "permissions",
        }
    }
}

/// What a fact is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactPurpose {
    /// To tell a device from an emulator, and one person's from a hundred persons'.
    Fraud,
    /// To find out why a capture failed.
    Capture,
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
    /// What the tenant has to switch on first.
    pub switch: Option<Switch>,
}

const fn key(group: Group, name: &'static str, kind: FactKind, purpose: FactPurpose) -> FactKey {
    FactKey { group, name, kind, purpose, switch: None }
}

use FactKind::{Flag, Number, OneOf, Text};
use FactPurpose::{Capture, Fraud};
use Group::{Device, HostApplication, Network, Permissions};

/// How a permission stands.
const PERMISSION: FactKind = OneOf(&["granted", "denied", "not_asked"]);

/// Every fact that may be taken: what is not in this list is dropped.
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
    key(Network, "carrier", Text, Fraud),
    key(
        Network,
        "type",
        OneOf(&["wifi", "cellular", "ethernet", "vpn", "none", "unknown"]),
        Capture,
    ),
    key(Network, "sim_status", OneOf(&["ready", "absent", "locked", "unknown"]), Fraud),
    key(Network, "lan_ip", Text, Fraud),
    FactKey { switch: Some(Switch::DnsAddress), ..key(Network, "dns_ip", Text, Fraud) },
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

/// The member with the list of installed applications (row D10).
pub(super) const INSTALLED: &str = "installed_applications";
