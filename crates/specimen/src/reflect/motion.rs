//! How a head or a hand moves while it is filmed.

use bonafide_context::Random;

use super::scene::Stand;

/// Time after which a movement is forgotten, in seconds.
const MEMORY: f64 = 0.8;
/// Standard deviations: radians for the angles, centimetres for the place.
const ANGLE: f64 = 1.5 * std::f64::consts::PI / 180.0;
const PLACE: f64 = 0.35;

/// A pose that wanders about its mean (Ornstein-Uhlenbeck).
pub(crate) struct Motion {
    mean: [f64; 6],
    strength: f64,
    away: [f64; 6],
}

impl Motion {
    pub(crate) fn draw(distance: f64, strength: f64, random: &mut dyn Random) -> Self {
        let degrees = std::f64::consts::PI / 180.0;
        let mut normal =
            |deviation: f64, most: f64| (random.normal() * deviation).clamp(-most, most);
        let mean = [
            normal(6.0 * degrees, 14.0 * degrees),
            normal(6.0 * degrees, 14.0 * degrees),
            normal(3.0 * degrees, 8.0 * degrees),
            normal(0.8, 2.0),
            normal(0.8, 2.0),
            distance,
        ];
        Self { mean, strength, away: [0.0; 6] }
    }

    /// The pose `since` seconds after the last one.
    pub(crate) fn at(&mut self, since: f64, random: &mut dyn Random) -> Stand {
        let kept = (-since / MEMORY).exp();
        let fresh = (1.0 - kept * kept).sqrt();
        for (axis, away) in self.away.iter_mut().enumerate() {
            let deviation = self.strength * if axis < 3 { ANGLE } else { PLACE };
            *away = kept * *away + fresh * deviation * random.normal();
        }
        let value = |axis: usize| self.mean[axis] + self.away[axis];
        Stand { yaw: value(0), pitch: value(1), roll: value(2), at: [value(3), value(4), value(5)] }
    }
}
