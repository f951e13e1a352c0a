//! Edit distance and character error rate.

/// The Levenshtein distance between two texts, in characters (Unicode scalar
/// values): the fewest insertions, deletions and substitutions.
pub fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let here = (diagonal + usize::from(from != *to)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Edits and characters of many texts: the character error rate is the edits
/// over the characters of the truth, which may exceed 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CharacterErrors {
    /// Edits that turn what was read into the truth.
    pub edits: usize,
    /// Characters of the truth.
    pub characters: usize,
}

impl CharacterErrors {
    /// Compares line by line; a line that was not read is all deletions, a
    /// line too many all insertions.
    pub fn between(read: &[String], truth: &[String]) -> Self {
        let line = |lines: &[String], i: usize| lines.get(i).cloned().unwrap_or_default();
        (0..read.len().max(truth.len())).fold(Self::default(), |sum, i| Self {
            edits: sum.edits + edit_distance(&line(read, i), &line(truth, i)),
            characters: sum.characters + line(truth, i).chars().count(),
        })
    }

    /// The sum with another count.
    pub fn and(self, other: Self) -> Self {
        Self { edits: self.edits + other.edits, characters: self.characters + other.characters }
    }

    /// Edits per character, if there was a truth.
    pub fn rate(self) -> Option<f64> {
        (self.characters > 0).then(|| self.edits as f64 / self.characters as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_distances() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("abc", ""), 3);
        assert_eq!(edit_distance("Ñ<", "N<"), 1);
    }

    #[test]
    fn missing_and_surplus_lines_are_errors() {
        let lines = |l: &[&str]| l.iter().map(ToString::to_string).collect::<Vec<_>>();
        let e = CharacterErrors::between(&lines(&["ABCD"]), &lines(&["ABCE", "XYZ"]));
        assert_eq!(e, CharacterErrors { edits: 4, characters: 7 });
        let e = CharacterErrors::between(&lines(&["A", "BB"]), &lines(&["A"]));
        assert_eq!(e.rate(), Some(2.0));
        assert_eq!(CharacterErrors::default().rate(), None);
    }

    proptest! {
        #[test]
        fn it_is_a_metric(a in "[A-C]{0,8}", b in "[A-C]{0,8}", c in "[A-C]{0,8}") {
            prop_assert_eq!(edit_distance(&a, &b), edit_distance(&b, &a));
            prop_assert_eq!(edit_distance(&a, &b) == 0, a == b);
            prop_assert!(edit_distance(&a, &c) <= edit_distance(&a, &b) + edit_distance(&b, &c));
        }
    }
}
