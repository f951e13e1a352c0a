//! Finding printed words in a line as a recogniser reads it: a letter wrong,
//! spaces lost, one form of a character for another.

use crate::viz::fold::fold;

/// A text as what can be compared of it: letters, digits and characters in one
/// form, each with its place in the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key {
    chars: Vec<char>,
    /// For each of them the character of the text it comes from.
    from: Vec<usize>,
    /// For each of them whether it follows its neighbour without a gap.
    joined: Vec<bool>,
}

impl Key {
    /// The key of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut key = Self::default();
        let mut gap = true;
        for (i, c) in text.chars().enumerate() {
            if !c.is_alphanumeric() {
                gap = true;
                continue;
            }
            for folded in fold(&one_form(c).to_string()).chars() {
                key.chars.push(folded);
                key.from.push(i);
                key.joined.push(!gap);
                gap = false;
            }
        }
        key
    }

    /// Number of comparable characters.
    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// Where `label` stands: the characters of the text it takes, and how many
    /// of them differ. Of several places the one that differs least, of these
    /// the first.
    pub(crate) fn find(&self, label: &Self) -> Option<Place> {
        let length = label.len();
        if length == 0 {
            return None;
        }
        let slack = slack(&label.chars);
        let mut best: Option<Place> = None;
        for start in 0..self.len() {
            if !self.may_start(start, label) {
                continue;
            }
            let widths = length.saturating_sub(slack.min(1))..=length + slack.min(1);
            for width in widths {
                let Some(window) = self.chars.get(start..start + width) else { continue };
                let wrong = differing(window, &label.chars, slack);
                if wrong > slack || !self.may_end(start + width, label) {
                    continue;
                }
                if best.as_ref().is_none_or(|b| wrong < b.wrong) {
                    let last = self.from.get(start + width - 1).copied().unwrap_or(0);
                    best = Some(Place { start: self.from[start], end: last + 1, wrong });
                }
            }
        }
        best
    }

    /// Short Latin words count only as words: `NO` is not in `NORA`.
    fn may_start(&self, at: usize, label: &Self) -> bool {
        let letters = label.chars.first().is_some_and(char::is_ascii_alphabetic);
        let inside = self.joined.get(at).copied().unwrap_or(false)
            && at > 0
            && self.chars.get(at - 1).is_some_and(char::is_ascii_alphabetic);
        !(letters && inside) || label.len() >= LONG
    }

    fn may_end(&self, end: usize, label: &Self) -> bool {
        let letters = label.chars.last().is_some_and(char::is_ascii_alphabetic);
        let inside = self.joined.get(end).copied().unwrap_or(false)
            && self.chars.get(end).is_some_and(char::is_ascii_alphabetic);
        !(letters && inside) || label.len() >= LONG
    }
}

/// From this length on a Latin label may stand inside a run of letters: the
/// recogniser loses the spaces between words.
const LONG: usize = 8;

/// Where a label stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// First character of the text.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
    /// Characters that differ.
    pub(crate) wrong: usize,
}

/// How many characters of a label may be wrong: a character of Han script says
/// as much as a syllable, and two labels may differ in two of them.
fn slack(label: &[char]) -> usize {
    let wide = label.iter().filter(|c| !c.is_ascii()).count();
    if wide * 2 > label.len() { usize::from(label.len() >= 4) } else { label.len() / 6 }
}

/// Fewest changes between two texts, as far as that is below `most`.
fn differing(a: &[char], b: &[char], most: usize) -> usize {
    if most == 0 {
        return if a == b { 0 } else { 1 };
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// One of the forms of a character that labels are printed in: traditional and
/// simplified ones are often taken for each other.
fn one_form(c: char) -> char {
    match c {
        '證' | '証' => '证',
        '號' => '号',
        '國' => '国',
        '臺' => '台',
        '發' => '发',
        '簽' => '签',
        '別' => '别',
        '戶' | '戸' => '户',
        '華' => '华',
        '統' => '统',
        '編' => '编',
        '親' => '亲',
        '區' => '区',
        '門' => '门',
        '機' => '机',
        '關' => '关',
        '碼' => '码',
        '齡' => '龄',
        '日' | '曰' => '日',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(text: &str, label: &str) -> Option<(usize, usize)> {
        Key::of(text).find(&Key::of(label)).map(|p| (p.start, p.end))
    }

    #[test]
    fn labels_are_found_as_they_are_read() {
        assert_eq!(place("姓名張三", "姓名"), Some((0, 2)));
        assert_eq!(place("姓 名 張三", "姓名"), Some((0, 3)));
        assert_eq!(place("公民身分号码 110", "公民身份号码"), Some((0, 6)));
        assert_eq!(place("香港永久性居民身份証", "香港永久性居民身份證"), Some((0, 10)));
        assert_eq!(place("出生日期DateofBirth", "Date of Birth"), Some((4, 15)));
        assert_eq!(place("Dale of birth: 1", "Date of birth"), Some((0, 13)));
        assert_eq!(place("性别男民族汉", "民族"), Some((3, 5)));
    }

    #[test]
    fn short_words_are_words() {
        assert_eq!(place("NORA", "No"), None);
        assert_eq!(place("No. 12", "No"), Some((0, 2)));
        assert_eq!(place("SEXTON", "Sex"), None);
        assert_eq!(place("NIK12", "NIK"), Some((0, 3)));
        assert_eq!(place("", "NIK"), None);
        assert_eq!(place("NIK", ""), None);
    }

    proptest! {
        #[test]
        fn a_place_lies_in_its_text(text in "\\PC{0,24}", label in "\\PC{0,8}") {
            if let Some((start, end)) = place(&text, &label) {
                prop_assert!(start < end && end <= text.chars().count());
            }
        }
    }
}
