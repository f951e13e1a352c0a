//! Messages about a TOML file that say which line is wrong and what was probably
//! meant: for policies, and for whatever else is configured by one.

/// The line, from 1, on which a byte of a text lies.
pub fn line_at(text: &str, byte: usize) -> usize {
    let start = byte.min(text.len());
    text.as_bytes().iter().take(start).filter(|&&b| b == b'\n').count() + 1
}

/// The parser's message with a suggestion where a name was probably mistyped.
pub fn explain(message: &str) -> String {
    let message = message.trim();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let is_list = message.contains("unknown field") || message.contains("unknown variant");
    let (true, Some(given)) = (is_list, quoted.next()) else {
        return message.to_owned();
    };
    match suggest(given, quoted) {
        Some(known) => format!("{message}: did you mean `{known}`?"),
        None => message.to_owned(),
    }
}

/// The known name that a given one is most like, if it is like any.
pub fn suggest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(given, known), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}
