//! The 37 symbols of a machine-readable zone, and what else a recogniser
//! writes for them.

/// How many symbols there are: A-Z, 0-9 and the filler.
pub(crate) const SYMBOLS: usize = 37;

/// The symbols, by index.
const ALPHABET: &[u8; SYMBOLS] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";

/// The filler's index.
pub(crate) const FILLER: usize = 36;

/// The symbol at `index`; the filler beyond the last.
pub(crate) fn symbol(index: usize) -> char {
    char::from(ALPHABET.get(index).copied().unwrap_or(b'<'))
}

/// The symbol that looks like the one at `index` in OCR-B, letter for digit and
/// digit for letter: recognisers cannot tell them apart, the place in the zone
/// can.
pub(crate) fn twin(index: usize) -> Option<usize> {
    const TWINS: [(u8, u8); 6] =
        [(b'O', b'0'), (b'I', b'1'), (b'Z', b'2'), (b'S', b'5'), (b'B', b'8'), (b'G', b'6')];
    let of = |c: u8| ALPHABET.iter().position(|&s| s == c);
    let own = *ALPHABET.get(index)?;
    TWINS.iter().find_map(|&(letter, digit)| match own {
        _ if own == letter => of(digit),
        _ if own == digit => of(letter),
        _ => None,
    })
}

/// Which symbol a recogniser's class counts as: the letter itself in either
/// case or with a diacritic, its Greek and Cyrillic twins, and for the filler
/// every angle that the networks write in its place (PP-OCR prefers the Greek
/// capital lambda).
pub(crate) fn symbols_of(class: &str) -> Option<usize> {
    let mut chars = class.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return None;
    };
    let plain = match c {
        '<' | '＜' | '‹' | '«' | '〈' | '《' | '⟨' | 'く' | 'Λ' | 'λ' | '∧' | '^' | '∠' | '≤'
        | '﹤' | '≦' => '<',
        'Α' | 'А' | 'À'..='Å' => 'A',
        'Β' | 'В' => 'B',
        'С' | 'Ç' | 'Ć' | 'Č' => 'C',
        'Ď' | 'Đ' => 'D',
        'Ε' | 'Е' | 'È'..='Ë' | 'Ę' | 'Ě' => 'E',
        'Η' | 'Н' => 'H',
        'Ι' | 'І' | 'Ì'..='Ï' | 'İ' | 'ı' | '|' | '丨' => 'I',
        'Κ' | 'К' => 'K',
        'Ł' | 'Ĺ' | 'Ľ' => 'L',
        'Μ' | 'М' => 'M',
        'Ν' | 'Ñ' | 'Ń' | 'Ň' => 'N',
        'Ο' | 'О' | 'Ò'..='Ö' | 'Ø' | '〇' | '○' => 'O',
        'Ρ' | 'Р' => 'P',
        'Š' | 'Ś' | 'Ş' | 'Ș' => 'S',
        'Τ' | 'Т' | 'Ț' | 'Ť' => 'T',
        'Ù'..='Ü' | 'Ů' => 'U',
        'Χ' | 'Х' => 'X',
        'Υ' | 'Ý' | '￥' | '¥' => 'Y',
        'Ζ' | 'Ż' | 'Ź' | 'Ž' => 'Z',
        // Fullwidth forms follow ASCII in the same order.
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c).to_ascii_uppercase(),
        _ => c.to_ascii_uppercase(),
    };
    ALPHABET.iter().position(|&s| char::from(s) == plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_its_own() {
        for i in 0..SYMBOLS {
            assert_eq!(symbols_of(&symbol(i).to_string()), Some(i));
        }
        assert_eq!(symbol(FILLER), '<');
    }

    #[test]
    fn look_alikes_count() {
        for (class, as_symbol) in
            [("Λ", '<'), ("«", '<'), ("c", 'C'), ("Ñ", 'N'), ("Ｐ", 'P'), ("７", '7')]
        {
            assert_eq!(symbols_of(class).map(symbol), Some(as_symbol), "{class}");
        }
    }

    #[test]
    fn twins_are_mutual() {
        for i in 0..SYMBOLS {
            assert!(twin(i).is_none_or(|t| twin(t) == Some(i)));
        }
        assert_eq!(symbols_of("0").and_then(twin).map(symbol), Some('O'));
        assert_eq!(twin(FILLER), None);
    }

    #[test]
    fn others_do_not() {
        for class in ["", " ", "-", "人", "AB", ">"] {
            assert_eq!(symbols_of(class), None, "{class}");
        }
    }
}
