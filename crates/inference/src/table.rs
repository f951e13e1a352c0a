//! Lists and tables out of the sources of packages, made into plain lines when they
//! are fetched, so that whoever reads them reads one format.
//!
//! Packages bring such data as literals of a programming language: sets of domains in
//! Python, JSON or JavaScript, prefixes of phone numbers in Python. Nothing is run;
//! the literals are read as text.

use std::collections::BTreeMap;

use crate::onnx::PrepareError;

/// The language whose names are taken where a table has them in several.
const LANGUAGE: &str = "en";

/// Every string literal that looks like an entry of a list (letters, digits, dots,
/// hyphens and the like, no space), one a line, sorted, none twice. A literal in
/// single or double quotes; of a JavaScript or Python comment nothing is taken.
pub(crate) fn quoted(source: &[u8]) -> Result<Vec<u8>, PrepareError> {
    let text = std::str::from_utf8(source).map_err(|_| PrepareError::NoTable)?;
    let mut entries: Vec<&str> = Vec::new();
    for line in text.lines() {
        let code = line.trim_start();
        if code.starts_with('#') || code.starts_with("//") {
            continue;
        }
        let mut rest = code;
        while let Some((at, quote)) = rest.char_indices().find(|(_, c)| matches!(c, '"' | '\'')) {
            let Some(behind) = rest.get(at + 1..) else { break };
            let Some((inside, after)) = behind.split_once(quote) else { break };
            entries.extend(is_entry(inside).then_some(inside));
            rest = after;
        }
    }
    entries.sort_unstable();
    entries.dedup();
    if entries.is_empty() {
        return Err(PrepareError::NoTable);
    }
    Ok(lines(entries.into_iter().map(str::to_owned)))
}

fn is_entry(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'&' | b'+');
    !text.is_empty() && text.bytes().all(sign) && text.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// Prefixes of phone numbers and what they belong to, as libphonenumber's Python port
/// writes them (`'1201':{'en': 'New Jersey'},` or `'1':('America/Adak', …),`): a line
/// each, prefix, tab, names with bars between them, sorted. Of names in several
/// languages the English one; a prefix that says what a shorter one says already is
/// left out.
pub(crate) fn prefixes(source: &[u8]) -> Result<Vec<u8>, PrepareError> {
    let text = std::str::from_utf8(source).map_err(|_| PrepareError::NoTable)?;
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for line in text.lines() {
        let Some((prefix, value)) = line.strip_prefix(" '").and_then(|line| line.split_once("':"))
        else {
            continue;
        };
        let digits = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let names = if let Some(names) = value.strip_prefix('(') {
            Some(literals(names)?)
        } else {
            english(value)?.map(|name| vec![name])
        };
        if let (true, Some(names)) = (digits, names) {
            all.insert(prefix, names.join("|"));
        }
    }
    let needed = |prefix: &str, name: &String| {
        let shorter = (1..prefix.len()).rev().find_map(|length| all.get(prefix.get(..length)?));
        shorter != Some(name)
    };
    let kept: Vec<String> = all
        .iter()
        .filter(|(prefix, name)| needed(prefix, name))
        .map(|(prefix, name)| format!("{prefix}\t{name}"))
        .collect();
    if kept.is_empty() {
        return Err(PrepareError::NoTable);
    }
    Ok(lines(kept.into_iter()))
}

/// The English name of a dictionary of names.
fn english(dictionary: &str) -> Result<Option<String>, PrepareError> {
    let mut rest = dictionary.strip_prefix('{').ok_or(PrepareError::NoTable)?;
    loop {
        let (language, after) = literal(rest)?;
        let after = after.strip_prefix(": ").ok_or(PrepareError::NoTable)?;
        let (name, after) = match after.strip_prefix("u(") {
            Some(wrapped) => {
                let (name, after) = literal(wrapped)?;
                (name, after.strip_prefix(')').ok_or(PrepareError::NoTable)?)
            }
            None => literal(after)?,
        };
        if language == LANGUAGE {
            return Ok(Some(name));
        }
        match after.strip_prefix(", ") {
            Some(more) => rest = more,
            None => return Ok(None),
        }
    }
}

/// The literals of a tuple.
fn literals(tuple: &str) -> Result<Vec<String>, PrepareError> {
    let mut rest = tuple;
    let mut all = Vec::new();
    while rest.starts_with(['\'', '"']) {
        let (name, after) = literal(rest)?;
        all.push(name);
        rest = after.trim_start_matches([',', ' ']);
    }
    Ok(all)
}

/// A string literal at the beginning, and what follows it. A name with a bar, a tab or
/// a control character would break the lines that are made of it.
fn literal(text: &str) -> Result<(String, &str), PrepareError> {
    let mut signs = text.char_indices();
    let Some((_, quote @ ('\'' | '"'))) = signs.next() else {
        return Err(PrepareError::NoTable);
    };
    let mut name = String::new();
    while let Some((at, sign)) = signs.next() {
        match sign {
            sign if sign == quote => {
                let clean = !name.chars().any(|c| c.is_control() || c == '|');
                let after = text.get(at + 1..).unwrap_or_default();
                return if clean { Ok((name, after)) } else { Err(PrepareError::NoTable) };
            }
            '\\' => match signs.next() {
                Some((_, escaped @ ('\'' | '"' | '\\'))) => name.push(escaped),
                Some((at, 'u')) => {
                    let code = text.get(at + 1..at + 5).ok_or(PrepareError::NoTable)?;
                    let code = u32::from_str_radix(code, 16).map_err(|_| PrepareError::NoTable)?;
                    name.push(char::from_u32(code).ok_or(PrepareError::NoTable)?);
                    signs.nth(3);
                }
                _ => return Err(PrepareError::NoTable),
            },
            sign => name.push(sign),
        }
    }
    Err(PrepareError::NoTable)
}

fn lines(all: impl Iterator<Item = String>) -> Vec<u8> {
    let mut text = String::new();
    for line in all {
        text.push_str(&line);
        text.push('\n');
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(made: Result<Vec<u8>, PrepareError>) -> String {
        String::from_utf8(made.unwrap()).unwrap()
    }

    #[test]
    fn lists_of_three_languages_are_read() {
        let python = b"# Some 'words'\nblock = {\n    'b.example',\n    \"a.example\",\n}\n";
        assert_eq!(text(quoted(python)), "a.example\nb.example\n");
        let json = br#"["b.example","a.example","b.example"]"#;
        assert_eq!(text(quoted(json)), "a.example\nb.example\n");
        let script = b"const A = [\n  'info',\n  'r&d', // 'x y'\n];\n";
        assert_eq!(text(quoted(script)), "info\nr&d\n");
        for wrong in [&b""[..], b"x = 1", b"'", b"\xff'a'"] {
            assert!(quoted(wrong).is_err());
        }
    }

    #[test]
    fn prefixes_are_read_in_english() {
        let source = b"\"\"\"Text '1':\"\"\"\ndata = {\n '1201':{'en': 'New Jersey'},\n \
            '1201200':{'en': 'Jersey City, NJ'},\n '1201300':{'en': 'New Jersey'},\n \
            '3622':{'hu': u('X\\u00e1'), 'en': u('Sz\\u00e9k')},\n '81':{'ja': 'x'},\n \
            '44':{'en': \"King's Lynn\"},\n '45':{'en': 'King\\'s'},\n}\n";
        let expected = "1201\tNew Jersey\n1201200\tJersey City, NJ\n3622\tSz\u{e9}k\n\
            44\tKing's Lynn\n45\tKing's\n";
        assert_eq!(text(prefixes(source)), expected);
        let zones = b" '1':('America/Adak', 'America/Boise'),\n '12':('America/Adak',),\n";
        assert_eq!(text(prefixes(zones)), "1\tAmerica/Adak|America/Boise\n12\tAmerica/Adak\n");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for wrong in [
            "",
            "data = {}",
            " '1':{'en': 'x",
            " '1':{'en' 'x'},",
            " '1':{'en': 'a|b'},",
            " '1':{'en': '\\x'},",
        ] {
            assert!(prefixes(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_table_or_an_error(text in "( '[0-9]{1,3}':[{(]['\"a-z\\\\u0-9:, }|)]{0,30}\n){0,5}") {
            let _ = prefixes(text.as_bytes());
            let _ = quoted(text.as_bytes());
        }
    }
}
