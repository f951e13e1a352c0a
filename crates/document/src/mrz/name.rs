//! Names between the visual zone and the machine-readable zone
//! (Doc 9303-3, section 6; 9303-4, section 4.2).

/// A name as the zone writes it, with spaces in place of `<`: capital letters
/// `A` to `Z` only, words parted by single spaces.
///
/// Letters of Latin and Cyrillic alphabets follow the tables of Doc 9303-3,
/// section 6; where a table offers a choice the first is taken (`Ä` becomes
/// `AE`). Hyphens and commas part words, apostrophes and full stops vanish. A
/// character without a counterpart (a digit, another script) vanishes too, so
/// an empty answer means that the name cannot be written.
pub fn transliterate(name: &str) -> String {
    let mut written = String::new();
    for unit in units(name) {
        match unit {
            Unit::Break => written.push(' '),
            Unit::Letter(spellings) => written.push_str(spellings.first().copied().unwrap_or("")),
            Unit::Mark(_) => {}
        }
    }
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a name printed in the visual zone may stand as `mrz` in the zone:
/// every spelling that Doc 9303-3 allows counts (`Ä` as `AE` or `A`, `Ñ` as
/// `N` or `NXX`), and a hyphen or apostrophe may part words or vanish.
///
/// With `truncated` the zone may have cut words short or left later ones out.
pub fn same_name(visual: &str, mrz: &str, truncated: bool) -> bool {
    let units: Vec<Unit> = units(visual).collect();
    let text = mrz.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return units.iter().all(|unit| !matches!(unit, Unit::Letter(_)));
    }
    // `at` holds, for each number of units taken, the ends in `text` that they
    // can reach.
    let mut at = vec![vec![false; text.len() + 1]; units.len() + 1];
    at[0][0] = true;
    let mut reached_end = false;
    for (i, unit) in units.iter().enumerate() {
        let word_end = units[i..]
            .iter()
            .position(|unit| matches!(unit, Unit::Break))
            .map_or(units.len(), |n| i + n);
        for j in 0..=text.len() {
            if !at[i][j] {
                continue;
            }
            reached_end |= i > 0 && j == text.len();
            let inside_word = i > 0 && !matches!(units[i - 1], Unit::Break) && word_end > i;
            if truncated && inside_word {
                at[word_end][j] = true;
            }
            for spelling in unit.spellings() {
                let begins_text = j == 0 && spelling.trim().is_empty();
                let spelling = if begins_text { "" } else { spelling };
                if text.get(j..).is_some_and(|rest| rest.starts_with(spelling)) {
                    at[i + 1][j + spelling.len()] = true;
                }
            }
        }
    }
    at[units.len()][text.len()] || (truncated && reached_end)
}

/// What one character of a printed name can become.
enum Unit {
    /// A letter and its spellings, the preferred one first.
    Letter(&'static [&'static str]),
    /// Parts words: space, hyphen, comma.
    Break,
    /// Apostrophe, full stop, accent: vanishes when written, but states differ.
    Mark(&'static [&'static str]),
}

impl Unit {
    fn spellings(&self) -> &'static [&'static str] {
        match self {
            Self::Letter(spellings) | Self::Mark(spellings) => spellings,
            Self::Break => &[" ", ""],
        }
    }
}

fn units(name: &str) -> impl Iterator<Item = Unit> {
    name.chars().flat_map(char::to_uppercase).filter_map(unit)
}

fn unit(c: char) -> Option<Unit> {
    if c.is_whitespace() {
        return Some(Unit::Break);
    }
    Some(match c {
        '-' | '\u{2010}'..='\u{2015}' | ',' | '/' | '<' => Unit::Break,
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '.' => Unit::Mark(&["", " "]),
        // Accents that stand apart from their letter.
        '\u{308}' => Unit::Mark(&["", "E"]),
        '\u{30A}' => Unit::Mark(&["", "A"]),
        '\u{303}' => Unit::Mark(&["", "XX"]),
        '\u{300}'..='\u{36F}' => Unit::Mark(&[""]),
        'A'..='Z' => {
            let at = usize::try_from(u32::from(c) - u32::from('A')).ok()?;
            Unit::Letter(PLAIN.get(at)?)
        }
        _ => {
            let row = SEVERAL.iter().find(|(letter, _)| *letter == c).map(|(_, s)| *s);
            let row = row.or_else(|| {
                ACCENTED.iter().find(|(_, letters)| letters.contains(c)).map(|(row, _)| *row)
            });
            Unit::Letter(row?)
        }
    })
}

static PLAIN: [&[&str]; 26] = [
    &["A"],
    &["B"],
    &["C"],
    &["D"],
    &["E"],
    &["F"],
    &["G"],
    &["H"],
    &["I"],
    &["J"],
    &["K"],
    &["L"],
    &["M"],
    &["N"],
    &["O"],
    &["P"],
    &["Q"],
    &["R"],
    &["S"],
    &["T"],
    &["U"],
    &["V"],
    &["W"],
    &["X"],
    &["Y"],
    &["Z"],
];

/// Letters that become several, or may be spelt in more than one way.
static SEVERAL: &[(char, &[&str])] = &[
    ('Ä', &["AE", "A"]),
    ('Å', &["AA", "A"]),
    ('Æ', &["AE"]),
    ('Ñ', &["N", "NXX"]),
    ('Ö', &["OE", "O"]),
    ('Ø', &["OE", "O"]),
    ('Ü', &["UE", "UXX", "U"]),
    ('Þ', &["TH"]),
    ('ẞ', &["SS"]),
    ('Œ', &["OE"]),
    ('Ĳ', &["IJ"]),
    ('Ð', &["D"]),
    ('Г', &["G", "H"]),
    ('Ё', &["E", "IO"]),
    ('Ж', &["ZH", "Z"]),
    ('И', &["I", "Y"]),
    ('Й', &["I", "Y"]),
    ('Х', &["KH", "H"]),
    ('Ц', &["TS", "C"]),
    ('Ч', &["CH", "C"]),
    ('Ш', &["SH", "S"]),
    ('Щ', &["SHCH", "SHT"]),
    ('Ъ', &["IE", ""]),
    ('Ь', &[""]),
    ('Ю', &["IU", "YU"]),
    ('Я', &["IA", "YA"]),
    ('Є', &["IE", "YE"]),
    ('Ї', &["I", "YI"]),
    ('Ѕ', &["DZ"]),
    ('Љ', &["LJ"]),
    ('Њ', &["NJ"]),
    ('Џ', &["DZ"]),
];

/// Letters that become one.
static ACCENTED: &[(&[&str], &str)] = &[
    (&["A"], "ÀÁÂÃĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶА"),
    (&["B"], "Б"),
    (&["C"], "ÇĆĈĊČЋ"),
    (&["D"], "ĎĐДЂ"),
    (&["E"], "ÈÉÊËĒĔĖĘĚƏẸẺẼẾỀỂỄỆЕЭ"),
    (&["F"], "Ф"),
    (&["G"], "ĜĞĠĢǦҐЃ"),
    (&["H"], "ĤĦ"),
    (&["I"], "ÌÍÎÏĨĪĬĮİǏỊỈІ"),
    (&["J"], "ĴЈ"),
    (&["K"], "ĶǨКЌ"),
    (&["L"], "ĹĻĽĿŁЛ"),
    (&["M"], "М"),
    (&["N"], "ŃŅŇŊН"),
    (&["O"], "ÒÓÔÕŌŎŐǑƠỌỎỐỒỔỖỘỚỜỞỠỢО"),
    (&["P"], "П"),
    (&["R"], "ŔŖŘР"),
    (&["S"], "ŚŜŞŠȘС"),
    (&["T"], "ŢŤŦȚТ"),
    (&["U"], "ÙÚÛŨŪŬŮŰŲǓƯỤỦỨỪỬỮỰУЎ"),
    (&["V"], "В"),
    (&["W"], "ŴẀẂẄ"),
    (&["Y"], "ÝŶŸỲỴỶỸЫ"),
    (&["Z"], "ŹŻŽЗ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_takes_the_preferred_spelling() {
        for (printed, written) in [
            ("Müller-Straße", "MUELLER STRASSE"),
            ("Ångström", "AANGSTROEM"),
            ("D'Artagnan", "DARTAGNAN"),
            ("Núñez y Þórðarson", "NUNEZ Y THORDARSON"),
            ("Łukasz Żółć", "LUKASZ ZOLC"),
            ("NGUYỄN VĂN ĐỨC", "NGUYEN VAN DUC"),
            ("Щербаков", "SHCHERBAKOV"),
            ("  Anna   Maria ", "ANNA MARIA"),
            ("李小龍", ""),
        ] {
            assert_eq!(transliterate(printed), written);
        }
    }

    #[test]
    fn every_allowed_spelling_is_the_same_name() {
        for (printed, zone) in [
            ("MÜLLER", "MUELLER"),
            ("MÜLLER", "MULLER"),
            ("MÜLLER", "MUXXLLER"),
            ("Mu\u{308}ller", "MUELLER"),
            ("NUÑEZ", "NUNXXEZ"),
            ("ÅSE", "AASE"),
            ("ÅSE", "ASE"),
            ("O'BRIEN", "OBRIEN"),
            ("O'BRIEN", "O BRIEN"),
            ("SMITH-JONES", "SMITH JONES"),
            ("SMITH-JONES", "SMITHJONES"),
        ] {
            assert!(same_name(printed, zone, false), "{printed} {zone}");
        }
        for (printed, zone) in
            [("MÜLLER", "MOLLER"), ("ANNA", "ANN"), ("ANNA MARIA", "ANNA"), ("ANNA", ""), ("", "A")]
        {
            assert!(!same_name(printed, zone, false), "{printed} {zone}");
        }
    }

    #[test]
    fn a_truncated_name_may_be_cut() {
        assert!(same_name("CHRISTELLE HÉLÈNE LAURA", "CHRISTELLE HELENE LAUR", true));
        assert!(same_name("CHAYAPA DEJTHAMRONG KRASUANG", "CHAYAPA DEJTH KRASUANG", true));
        assert!(same_name("ANNA MARIA", "ANNA", true));
        assert!(!same_name("ANNA MARIA", "MARIA", true));
        assert!(!same_name("ANNA", "ANNAB", true));
    }
}
