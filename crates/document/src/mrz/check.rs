//! Check digits (Doc 9303-3, section 4.9).

/// The name of a check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Over the document number.
    Number,
    /// Over the date of birth.
    Birth,
    /// Over the date of expiry.
    Expiry,
    /// Over the optional data (personal number) of a passport.
    Optional,
    /// Over the fields above and their check digits.
    Composite,
}

impl Check {
    /// The name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Birth => "birth",
            Self::Expiry => "expiry",
            Self::Optional => "optional",
            Self::Composite => "composite",
        }
    }
}

/// The check digit over `text` (weights 7, 3, 1; `<` counts 0, `A` to `Z`
/// count 10 to 35); `None` if a character has no value.
pub fn check_digit(text: impl IntoIterator<Item = char>) -> Option<char> {
    let mut sum = 0;
    for (c, weight) in text.into_iter().zip([7, 3, 1].into_iter().cycle()) {
        sum = (sum + value(c)? * weight) % 10;
    }
    char::from_digit(sum, 10)
}

fn value(c: char) -> Option<u32> {
    match c {
        '<' => Some(0),
        '0'..='9' | 'A'..='Z' => c.to_digit(36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_examples_of_doc_9303() {
        assert_eq!(check_digit("520727".chars()), Some('3'));
        assert_eq!(check_digit("AB2134<<<".chars()), Some('5'));
        assert_eq!(check_digit("D23145890734".chars()), Some('9'));
        assert_eq!(check_digit("".chars()), Some('0'));
    }

    #[test]
    fn other_characters_have_no_value() {
        assert_eq!(check_digit("AÑ".chars()), None);
        assert_eq!(check_digit("ab".chars()), None);
    }
}
