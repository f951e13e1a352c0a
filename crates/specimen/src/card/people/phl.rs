//! The Philippines.

use bonafide_context::{Date, Random};

use super::{Holding, digits, pick};

const SURNAMES: [&str; 8] = [
    "DELA CRUZ",
    "SANTOS",
    "REYES",
    "BAUTISTA",
    "GARCIA",
    "MENDOZA",
    "VILLANUEVA",
    "DE LOS SANTOS",
];
const GIVEN: [[&str; 5]; 2] = [
    ["MARIA CLARA", "JOSEFINA", "ANGELICA MAE", "KRISTINE JOY", "LUZVIMINDA"],
    ["JUAN CARLO", "JOSE MARIE", "MARK ANTHONY", "RAMON", "ANDRES MIGUEL"],
];
const MONTHS: [&str; 12] = [
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
];
const STREETS: [&str; 4] = ["MABINI STREET", "RIZAL AVENUE", "SAMPAGUITA ST.", "BONIFACIO DRIVE"];
const TOWNS: [&str; 4] = [
    "QUEZON CITY, METRO MANILA",
    "CEBU CITY, CEBU",
    "CITY OF ILOILO, ILOILO",
    "DAVAO CITY, DAVAO DEL SUR",
];

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, birth, female) = Holding::born(today, random);
    let group = |random: &mut dyn Random| digits(4, random);
    let number = [group(random), group(random), group(random), group(random)].join("-");
    holding.set("number", number);
    holding.set("surname", pick(&SURNAMES, random));
    holding.set("middle_name", pick(&SURNAMES, random));
    holding.set("given_names", pick(&GIVEN[usize::from(!female)], random));
    let month = MONTHS.get(birth.month() as usize - 1).copied().unwrap_or_default();
    holding.set("birth_words", format!("{month} {:02}, {}", birth.day(), birth.year()));
    let address = format!(
        "{} {}, BRGY. {}, {}",
        1 + random.below(300),
        pick(&STREETS, random),
        pick(&["SAN ISIDRO", "POBLACION", "STA. LUCIA", "BAGONG SILANG"], random),
        pick(&TOWNS, random)
    );
    holding.set("address", address);
    holding
}
