//! What the name before the at sign tells. Names differ by language: what is said here
//! is said of Latin letters only, and weighs little.

/// Shannon entropy of the signs, in hundredths of a bit a sign.
pub(super) fn entropy(name: &str) -> u16 {
    let mut signs: Vec<char> = name.chars().collect();
    signs.sort_unstable();
    let all = signs.len() as f64;
    let bits: f64 = signs
        .chunk_by(|a, b| a == b)
        .map(|same| same.len() as f64 / all)
        .map(|share| -share * share.log2())
        .sum();
    (bits * 100.0).round() as u16
}

/// Share of digits among the signs, in percent.
pub(super) fn digits(name: &str) -> u8 {
    let all = name.chars().count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    (digits * 100).checked_div(all).and_then(|share| u8::try_from(share).ok()).unwrap_or(0)
}

/// Digits that make a name mostly of digits: half of it, and six at least.
pub(super) fn many_digits(name: &str) -> bool {
    digits(name) >= 50 && name.chars().filter(char::is_ascii_digit).count() >= 6
}

/// Whether the name looks drawn by lot: ten letters and digits or more in which they
/// take turns four times and more, or with six consonants in a row, or with hardly a
/// vowel.
pub(super) fn looks_random(name: &str) -> bool {
    if !name.is_ascii() {
        return false;
    }
    let signs: Vec<u8> = name.bytes().filter(u8::is_ascii_alphanumeric).collect();
    if signs.len() < 10 {
        return false;
    }
    let turns = signs
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()));
    let consonants = |sign: &u8| sign.is_ascii_alphabetic() && !is_vowel(*sign);
    let run = name
        .as_bytes()
        .chunk_by(|a, b| consonants(a) == consonants(b))
        .filter(|run| run.first().is_some_and(consonants))
        .map(<[u8]>::len)
        .max();
    let letters = signs.iter().filter(|sign| sign.is_ascii_alphabetic()).count();
    let vowels = signs.iter().filter(|sign| is_vowel(**sign)).count();
    turns.count() >= 4 || run >= Some(6) || letters >= 10 && vowels * 7 < letters
}

fn is_vowel(sign: u8) -> bool {
    matches!(sign.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Rows of keys, and columns as fingers walk them, of three keyboards.
const WALKS: [&str; 12] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "qawsedrftgyhujikolp",
];

/// Whether a walk over the keyboard, five keys or more, there or back, makes at least
/// half of the name.
pub(super) fn is_keyboard_walk(name: &str) -> bool {
    let lower: Vec<u8> = name.bytes().map(|b| b.to_ascii_lowercase()).collect();
    let longest = WALKS
        .iter()
        .flat_map(|walk| {
            let back: Vec<u8> = walk.bytes().rev().collect();
            [longest_common(&lower, walk.as_bytes()), longest_common(&lower, &back)]
        })
        .max();
    longest.is_some_and(|length| length >= 5 && length * 2 >= lower.len())
}

/// The longest piece that two texts share.
fn longest_common(a: &[u8], b: &[u8]) -> usize {
    let mut longest = 0;
    let mut row = vec![0usize; b.len()];
    for sign in a {
        let mut diagonal = 0;
        for (cell, other) in row.iter_mut().zip(b) {
            let above = *cell;
            *cell = if sign == other { diagonal + 1 } else { 0 };
            longest = longest.max(*cell);
            diagonal = above;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_signs() {
        assert_eq!(entropy("aaaa"), 0);
        assert_eq!(entropy("abab"), 100);
        assert_eq!(entropy("abcd"), 200);
        assert_eq!(entropy(""), 0);
        assert_eq!((digits("ab12"), digits(""), digits("2026")), (50, 0, 100));
    }

    #[test]
    fn names_of_people_do_not_look_random() {
        for name in [
            "erika.mustermann",
            "wolfgang.schwarzschild",
            "grzegorz.brzeczyszczykiewicz",
            "nguyenthiminhkhai",
            "mikhail.vsevolodov",
            "krzysztof1984",
            "j.r.r.tolkien",
            "anna-lena.strauss",
            "mohammed.alghamdi",
            "smith",
            "x",
            "александр.иванов",
        ] {
            assert!(!looks_random(name), "{name}");
        }
        for name in ["x7k2m9q4vb", "qzxvkjwpmn", "kd8fj3ls0a", "bcdfghjklmnp"] {
            assert!(looks_random(name), "{name}");
        }
    }

    #[test]
    fn walks_over_the_keyboard_are_seen() {
        for name in [
            "qwerty",
            "asdfgh",
            "asdfghjkl1",
            "poiuyt",
            "1qaz2wsx",
            "azertyu",
            "12345678",
            "qwertz",
        ] {
            assert!(is_keyboard_walk(name), "{name}");
        }
        for name in ["werner", "power", "erika.mustermann", "properties", "anna12345muster", ""] {
            assert!(!is_keyboard_walk(name), "{name}");
        }
    }

    #[test]
    fn many_digits_are_half_of_it_and_six() {
        assert!(many_digits("123456") && many_digits("anna123456"));
        assert!(!many_digits("anna1984") && !many_digits("12345"));
    }
}
