//! Figures as people read them.

use crate::stats::Proportion;

/// A share in per cent with at least two significant digits, e.g. `2.8 %`,
/// `0.0034 %`, or a dash if there is none.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |s| format!("{}\u{a0}%", hundredths(s)))
}

/// `0.3–1.2 %`, the 95 % interval of a share.
pub(super) fn interval(p: Proportion) -> String {
    p.interval().map_or_else(
        || "–".to_owned(),
        |i| format!("{}–{}\u{a0}%", hundredths(i.low), hundredths(i.high)),
    )
}

/// `3 of 100`.
pub(super) fn count(p: Proportion) -> String {
    format!("{} of {}", thousands(p.count()), thousands(p.of()))
}

/// `4720212` as `4 720 212`, with narrow spaces that do not break.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A score or threshold to three decimals.
pub(super) fn score(value: Option<f32>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"))
}

/// A share times a hundred, trailing zeros dropped.
fn hundredths(share: f64) -> String {
    let value = share * 100.0;
    // Near either end the distance from it is what counts.
    let distance = value.abs().min((100.0 - value).abs());
    let decimals = if distance == 0.0 || distance >= 0.1 {
        2
    } else {
        (1.0 - distance.log10().floor()).clamp(2.0, 6.0) as usize
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_keep_two_digits() {
        let plain = |s| percent(Some(s)).replace('\u{a0}', " ");
        assert_eq!(plain(0.0), "0 %");
        assert_eq!(plain(1.0), "100 %");
        assert_eq!(plain(0.028), "2.8 %");
        assert_eq!(plain(0.994_583), "99.46 %");
        assert_eq!(plain(0.000_034), "0.0034 %");
        assert_eq!(plain(0.999_966), "99.9966 %");
        assert_eq!(plain(0.5), "50 %");
        assert_eq!(percent(None), "–");
    }

    #[test]
    fn long_numbers_are_grouped() {
        let plain = |n| thousands(n).replace('\u{202f}', " ");
        assert_eq!(plain(7), "7");
        assert_eq!(plain(123), "123");
        assert_eq!(plain(4_720_212), "4 720 212");
    }
}
