//! How liveness is asked for.

use std::time::Duration;

use bonafide_verify::liveness::LivenessSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigurationError;
use super::load::Place;

/// How liveness is asked for, and what a recording may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Liveness {
    /// Whether a screen may be made to flash in colours that the face reflects. Granted
    /// patents describe this method: take legal advice before you ship it. Off, people
    /// are asked for movements of the head, and the pictures are judged for themselves.
    pub(crate) reflective: bool,
    /// Whether an application may ask for a recording by video file. The whole sequence
    /// of one is known beforehand, which leaves more time to whoever computes a face.
    pub(crate) video: bool,
    /// Seconds from the issue of a challenge to its first part; for a video so many
    /// seconds more than its sequence takes.
    #[schemars(range(min = 1, max = 300))]
    pub(crate) first_part_seconds: u32,
    /// Seconds from the issue of a challenge to its last part.
    #[schemars(range(min = 10, max = 900))]
    pub(crate) last_part_seconds: u32,
    /// Seconds after that within which it may be judged.
    #[schemars(range(min = 10, max = 900))]
    pub(crate) complete_seconds: u32,
    /// Seconds that a part may arrive later than by the page's own clock: slow networks
    /// need some, and whoever computes the light of a face uses it.
    #[schemars(range(min = 1, max = 60))]
    pub(crate) lag_seconds: u32,
    /// Challenges that an application may issue in a minute, over all nodes.
    #[schemars(range(min = 1))]
    pub(crate) issues_per_minute: u32,
    /// Challenges that may be issued for one verification, for each of its tries.
    #[schemars(range(min = 1, max = 20))]
    pub(crate) issues_per_try: u32,
    /// Pictures of the position that may be asked about, for one challenge.
    #[schemars(range(max = 2000))]
    pub(crate) positions: u32,
    /// Frames of a recording.
    #[schemars(range(min = 60, max = 400))]
    pub(crate) frames: u32,
    /// Bytes of a recording.
    #[schemars(range(min = 1_048_576, max = 25_165_824))]
    pub(crate) recording_bytes: u32,
}

impl Default for Liveness {
    fn default() -> Self {
        Self {
            reflective: true,
            video: true,
            first_part_seconds: 20,
            last_part_seconds: 90,
            complete_seconds: 60,
            lag_seconds: 8,
            issues_per_minute: 600,
            issues_per_try: 3,
            positions: 240,
            frames: 400,
            recording_bytes: 24 << 20,
        }
    }
}

impl Liveness {
    /// What the form of a value does not show.
    pub(super) fn check(&self, place: &Place) -> Result<(), ConfigurationError> {
        let bounds = [
            ("first_part_seconds", self.first_part_seconds, 1, 300),
            ("last_part_seconds", self.last_part_seconds, 10, 900),
            ("complete_seconds", self.complete_seconds, 10, 900),
            ("lag_seconds", self.lag_seconds, 1, 60),
            ("issues_per_minute", self.issues_per_minute, 1, u32::MAX),
            ("issues_per_try", self.issues_per_try, 1, 20),
            ("positions", self.positions, 0, 2_000),
            ("frames", self.frames, 60, 400),
            ("recording_bytes", self.recording_bytes, 1 << 20, 24 << 20),
        ];
        for (name, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                let reason = format!("write a number from {least} to {most}");
                return Err(place.wrong(&["liveness", name], &reason));
            }
        }
        Ok(())
    }

    /// As the use cases take it.
    pub(crate) fn settings(&self) -> LivenessSettings {
        let seconds = |value: u32| Duration::from_secs(value.into());
        let mut settings = LivenessSettings {
            reflective: self.reflective,
            video: self.video,
            first_part: seconds(self.first_part_seconds),
            last_part: seconds(self.last_part_seconds),
            complete: seconds(self.complete_seconds),
            lag: seconds(self.lag_seconds),
            issues_per_minute: self.issues_per_minute,
            issues_per_try: self.issues_per_try,
            positions: self.positions,
            ..LivenessSettings::default()
        };
        settings.limits.frames = self.frames as usize;
        settings.limits.recording_bytes = self.recording_bytes as usize;
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_use_cases() {
        assert_eq!(Liveness::default().settings(), LivenessSettings::default());
    }
}
