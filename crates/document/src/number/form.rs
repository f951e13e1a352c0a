//! The form of a number in a few signs.
//!
//! `#` is a digit, `@` a letter, `?` either; any other character is itself.
//! `{m,n}` or `{n}` after one of them says how often, `|` parts alternatives.

/// Whether `text` as a whole has one of the forms.
pub(super) fn fits(text: &str, forms: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    forms.split('|').any(|form| {
        let form: Vec<char> = form.chars().collect();
        matches(&text, &form)
    })
}

fn matches(text: &[char], form: &[char]) -> bool {
    let Some((&sign, rest)) = form.split_first() else {
        return text.is_empty();
    };
    let (least, most, rest) = times(rest);
    let run = text.iter().take(most).take_while(|c| is(**c, sign)).count();
    (least..=run).rev().any(|n| matches(&text[n..], rest))
}

fn is(c: char, sign: char) -> bool {
    match sign {
        '#' => c.is_ascii_digit(),
        '@' => c.is_ascii_uppercase(),
        '?' => c.is_ascii_uppercase() || c.is_ascii_digit(),
        _ => c == sign,
    }
}

/// The numbers in braces at the start, if there are any, and what follows.
fn times(form: &[char]) -> (usize, usize, &[char]) {
    if form.first() != Some(&'{') {
        return (1, 1, form);
    }
    let Some(end) = form.iter().position(|c| *c == '}') else {
        return (1, 1, form);
    };
    let inner: String = form[1..end].iter().collect();
    let (least, most) = inner.split_once(',').unwrap_or((&inner, &inner));
    (least.parse().unwrap_or(1), most.parse().unwrap_or(1), &form[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn forms() {
        assert!(fits("A1234567", "@#{7}"));
        assert!(!fits("A123456", "@#{7}"));
        assert!(!fits("A12345678", "@#{7}"));
        assert!(fits("123", "@#{7}|#{1,8}"));
        assert!(!fits("", "#{1,8}"));
        assert!(fits("WDL123ABC456", "WDL?{9}"));
        assert!(fits("1234A", "#{4,5}@|#{5}@"));
        assert!(fits("AB12", "?{2,4}#{1}"));
    }
}
