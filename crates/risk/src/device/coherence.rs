//! What facts of a device tell by contradicting each other.

use super::agent::{Agent, System, hinted_chromium};
use super::marks::{AUTOMATION, DESKTOP_GPU, EMULATOR, VIRTUAL_CAMERA, holds};
use super::{Device, Group};
use crate::signals::DeviceSignals;
use crate::tables::{Tables, Zones};
use crate::{Absent, Reason, RegionCode, Signal};

/// What is known of a device, and why it speaks against it.
pub(crate) fn signals(device: &Device, tables: &Tables) -> (DeviceSignals, Vec<Reason>) {
    let agent = device.text(Group::Browser, "user_agent").map(Agent::read);
    let place = country(device, tables);
    let mut signals = DeviceSignals::null(Absent::NotGiven);
    signals.automation = told(automation(device));
    signals.emulator = told(emulator(device));
    signals.virtual_camera =
        told(device.text(Group::Browser, "camera").map(|label| holds(label, VIRTUAL_CAMERA)));
    signals.impossible_screen = told(impossible_screen(device));
    signals.user_agent_mismatch = told(agent.and_then(|agent| hints_differ(device, agent)));
    signals.system_mismatch = told(agent.and_then(|agent| system_differs(device, agent)));
    signals.language_mismatch = place.compare(&languages(device));
    signals.network_mismatch = place.compare(&network(device));
    signals.vpn = told(match device.text(Group::Network, "type") {
        None | Some("unknown") => None,
        Some(kind) => Some(kind == "vpn"),
    });
    signals.dropped = Signal::Known(device.dropped);
    let found = [
        (&signals.automation, Reason::DeviceAutomation),
        (&signals.emulator, Reason::DeviceEmulator),
        (&signals.virtual_camera, Reason::DeviceVirtualCamera),
        (&signals.impossible_screen, Reason::DeviceImpossibleScreen),
        (&signals.user_agent_mismatch, Reason::DeviceUserAgentMismatch),
        (&signals.system_mismatch, Reason::DeviceSystemMismatch),
        (&signals.language_mismatch, Reason::DeviceLanguageMismatch),
        (&signals.network_mismatch, Reason::DeviceNetworkMismatch),
        (&signals.vpn, Reason::DeviceVpn),
    ];
    let reasons = found.into_iter().filter(|(signal, _)| signal.is_true());
    let reasons = reasons.map(|(_, reason)| reason).collect();
    (signals, reasons)
}

fn told(answer: Option<bool>) -> Signal<bool> {
    Signal::or_null(answer, Absent::NotGiven)
}

/// Whether a program drives the browser: it says so, or its name does.
fn automation(device: &Device) -> Option<bool> {
    let said = device.flag(Group::Browser, "webdriver");
    let agent = device.text(Group::Browser, "user_agent");
    let marked = agent.is_some_and(|agent| holds(agent, AUTOMATION));
    if marked { Some(true) } else { said }
}

/// Whether its parts have names that only emulators and virtual machines have.
fn emulator(device: &Device) -> Option<bool> {
    let of = |group, names: &[&str]| -> Vec<bool> {
        let texts = names.iter().filter_map(|name| device.text(group, name));
        texts.map(|text| holds(text, EMULATOR)).collect()
    };
    let parts = ["manufacturer", "brand", "model", "name", "cpu", "kernel", "baseband", "sensors"];
    let mut marked = of(Group::Device, &parts);
    marked.extend(of(Group::Browser, &["gpu", "user_agent"]));
    (!marked.is_empty()).then(|| marked.contains(&true))
}

/// Whether its screen, or another of its measures, is one that no device has.
fn impossible_screen(device: &Device) -> Option<bool> {
    let number = |group, name| device.number(group, name);
    let width = number(Group::Device, "screen_width")?;
    let height = number(Group::Device, "screen_height")?;
    let side = |length: f64| (100.0..=20_000.0).contains(&length);
    let beyond = |value: Option<f64>, from: f64, to: f64| {
        value.is_some_and(|value| !(from..=to).contains(&value))
    };
    // A window may hang over the screen's edge, or be zoomed; twice the screen it is not.
    let window = |name, screen: f64| beyond(number(Group::Browser, name), 0.0, screen * 2.0);
    let long = width.max(height) / width.min(height);
    Some(
        !side(width)
            || !side(height)
            || long > 6.0
            || window("window_width", width.max(height))
            || window("window_height", width.max(height))
            || beyond(number(Group::Browser, "pixel_ratio"), 0.2, 10.0)
            || beyond(number(Group::Browser, "touch_points"), 0.0, 256.0)
            || beyond(number(Group::Device, "cpu_cores"), 1.0, 1_024.0)
            || beyond(number(Group::Device, "battery_level"), 0.0, 100.0),
    )
}

/// Whether the client hints tell of another browser or system than the user agent.
fn hints_differ(device: &Device, agent: Agent) -> Option<bool> {
    let brands = device.text(Group::Browser, "hint_brands");
    let platform = device.text(Group::Browser, "hint_platform");
    let mobile = device.flag(Group::Browser, "hint_mobile");
    let brand = brands.map(|brands| match (hinted_chromium(brands), agent.chromium) {
        (Some(hinted), Some(named)) => hinted != named,
        // Only Chromium sends hints at all.
        (_, None) => true,
        (None, Some(_)) => false,
    });
    let system = platform.and_then(System::read).zip(agent.system);
    let system = system.map(|(hinted, named)| !hinted.fits(named));
    let mobile = mobile.map(|hinted| hinted != agent.mobile);
    any([brand, system, mobile])
}

/// Whether what it says of its system does not fit the user agent.
fn system_differs(device: &Device, agent: Agent) -> Option<bool> {
    let system = agent.system?;
    let told = device.text(Group::Device, "os").and_then(System::read);
    let told = told.map(|told| !told.fits(system));
    // A telephone without a touch screen, and one with a desktop's graphics.
    let touch = device.number(Group::Browser, "touch_points").filter(|_| system.is_mobile());
    let touch = touch.map(|points| points < 1.0);
    let gpu = device.text(Group::Browser, "gpu").map(|gpu| {
        let lower = gpu.to_ascii_lowercase();
        system.is_mobile() && holds(gpu, DESKTOP_GPU)
            || lower.contains("direct3d") && system != System::Windows
            || lower.contains("apple gpu") && !system.fits(System::Mac)
    });
    any([told, touch, gpu])
}

/// Whether any holds, of those that are known.
fn any<const N: usize>(answers: [Option<bool>; N]) -> Option<bool> {
    let known: Vec<bool> = answers.into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.contains(&true))
}

/// The country of the time zone.
struct Place(Result<RegionCode, Absent>);

impl Place {
    /// Whether it is none of these countries.
    fn compare(&self, others: &[RegionCode]) -> Signal<bool> {
        match self.0 {
            _ if others.is_empty() => Signal::Null(Absent::NotGiven),
            Ok(here) => Signal::Known(!others.contains(&here)),
            Err(reason) => Signal::Null(reason),
        }
    }
}

fn country(device: &Device, tables: &Tables) -> Place {
    let find = |zones: &Zones, zone: &str| zones.region(zone).ok_or(Absent::NotInTables);
    Place(match (device.text(Group::Device, "time_zone"), &tables.zones) {
        (None, _) => Err(Absent::NotGiven),
        (Some(_), None) => Err(Absent::DataNotInstalled),
        (Some(zone), Some(zones)) => find(zones, zone),
    })
}

/// The countries of its languages, of those that name one (`de-AT`, `zh-Hant-TW`).
fn languages(device: &Device) -> Vec<RegionCode> {
    let all = device.text(Group::Browser, "languages");
    let one = device.text(Group::Device, "language");
    let tags = all.into_iter().chain(one).flat_map(|list| list.split([',', ';', ' ']));
    tags.flat_map(|tag| tag.split(['-', '_']).skip(1))
        .filter(|part| part.len() == 2)
        .filter_map(|part| part.to_ascii_uppercase().parse().ok())
        .collect()
}

fn network(device: &Device) -> Vec<RegionCode> {
    let country = device.text(Group::Network, "country");
    country.and_then(|code| code.to_ascii_uppercase().parse().ok()).into_iter().collect()
}
