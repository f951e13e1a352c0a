use bonafide_context::Date;
use proptest::prelude::*;

use super::super::write::{Fields, write};
use super::*;

fn today() -> Date {
    Date::new(2026, 11, 22).unwrap()
}

const TD3: [&str; 2] = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
];

fn read(lines: &[&str]) -> Mrz {
    parse(lines, today()).unwrap()
}

#[test]
fn the_passport_of_doc_9303() {
    let mrz = read(&TD3);
    assert!(mrz.valid());
    assert_eq!(mrz.format, Format::Td3);
    assert_eq!((mrz.surname.as_str(), mrz.given_names.as_str()), ("ERIKSSON", "ANNA MARIA"));
    assert_eq!((mrz.number.as_str(), mrz.optional.as_str()), ("L898902C3", "ZE184226B"));
    assert_eq!(mrz.birth.unwrap().to_string(), "1974-08-12");
    assert_eq!(mrz.expiry.unwrap().to_string(), "2012-04-15");
    assert_eq!(mrz.expired(today()), Some(true));
    assert_eq!(mrz.expired(Date::new(2012, 4, 15).unwrap()), Some(false));
    assert!(!mrz.name_may_be_truncated && mrz.warnings.is_empty());
}

#[test]
fn json_has_the_four_keys() {
    let json = serde_json::to_value(read(&TD3)).unwrap();
    let expected = serde_json::json!({
        "format": "TD3", "lines": TD3, "valid": true,
        "checks": {"number": true, "birth": true, "expiry": true, "optional": true, "composite": true},
    });
    assert_eq!(json, expected);
}

#[test]
fn debug_shows_no_personal_value() {
    let shown = format!("{:?}", read(&TD3));
    for value in ["ERIKSSON", "L898902C3", "7408", "ANNA"] {
        assert!(!shown.contains(value), "{shown}");
    }
}

#[test]
fn the_other_formats_of_doc_9303() {
    let td1 = read(&[
        "I<UTOD23145890<7349<<<<<<<<<<<",
        "3407127M9507122UTO<<<<<<<<<<<2",
        "STEVENSON<<PETER<JOHN<<<<<<<<<",
    ]);
    assert!(td1.valid());
    assert_eq!((td1.number.as_str(), td1.optional.as_str()), ("D23145890734", ""));
    let td2 =
        read(&["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]);
    assert!(td2.valid() && td2.format == Format::Td2);
    let visa = read(&[
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    ]);
    assert!(visa.valid() && visa.format == Format::MrvA);
    assert_eq!(visa.optional, "6ZE184226B");
    let visa =
        read(&["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"]);
    assert!(visa.valid() && visa.format == Format::MrvB);
}

#[test]
fn the_french_card() {
    let fields = Fields {
        document_code: "ID".into(),
        issuer: "FRA".into(),
        number: "880692310285".into(),
        birth: Date::new(1965, 12, 6).unwrap().into(),
        sex: Sex::Female,
        surname: "Durand".into(),
        given_names: "Jeanne Louise".into(),
        optional_2: "923001".into(),
        ..Fields::default()
    };
    let lines = write(Format::FrenchId, &fields).unwrap();
    let mrz = parse(&lines, today()).unwrap();
    assert!(mrz.valid() && mrz.format == Format::FrenchId);
    assert_eq!(mrz.given_names, "JEANNE LOUISE");
    assert_eq!(mrz.optional_2, "923001");
    assert_eq!(mrz.expiry, None);
    assert_eq!(mrz.checks.iter().count(), 3);
}

#[test]
fn digits_that_disagree_are_read_and_not_valid() {
    let mrz = read(&[TD3[0], "L898902C36UTO7408123F1204159ZE184226B<<<<<10"]);
    assert_eq!(mrz.checks.get(Check::Birth), Some(false));
    assert_eq!(mrz.checks.get(Check::Number), Some(true));
    assert!(!mrz.valid());
    assert_eq!(mrz.number, "L898902C3");
}

#[test]
fn check_digits_that_hold_over_nonsense_are_not_enough() {
    // `A` counts ten, so it may replace a zero without any digit noticing.
    let mrz = read(&[TD3[0], "L898902C36UTO74A8122F1204159ZE184226B<<<<<10"]);
    assert!(mrz.checks.all() && !mrz.valid());
    assert!(mrz.issues.contains(&Issue::Date(Field::Birth)));
    let mrz = read(&["P<UTOERIK55ON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3[1]]);
    assert_eq!(mrz.issues, [Issue::Characters(Field::Name)]);
    let mrz = read(&["X<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3[1]]);
    assert_eq!(mrz.issues, [Issue::DocumentCode]);
}

#[test]
fn shapes_that_no_format_has() {
    assert_eq!(parse(&TD3[..1], today()), Err(ParseError::Shape));
    assert_eq!(parse(&["P<UTO", "L8989"], today()), Err(ParseError::Shape));
    assert_eq!(parse::<&str>(&[], today()), Err(ParseError::Shape));
}

pub(in crate::mrz) fn any_fields() -> impl Strategy<Value = (Format, Fields)> {
    let name = "[A-Z]{1,9}( [A-Z]{1,5})?";
    let days =
        |range: std::ops::Range<i32>| range.prop_map(|d| PartialDate::from(Date::from_days(d)));
    let sex = prop_oneof![Just(Sex::Male), Just(Sex::Female), Just(Sex::Unspecified)];
    let format = proptest::sample::select(Format::ALL.to_vec());
    // Born from 1927 and expiring from 2027: no century is in doubt.
    let people = (name, name, days(-15_700..20_000), sex, days(20_900..30_000), any::<bool>());
    (format, people, "[A-Z0-9]{1,14}", "[A-Z0-9]{0,7}", "[A-Z0-9]{0,6}").prop_map(
        |(format, (surname, given_names, birth, sex, expiry, no_day), number, optional, second)| {
            let code = match format {
                Format::Td3 => "P",
                Format::MrvA | Format::MrvB => "VI",
                Format::Td1 => "I",
                Format::Td2 => "C",
                Format::FrenchId => "ID",
            };
            let french = format == Format::FrenchId;
            let longest = match format {
                Format::Td1 => 14,
                Format::Td2 | Format::FrenchId => 12,
                _ => 9,
            };
            let number: String = number.chars().take(longest).collect();
            let room = if format == Format::Td2 && number.len() > 9 { 0 } else { 7 };
            let given_names: String = given_names.chars().take(12).collect();
            let birth = if no_day {
                PartialDate::new(birth.year(), birth.month(), None).unwrap()
            } else {
                birth
            };
            let fields = Fields {
                document_code: code.into(),
                issuer: if french { "FRA" } else { "UTO" }.into(),
                number,
                nationality: if french { "" } else { "D" }.into(),
                birth,
                sex,
                expiry: (!french).then_some(expiry),
                surname,
                given_names: given_names.trim().into(),
                optional: if french {
                    String::new()
                } else {
                    optional[..optional.len().min(room)].into()
                },
                optional_2: if matches!(format, Format::Td1 | Format::FrenchId) {
                    second
                } else {
                    String::new()
                },
            };
            (format, fields)
        },
    )
}

/// Positions that a check digit covers, check digits included.
fn checked(format: Format) -> Vec<(usize, usize)> {
    let rules = format.layout().checks.iter();
    rules
        .flat_map(|rule| rule.over.iter().chain([&rule.digit]))
        .flat_map(|span| (span.start..span.end).map(|column| (span.line, column)))
        .collect()
}

proptest! {
    #[test]
    fn write_then_parse_is_the_identity((format, fields) in any_fields()) {
        let lines = write(format, &fields).unwrap();
        let mrz = parse(&lines, today()).unwrap();
        prop_assert!(mrz.valid(), "{:?}", mrz);
        prop_assert_eq!(mrz.format, format);
        let back = Fields {
            document_code: mrz.document_code,
            issuer: mrz.issuer,
            number: mrz.number,
            nationality: mrz.nationality,
            birth: mrz.birth.unwrap(),
            sex: mrz.sex,
            expiry: mrz.expiry,
            surname: mrz.surname,
            given_names: mrz.given_names,
            optional: mrz.optional,
            optional_2: mrz.optional_2,
        };
        prop_assert!(back == fields, "{:?}", lines);
    }

    #[test]
    fn a_changed_character_is_valid_only_if_its_value_is_the_same(
        (format, fields) in any_fields(),
        at in any::<prop::sample::Index>(),
        put in "[A-Z0-9<]",
    ) {
        let lines = write(format, &fields).unwrap();
        let (line, column) = *at.get(&checked(format));
        let mut grid: Grid = lines.iter().map(|l| l.chars().collect()).collect();
        let put = put.chars().next().unwrap();
        let value = |c: char| c.to_digit(36).unwrap_or(0) % 10;
        let before = std::mem::replace(&mut grid[line][column], put);
        let changed: Vec<String> = grid.iter().map(String::from_iter).collect();
        let mrz = parse(&changed, today()).unwrap();
        // A filler more or less moves the end of a long number.
        let long = format.layout().long_numbers && fields.number.len() > 9;
        if value(before) != value(put) && !long {
            prop_assert!(!mrz.valid(), "{:?}", changed);
        }
        prop_assert!(!mrz.valid() || mrz.checks.all());
    }

    #[test]
    fn nothing_panics(lines in proptest::collection::vec(".{0,50}", 0..4)) {
        let _ = parse(&lines, today());
    }

    #[test]
    fn nothing_of_the_right_shape_panics(
        format in proptest::sample::select(Format::ALL.to_vec()),
        text in "[VPIA][A-Z0-9<Ñé ]{131}",
    ) {
        let cells: Vec<char> = text.chars().collect();
        let lines: Vec<String> =
            cells.chunks(format.width()).take(format.lines()).map(String::from_iter).collect();
        let mrz = parse(&lines, today()).unwrap();
        prop_assert!(!mrz.valid() || mrz.checks.all());
    }

    /// Another implementation says the same about check digits.
    #[test]
    fn the_oracle_agrees((format, fields) in any_fields(), at in any::<prop::sample::Index>(), put in "[0-9]") {
        let lines = write(format, &fields).unwrap();
        let (line, column) = *at.get(&checked(format));
        let mut grid: Grid = lines.iter().map(|l| l.chars().collect()).collect();
        grid[line][column] = put.chars().next().unwrap();
        let l: Vec<String> = grid.iter().map(String::from_iter).collect();
        let theirs = match format {
            Format::Td1 => ::mrz::parse_td1(&l[0], &l[1], &l[2]),
            Format::Td2 => ::mrz::parse_td2(&l[0], &l[1]),
            Format::Td3 => ::mrz::parse_td3(&l[0], &l[1]),
            Format::MrvA => ::mrz::parse_mrv_a(&l[0], &l[1]),
            Format::MrvB => ::mrz::parse_mrv_b(&l[0], &l[1]),
            Format::FrenchId => return Ok(()),
        };
        // It knows other encodings of long numbers, and only one of ours.
        prop_assume!(grid[line][column] == '<' || fields.number.len() <= 9);
        let Ok(theirs) = theirs else { return Ok(()) };
        let ours = parse(&l, today()).unwrap();
        prop_assert_eq!(ours.checks.get(Check::Number), theirs.checks.document_number);
        prop_assert_eq!(ours.checks.get(Check::Birth), theirs.checks.date_of_birth);
        prop_assert_eq!(ours.checks.get(Check::Expiry), theirs.checks.date_of_expiry);
        // It takes a missing digit as zero over any text, Doc 9303 over fillers only.
        if format == Format::Td3 && grid[1][42] != '<' {
            prop_assert_eq!(ours.checks.get(Check::Optional), theirs.checks.personal_number);
        }
        prop_assert_eq!(ours.checks.get(Check::Composite), theirs.checks.composite);
        prop_assert_eq!(ours.surname, theirs.surname.clone());
        prop_assert_eq!(ours.given_names, theirs.given_names.clone());
    }
}

/// The strings of the dev data, whose check digits another program computed.
#[test]
fn the_dev_vectors() {
    let Ok(root) = std::env::var("BONAFIDE_DEV_DATA") else {
        println!("skipped: BONAFIDE_DEV_DATA is not set");
        return;
    };
    let path = std::path::Path::new(&root).join("mrz_vectors/mrz_vectors.csv");
    let mut rows = csv::Reader::from_path(path).unwrap();
    let mut seen = 0;
    for (row, record) in rows.records().enumerate() {
        let record = record.unwrap();
        let lines: Vec<&str> = record[1].split('|').collect();
        let Ok(mrz) = parse(&lines, today()) else {
            panic!("row {row} cannot be read");
        };
        if mrz.format.name() != &record[0] {
            // Rows with the lines in the wrong order have no document code.
            assert!(!mrz.valid(), "row {row}: {:?}", mrz.format);
            continue;
        }
        seen += 1;
        let long = mrz.format.layout().long_numbers
            && mrz
                .format
                .layout()
                .span(Field::CheckDigit(Check::Number))
                .is_some_and(|span| lines[span.line].chars().nth(span.start) == Some('<'));
        for (check, holds) in mrz.checks.iter() {
            let short = match check {
                Check::Number => "num",
                Check::Birth => "dob",
                Check::Expiry => "exp",
                Check::Optional => "pers",
                Check::Composite => "comp",
            };
            // Their program does not know numbers that go on in optional data.
            if !(long && check == Check::Number) {
                assert_eq!(holds, !record[3].split(';').any(|f| f == short), "row {row} {check:?}");
            }
        }
        if &record[2] == "no" && !long {
            assert!(!mrz.valid(), "row {row}");
        }
        if &record[2] == "yes" && !mrz.valid() {
            println!("row {row}: check digits hold, but {:?}", mrz.issues);
        }
    }
    assert!(seen >= 70, "{seen}");
}
