use proptest::prelude::*;

use super::super::parse::tests::any_fields;
use super::super::write::write;
use super::*;

const TD3: [&str; 2] = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
];

fn context() -> Context {
    Context { today: Date::new(2026, 11, 22).unwrap() }
}

fn lines(texts: &[&str]) -> Vec<LineReading> {
    texts.iter().map(|text| LineReading::from_text(text)).collect()
}

fn reading(texts: &[&str]) -> Reading {
    read(&lines(texts), &context()).unwrap()
}

/// Makes one cell doubtful.
fn doubt(line: &mut LineReading, column: usize, confidence: f32, other: char, p: f32) {
    line.cells[column].confidence = confidence;
    line.cells[column].alternatives = vec![(other, p)];
}

#[test]
fn a_clean_zone_is_left_alone() {
    let reading = reading(&TD3);
    assert!(reading.mrz.valid() && reading.repairs.is_empty());
    assert!(reading.wants_second_opinion.is_empty());
    assert_eq!(reading.proof(Field::Number), Proof::Held);
    assert_eq!(reading.proof(Field::Name), Proof::Unchecked);
}

#[test]
fn the_zone_is_found_among_other_lines() {
    let texts = [
        "REPUBLIC OF UTOPIA",
        "PASSPORT NUMBER L898902C3 TYPE P",
        TD3[0],
        "SOME DIRT",
        TD3[1],
        "END",
    ];
    let reading = reading(&texts);
    assert!(reading.mrz.valid());
    assert_eq!(reading.source, [2, 4]);
    assert!(
        read(
            &lines(&[
                "REPUBLIC OF UTOPIA IS A VERY NICE PLACE TO LIVE",
                "AND THIS LINE SAYS NOTHING AT ALL ABOUT IT ALL"
            ]),
            &context()
        )
        .is_none()
    );
}

#[test]
fn letters_and_digits_follow_their_position() {
    let reading = reading(&[
        "P<UT0ERIK55ON<<ANNA<MAR1A<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO74O8I22FIZO4159ZE184226B<<<<<1O",
    ]);
    assert!(reading.mrz.valid(), "{:?}", reading.mrz);
    assert_eq!(reading.mrz.lines, TD3);
    assert!(reading.repairs.iter().all(|repair| repair.kind == RepairKind::Class));
    assert_eq!(reading.proof(Field::Birth), Proof::Repaired);
}

#[test]
fn look_alikes_are_swapped_where_every_digit_then_holds() {
    let reading = reading(&[TD3[0], "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10"]);
    assert!(reading.mrz.valid());
    assert_eq!(reading.mrz.number, "L898902C3");
    assert_eq!(reading.proof(Field::Number), Proof::Repaired);
    assert_eq!(reading.wants_second_opinion, [Field::Number]);
}

#[test]
fn wrong_digits_stay_read_and_not_valid() {
    for second in [
        "L898902C36UTO7408123F1204159ZE184226B<<<<<10",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<19",
        "L898902C46UTO7408122F1204159ZE184226B<<<<<10",
    ] {
        let reading = reading(&[TD3[0], second]);
        assert!(!reading.settled(), "{second}");
        assert!(reading.mrz.lines[1] == second || reading.mrz.valid());
        // A recogniser that is sure of its characters leaves no room for swaps.
        let mut given = lines(&[TD3[0], second]);
        given.iter_mut().flat_map(|line| &mut line.cells).for_each(|c| c.confidence = 0.99);
        let reading = read(&given, &context()).unwrap();
        assert!(!reading.mrz.valid(), "{second}");
        assert_eq!(reading.mrz.lines[1], second);
    }
}

#[test]
fn errors_that_cancel_are_told_where_the_recogniser_doubted() {
    let mut fields = parse_fields();
    fields.number = "ZS8902C3".into();
    let written = write(Format::Td3, &fields).unwrap();
    let swapped = written[1].replacen("ZS", "25", 1);
    let mut given = lines(&[&written[0], &swapped]);
    assert!(read(&given, &context()).unwrap().mrz.valid());
    doubt(&mut given[1], 0, 0.6, 'Z', 0.38);
    doubt(&mut given[1], 1, 0.6, 'S', 0.38);
    let reading = read(&given, &context()).unwrap();
    assert_eq!(reading.wants_second_opinion, [Field::Number]);
}

fn parse_fields() -> super::super::write::Fields {
    let today = context().today;
    super::super::write::Fields {
        document_code: "P".into(),
        issuer: "UTO".into(),
        nationality: "UTO".into(),
        number: "X".into(),
        birth: Date::new(1980, 1, 2).unwrap().into(),
        expiry: Some(today.into()),
        surname: "BERG".into(),
        given_names: "IDA".into(),
        ..Default::default()
    }
}

#[test]
fn a_lost_or_gained_filler_is_put_right_if_the_digits_then_hold() {
    let name = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<";
    for second in [
        "L898902C36UTO7408122F1204159ZE184226B<<<<10",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<<10",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<<<10",
    ] {
        let reading = reading(&[name, second]);
        assert!(reading.settled(), "{second}: {reading:?}");
        assert_eq!(reading.mrz.lines, TD3);
    }
    // A lost digit is found too, but wants to be seen again.
    let lost = reading(&[name, "L898902C36UTO740812F1204159ZE184226B<<<<<10"]);
    assert!(lost.mrz.valid() && !lost.settled());
    assert_eq!(lost.mrz.lines, TD3);
    // Where the digits do not prove the length, the zone is read, not valid.
    let wrong = reading(&[name, "L898902C46UTO7408122F1204159ZE184226B<<<<10"]);
    assert!(wrong.mrz.issues.contains(&Issue::LineLength) && !wrong.mrz.valid());
    let reading = reading(&[
        "PUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<10",
    ]);
    assert!(reading.mrz.valid(), "{:?} {:?}", reading, reading.mrz.lines);
    assert_eq!(reading.mrz.lines, TD3);
}

#[test]
fn padding_read_as_letters_is_cleared() {
    let mut given = lines(&["P<UTOERIKSSON<<ANNA<MARIAK<<<K<<<<<CL<<<<<<<", TD3[1]]);
    doubt(&mut given[0], 25, 0.5, '<', 0.4);
    doubt(&mut given[0], 35, 0.5, '<', 0.4);
    doubt(&mut given[0], 36, 0.5, '<', 0.4);
    let reading = read(&given, &context()).unwrap();
    assert_eq!(reading.mrz.lines[0], TD3[0]);
}

#[test]
fn real_letters_are_never_dropped() {
    for first in [
        "P<UTOERIKSSON<<ANNA<K<<<<<<<<<<<<<<<<<<<<<<<",
        "P<UTOERIKSSON<<ANNA<<ALLA<<<<<<<<<<<<<<<<<<<",
        "P<UTOKALLAS<<ELLA<CLAK<<<<<<<<<<<<<<<<<<<<<<",
        "P<UTONILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
        "P<UTOKA<<L<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
    ] {
        assert_eq!(reading(&[first, TD3[1]]).mrz.lines[0], first);
    }
}

#[test]
fn state_codes_come_from_the_list() {
    let reading = reading(&[
        "P<0<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<",
        "C01X0006H1D<<6408125F1710319<<<<<<<<<<<<<<<0",
    ]);
    assert_eq!(reading.mrz.issuer, "D");
    assert!(reading.mrz.valid());
}

proptest! {
    #[test]
    fn what_was_written_is_read_back((format, fields) in any_fields()) {
        let written = write(format, &fields).unwrap();
        let given: Vec<LineReading> = written.iter().map(|l| LineReading::from_text(l)).collect();
        let reading = read(&given, &context()).unwrap();
        prop_assert!(reading.mrz.valid());
        prop_assert_eq!(reading.mrz.lines, written);
    }

    #[test]
    fn valid_means_that_every_digit_of_the_answer_holds(
        (format, fields) in any_fields(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), "[A-Z0-9<]", 0..3u8), 1..5),
    ) {
        let mut written: Vec<Vec<char>> =
            write(format, &fields).unwrap().iter().map(|l| l.chars().collect()).collect();
        for (at, put, how) in &edits {
            let lines = written.len();
            let line = &mut written[at.index(lines)];
            let column = at.index(line.len());
            match how {
                0 => line[column] = put.chars().next().unwrap(),
                1 => drop(line.remove(column)),
                _ => line.insert(column, put.chars().next().unwrap()),
            }
        }
        let given: Vec<LineReading> =
            written.iter().map(|l| LineReading::from_text(&String::from_iter(l))).collect();
        if let Some(reading) = read(&given, &context()) {
            let strict = super::super::parse::parse(&reading.mrz.lines, context().today).unwrap();
            prop_assert!(!reading.mrz.valid() || strict.valid());
            prop_assert!(reading.mrz.lines.iter().all(|l| l.chars().count() == reading.mrz.format.width()));
        }
    }

    #[test]
    fn nothing_panics(texts in proptest::collection::vec("([VPI][A-Z0-9<]{25,48}|.{0,60})", 0..7), p in any::<f32>()) {
        let mut given: Vec<LineReading> = texts.iter().map(|t| LineReading::from_text(t)).collect();
        for line in &mut given {
            for cell in &mut line.cells {
                cell.confidence = p;
                cell.alternatives = vec![('0', f32::NAN), ('<', 1.0 - p)];
            }
        }
        let _ = read(&given, &context());
    }
}
