//! What facts of a device tell by contradicting each other.

use super::{Device, Group};
use crate::signals::DeviceSignals;
use crate::tables::Tables;
use crate::{Absent, Reason, Signal};

/// What is known of a device, and why it speaks against it.
pub(crate) fn signals(device: &Device, _tables: &Tables) -> (DeviceSignals, Vec<Reason>) {
    let mut signals = DeviceSignals::null(Absent::NotGiven);
    let mut reasons = Vec::new();
    signals.dropped = Signal::Known(device.dropped);
    if let Some(driven) = device.flag(Group::Browser, "webdriver") {
        signals.automation = Signal::Known(driven);
        reasons.extend(driven.then_some(Reason::DeviceAutomation));
    }
    (signals, reasons)
}
