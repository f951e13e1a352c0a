//! Taiwan.

use bonafide_context::{Date, Random};

use super::{ChineseName, Holding, between, digits, pick};

/// Letter of the number with its value, and what the place is called.
const PLACES: [(char, u32, &str); 8] = [
    ('A', 10, "臺北市"),
    ('B', 11, "臺中市"),
    ('D', 13, "臺南市"),
    ('E', 14, "高雄市"),
    ('F', 15, "新北市"),
    ('H', 17, "桃園市"),
    ('N', 22, "彰化縣"),
    ('U', 28, "花蓮縣"),
];

const DISTRICTS: [&str; 6] = ["大安區", "中正區", "信義區", "北屯區", "東區", "三民區"];
const STREETS: [&str; 6] =
    ["中山路", "民生東路二段", "和平西路三段", "復興街", "建國南路", "忠孝東路四段"];

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, birth, female) = Holding::born(today, random);
    let (letter, value, place) = pick(&PLACES, random);
    let first = format!("{}{}", if female { 2 } else { 1 }, digits(7, random));
    holding.set("number", format!("{letter}{first}{}", check(value, &first)));
    holding.set("native_name", ChineseName::generate(random).traditional);
    holding.set("birth_roc", roc(birth));
    let issued = Date::from_days(today.days() - between(60, 18 * 365, random));
    holding.set("issue_date", issued.to_string());
    let how = pick(&["初發", "補發", "換發"], random);
    holding.set("issue_roc", format!("{} ({}) {how}", roc(issued), short(place)));
    holding.set("father", ChineseName::generate(random).traditional);
    holding.set("mother", ChineseName::generate(random).traditional);
    if random.below(2) == 0 {
        holding.set("spouse", ChineseName::generate(random).traditional);
    }
    if !female {
        holding.set("military_service", pick(&["陸軍備役", "海軍備役", "替代備役"], random));
    }
    holding.set("place_of_birth", pick(&PLACES, random).2);
    let address = format!(
        "{place}{}{}里{}鄰{}{}號{}樓",
        pick(&DISTRICTS, random),
        pick(&["光明", "民權", "中興", "福德"], random),
        1 + random.below(30),
        pick(&STREETS, random),
        1 + random.below(400),
        2 + random.below(12)
    );
    holding.set("address", address);
    holding
}

fn roc(date: Date) -> String {
    format!("民國{}年{}月{}日", date.year() - 1911, date.month(), date.day())
}

/// `北市` for `臺北市`.
fn short(place: &str) -> String {
    place.chars().skip(1).collect()
}

/// The letter counts as two digits of weights 1 and 9, the rest fall from 8 to 1;
/// with the check digit the sum is a multiple of ten.
fn check(letter: u32, first: &str) -> u32 {
    let digits = first.bytes().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits.zip((1..=8).rev()).map(|(digit, weight)| digit * weight).sum();
    (10 - (letter / 10 + letter % 10 * 9 + sum) % 10) % 10
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_digit_of_a_known_number() {
        assert_eq!(super::check(10, "12345678"), 9);
    }
}
