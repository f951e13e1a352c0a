//! Malaysia.

use bonafide_context::{Date, Random};

use super::{ChineseName, Holding, digits, pick};

const MALAY: [[&str; 4]; 2] = [
    [
        "NUR AISYAH BINTI RAMLI",
        "SITI NORAINI BINTI ABD KARIM",
        "FATIMAH BINTI ISMAIL",
        "NORHAYATI BINTI MOHD YUSOF",
    ],
    [
        "MUHAMMAD HAFIZ BIN ZAINAL",
        "AHMAD FAIZ BIN ROSLI",
        "MOHD AZLAN SHAH BIN MOHD NOOR",
        "ISMAIL BIN HARUN",
    ],
];

/// Code of the state of birth in the number, its capital's postcode and name.
const STATES: [(&str, &str, &str); 6] = [
    ("01", "80000 JOHOR BAHRU", "JOHOR"),
    ("02", "05000 ALOR SETAR", "KEDAH"),
    ("07", "10200 GEORGE TOWN", "PULAU PINANG"),
    ("08", "30000 IPOH", "PERAK"),
    ("10", "40100 SHAH ALAM", "SELANGOR"),
    ("14", "50480 KUALA LUMPUR", "W. PERSEKUTUAN(KL)"),
];

const STREETS: [&str; 5] =
    ["JALAN MAWAR 3", "JALAN SETIA 5/2", "LORONG KENANGA", "JALAN DATO ONN", "JALAN PASAR LAMA"];
const GARDENS: [&str; 4] = ["TAMAN MELATI", "TAMAN DESA JAYA", "KAMPUNG BARU", "BANDAR SERI INDAH"];

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, birth, female) = Holding::born(today, random);
    let (code, town, state) = pick(&STATES, random);
    let serial = format!("{}{}", digits(3, random), random.below(5) * 2 + u64::from(!female));
    let day = birth.to_string().replace('-', "");
    holding.set("number", format!("{}-{code}-{serial}", day.get(2..).unwrap_or_default()));
    let name = if random.below(3) == 0 {
        let (surname, given) = ChineseName::generate(random).pinyin;
        format!("{surname} {given}")
    } else {
        pick(&MALAY[usize::from(!female)], random).to_owned()
    };
    holding.set("full_name", name);
    let first = format!("NO {} {}", 1 + random.below(200), pick(&STREETS, random));
    let second = pick(&GARDENS, random);
    holding.set("address", format!("{first} {second} {town} {state}"));
    holding.set("address_1", first);
    holding.set("address_2", second);
    holding.set("address_3", town);
    holding.set("address_4", state);
    holding.set("nationality", "MYS");
    holding.set("sex_ms", if female { "PEREMPUAN" } else { "LELAKI" });
    holding
}
