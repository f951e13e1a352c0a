//! Prefixes of phone numbers and what they belong to.

use std::collections::HashMap;
use std::sync::Arc;

use super::Names;
use crate::signal::Listed;

/// Longer prefixes are none: E.164 has fifteen digits.
const LONGEST: usize = 15;

/// Prefixes in ascending order, and the names of each.
pub(crate) struct Prefixes {
    keys: Vec<u64>,
    names: Vec<u32>,
    all: Vec<Names>,
}

impl Prefixes {
    /// A table of a prefix, a tab, and names with bars between them a line.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut all: Vec<Names> = Vec::new();
        let mut rows: Vec<(u64, u32)> = Vec::new();
        for line in text.lines() {
            let (prefix, names) = line.split_once('\t')?;
            let number = match numbers.get(names) {
                Some(number) => *number,
                None => {
                    let number = u32::try_from(all.len()).ok()?;
                    all.push(names.split('|').map(|name| Listed(Arc::from(name))).collect());
                    numbers.insert(names, number);
                    number
                }
            };
            rows.push((key(prefix)?, number));
        }
        rows.sort_unstable();
        let (keys, names) = rows.into_iter().unzip();
        (!all.is_empty()).then_some(Self { keys, names, all })
    }

    /// The names of the longest prefix that a number begins with. `number` are the
    /// digits of E.164.
    pub(crate) fn find(&self, number: &str) -> Option<&Names> {
        let mut fit = (1..=number.len().min(LONGEST))
            .rev()
            .filter_map(|length| self.keys.binary_search(&key(number.get(..length)?)?).ok());
        self.all.get(*self.names.get(fit.next()?)? as usize)
    }
}

/// A prefix as a number: its digits behind a one, so that noughts in front count.
fn key(prefix: &str) -> Option<u64> {
    let digits =
        (1..=LONGEST).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit());
    let tens = u64::pow(10, u32::try_from(prefix.len()).ok()?.min(19));
    digits.then_some(tens + prefix.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_counts() {
        let table = Prefixes::read("1201\tNew Jersey\n1\tA|B\n1201200\tJersey City, NJ\n").unwrap();
        let find = |number: &str| {
            table.find(number).map(|names| names.iter().map(Listed::as_str).collect::<Vec<_>>())
        };
        assert_eq!(find("12012005555"), Some(vec!["Jersey City, NJ"]));
        assert_eq!(find("12013005555"), Some(vec!["New Jersey"]));
        assert_eq!(find("13013005555"), Some(vec!["A", "B"]));
        assert_eq!(find("442079460000"), None);
        assert_eq!(find(""), None);
    }
}
