//! Shares with their exact 95 % intervals.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// So many of so many, e.g. errors among attempts.
///
/// Serialised with the share and its interval:
/// `{"count":3,"of":100,"share":0.03,"low":0.0062,"high":0.0852}`; the three
/// figures are null when nothing was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proportion {
    count: u64,
    of: u64,
}

/// The two ends of a 95 % confidence interval of a share, each in `[0, 1]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Proportion {
    /// `count` among `of`; a count above `of` is cut to it.
    pub fn new(count: u64, of: u64) -> Self {
        Self { count: count.min(of), of }
    }

    /// How many of the items `counted` says yes to.
    pub fn among<T>(
        items: impl IntoIterator<Item = T>,
        mut counted: impl FnMut(T) -> bool,
    ) -> Self {
        items.into_iter().fold(Self::default(), |p, item| {
            Self::new(p.count + u64::from(counted(item)), p.of + 1)
        })
    }

    /// How many were counted.
    pub fn count(self) -> u64 {
        self.count
    }

    /// Among how many.
    pub fn of(self) -> u64 {
        self.of
    }

    /// The share, if there was anything to count.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.count as f64 / self.of as f64)
    }

    /// The exact (Clopper-Pearson) 95 % interval: it holds for any number of
    /// trials, also for no error at all, where its upper end is near the "rule
    /// of 3" (3 / trials; exactly `1 - 0.025^(1/trials)` for two sides).
    ///
    /// It takes the trials as independent. Several pictures of one person are
    /// not: read it beside the number of people.
    pub fn interval(self) -> Option<Interval> {
        self.share()?;
        let (k, n) = (self.count as f64, self.of as f64);
        let low = if self.count == 0 { 0.0 } else { beta_quantile(0.025, k, n - k + 1.0) };
        let high = if self.count == self.of { 1.0 } else { beta_quantile(0.975, k + 1.0, n - k) };
        Some(Interval { low, high })
    }
}

impl Serialize for Proportion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let interval = self.interval();
        let mut out = serializer.serialize_struct("Proportion", 5)?;
        out.serialize_field("count", &self.count)?;
        out.serialize_field("of", &self.of)?;
        out.serialize_field("share", &self.share())?;
        out.serialize_field("low", &interval.map(|i| i.low))?;
        out.serialize_field("high", &interval.map(|i| i.high))?;
        out.end()
    }
}

/// The upper end of the one-sided 95 % interval after `trials` without error:
/// the "rule of 3" of ISO/IEC 19795-1. `None` without trials.
pub fn rule_of_three(trials: u64) -> Option<f64> {
    (trials > 0).then(|| (3.0 / trials as f64).min(1.0))
}

/// The point that a beta(a, b) variable lies below with probability `p`, by
/// bisection on [`beta_cdf`] (which rises, so 60 halvings give full precision).
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if beta_cdf(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The regularised incomplete beta function I_x(a, b) for `x` in `[0, 1]`.
fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let log_front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    // The continued fraction converges fast only on this side of the mean.
    if x < (a + 1.0) / (a + b + 2.0) {
        (log_front.exp() * beta_fraction(x, a, b) / a).clamp(0.0, 1.0)
    } else {
        (1.0 - log_front.exp() * beta_fraction(1.0 - x, b, a) / b).clamp(0.0, 1.0)
    }
}

/// The continued fraction of I_x(a, b) (DLMF 8.17.22), by Lentz's method.
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    // Needs about sqrt(max(a, b)) steps; the bound only guards against a loop.
    for step in 1..20_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-14 {
            break;
        }
    }
    fraction
}

/// ln Γ(x) for x > 0: the recurrence up to 10, then Stirling's series
/// (DLMF 5.11.1), good to about 1e-13.
fn ln_gamma(x: f64) -> f64 {
    let mut shift = 0.0;
    let mut z = x;
    while z < 10.0 {
        shift += z.ln();
        z += 1.0;
    }
    let (inverse, square) = (1.0 / z, 1.0 / (z * z));
    let series = inverse
        * (1.0 / 12.0
            - square * (1.0 / 360.0 - square * (1.0 / 1_260.0 - square * (1.0 / 1_680.0))));
    (z - 0.5) * z.ln() - z + 0.5 * std::f64::consts::TAU.ln() + series - shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64, within: f64) -> bool {
        (a - b).abs() <= within
    }

    #[test]
    fn gamma_of_whole_numbers_is_a_factorial() {
        assert!(close(ln_gamma(1.0), 0.0, 1e-12));
        assert!(close(ln_gamma(5.0), 24_f64.ln(), 1e-12));
        assert!(close(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln(), 1e-12));
    }

    #[test]
    fn beta_has_closed_forms() {
        // I_x(1, b) = 1 - (1-x)^b, I_x(a, 1) = x^a, I_x(2, 2) = 3x² - 2x³.
        assert!(close(beta_cdf(0.3, 1.0, 4.0), 1.0 - 0.7_f64.powi(4), 1e-12));
        assert!(close(beta_cdf(0.8, 3.0, 1.0), 0.8_f64.powi(3), 1e-12));
        assert!(close(beta_cdf(0.25, 2.0, 2.0), 3.0 * 0.0625 - 2.0 * 0.015_625, 1e-12));
    }

    #[test]
    fn clopper_pearson_as_printed_in_tables() {
        // 3 of 100: 0.6230 % to 8.5176 %; 5 of 10: 18.7086 % to 81.2914 %.
        let i = Proportion::new(3, 100).interval().unwrap();
        assert!(close(i.low, 0.006_230, 1e-6) && close(i.high, 0.085_176, 1e-6), "{i:?}");
        let i = Proportion::new(5, 10).interval().unwrap();
        assert!(close(i.low, 0.187_086, 1e-6) && close(i.high, 0.812_914, 1e-6), "{i:?}");
    }

    #[test]
    fn no_error_leaves_an_upper_end() {
        let i = Proportion::new(0, 30).interval().unwrap();
        assert_eq!(i.low, 0.0);
        assert!(close(i.high, 1.0 - 0.025_f64.powf(1.0 / 30.0), 1e-9));
        assert_eq!(rule_of_three(30), Some(0.1));
        assert_eq!(rule_of_three(2), Some(1.0));
        assert_eq!(rule_of_three(0), None);
    }

    #[test]
    fn nothing_counted_gives_no_figure() {
        assert_eq!(Proportion::default().share(), None);
        assert_eq!(Proportion::default().interval(), None);
        let json = serde_json::to_value(Proportion::default()).unwrap();
        assert!(json["share"].is_null() && json["high"].is_null());
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_estimate(of in 1u64..5_000_000, part in 0.0..=1.0f64) {
            let p = Proportion::new((of as f64 * part) as u64, of);
            let (share, i) = (p.share().unwrap(), p.interval().unwrap());
            prop_assert!(0.0 <= i.low && i.low <= share && share <= i.high && i.high <= 1.0);
        }

        #[test]
        fn more_trials_narrow_it(count in 0u64..50, of in 50u64..1_000) {
            let width = |p: Proportion| p.interval().map(|i| i.high - i.low).unwrap();
            prop_assert!(width(Proportion::new(count * 4, of * 4)) < width(Proportion::new(count, of)));
        }
    }
}
