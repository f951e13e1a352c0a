//! Indonesia.

use bonafide_context::{Date, Random};

use super::{Holding, between, digits, dmy, pick};

const NAMES: [[&str; 6]; 2] = [
    [
        "SRI WAHYUNI",
        "DEWI LESTARI",
        "SITI NURHALIZA PUTRI",
        "RINA MARLINA",
        "ANISA RAHMAWATI",
        "NI LUH AYU KADEK",
    ],
    [
        "BUDI SANTOSO",
        "AGUS PRASETYO",
        "MUHAMMAD RIZKI",
        "HENDRA GUNAWAN",
        "I WAYAN SUDIRA",
        "JOKO SUSILO UTOMO",
    ],
];

/// Region code, province, city.
const REGIONS: [(&str, &str, &str); 6] = [
    ("317101", "DKI JAKARTA", "JAKARTA PUSAT"),
    ("327301", "JAWA BARAT", "KOTA BANDUNG"),
    ("337401", "JAWA TENGAH", "KOTA SEMARANG"),
    ("357801", "JAWA TIMUR", "KOTA SURABAYA"),
    ("517101", "BALI", "KOTA DENPASAR"),
    ("127101", "SUMATERA UTARA", "KOTA MEDAN"),
];

const TOWNS: [&str; 6] = ["JAKARTA", "BANDUNG", "SURABAYA", "MEDAN", "YOGYAKARTA", "DENPASAR"];
const STREETS: [&str; 5] = [
    "JL MERDEKA NO 12",
    "JL ANGGREK NO 7",
    "JL PAHLAWAN NO 45",
    "GG MELATI NO 3",
    "JL DIPONEGORO 88",
];

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, birth, female) = Holding::born(today, random);
    let (code, province, city) = pick(&REGIONS, random);
    // The day of birth counts forty more for women.
    let day = birth.day() + if female { 40 } else { 0 };
    let serial = 1 + random.below(50);
    let number = format!("{code}{day:02}{:02}{:02}{serial:04}", birth.month(), birth.year() % 100);
    holding.set("number", number);
    holding.set("province", province);
    holding.set("city", city);
    holding.set("full_name", pick(&NAMES[usize::from(!female)], random));
    holding.set("place_of_birth", pick(&TOWNS, random));
    holding.set("address", pick(&STREETS, random));
    holding.set("sex_id", if female { "PEREMPUAN" } else { "LAKI-LAKI" });
    holding.set("blood", pick(&["A", "B", "AB", "O", "-"], random));
    holding.set("rt_rw", format!("{}/{}", digits(3, random), digits(3, random)));
    holding.set("village", pick(&["SUKAMAJU", "CEMPAKA", "MEKARSARI", "KARANGANYAR"], random));
    holding.set("district", pick(&["MENTENG", "COBLONG", "TEGALSARI", "KUTA"], random));
    holding.set("religion", pick(&["ISLAM", "KRISTEN", "KATOLIK", "HINDU", "BUDHA"], random));
    holding.set("marital", pick(&["KAWIN", "BELUM KAWIN", "CERAI MATI"], random));
    holding.set("occupation", pick(&["KARYAWAN SWASTA", "WIRASWASTA", "PELAJAR"], random));
    holding.set("nationality", "IDN");
    holding.set("issue_dmy", dmy(Date::from_days(today.days() - between(60, 3_000, random))));
    holding
}
