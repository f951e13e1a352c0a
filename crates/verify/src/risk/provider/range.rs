//! The answer to a range: the rest of every hash that begins with the prefix.

/// Digits of the prefix.
pub(super) const PREFIX: usize = 5;

/// Whether the rest of a hash is among the lines; `None` where they are no lines of a
/// range, whatever else they are. A line with the count 0 is padding.
pub(super) fn holds(body: &[u8], rest: &str) -> Option<bool> {
    let text = std::str::from_utf8(body).ok()?;
    let mut found = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (hash, count) = line.split_once(':').unwrap_or((line, "1"));
        let count: u64 = count.trim().parse().ok()?;
        if hash.len() != rest.len() || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        found |= count > 0 && hash.eq_ignore_ascii_case(rest);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REST: &str = "0018A45C4D1DEF81644B54AB7F969B88D65";

    #[test]
    fn what_is_listed_is_known_and_what_is_no_list_says_nothing() {
        let other = "F".repeat(REST.len());
        assert_eq!(holds(format!("{other}:3\r\n{REST}:1\r\n").as_bytes(), REST), Some(true));
        assert_eq!(holds(REST.to_lowercase().as_bytes(), REST), Some(true));
        assert_eq!(holds(format!("{other}\n").as_bytes(), REST), Some(false));
        assert_eq!(holds(format!("{REST}:0").as_bytes(), REST), Some(false), "padding");
        assert_eq!(holds(b"", REST), Some(false), "nobody has the prefix");
        for odd in ["<html><body>Sign in</body></html>", "{\"error\":\"no\"}", "ABC:1", "\u{0}"] {
            assert_eq!(holds(odd.as_bytes(), REST), None, "{odd}");
        }
        assert_eq!(holds(&[0xff, 0xfe], REST), None);
    }

    proptest! {
        #[test]
        fn any_answer_is_read(body: Vec<u8>) {
            let _ = holds(&body, REST);
        }

        #[test]
        fn a_broken_line_takes_the_whole_answer_with_it(odd in "[g-z<]{1,40}") {
            let body = format!("{REST}:1\n{odd}\n");
            prop_assert_eq!(holds(body.as_bytes(), REST), None);
        }
    }
}
