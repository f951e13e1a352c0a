//! What a challenge keeps in the vault.

use bonafide_liveness::package::{Key, Nonce};
use bonafide_liveness::{Challenge, Verdict};
use bonafide_policy::{Category, Held, HeldField, Stored};
use serde::{Deserialize, Serialize};

use super::ChallengeId;
use super::combine::Evidence;

/// The secret of a challenge.
#[derive(Serialize, Deserialize, Held)]
#[held(category = LivenessChallenge)]
pub(crate) struct HeldChallenge {
    #[held(whole)]
    pub(crate) challenge: Challenge,
    #[held(whole)]
    pub(crate) nonce: Nonce,
    pub(crate) key: [u8; 32],
}

impl HeldChallenge {
    pub(crate) fn key(&self) -> Key {
        Key::new(self.key)
    }
}

/// On what a verdict rests: every figure of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Held)]
#[held(category = LivenessAudit)]
pub(crate) struct HeldAudit {
    /// What the methods said, and what followed.
    #[held(whole)]
    pub(crate) evidence: Evidence,
    /// The verdict on the light, where light was asked for.
    #[held(whole)]
    pub(crate) light: Option<Verdict>,
    /// The verdict on the movements, where those were asked for.
    #[held(whole)]
    pub(crate) movements: Option<bonafide_liveness::actions::Verdict>,
    /// The score of each picture that was judged for itself.
    pub(crate) passive_scores: Vec<f32>,
    /// How alike the best frame is to others of the recording.
    pub(crate) same_person: Vec<f32>,
    /// The largest jump of the face from one frame to the next, in eye distances.
    pub(crate) largest_jump: f32,
    /// Frames that could not be decoded.
    pub(crate) unreadable: u32,
    /// Frames whose bytes are those of an earlier one.
    pub(crate) repeated: u32,
    /// Whether all times are the camera's own.
    pub(crate) exact_times: bool,
    /// Whether it came as a video, whose whole sequence was known beforehand.
    #[serde(default)]
    pub(crate) filmed: bool,
    /// How much later than by the page's clock the latest part arrived, in seconds.
    pub(crate) latest_s: f64,
    /// When each part arrived, in milliseconds after the issue.
    pub(crate) arrivals_ms: Vec<u64>,
    /// What the browser says of screen and camera.
    #[held(whole)]
    pub(crate) client: Option<bonafide_liveness::package::ClientFacts>,
}

/// The name of the best frame among a verification's or a challenge's items.
pub(crate) const BEST_FRAME: &str = "best_frame";

const MARK: &str = "liveness-";

/// The names of a challenge's items.
pub(crate) fn secret_name(id: &ChallengeId) -> String {
    format!("{MARK}{id}-challenge")
}

/// See [`secret_name`].
pub(crate) fn part_name(id: &ChallengeId, part: usize) -> String {
    format!("{MARK}{id}-part-{part:02}")
}

/// See [`secret_name`].
pub(crate) fn audit_name(id: &ChallengeId) -> String {
    format!("{MARK}{id}-audit")
}

/// What this room has the vault keep, for the data inventory.
pub fn held() -> Vec<Stored> {
    let bytes = |holder: &str, category| Stored {
        room: "verify",
        holder: holder.to_owned(),
        category,
        purposes: &[],
        fields: vec![HeldField { path: "file".to_owned(), kind: "Bytes" }],
        encrypted: true,
    };
    vec![
        Stored::held::<HeldChallenge>("verify"),
        Stored::held::<HeldAudit>("verify"),
        bytes("liveness_recording", Category::LivenessRecording),
        bytes(BEST_FRAME, Category::FaceMedia),
    ]
}
