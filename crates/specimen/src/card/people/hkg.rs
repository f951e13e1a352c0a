//! Hong Kong.

use bonafide_context::{Date, Random};

use super::{ChineseName, Holding, between, digits, pick};

/// First letters in use.
const LETTERS: [&str; 12] = ["A", "B", "C", "D", "E", "G", "H", "K", "P", "R", "Y", "Z"];

pub(super) fn holding(today: Date, random: &mut dyn Random) -> Holding {
    let (mut holding, birth, _) = Holding::born(today, random);
    let permanent = random.below(4) > 0;
    let (han, latin) = if permanent {
        ("香港永久性居民身份證", "HONG KONG PERMANENT IDENTITY CARD")
    } else {
        ("香港居民身份證", "HONG KONG IDENTITY CARD")
    };
    holding.set("title_han", han);
    holding.set("title", latin);
    let name = ChineseName::generate(random);
    // One in eight has no name in Chinese.
    if random.below(8) > 0 {
        let codes: Vec<String> = (0..name.characters()).map(|_| digits(4, random)).collect();
        holding.set("name_code", codes.join(" "));
        holding.set("native_name", name.traditional);
    }
    let (surname, given) = name.cantonese;
    holding.set("latin_name", format!("{surname}, {given}"));
    holding.set("surname", surname);
    holding.set("given_names", given);
    let letter = pick(&LETTERS, random);
    let number = digits(6, random);
    holding.set("number", format!("{letter}{number}({})", check(letter, &number)));
    holding.set("symbols", if permanent { "***AZ" } else { "CO" });
    let first_year = (birth.year() + 11).max(1979) % 100;
    holding.set("first_issue", format!("({:02}-{first_year:02})", 1 + random.below(12)));
    let issued = Date::from_days(today.days() - between(60, 20 * 365, random));
    holding.set("issue_date", issued.to_string());
    let short = issued.year() % 100;
    holding.set("issue_dmy_short", format!("{:02}-{:02}-{short:02}", issued.day(), issued.month()));
    holding
}

/// The weights fall from 9 for an absent first letter to 2; with a check digit
/// of weight 1 the sum is a multiple of 11.
fn check(letter: &str, number: &str) -> char {
    const ABSENT: u32 = 36;
    let letter = letter.bytes().next().map_or(0, |b| u32::from(b - b'A') + 10);
    let digits = number.bytes().map(|b| u32::from(b - b'0'));
    let values = [ABSENT, letter].into_iter().chain(digits);
    let sum: u32 = values.zip((2..=9).rev()).map(|(value, weight)| value * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => 'A',
        digit => char::from_digit(digit, 10).unwrap_or('A'),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_digit_of_a_known_number() {
        assert_eq!(super::check("A", "123456"), '3');
        assert_eq!(super::check("Z", "683365"), 'A');
    }
}
