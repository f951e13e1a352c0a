//! Which sequences of colours may be issued, how many there are, drawing one.

use bonafide_context::Random;
use serde::{Deserialize, Serialize};

use super::Colour;

/// How long a sequence is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 8 full-screen colours and 2 split pairs: 5 seconds.
    #[default]
    Standard,
    /// 12 full-screen colours and 2 split pairs: 6.4 seconds.
    High,
}

impl Level {
    /// Full-screen colours.
    pub const fn colours(self) -> usize {
        match self {
            Self::Standard => 8,
            Self::High => 12,
        }
    }
}

/// Pairs of split flashes at the end of a sequence.
pub const SPLIT_PAIRS: usize = 2;

/// The secret of a challenge: the colours in their order.
///
/// The full-screen colours obey two rules, so that every sequence can be told from
/// every other by what a face reflects: neighbours differ, and each channel is on in
/// at least a third of the flashes and off in at least a third.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The full-screen colours.
    pub full: Vec<Colour>,
    /// For each split pair the colour that the top half shows first; the bottom half
    /// shows its complement, then they change places.
    pub splits: [Colour; SPLIT_PAIRS],
}

impl Sequence {
    /// Draws one; all legal sequences of a level are equally likely.
    pub fn draw(level: Level, random: &mut dyn Random) -> Self {
        let mut full = Vec::with_capacity(level.colours());
        // About one draw in two is legal.
        loop {
            full.clear();
            full.push(hue(random));
            while full.len() < level.colours() {
                let next = hue(random);
                if full.last() != Some(&next) {
                    full.push(next);
                }
            }
            if is_legal(&full) {
                return Self { full, splits: [hue(random), hue(random)] };
            }
        }
    }

    /// How hard it is to guess the full-screen colours of a level, in bits; the split
    /// pairs add `2 log2(6)` = 5.2 that the verdict does not count on.
    pub fn entropy_bits(level: Level) -> f64 {
        (count(level.colours()) as f64).log2()
    }
}

fn hue(random: &mut dyn Random) -> Colour {
    let hues = Colour::HUES;
    usize::try_from(random.below(hues.len() as u64))
        .ok()
        .and_then(|at| hues.get(at).copied())
        .unwrap_or(Colour::RED)
}

/// Whether a sequence of full-screen colours may be issued.
pub fn is_legal(full: &[Colour]) -> bool {
    let share = full.len() / 3;
    full.iter().all(|colour| colour.is_hue())
        && full.windows(2).all(|pair| pair.first() != pair.last())
        && (0..3).all(|channel| {
            let on = full.iter().filter(|colour| colour.is_on(channel)).count();
            on >= share && full.len() - on >= share
        })
}

/// How many legal sequences of `n` colours there are: counted over the last colour
/// and how often each channel was on.
fn count(n: usize) -> u64 {
    let size = n + 1;
    let at = |last: usize, on: [usize; 3]| ((last * size + on[0]) * size + on[1]) * size + on[2];
    let step = |on: [usize; 3], colour: Colour| {
        let mut on = on;
        for (channel, count) in on.iter_mut().enumerate() {
            *count += usize::from(colour.is_on(channel));
        }
        on
    };
    let cells = Colour::HUES.len() * size * size * size;
    let mut ways = vec![0_u64; cells];
    for (last, colour) in Colour::HUES.into_iter().enumerate() {
        if let Some(way) = ways.get_mut(at(last, step([0; 3], colour))) {
            *way = 1;
        }
    }
    let triples = || {
        (0..size).flat_map(move |r| (0..size).flat_map(move |g| (0..size).map(move |b| [r, g, b])))
    };
    for _ in 1..n {
        let mut longer = vec![0_u64; cells];
        for last in 0..Colour::HUES.len() {
            for on in triples() {
                let now = ways.get(at(last, on)).copied().unwrap_or(0);
                if now == 0 {
                    continue;
                }
                for (next, colour) in Colour::HUES.into_iter().enumerate() {
                    let on = step(on, colour);
                    if next != last
                        && on.iter().all(|count| *count < size)
                        && let Some(way) = longer.get_mut(at(next, on))
                    {
                        *way += now;
                    }
                }
            }
        }
        ways = longer;
    }
    let share = n / 3;
    let legal = |on: [usize; 3]| on.iter().all(|count| *count >= share && n - *count >= share);
    (0..Colour::HUES.len())
        .flat_map(|last| triples().filter(|on| legal(*on)).map(move |on| (last, on)))
        .filter_map(|(last, on)| ways.get(at(last, on)))
        .sum()
}

#[cfg(test)]
mod tests {
    use bonafide_context::Seeded;

    use super::*;

    /// The counts that were published with the method: 9.3, 13.6, 18.7 and 27.8 bits.
    #[test]
    fn entropy_is_what_the_method_states() {
        assert_eq!(count(8), 430_866);
        for (n, bits) in [(4, 9.3), (6, 13.6), (12, 27.8)] {
            assert!(((count(n) as f64).log2() - bits).abs() < 0.06, "{n}: {}", count(n));
        }
        assert!((Sequence::entropy_bits(Level::Standard) - 18.7).abs() < 0.05);
    }

    #[test]
    fn what_is_drawn_is_legal_and_differs() {
        let mut random = Seeded::new(1);
        let mut drawn = Vec::new();
        for level in [Level::Standard, Level::High] {
            for _ in 0..200 {
                let sequence = Sequence::draw(level, &mut random);
                assert_eq!(sequence.full.len(), level.colours());
                assert!(is_legal(&sequence.full));
                drawn.push(sequence.full);
            }
        }
        drawn.sort_by_key(|full| format!("{full:?}"));
        drawn.dedup();
        assert!(drawn.len() > 398, "{}", drawn.len());
    }

    #[test]
    fn neighbours_alike_and_a_channel_always_on_are_illegal() {
        use Colour as C;
        let legal = [C::RED, C::GREEN, C::BLUE, C::CYAN, C::MAGENTA, C::YELLOW, C::RED, C::GREEN];
        assert!(is_legal(&legal));
        let mut twice = legal;
        twice[1] = C::RED;
        assert!(!is_legal(&twice));
        let red = [C::RED, C::YELLOW, C::RED, C::MAGENTA, C::RED, C::YELLOW, C::RED, C::GREEN];
        assert!(!is_legal(&red));
        let white = [C::WHITE, C::GREEN, C::BLUE, C::CYAN, C::MAGENTA, C::YELLOW, C::RED, C::GREEN];
        assert!(!is_legal(&white));
    }
}
