//! Any text as the lines of a page: the parser and the reader must neither
//! panic nor call a zone valid of which a check digit does not hold.

#![no_main]

use bonafide_context::Date;
use bonafide_document::mrz::{Context, LineReading, parse, read, same_name, transliterate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let today = Date::from_days(20_779);
    let lines: Vec<&str> = text.lines().take(8).collect();
    if let Ok(mrz) = parse(&lines, today) {
        assert!(!mrz.valid() || mrz.checks.all());
    }
    let given: Vec<LineReading> = lines.iter().map(|line| LineReading::from_text(line)).collect();
    if let Some(reading) = read(&given, &Context { today }) {
        let again = parse(&reading.mrz.lines, today);
        assert!(!reading.mrz.valid() || again.is_ok_and(|mrz| mrz.valid()));
    }
    for line in lines {
        let written = transliterate(line);
        assert!(written.chars().all(|c| c.is_ascii_uppercase() || c == ' '));
        same_name(line, &written, true);
    }
});
