//! Which country a time zone belongs to.

use std::collections::HashMap;

use crate::signal::RegionCode;

/// Zones by name.
pub(crate) struct Zones(HashMap<Box<str>, RegionCode>);

/// Names that browsers still give and the table has no longer, with their new ones (the
/// tz database's file `backward`).
const FORMER: &[(&str, &str)] = &[
    ("Africa/Asmera", "Africa/Asmara"),
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("America/Catamarca", "America/Argentina/Catamarca"),
    ("America/Coral_Harbour", "America/Atikokan"),
    ("America/Cordoba", "America/Argentina/Cordoba"),
    ("America/Godthab", "America/Nuuk"),
    ("America/Indianapolis", "America/Indiana/Indianapolis"),
    ("America/Jujuy", "America/Argentina/Jujuy"),
    ("America/Louisville", "America/Kentucky/Louisville"),
    ("America/Mendoza", "America/Argentina/Mendoza"),
    ("America/Montreal", "America/Toronto"),
    ("Asia/Calcutta", "Asia/Kolkata"),
    ("Asia/Chongqing", "Asia/Shanghai"),
    ("Asia/Dacca", "Asia/Dhaka"),
    ("Asia/Katmandu", "Asia/Kathmandu"),
    ("Asia/Rangoon", "Asia/Yangon"),
    ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
    ("Asia/Ulan_Bator", "Asia/Ulaanbaatar"),
    ("Atlantic/Faeroe", "Atlantic/Faroe"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("Pacific/Enderbury", "Pacific/Kanton"),
    ("Pacific/Ponape", "Pacific/Pohnpei"),
    ("Pacific/Truk", "Pacific/Chuuk"),
];

impl Zones {
    /// `zone.tab`: country, coordinates, zone, with tabs between them.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut zones = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut columns = line.split('\t');
            let region: RegionCode = columns.next()?.parse().ok()?;
            let zone = columns.nth(1)?;
            zones.insert(Box::from(zone), region);
        }
        (!zones.is_empty()).then_some(Self(zones))
    }

    /// The country of a zone.
    pub(crate) fn region(&self, zone: &str) -> Option<RegionCode> {
        let former = FORMER.iter().find(|(former, _)| *former == zone);
        self.0.get(former.map_or(zone, |(_, name)| *name)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_a_country() {
        let zones = Zones::read(
            "# x\nDE\t+5230+01322\tEurope/Berlin\tmost\nIN\t+2232+08822\tAsia/Kolkata\n",
        )
        .unwrap();
        assert_eq!(zones.region("Europe/Berlin").unwrap().as_str(), "DE");
        assert_eq!(zones.region("Asia/Calcutta").unwrap().as_str(), "IN");
        assert_eq!(zones.region("UTC"), None);
    }
}
