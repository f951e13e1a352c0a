//! The recording as signals over time: the chroma of the face and the colours shown.

use crate::recording::{Recording, Seen, Shown, Sight};

/// Keeps the logarithm of a dark channel finite; linear light.
const DARK: f64 = 0.002;
/// A frame gathers light for a while: colours are averaged over these times around its
/// own, in seconds.
const EXPOSURE: [f64; 4] = [-0.015, -0.005, 0.005, 0.015];

/// Log ratios red over green and blue over green: exposure cancels.
pub(crate) fn chroma(light: [f64; 3]) -> [f64; 2] {
    let [red, green, blue] = light.map(|value| (value + DARK).ln());
    [red - green, blue - green]
}

/// The frames with one face.
pub(crate) struct Sights<'a> {
    pub(crate) times: Vec<f64>,
    pub(crate) seen: Vec<&'a Sight>,
}

impl<'a> Sights<'a> {
    pub(crate) fn of(recording: &'a Recording) -> Self {
        let faces = recording.frames.iter().filter_map(|frame| match &frame.seen {
            Seen::Face(sight) => Some((frame.time_s, &**sight)),
            Seen::Nobody | Seen::Several => None,
        });
        let (times, seen) = faces.unzip();
        Self { times, seen }
    }

    /// Chroma of the whole face.
    pub(crate) fn face(&self) -> Vec<[f64; 2]> {
        let mean = |sight: &&Sight| {
            let mut sum = [0.0; 3];
            for cell in sight.light.iter() {
                for (sum, value) in sum.iter_mut().zip(cell) {
                    *sum += f64::from(*value);
                }
            }
            chroma(sum.map(|sum| sum / sight.light.len() as f64))
        };
        self.seen.iter().map(mean).collect()
    }

    /// Chroma of one cell.
    pub(crate) fn cell(&self, at: usize) -> Vec<[f64; 2]> {
        let light = |sight: &&Sight| sight.light.get(at).map_or([0.0; 3], |c| c.map(f64::from));
        self.seen.iter().map(|sight| chroma(light(sight))).collect()
    }

    /// Chroma of the background; none unless every frame has one.
    pub(crate) fn background(&self) -> Option<Vec<[f64; 2]>> {
        self.seen.iter().map(|s| s.background.map(|light| chroma(light.map(f64::from)))).collect()
    }
}

/// What the face was lit with when each frame was taken, if light takes `lag` seconds:
/// mean of both halves (red, green, blue), then top minus bottom.
pub(crate) fn colours(times: &[f64], shown: &[Shown], lag: f64) -> Vec<[f64; 6]> {
    times.iter().map(|time| averaged(time - lag, shown, halves)).collect()
}

/// What one moment of a shown colour gives, averaged over the time of exposure.
pub(crate) fn averaged<const K: usize>(
    time: f64,
    shown: &[Shown],
    of: impl Fn(&Shown) -> [f64; K],
) -> [f64; K] {
    let mut sum = [0.0; K];
    for offset in EXPOSURE {
        if let Some(now) = at(time + offset, shown) {
            for (sum, value) in sum.iter_mut().zip(of(now)) {
                *sum += value / EXPOSURE.len() as f64;
            }
        }
    }
    sum
}

fn halves(shown: &Shown) -> [f64; 6] {
    let ([a, b, c], [d, e, f]) = (shown.top, shown.bottom);
    [(a + d) / 2.0, (b + e) / 2.0, (c + f) / 2.0, a - d, b - e, c - f]
}

/// What stood on the screen at a time.
pub(crate) fn at(time: f64, shown: &[Shown]) -> Option<&Shown> {
    let after = shown.partition_point(|shown| shown.start_s <= time);
    shown.get(after.checked_sub(1)?).filter(|shown| time < shown.end_s)
}
