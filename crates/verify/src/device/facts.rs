//! Facts of a device, read from what was sent: what is not in the list is dropped
//! and counted, never kept.

use std::collections::{BTreeMap, BTreeSet};

use bonafide_accounts::Switch;
use bonafide_context::Keeper;
use bonafide_policy::{Held, HeldPart};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::keys::{FactKey, FactKind, Group, INSTALLED, KEYS};

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

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What came of reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// What may be kept.
    pub facts: DeviceFacts,
    /// Members that nobody has declared, or whose value is not of their kind.
    pub dropped: u64,
    /// Facts of the list that are not taken, because tenant or person do not want
    /// it so.
    pub withheld: BTreeSet<&'static str>,
}

/// Longer texts are none of a device, in bytes.
const LONGEST: usize = 200;
/// More applications than this are not listed.
const MOST_APPLICATIONS: usize = 500;

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
        let mut parsed = Parsed::default();
        for (name, value) in sent {
            let group = Group::ALL.into_iter().find(|group| group.name() == name);
            match (group, value) {
                (Some(group), Value::Object(members)) => parsed.group(group, members, on),
                (None, Value::Array(list)) if name == INSTALLED => {
                    let switched = on.contains(&Switch::InstalledApplications);
                    let wanted = agreed && switched || !Keeper::Switches.works();
                    parsed.applications(list, wanted);
                }
                _ => parsed.dropped += 1,
            }
        }
        parsed
    }
}

impl Parsed {
    fn group(&mut self, group: Group, members: &Map<String, Value>, on: &BTreeSet<Switch>) {
        for (name, value) in members {
            let key = KEYS.iter().find(|key| key.group == group && key.name == name);
            let off = |switch: &Switch| !on.contains(switch) && Keeper::Switches.works();
            match key.and_then(|key| Some((key, read(key, value)?))) {
                None if !Keeper::FactList.works() => {
                    let facts = self.facts.facts.entry(group.name().to_owned()).or_default();
                    facts.insert(name.clone(), Fact::Text(value.to_string()));
                }
                None => self.dropped += 1,
                Some((key, _)) if key.switch.as_ref().is_some_and(off) => {
                    self.withheld.insert(key.name);
                }
                Some((key, fact)) => {
                    let facts = self.facts.facts.entry(group.name().to_owned()).or_default();
                    facts.insert(key.name.to_owned(), fact);
                }
            }
        }
    }

    fn applications(&mut self, list: &[Value], wanted: bool) {
        if !wanted {
            self.withheld.insert(INSTALLED);
            return;
        }
        let mut names = Vec::new();
        for value in list {
            match value.as_str().and_then(line) {
                Some(name) if names.len() < MOST_APPLICATIONS => names.push(name),
                _ => self.dropped += 1,
            }
        }
        self.facts.installed_applications = Some(names);
    }
}

/// The value, if it is of the key's kind.
fn read(key: &FactKey, value: &Value) -> Option<Fact> {
    match (key.kind, value) {
        (FactKind::Text, Value::String(text)) => line(text).map(Fact::Text),
        (FactKind::Number, Value::Number(number)) => number.as_f64().map(Fact::Number),
        (FactKind::Flag, Value::Bool(flag)) => Some(Fact::Flag(*flag)),
        (FactKind::OneOf(list), Value::String(text)) => {
            list.contains(&text.as_str()).then(|| Fact::Text(text.clone()))
        }
        _ => None,
    }
}

fn line(text: &str) -> Option<String> {
    let fits = (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
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
        json!({ group.name(): members })
    }

    fn taken(parsed: &Parsed, group: Group) -> Vec<&str> {
        parsed.facts.facts[group.name()].keys().map(String::as_str).collect()
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
        let odd = json!({
            "device": { "model": { "name": MARKER }, "battery_level": MARKER, "charging": 1,
                        "os": "a\nb", "cpu": "x".repeat(201) },
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

    #[test]
    fn every_key_stands_once() {
        for (at, key) in KEYS.iter().enumerate() {
            let twice = |other: &FactKey| other.group == key.group && other.name == key.name;
            assert!(!KEYS.iter().take(at).any(twice), "{}", key.name);
        }
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
