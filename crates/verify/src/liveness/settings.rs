//! What the operator has a say in.

use std::time::Duration;

use bonafide_liveness::package::Limits;

/// What the operator has a say in of liveness challenges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivenessSettings {
    /// Whether screens may be made to flash. Off, people are asked for movements, and
    /// the picture is judged for itself.
    pub reflective: bool,
    /// Whether an application may ask for a recording by video. The whole sequence of one
    /// is known beforehand, which leaves more time to whoever computes a face.
    pub video: bool,
    /// Until when the first part must have arrived, from the issue on; a video so long
    /// after its sequence could have ended.
    pub first_part: Duration,
    /// Until when the last part must have arrived, from the issue on.
    pub last_part: Duration,
    /// How long after that it may still be judged.
    pub complete: Duration,
    /// How much later than by the page's own clock a part may arrive: in more time than
    /// that somebody could have lit a face by computer.
    pub lag: Duration,
    /// Challenges that an application may issue in a minute.
    pub issues_per_minute: u32,
    /// Challenges that may be issued for one verification, for each of its tries.
    pub issues_per_try: u32,
    /// Pictures of the position that may be asked about, for one challenge.
    pub positions: u32,
    /// How much a recording may be.
    pub limits: Limits,
}

impl Default for LivenessSettings {
    fn default() -> Self {
        Self {
            reflective: true,
            video: true,
            first_part: Duration::from_secs(20),
            last_part: Duration::from_secs(90),
            complete: Duration::from_secs(60),
            lag: Duration::from_secs(8),
            issues_per_minute: 600,
            issues_per_try: 3,
            positions: 240,
            limits: Limits::default(),
        }
    }
}

impl LivenessSettings {
    /// From the issue to the end of everything.
    pub(crate) fn life(&self) -> Duration {
        self.last_part + self.complete
    }
}
