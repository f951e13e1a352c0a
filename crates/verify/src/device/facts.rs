//! Facts of a device, read from what was sent: what is not in the list is dropped
//! and counted, never kept.

use std::collections::{BTreeMap, BTreeSet};

use bonafide_accounts::Switch;
use bonafide_context::Keeper;
use bonafide_policy::{Held, HeldPart};
use bonafide_risk::device::{self, Device, Taking};
use serde::de::DeserializeSeed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Group, INSTALLED, OptIn};

/// Facts of a device, by group and name.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Held)]
#[held(category = Device, purposes(Service))]
pub struct DeviceFacts {
    /// Of the list, by group and name.
    pub facts: BTreeMap<String, BTreeMap<String, Fact>>,
    /// Names of installed applications, where tenant and person want it so.
    pub installed_applications: Option<Vec<String>>,
}

/// The value of a fact.
#[derive(Clone, PartialEq, Serialize, Deserialize, HeldPart)]
#[serde(untagged)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// A finite number.
    Number(f64),
    /// A line of text.
    Text(String),
}

/// Facts tell of a person's device.
impl std::fmt::Debug for DeviceFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceFacts({})", self.len())
    }
}

impl std::fmt::Debug for Parsed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { facts, dropped, withheld, .. } = self;
        write!(f, "Parsed({facts:?}, {dropped} dropped, {} withheld)", withheld.len())
    }
}

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What came of reading.
#[derive(Clone, Default, PartialEq)]
pub struct Parsed {
    /// What may be kept.
    pub facts: DeviceFacts,
    /// Members that nobody has declared, or whose value is not of their kind.
    pub dropped: u64,
    /// Facts of the list that are not taken, because tenant or person do not want
    /// it so.
    pub withheld: BTreeSet<&'static str>,
    /// The same facts, for what can be derived from them.
    pub device: Device,
}

impl DeviceFacts {
    /// How many there are.
    pub fn len(&self) -> usize {
        let facts: usize = self.facts.values().map(BTreeMap::len).sum();
        facts + self.installed_applications.as_ref().map_or(0, Vec::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads what a device sent. `on` is what the tenant has switched on, and
    /// `agreed` whether the person agreed that the list of applications is looked
    /// at: it takes both.
    pub fn parse(sent: &Map<String, Value>, on: &BTreeSet<Switch>, agreed: bool) -> Parsed {
        let wanted = |opt_in: &OptIn| match opt_in {
            OptIn::DnsAddress => on.contains(&Switch::DnsAddress),
            OptIn::InstalledApplications => on.contains(&Switch::InstalledApplications) && agreed,
        };
        let all = OptIn::ALL.iter().copied();
        let opted = all.filter(|of| wanted(of) || !Keeper::Switches.works()).collect();
        // A map of values can always be read; what does not fit is dropped.
        let device = Taking { opted }.deserialize(Value::Object(sent.clone())).unwrap_or_default();
        let mut parsed = Parsed::from(device);
        if !Keeper::FactList.works() {
            parsed.take_everything(sent);
        }
        parsed
    }
}

impl From<Device> for Parsed {
    fn from(device: Device) -> Self {
        let mut facts = DeviceFacts::default();
        for (key, fact) in device.facts() {
            let group = facts.facts.entry(key.group.as_str().to_owned()).or_default();
            group.insert(key.name.to_owned(), fact.into());
        }
        let names = device.installed_applications.as_ref();
        facts.installed_applications =
            names.map(|names| names.iter().map(|name| name.expose().clone()).collect());
        let withheld = device.withheld.iter().map(|opt_in| match opt_in {
            OptIn::DnsAddress => "dns_ip",
            OptIn::InstalledApplications => INSTALLED,
        });
        let withheld = withheld.collect();
        Self { facts, dropped: device.dropped.into(), withheld, device }
    }
}

impl From<&device::Fact> for Fact {
    fn from(fact: &device::Fact) -> Self {
        match fact {
            device::Fact::Flag(flag) => Self::Flag(*flag),
            device::Fact::Number(number) => Self::Number(*number),
            device::Fact::Text(text) => Self::Text(text.expose().clone()),
        }
    }
}

impl Parsed {
    /// What would be kept if nobody looked at the list: for `make sabotage`.
    fn take_everything(&mut self, sent: &Map<String, Value>) {
        for group in Group::ALL.iter().map(|group| group.as_str()) {
            let Some(Value::Object(members)) = sent.get(group) else { continue };
            for (name, value) in members {
                let facts = self.facts.facts.entry(group.to_owned()).or_default();
                facts.entry(name.clone()).or_insert_with(|| Fact::Text(value.to_string()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FactKey, FactKind, KEYS};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const MARKER: &str = "ERIKSSON-7Q";

    fn parse(sent: Value, on: &[Switch], agreed: bool) -> Parsed {
        let Value::Object(sent) = sent else { panic!("{sent}") };
        DeviceFacts::parse(&sent, &on.iter().copied().collect(), agreed)
    }

    /// Everything of a group that may be taken, and one fact more.
    fn whole(group: Group) -> Value {
        let of = |key: &FactKey| match key.kind {
            FactKind::Text => json!("x"),
            FactKind::Number => json!(1.5),
            FactKind::Flag => json!(true),
            FactKind::OneOf(list) => json!(list[0]),
        };
        let mut members: Map<String, Value> = KEYS
            .iter()
            .filter(|key| key.group == group)
            .map(|key| (key.name.to_owned(), of(key)))
            .collect();
        members.insert("owner".to_owned(), json!(MARKER));
        json!({ group.as_str(): members })
    }

    fn taken(parsed: &Parsed, group: Group) -> Vec<&str> {
        parsed.facts.facts[group.as_str()].keys().map(String::as_str).collect()
    }

    /// Nothing beyond the list is kept, and what is dropped is counted.
    fn only_listed(group: Group) {
        let parsed = parse(whole(group), &Switch::ALL, false);
        let mut listed: Vec<_> =
            KEYS.iter().filter(|key| key.group == group).map(|key| key.name).collect();
        listed.sort_unstable();
        assert_eq!(taken(&parsed, group), listed);
        assert_eq!(parsed.dropped, 1);
        assert!(!serde_json::to_string(&parsed.facts).unwrap().contains(MARKER));
        assert!(!format!("{parsed:?}").contains('x'));
    }

    #[test]
    fn d7_only_listed_facts_of_a_device_are_taken() {
        only_listed(Group::Device);
        only_listed(Group::Browser);
        let odd = json!({
            "device": { "model": { "name": MARKER }, "battery_level": MARKER, "charging": 1,
                        "os": "a\nb", "cpu": "x".repeat(513) },
            "person": { "name": MARKER }, MARKER: 1,
        });
        let parsed = parse(odd, &Switch::ALL, true);
        assert_eq!((parsed.facts.len(), parsed.dropped), (0, 7));
    }

    #[test]
    fn d8_of_a_network_the_name_server_only_by_a_switch() {
        only_listed(Group::Network);
        let parsed = parse(whole(Group::Network), &[], false);
        assert!(!taken(&parsed, Group::Network).contains(&"dns_ip"));
        assert_eq!(parsed.withheld, ["dns_ip"].into());
        let parsed = parse(whole(Group::Network), &[Switch::DnsAddress], false);
        assert!(taken(&parsed, Group::Network).contains(&"dns_ip"));
    }

    #[test]
    fn d9_of_the_host_application_name_version_and_time_are_taken() {
        only_listed(Group::HostApplication);
        let parsed = parse(whole(Group::HostApplication), &[], false);
        assert_eq!(taken(&parsed, Group::HostApplication), ["installed_at", "name", "version"]);
    }

    #[test]
    fn d10_installed_applications_take_a_switch_and_consent() {
        let sent =
            || json!({ "installed_applications": ["app.example.one", 7, "app.example.two"] });
        let on = [Switch::InstalledApplications];
        for (on, agreed) in [(&[][..], true), (&on, false), (&[], false)] {
            let parsed = parse(sent(), on, agreed);
            assert_eq!(parsed.facts.installed_applications, None);
            assert_eq!(parsed.withheld, ["installed_applications"].into());
        }
        let parsed = parse(sent(), &on, true);
        assert_eq!((parsed.facts.len(), parsed.dropped), (2, 1));
    }

    #[test]
    fn d12_only_listed_permissions_are_taken() {
        only_listed(Group::Permissions);
        let sent = json!({ "permissions": { "camera": "granted", "location": MARKER } });
        let parsed = parse(sent, &[], false);
        assert_eq!((taken(&parsed, Group::Permissions), parsed.dropped), (vec!["camera"], 1));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_and_reads_back(text in "\\PC{0,300}", number: i32) {
            let sent = json!({
                "device": { "model": text, "boot_time": number, &text: text },
                &text: text, "installed_applications": [text],
            });
            let parsed = parse(sent, &Switch::ALL, true);
            let kept = serde_json::to_string(&parsed.facts).unwrap();
            let read: DeviceFacts = serde_json::from_str(&kept).unwrap();
            prop_assert_eq!(read, parsed.facts);
        }
    }
}
