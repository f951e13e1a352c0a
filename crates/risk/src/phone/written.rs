//! A number as it is written: digits out of whatever people type.

use bonafide_context::Sensitive;
use zeroize::Zeroizing;

/// More digits than this are no number; E.164 has fifteen, some plans two more.
const MOST_DIGITS: usize = 24;
/// A longer extension is none.
const LONGEST_EXTENSION: usize = 9;

/// A number as it was written, without everything that is not the number.
#[derive(Debug)]
pub(crate) struct Written {
    /// A plus, if it has one, and ASCII digits.
    pub(crate) dialled: Sensitive<String>,
    /// Whether some digits were written as letters.
    pub(crate) letters: bool,
    /// Whether there were digits of other scripts or signs that are not seen.
    pub(crate) unusual_signs: bool,
    /// Whether it has an extension.
    pub(crate) extension: bool,
}

impl Written {
    /// Reads a number; `None` if it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text
            .get(..4)
            .filter(|head| head.eq_ignore_ascii_case("tel:"))
            .map_or(text, |_| text.get(4..).unwrap_or_default());
        let (text, extension) = split_extension(text)?;
        // Not a byte more than this is ever needed, so the text is not moved about.
        let mut dialled = Zeroizing::new(String::with_capacity(MOST_DIGITS + 2));
        let (mut letters, mut unusual_signs, mut digits) = (false, false, 0usize);
        for sign in text.chars() {
            match sign {
                '0'..='9' => dialled.push(sign),
                '+' | '\u{ff0b}' if dialled.is_empty() => {
                    unusual_signs |= sign != '+';
                    dialled.push('+');
                    continue;
                }
                'a'..='z' | 'A'..='Z' => {
                    letters = true;
                    dialled.push(key_of(sign));
                }
                sign if is_between(sign) => continue,
                sign if is_hidden(sign) => {
                    unusual_signs = true;
                    continue;
                }
                sign => match digit_of(sign) {
                    Some(digit) => {
                        unusual_signs = true;
                        dialled.push(digit);
                    }
                    None => return None,
                },
            }
            digits += 1;
            if digits > MOST_DIGITS {
                return None;
            }
        }
        let dialled = Sensitive::new(std::mem::take(&mut *dialled));
        // A word is no number: letters stand for digits behind three digits at least,
        // as in 1-800-FLOWERS.
        let first = text.find(|sign: char| sign.is_ascii_alphabetic());
        let before = first.and_then(|at| text.get(..at)).map(count_digits);
        if digits < 2 || before.is_some_and(|before| before < 3) {
            return None;
        }
        Some(Self { dialled, letters, unusual_signs, extension })
    }

    /// Whether it begins with a country code.
    pub(crate) fn is_international(&self) -> bool {
        self.dialled.expose().starts_with('+')
    }
}

fn count_digits(text: &str) -> usize {
    text.chars().filter(|sign| sign.is_ascii_digit() || digit_of(*sign).is_some()).count()
}

/// The number, and whether something behind it is an extension; `None` if what is
/// behind it is neither.
fn split_extension(text: &str) -> Option<(&str, bool)> {
    // RFC 3966 writes parameters behind semicolons; of those only this one is read.
    if let Some((number, parameter)) = text.split_once(';') {
        let digits = parameter.strip_prefix("ext=").or_else(|| parameter.strip_prefix("EXT="))?;
        return is_extension(digits).then_some((number, true));
    }
    let digits = text.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let tail = text.get(digits.len()..).unwrap_or_default();
    let head = digits.trim_end_matches([' ', '.', ':', '\u{a0}', '-']);
    let marks = ["extension", "extn", "ext", "доб", "int", "x", "х", "#", "~", "anexo"];
    let cut = |mark: &&str| {
        let at = head.len().checked_sub(mark.len())?;
        head.get(at..).filter(|end| end.to_lowercase() == **mark)?;
        head.get(..at)
    };
    match marks.iter().find_map(cut) {
        // `1-800-4X` is a number with a letter, `+1 202 555 0100 x4` an extension: it
        // takes a whole number before the mark, and no letter.
        Some(number)
            if is_extension(tail)
                && count_digits(number) >= 6
                && !number.ends_with(|sign: char| sign.is_alphabetic()) =>
        {
            Some((number.trim_end_matches([',', ' ']), true))
        }
        _ => Some((text, false)),
    }
}

fn is_extension(digits: &str) -> bool {
    (1..=LONGEST_EXTENSION).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The key of a telephone that a letter lies on (ITU-T E.161).
fn key_of(letter: char) -> char {
    match letter.to_ascii_lowercase() {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        _ => '9',
    }
}

/// What people write between digits.
fn is_between(sign: char) -> bool {
    matches!(
        sign,
        ' ' | '\t' | '-' | '.' | '(' | ')' | '/' | '[' | ']' | '\u{a0}' | '\u{2010}'..='\u{2015}'
            | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{2212}' | '\u{3000}' | '\u{ff08}'
            | '\u{ff09}' | '\u{ff0d}' | '\u{ff0e}'
    )
}

/// What is not seen, or turns the direction of what is.
fn is_hidden(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// Zeros of the scripts that telephone numbers are written in; nine more follow each
/// (Unicode, general category Nd).
const ZEROS: [u32; 22] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0xff10,
];

/// The ASCII digit of a digit of another script.
fn digit_of(sign: char) -> Option<char> {
    let code = u32::from(sign);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, bool, bool, bool)> {
        Written::read(text).map(|written| {
            let Written { dialled, letters, unusual_signs, extension } = written;
            (dialled.expose().clone(), letters, unusual_signs, extension)
        })
    }

    fn plain(digits: &str) -> Option<(String, bool, bool, bool)> {
        Some((digits.to_owned(), false, false, false))
    }

    #[test]
    fn digits_are_read_out_of_what_people_write() {
        assert_eq!(read("+44 (20) 7946-0000"), plain("+442079460000"));
        assert_eq!(read("tel:+44-20-7946-0000"), plain("+442079460000"));
        assert_eq!(read(" 020.7946.0000 "), plain("02079460000"));
        assert_eq!(read("+44\u{2011}20\u{a0}7946\u{2212}0000"), plain("+442079460000"));
    }

    #[test]
    fn letters_are_keys_behind_three_digits() {
        assert_eq!(read("1-800-FLOWERS"), Some(("18003569377".to_owned(), true, false, false)));
        for wrong in ["FLOWERS", "call me", "12 apples", "x", "+abc", "+44 erik"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn extensions_are_told_from_numbers() {
        for text in [
            "+1 202 555 0100 ext. 42",
            "+1 202 555 0100x42",
            "+1 202 555 0100 # 42",
            "+1 202 555 0100;ext=42",
            "tel:+1-202-555-0100;ext=42",
            "+1 202 555 0100, extension 42",
        ] {
            assert_eq!(read(text), Some(("+12025550100".to_owned(), false, false, true)), "{text}");
        }
        assert_eq!(read("+1 202 555 0100;isub=42"), None);
        assert_eq!(read("+1 202 555 0100;ext="), None);
        assert_eq!(read("+1 202 555 0100;ext=1;ext=2"), None);
    }

    #[test]
    fn full_width_digits_and_hidden_signs_are_read_and_told() {
        let expected = Some(("+442079460000".to_owned(), false, true, false));
        assert_eq!(read("\u{ff0b}\u{ff14}\u{ff14}2079460000"), expected);
        assert_eq!(read("\u{202e}+442079460000\u{202c}"), expected);
        assert_eq!(read("+4420794600\u{200b}00"), expected);
        let arabic = read("\u{664}\u{664}2079460000").unwrap();
        assert_eq!((arabic.0.as_str(), arabic.2), ("442079460000", true));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for wrong in
            ["", " ", "+", "1", "++44 20", "44+20", "<script>", "12;drop", "£100", "\0\0\0"]
        {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
        assert_eq!(read(&"1".repeat(25)), None);
        assert_eq!(read(&"1".repeat(10_000)), None);
    }

    proptest! {
        #[test]
        fn whatever_is_written_gives_digits_or_nothing(text in "\\PC{0,60}") {
            if let Some((dialled, ..)) = read(&text) {
                let digits = dialled.strip_prefix('+').unwrap_or(&dialled);
                prop_assert!(digits.len() <= MOST_DIGITS);
                prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
            }
        }

        #[test]
        fn marks_between_digits_change_nothing(
            digits in "[0-9]{7,15}",
            marks in prop::collection::vec("[ ./()-]{0,2}", 15),
        ) {
            let spread: String =
                digits.chars().zip(&marks).flat_map(|(d, m)| std::iter::once(d).chain(m.chars())).collect();
            prop_assert_eq!(read(&spread), plain(&digits));
        }
    }
}
