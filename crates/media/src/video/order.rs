//! From the order of decoding to the order of showing.

use std::collections::BTreeMap;

use super::VideoError;
use super::colour::Planes;
use super::container::Packet;

/// Frames that are decoded and not yet shown. When each is due stands in the
/// container, so that nothing has to be guessed.
pub(super) struct InOrder {
    /// When each packet is shown, and its number: in the order of showing.
    due: Vec<(i64, usize)>,
    /// When each packet is shown, by its number.
    times: Vec<i64>,
    /// How many of `due` are done with.
    shown: usize,
    /// Decoded; `None` where a packet shows nothing.
    waiting: BTreeMap<(i64, usize), Option<Planes>>,
}

/// No codec here holds back more frames.
const MOST_WAITING: usize = 16;

impl InOrder {
    pub(super) fn new(packets: &[Packet]) -> Self {
        let times: Vec<i64> = packets.iter().map(|packet| packet.at_us).collect();
        let mut due: Vec<(i64, usize)> =
            times.iter().enumerate().map(|(number, at)| (*at, number)).collect();
        due.sort_unstable();
        Self { due, times, shown: 0, waiting: BTreeMap::new() }
    }

    /// What packet `number` decoded to.
    pub(super) fn put(&mut self, number: usize, planes: Option<Planes>) -> Result<(), VideoError> {
        let at = *self.times.get(number).ok_or(VideoError::Corrupt)?;
        self.waiting.insert((at, number), planes);
        if self.waiting.len() > MOST_WAITING + 1 {
            return Err(VideoError::ClockBackwards);
        }
        Ok(())
    }

    /// The next frame to be shown and its microsecond, if it is there.
    pub(super) fn take(&mut self) -> Option<(u64, Planes)> {
        loop {
            let due = self.due.get(self.shown)?;
            let planes = self.waiting.remove(due)?;
            self.shown += 1;
            if let Some(planes) = planes {
                let first = self.due.first().map_or(0, |first| first.0);
                return Some((due.0.saturating_sub(first).unsigned_abs(), planes));
            }
        }
    }
}
