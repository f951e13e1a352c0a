//! A number as it was read, without what only helps the eye.

/// What is left of it.
pub(super) enum Tidy {
    /// ASCII letters (upper case) and digits.
    Number(String),
    /// Part of it is hidden.
    Masked,
    /// There is nothing.
    Nothing,
    /// It holds characters that no number holds, or is far too long.
    Foreign,
}

/// No national number has more characters, marks included.
const LONGEST: usize = 40;

/// Takes spaces and marks away, writes full-width characters as ASCII.
pub(super) fn tidy(text: &str) -> Tidy {
    if text.chars().take(LONGEST + 1).count() > LONGEST {
        return Tidy::Foreign;
    }
    let mut number = String::new();
    for c in text.chars() {
        match c {
            _ if c.is_whitespace() => {}
            '-' | '‐' | '–' | '—' | '−' | '－' | '/' | '／' | '.' | '·' | '(' | ')' | '（'
            | '）' | '<' => {}
            '*' | '＊' | '•' | '●' | '#' | '×' | '✱' => return Tidy::Masked,
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
                let ascii = char::from_u32(c as u32 - 0xFEE0).unwrap_or('?');
                number.push(ascii.to_ascii_uppercase());
            }
            _ if c.is_ascii_alphanumeric() || c == 'Ñ' => number.push(c.to_ascii_uppercase()),
            'ñ' => number.push('Ñ'),
            _ => return Tidy::Foreign,
        }
    }
    // Cards of India write `X` for what they hide.
    let shown = number.trim_start_matches('X');
    if number.len() >= shown.len() + 4 && shown.chars().all(|c| c.is_ascii_digit()) {
        return Tidy::Masked;
    }
    if number.is_empty() { Tidy::Nothing } else { Tidy::Number(number) }
}
