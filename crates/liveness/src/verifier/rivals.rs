//! Does the issued sequence explain the face better than those that were not issued.
//!
//! All rivals share the times of the flashes, so that a flash is one basis signal and a
//! sequence is a choice of which channels add it up. What a rival explains then follows
//! from products of a few numbers, and for 8 colours every legal sequence is tried.

use bonafide_context::Random;

use super::linear::{Drift, cross, inverse, product, ridged};
use super::signal::averaged;
use super::temporal::RIDGE;
use crate::challenge::{Colour, Level, Sequence, is_legal};
use crate::recording::Shown;

/// Most flashes of a sequence that the bits of a channel have room for.
pub(crate) const MOST: usize = 16;
/// Up to so many flashes all legal sequences are tried, one for each order of channels.
const ALL_TRIED: usize = 8;
/// Sequences drawn for the p-value.
const DECOYS: u32 = 100;
/// Sequences drawn where not all can be tried.
const DRAWN: u32 = 2_000;
/// Lags at which a decoy may explain the face, in seconds.
const LAGS: [f64; 6] = [0.0, 0.05, 0.10, 0.15, 0.20, 0.25];

/// Where a reflection goes in the chroma of the face: red lifts red over green, blue lifts
/// blue over green, green lowers both alike.
pub(crate) const REFLECTION: [[f64; 2]; 3] = [[1.0, 0.0], [-1.0, -1.0], [0.0, 1.0]];

/// The flashes as basis signals at one lag.
pub(crate) struct Rivals {
    flashes: usize,
    /// Products of the flashes with each other.
    gram: [[f64; MOST]; MOST],
    /// With what all channels show alike beside the sequence: split pairs and baselines.
    common: [f64; MOST],
    common_gram: f64,
    /// With the chroma of the face.
    along: [[f64; 2]; MOST],
    common_along: [f64; 2],
    /// Where a reflection of red, green and blue goes in that chroma.
    directions: [[f64; 2]; 3],
}

/// For each channel a bit for each flash in which it is on.
type Channels = [u16; 3];

impl Rivals {
    pub(crate) fn at(
        lag: f64,
        times: &[f64],
        shown: &[Shown],
        drift: &Drift,
        chroma: &[[f64; 2]],
    ) -> Option<Self> {
        let full = shown.iter().filter(|shown| shown.secret && shown.is_full());
        let flashes = full.clone().count();
        if flashes == 0 || flashes > MOST {
            return None;
        }
        let starts: Vec<f64> = full.map(|flash| flash.start_s).collect();
        let mut basis: Vec<[f64; MOST + 1]> = times
            .iter()
            .map(|time| {
                averaged(time - lag, shown, |now| {
                    let mut row = [0.0; MOST + 1];
                    if now.secret && now.is_full() {
                        let at = starts.iter().position(|start| *start == now.start_s);
                        if let Some(value) = at.and_then(|at| row.get_mut(at)) {
                            *value = 1.0;
                        }
                    } else {
                        row[MOST] = now.top.iter().chain(&now.bottom).sum::<f64>() / 6.0;
                    }
                    row
                })
            })
            .collect();
        drift.remove(&mut basis);
        let (gram, along) = (cross(&basis, &basis), cross(&basis, chroma));
        let mut out = Self {
            flashes,
            gram: [[0.0; MOST]; MOST],
            common: [0.0; MOST],
            common_gram: gram[MOST][MOST],
            along: [[0.0; 2]; MOST],
            common_along: along[MOST],
            directions: REFLECTION,
        };
        for at in 0..MOST {
            out.gram[at].copy_from_slice(&gram[at][..MOST]);
            out.common[at] = gram[at][MOST];
            out.along[at] = along[at];
        }
        Some(out)
    }

    /// In a chroma in which a reflection goes elsewhere.
    pub(crate) fn answering(self, directions: [[f64; 2]; 3]) -> Self {
        Self { directions, ..self }
    }

    /// Variance of the face's chroma that a sequence explains.
    fn explained(&self, channels: Channels) -> f64 {
        let (matrix, along) = self.system(channels);
        variance(&matrix, &along)
    }

    /// The same as a reflection.
    fn reflected(&self, channels: Channels) -> f64 {
        let (matrix, along) = self.system(channels);
        reflected(&matrix, &along, &self.directions)
    }

    /// The normal equations of a sequence.
    fn system(&self, channels: Channels) -> ([[f64; 3]; 3], [[f64; 2]; 3]) {
        let parts = channels.map(|bits| Part::of(self, bits));
        let mut matrix = [[0.0; 3]; 3];
        for (row, part) in parts.iter().enumerate() {
            for (column, bits) in channels.iter().enumerate().take(row + 1) {
                let value =
                    part.with(*bits) + part.common + parts[column].common + self.common_gram;
                matrix[row][column] = value;
                matrix[column][row] = value;
            }
        }
        (matrix, parts.map(|part| part.along))
    }

    fn channels(full: &[Colour]) -> Channels {
        [0, 1, 2].map(|channel| {
            full.iter()
                .enumerate()
                .fold(0, |bits, (at, colour)| bits | u16::from(colour.is_on(channel)) << at)
        })
    }
}

/// What one channel contributes, given the flashes in which it is on.
#[derive(Clone, Copy)]
struct Part {
    /// With each flash.
    row: [f64; MOST],
    common: f64,
    along: [f64; 2],
}

impl Part {
    fn of(rivals: &Rivals, bits: u16) -> Self {
        let mut part = Self { row: [0.0; MOST], common: 0.0, along: rivals.common_along };
        for at in (0..rivals.flashes).filter(|at| bits >> at & 1 == 1) {
            for (sum, value) in part.row.iter_mut().zip(&rivals.gram[at]) {
                *sum += value;
            }
            part.common += rivals.common[at];
            part.along[0] += rivals.along[at][0];
            part.along[1] += rivals.along[at][1];
        }
        part
    }

    fn with(&self, bits: u16) -> f64 {
        self.row.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, v)| v).sum()
    }
}

/// Variance that channels explain if each may answer in any way: `h' M^-1 h`, summed over
/// both chroma channels; nothing where the channels do not differ.
fn variance(matrix: &[[f64; 3]; 3], along: &[[f64; 2]; 3]) -> f64 {
    let Some(inverse) = inverse(&ridged(*matrix, RIDGE)) else { return 0.0 };
    let response = product(&inverse, along);
    let pairs = response.iter().flatten().zip(along.iter().flatten());
    pairs.map(|(a, b)| a * b).sum()
}

/// Variance that channels explain if they answer as a reflection does: each in its own
/// direction, by a factor of its own that is not negative. Nothing if one is: the complement
/// of a sequence would explain as much as the sequence, with every sign turned.
fn reflected(matrix: &[[f64; 3]; 3], along: &[[f64; 2]; 3], directions: &[[f64; 2]; 3]) -> f64 {
    let dot = |a: &[f64; 2], b: &[f64; 2]| a[0] * b[0] + a[1] * b[1];
    let mut normal = *matrix;
    for (row, a) in normal.iter_mut().zip(directions) {
        for (value, b) in row.iter_mut().zip(directions) {
            *value *= dot(a, b);
        }
    }
    let along: [f64; 3] = std::array::from_fn(|at| dot(&along[at], &directions[at]));
    let Some(inverse) = inverse(&ridged(normal, RIDGE)) else { return 0.0 };
    let [factors] = product(&[along], &inverse);
    if factors.iter().all(|factor| *factor > 0.0) {
        factors.iter().zip(&along).map(|(a, b)| a * b).sum()
    } else {
        0.0
    }
}

/// The same three channels in every order.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

fn reordered(
    order: [usize; 3],
    matrix: &[[f64; 3]; 3],
    along: &[[f64; 2]; 3],
) -> ([[f64; 3]; 3], [[f64; 2]; 3]) {
    (order.map(|row| order.map(|column| matrix[row][column])), order.map(|at| along[at]))
}

/// Share of sequences drawn at random that explain the chroma at least as well as
/// `explained` does, each at its best lag; the issued one is counted among them.
pub(crate) fn p_value(at_lags: &[Rivals], explained: f64, random: &mut dyn Random) -> f64 {
    let Some(flashes) = at_lags.first().map(|rivals| rivals.flashes) else { return 1.0 };
    let as_good = (0..DECOYS).filter(|_| {
        let channels = Rivals::channels(&draw(flashes, random));
        let best = at_lags.iter().map(|rivals| rivals.explained(channels));
        best.fold(0.0, f64::max) >= explained
    });
    (1 + as_good.count()) as f64 / f64::from(DECOYS + 1)
}

/// The basis at each lag that decoys are tried at.
pub(crate) fn at_lags(
    times: &[f64],
    shown: &[Shown],
    drift: &Drift,
    chroma: &[[f64; 2]],
) -> Vec<Rivals> {
    LAGS.into_iter().filter_map(|lag| Rivals::at(lag, times, shown, drift, chroma)).collect()
}

/// A sequence of as many flashes; of another number than the levels have by the same rules.
fn draw(flashes: usize, random: &mut dyn Random) -> Vec<Colour> {
    for level in [Level::Standard, Level::High] {
        if level.colours() == flashes {
            return Sequence::draw(level, random).full;
        }
    }
    let hue = |random: &mut dyn Random| {
        let at = usize::try_from(random.below(6)).unwrap_or(0);
        Colour::HUES.get(at).copied().unwrap_or(Colour::RED)
    };
    // Legal ones may be rare or none for so few: then any will do.
    let drawn = |random: &mut dyn Random| (0..flashes).map(|_| hue(random)).collect::<Vec<_>>();
    (0..64).map(|_| drawn(random)).find(|full| is_legal(full)).unwrap_or_else(|| drawn(random))
}

impl Rivals {
    /// How many legal sequences explain the face better than the issued one, as a
    /// reflection would, of all of
    /// them for up to 8 colours; of those one or two colours away and 2,000 drawn ones
    /// for more.
    pub(crate) fn better(&self, issued: &[Colour], random: &mut dyn Random) -> u32 {
        // A tie is no better: the issued one itself, or its channels exchanged.
        let bound = self.reflected(Self::channels(issued)) * (1.0 + 1e-9) + 1e-12;
        if self.flashes <= ALL_TRIED {
            self.better_of_all(bound)
        } else {
            self.better_of_near(issued, bound)
                + u32::try_from(
                    (0..DRAWN)
                        .filter(|_| {
                            let drawn = draw(self.flashes, random);
                            self.reflected(Self::channels(&drawn)) > bound
                        })
                        .count(),
                )
                .unwrap_or(u32::MAX)
        }
    }

    fn better_of_all(&self, bound: f64) -> u32 {
        let mut better = 0;
        self.each_legal(|matrix, along| {
            // What is not enough with every freedom is not enough with less.
            if variance(matrix, along) > bound {
                let rivals = ORDERS.iter().filter(|order| {
                    let (matrix, along) = reordered(**order, matrix, along);
                    reflected(&matrix, &along, &self.directions) > bound
                });
                better += rivals.count() as u32;
            }
        });
        better
    }

    /// The normal equations of every legal sequence, one for each order of channels.
    pub(super) fn each_legal(&self, mut look: impl FnMut(&[[f64; 3]; 3], &[[f64; 2]; 3])) {
        let n = self.flashes;
        let all = (1_u16 << n) - 1;
        let share = (n / 3) as u32;
        let fits = |bits: &u16| (share..=n as u32 - share).contains(&bits.count_ones());
        let options: Vec<u16> = (0..=all).filter(fits).collect();
        let parts: Vec<Part> = options.iter().map(|bits| Part::of(self, *bits)).collect();
        // Products of every two options, looked up below some 70,000 times.
        let pairs: Vec<f64> = parts
            .iter()
            .flat_map(|part| {
                let common = part.common + self.common_gram;
                options
                    .iter()
                    .zip(&parts)
                    .map(move |(bits, other)| part.with(*bits) + common + other.common)
            })
            .collect();
        let pair = |a: usize, b: usize| pairs.get(a * options.len() + b).copied().unwrap_or(0.0);
        let changes = |bits: u16| (bits ^ (bits >> 1)) & (all >> 1);
        for (c, third) in options.iter().enumerate() {
            for (b, second) in options.iter().enumerate().take(c + 1) {
                let (either, both) = (second | third, second & third);
                let moved = changes(*second) | changes(*third);
                for (a, first) in options.iter().enumerate().take(b + 1) {
                    let legal = (either | first) == all
                        && (both & first) == 0
                        && (moved | changes(*first)) == all >> 1;
                    if !legal {
                        continue;
                    }
                    let (ab, ac, bc) = (pair(a, b), pair(a, c), pair(b, c));
                    let matrix = [[pair(a, a), ab, ac], [ab, pair(b, b), bc], [ac, bc, pair(c, c)]];
                    let along = [a, b, c].map(|at| parts.get(at).map_or([0.0; 2], |p| p.along));
                    look(&matrix, &along);
                }
            }
        }
    }

    fn better_of_near(&self, issued: &[Colour], bound: f64) -> u32 {
        let mut better = 0;
        let mut rival = issued.to_vec();
        let try_it = |rival: &[Colour]| {
            u32::from(is_legal(rival) && self.reflected(Self::channels(rival)) > bound)
        };
        for first in 0..issued.len() {
            for hue in Colour::HUES {
                rival.copy_from_slice(issued);
                if issued.get(first) == Some(&hue) {
                    continue;
                }
                rival[first] = hue;
                better += try_it(&rival);
                for second in first + 1..issued.len() {
                    let kept = rival[second];
                    for hue in Colour::HUES.into_iter().filter(|hue| *hue != kept) {
                        rival[second] = hue;
                        better += try_it(&rival);
                    }
                    rival[second] = kept;
                }
            }
        }
        better
    }
}
