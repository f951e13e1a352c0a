//! Singapore.

use bonafide_context::{Date, Random};

use super::{ChineseName, Holding, between, digits, dmy, pick};

const MALAY: [&str; 6] = [
    "NURUL HUDA BINTE RAHMAN",
    "MUHAMMAD FAIZAL BIN OSMAN",
    "SITI AISYAH BINTE YUSOF",
    "AHMAD ZULKIFLI BIN HASSAN",
    "ROSNAH BINTE ABDULLAH",
    "MOHAMED IRFAN SHAH BIN MOHAMED IDRIS",
];

const INDIAN: [&str; 5] = [
    "PRIYA D/O SUBRAMANIAM",
    "RAJESH KUMAR S/O MUTHU",
    "ANAND KRISHNAN",
    "LAKSHMI NARAYANAN",
    "VIKRAM SINGH S/O GURMIT SINGH",
];

const STREETS: [&str; 6] = [
    "TAMPINES STREET 81",
    "ANG MO KIO AVENUE 3",
    "JURONG WEST STREET 42",
    "BUKIT BATOK CENTRAL",
    "SERANGOON NORTH AVE 1",
    "TOA PAYOH LORONG 4",
];

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, birth, _) = Holding::born(today, random);
    let race = match random.below(10) {
        0..=5 => {
            let name = ChineseName::generate(random);
            let (surname, given) = name.pinyin;
            holding.set("full_name", format!("{surname} {given}"));
            holding.set("native_name", name.simplified);
            "CHINESE"
        }
        6 | 7 => {
            holding.set("full_name", pick(&MALAY, random));
            "MALAY"
        }
        _ => {
            holding.set("full_name", pick(&INDIAN, random));
            "INDIAN"
        }
    };
    holding.set("ethnic_group", race);
    // Numbers begin with S before 2000, T from then on, and the year.
    let letter = if birth.year() < 2000 { 'S' } else { 'T' };
    let number = format!("{:02}{}", birth.year() % 100, digits(5, random));
    holding.set("number", format!("{letter}{number}{}", check(letter, &number)));
    holding.set("place_of_birth", pick(&["SINGAPORE", "MALAYSIA", "CHINA", "INDIA"], random));
    let issued = Date::from_days(today.days() - between(60, 20 * 365, random));
    holding.set("issue_date", issued.to_string());
    holding.set("issue_dmy", dmy(issued));
    let block = 1 + random.below(900);
    let first = format!("APT BLK {block} {}", pick(&STREETS, random));
    let second = format!("#{:02}-{:03}", 1 + random.below(25), 1 + random.below(400));
    let third = format!("SINGAPORE {}", digits(6, random));
    holding.set("address", format!("{first} {second} {third}"));
    holding.set("address_1", first);
    holding.set("address_2", second);
    holding.set("address_3", third);
    holding
}

/// The check letter of citizens and permanent residents.
fn check(letter: char, number: &str) -> char {
    let weights = [2, 7, 6, 5, 4, 3, 2];
    let digits = number.bytes().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    let offset = if letter == 'T' { 4 } else { 0 };
    char::from(b"JZIHGFEDCBA"[((sum + offset) % 11) as usize])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_letters_of_known_numbers() {
        assert_eq!(super::check('S', "0000001"), 'I');
        assert_eq!(super::check('S', "1234567"), 'D');
        assert_eq!(super::check('T', "0000001"), 'E');
    }
}
