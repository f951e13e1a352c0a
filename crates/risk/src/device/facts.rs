//! Facts of a device, read from what was sent: what is not in the list is dropped
//! and counted, and never put together to a value.

use std::collections::BTreeSet;
use std::fmt;

use bonafide_context::Sensitive;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::keys::{FactKey, FactKind, Group, INSTALLED, OptIn};

/// Longer texts are none of a device, in bytes.
const LONGEST: usize = 512;
/// More applications than this are not listed.
const MOST_APPLICATIONS: usize = 500;

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// A finite number.
    Number(f64),
    /// A line of text, at most 512 bytes.
    Text(Sensitive<String>),
}

/// Facts of a device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Device {
    facts: Vec<(&'static FactKey, Fact)>,
    /// Names of installed applications, where tenant and person want it so.
    pub installed_applications: Option<Vec<Sensitive<String>>>,
    /// Members that nobody has declared, or whose value is not of their kind.
    pub dropped: u32,
    /// Facts of the list that were not taken, because tenant or person do not want it.
    pub withheld: BTreeSet<OptIn>,
}

impl Device {
    /// The value of a fact.
    pub fn get(&self, group: Group, name: &str) -> Option<&Fact> {
        let found = self.facts.iter().find(|(key, _)| key.group == group && key.name == name);
        found.map(|(_, fact)| fact)
    }

    /// A text among the facts.
    pub fn text(&self, group: Group, name: &str) -> Option<&str> {
        match self.get(group, name)? {
            Fact::Text(text) => Some(text.expose()),
            _ => None,
        }
    }

    /// A number among the facts.
    pub fn number(&self, group: Group, name: &str) -> Option<f64> {
        match self.get(group, name)? {
            Fact::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A flag among the facts.
    pub fn flag(&self, group: Group, name: &str) -> Option<bool> {
        match self.get(group, name)? {
            Fact::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Every fact, in the order in which they came.
    pub fn facts(&self) -> impl Iterator<Item = (&'static FactKey, &Fact)> {
        self.facts.iter().map(|(key, fact)| (*key, fact))
    }

    /// What tells this device from others, where it has been given such a thing: the
    /// vendor's id, else the cookie's. Nothing is made up from other facts.
    pub fn identity(&self) -> Option<Sensitive<String>> {
        let vendor = self.text(Group::Device, "vendor_id").map(|id| ("vendor", id));
        let cookie = || self.text(Group::Device, "cookie_id").map(|id| ("cookie", id));
        let (kind, id) = vendor.or_else(cookie)?;
        let mut text = zeroize::Zeroizing::new(String::with_capacity(kind.len() + id.len() + 1));
        text.push_str(kind);
        text.push(':');
        text.push_str(id);
        Some(Sensitive::new(std::mem::take(&mut *text)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.facts.len() + self.installed_applications.as_ref().map_or(0, Vec::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a fact of the list; the last of a name counts.
    fn put(&mut self, key: &'static FactKey, fact: Fact) {
        self.facts.retain(|(other, _)| !std::ptr::eq(*other, key));
        self.facts.push((key, fact));
    }
}

/// How facts are read from what was sent: a seed, because what may be taken is the
/// tenant's and the person's to say. Nothing optional by default.
#[derive(Clone, Debug, Default)]
pub struct Taking {
    /// What tenant and person both want taken.
    pub opted: BTreeSet<OptIn>,
}

/// Reads with nothing optional.
impl<'de> serde::Deserialize<'de> for Device {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Taking::default().deserialize(deserializer)
    }
}

impl<'de> DeserializeSeed<'de> for Taking {
    type Value = Device;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Device, D::Error> {
        let mut device = Device::default();
        deserializer.deserialize_map(Whole { device: &mut device, opted: &self.opted })?;
        Ok(device)
    }
}

/// The object with the groups.
struct Whole<'a> {
    device: &'a mut Device,
    opted: &'a BTreeSet<OptIn>,
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with groups of facts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let name = name.expose().as_str();
            if let Some(group) = Group::ALL.iter().find(|group| group.as_str() == name) {
                let opted = self.opted;
                map.next_value_seed(Members { device: self.device, group: *group, opted })?;
            } else if name == INSTALLED {
                let wanted = self.opted.contains(&OptIn::InstalledApplications);
                map.next_value_seed(Applications { device: self.device, wanted })?;
            } else {
                map.next_value::<IgnoredAny>()?;
                self.device.dropped += 1;
            }
        }
        Ok(())
    }
}

/// A text that overwrites itself: names of members are the sender's words too.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Sensitive<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(Sensitive::new)
    }
}

/// A value that may be anything: its shape, and the value where facts have such.
enum Any {
    Fact(Fact),
    Texts { taken: Vec<Sensitive<String>>, others: u32 },
    Object,
    Nothing,
}

/// Reads a value; `members` is what becomes of an object.
struct Value<'a>(Option<Members<'a>>);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Any;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Any;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Any, E> {
        Ok(Any::Fact(Fact::Flag(flag)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Any, E> {
        Ok(if number.is_finite() { Any::Fact(Fact::Number(number)) } else { Any::Nothing })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Any, E> {
        Ok(Any::Fact(Fact::Number(number as f64)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Any, E> {
        Ok(Any::Fact(Fact::Number(number as f64)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Any, E> {
        Ok(if is_line(text) { text_of(text.to_owned()) } else { Any::Nothing })
    }

    fn visit_string<E>(self, text: String) -> Result<Any, E> {
        let text = Sensitive::new(text);
        Ok(if is_line(text.expose()) { Any::Fact(Fact::Text(text)) } else { Any::Nothing })
    }

    fn visit_unit<E>(self) -> Result<Any, E> {
        Ok(Any::Nothing)
    }

    fn visit_none<E>(self) -> Result<Any, E> {
        Ok(Any::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Any, A::Error> {
        let (mut taken, mut others) = (Vec::new(), 0);
        while let Some(value) = seq.next_element_seed(Value(None))? {
            match value {
                Any::Fact(Fact::Text(text)) if taken.len() < MOST_APPLICATIONS => taken.push(text),
                _ => others += 1,
            }
        }
        Ok(Any::Texts { taken, others })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Any, A::Error> {
        let Some(Members { device, group, opted }) = self.0 else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Any::Nothing);
        };
        while let Some(name) = map.next_key_seed(Name)? {
            let key = FactKey::find(group, name.expose());
            let value = map.next_value_seed(Value(None))?;
            match key.zip(of_kind(key, value)) {
                None => device.dropped += 1,
                Some((key, fact)) => match key.opt_in {
                    Some(opt_in) if !opted.contains(&opt_in) => {
                        device.withheld.insert(opt_in);
                    }
                    _ => device.put(key, fact),
                },
            }
        }
        Ok(Any::Object)
    }
}

/// The facts of a group.
struct Members<'a> {
    device: &'a mut Device,
    group: Group,
    opted: &'a BTreeSet<OptIn>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Members { device, group, opted } = self;
        let members = Members { device: &mut *device, group, opted };
        if !matches!(Value(Some(members)).deserialize(deserializer)?, Any::Object) {
            device.dropped += 1;
        }
        Ok(())
    }
}

/// The names of installed applications.
struct Applications<'a> {
    device: &'a mut Device,
    wanted: bool,
}

impl<'de> DeserializeSeed<'de> for Applications<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match Value(None).deserialize(deserializer)? {
            Any::Texts { .. } if !self.wanted => {
                self.device.withheld.insert(OptIn::InstalledApplications);
            }
            Any::Texts { taken, others } => {
                self.device.dropped += others;
                self.device.installed_applications = Some(taken);
            }
            _ => self.device.dropped += 1,
        }
        Ok(())
    }
}

/// The value, if it is of the key's kind.
fn of_kind(key: Option<&FactKey>, value: Any) -> Option<Fact> {
    let Any::Fact(fact) = value else { return None };
    let fits = match (key?.kind, &fact) {
        (FactKind::Text, Fact::Text(_))
        | (FactKind::Number, Fact::Number(_))
        | (FactKind::Flag, Fact::Flag(_)) => true,
        (FactKind::OneOf(list), Fact::Text(text)) => list.contains(&text.expose().as_str()),
        _ => false,
    };
    fits.then_some(fact)
}

fn text_of(text: String) -> Any {
    Any::Fact(Fact::Text(Sensitive::new(text)))
}

fn is_line(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control)
}
