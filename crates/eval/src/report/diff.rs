//! Two lines under each other, with the characters that differ marked.

use super::html::{Markup, escape};

/// What was read above what is true, aligned by the fewest edits; a character
/// without a partner stands over or under a dot.
pub(super) fn marked(read: &str, truth: &str) -> Markup {
    let pairs = aligned(&read.chars().collect::<Vec<_>>(), &truth.chars().collect::<Vec<_>>());
    let line = |side: fn(&Aligned) -> Option<char>| -> String {
        let one = |pair: &Aligned| {
            let text = escape(&side(pair).unwrap_or('·').to_string());
            if pair.0 == pair.1 { text } else { format!("<mark>{text}</mark>") }
        };
        pairs.iter().map(one).collect::<String>().replace("</mark><mark>", "")
    };
    Markup(format!("read  {}\ntruth {}\n", line(|p| p.0), line(|p| p.1)))
}

type Aligned = (Option<char>, Option<char>);

/// The longest text that is aligned; beyond it, texts are put side by side.
const LONGEST: usize = 200;

fn aligned(a: &[char], b: &[char]) -> Vec<Aligned> {
    if a.len() > LONGEST || b.len() > LONGEST {
        let longer = a.len().max(b.len());
        return (0..longer).map(|i| (a.get(i).copied(), b.get(i).copied())).collect();
    }
    // cost(i, j): the fewest edits between the rests a[i..] and b[j..].
    let width = b.len() + 1;
    let mut costs = vec![0_usize; (a.len() + 1) * width];
    let at = |costs: &[usize], i: usize, j: usize| -> usize {
        costs.get(i * width + j).copied().unwrap_or(usize::MAX / 2)
    };
    for i in (0..=a.len()).rev() {
        for j in (0..=b.len()).rev() {
            let cost = match (a.get(i), b.get(j)) {
                (None, _) => b.len() - j,
                (_, None) => a.len() - i,
                (Some(x), Some(y)) => (usize::from(x != y) + at(&costs, i + 1, j + 1))
                    .min(1 + at(&costs, i + 1, j))
                    .min(1 + at(&costs, i, j + 1)),
            };
            if let Some(cell) = costs.get_mut(i * width + j) {
                *cell = cost;
            }
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    loop {
        let (x, y) = (a.get(i).copied(), b.get(j).copied());
        let here = at(&costs, i, j);
        match (x, y) {
            (None, None) => return pairs,
            (Some(p), Some(q)) if here == usize::from(p != q) + at(&costs, i + 1, j + 1) => {
                pairs.push((x, y));
                (i, j) = (i + 1, j + 1);
            }
            (Some(_), _) if y.is_none() || here == 1 + at(&costs, i + 1, j) => {
                pairs.push((x, None));
                i += 1;
            }
            _ => {
                pairs.push((None, y));
                j += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::edit_distance;
    use proptest::prelude::*;

    #[test]
    fn differences_are_marked_and_the_rest_is_not() {
        assert_eq!(
            marked("A0<B", "AO<BC").0,
            "read  A<mark>0</mark>&lt;B<mark>·</mark>\n\
             truth A<mark>O</mark>&lt;B<mark>C</mark>\n"
        );
    }

    proptest! {
        #[test]
        fn the_alignment_is_the_shortest_and_loses_nothing(a in "[A-C]{0,9}", b in "[A-C]{0,9}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            let pairs = aligned(&chars(&a), &chars(&b));
            prop_assert_eq!(pairs.iter().filter(|p| p.0 != p.1).count(), edit_distance(&a, &b));
            prop_assert_eq!(pairs.iter().filter_map(|p| p.0).collect::<String>(), a);
            prop_assert_eq!(pairs.iter().filter_map(|p| p.1).collect::<String>(), b);
        }
    }
}
