//! Measurements of this house on the scales of the interface: 0 to 100, with documented
//! scores where customers put their thresholds.

/// The score of a measurement from 0 to 1: each anchor is a measurement and the score
/// that stands for it, rising; between them it goes straight, from 0 at 0 to 100 at 1.
///
/// A score reaches an anchor's just when the measurement does, so that a customer's
/// threshold decides as ours would; told with two digits.
pub(crate) fn score(measured: f64, anchors: &[(f64, f64)]) -> f64 {
    let ends = [(0.0, 0.0), (1.0, 100.0)];
    let mut below = ends[0];
    // What is no number is nothing.
    let measured = if measured.is_nan() { 0.0 } else { measured.clamp(0.0, 1.0) };
    for &above in anchors.iter().chain(&ends[1..]) {
        if measured < above.0 {
            let share = (measured - below.0) / (above.0 - below.0);
            let exact = below.1 + share * (above.1 - below.1);
            let short = (above.1 * 100.0 - 1.0) / 100.0;
            return ((exact * 100.0).floor() / 100.0).clamp(below.1, short);
        }
        below = above;
    }
    below.1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANCHORS: [(f64, f64); 3] = [(0.25, 40.0), (0.3, 50.0), (0.36, 60.0)];

    #[test]
    fn the_ends_and_the_anchors_are_what_they_say() {
        for (measured, told) in
            [(-1.0, 0.0), (0.0, 0.0), (0.25, 40.0), (0.3, 50.0), (0.36, 60.0), (1.0, 100.0)]
        {
            assert_eq!(score(measured, &ANCHORS), told);
        }
        assert_eq!(score(f64::NAN, &ANCHORS), 0.0);
        assert_eq!(score(2.0, &ANCHORS), 100.0);
    }

    proptest! {
        #[test]
        fn a_threshold_decides_as_ours_does(measured in 0.0f64..1.0, nudge in 0usize..3) {
            let near = ANCHORS[nudge].0;
            for measured in [measured, near.next_down(), near, near.next_up()] {
                let told = score(measured, &ANCHORS);
                for (threshold, anchor) in ANCHORS {
                    prop_assert_eq!(told >= anchor, measured >= threshold, "{}", measured);
                }
                prop_assert_eq!(told, (told * 100.0).round() / 100.0);
            }
        }

        #[test]
        fn more_is_never_less(a in 0.0f64..1.0, b in 0.0f64..1.0) {
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(score(low, &ANCHORS) <= score(high, &ANCHORS));
        }
    }
}
