//! What is told of a challenge.

use std::str::FromStr;

use bonafide_liveness::{Action, Figures, Method, Outcome, Reveal, actions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::combine::Grounds;
use super::held::HeldAudit;
use crate::answer::Moment;

/// How a challenge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// No part has come yet.
    Issued,
    /// Parts have come.
    Recording,
    /// It is being judged.
    Judging,
    /// It was judged.
    Judged,
    /// Its time was over before it was judged.
    Expired,
}

impl ChallengeState {
    const ALL: [Self; 5] =
        [Self::Issued, Self::Recording, Self::Judging, Self::Judged, Self::Expired];

    /// The name in rows and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Recording => "recording",
            Self::Judging => "judging",
            Self::Judged => "judged",
            Self::Expired => "expired",
        }
    }
}

impl FromStr for ChallengeState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or(())
    }
}

/// What a secret step shows, now that it may be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Asked {
    /// Which step of the schedule, from 0.
    pub step: u16,
    /// Colour of the top half.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^#(00|ff){3}$")]
    pub top: Option<String>,
    /// Colour of the bottom half; the same for a full-screen flash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^#(00|ff){3}$")]
    pub bottom: Option<String>,
    /// The movement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub action: Option<Action>,
}

impl From<Reveal> for Asked {
    fn from(reveal: Reveal) -> Self {
        let step = u16::try_from(reveal.step()).unwrap_or(u16::MAX);
        match reveal {
            Reveal::Flash { top, bottom, .. } => {
                let [top, bottom] = [top, bottom].map(|colour| Some(colour.to_string()));
                Self { step, top, bottom, action: None }
            }
            Reveal::Action { action, .. } => {
                Self { step, top: None, bottom: None, action: Some(action) }
            }
        }
    }
}

/// What is answered to a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenPart {
    /// Which part it was.
    pub part: u16,
    /// What comes next on the screen, or is asked of the person next: what this part
    /// has laid open.
    pub revealed: Vec<Asked>,
}

/// How a recording ended for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureEnd {
    /// A living person.
    Accepted,
    /// Not shown to be one: try again.
    Retry,
    /// Not shown to be one, and there is no other try.
    Refused,
}

impl CaptureEnd {
    /// The name in answers and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Retry => "retry",
            Self::Refused => "refused",
        }
    }
}

/// What the person may do better. Nothing of it tells an attacker what gave him away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Stay in the picture, alone and near, until the end.
    FaceLost,
    /// The camera was too slow: close other programs.
    TooFewFrames,
    /// Switch on a light.
    TooDark,
    /// Turn away from the window, or go where it is darker.
    TooBright,
    /// Turn up the screen's brightness, hold it nearer.
    BrighterScreen,
    /// Hold still.
    HoldStill,
    /// Make each movement when it is asked for.
    ActionsNotDone,
    /// It could not be confirmed. Nothing more is said.
    CouldNotConfirm,
}

impl Advice {
    /// The name in answers and hints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FaceLost => "face_lost",
            Self::TooFewFrames => "too_few_frames",
            Self::TooDark => "too_dark",
            Self::TooBright => "too_bright",
            Self::BrighterScreen => "brighter_screen",
            Self::HoldStill => "hold_still",
            Self::ActionsNotDone => "actions_not_done",
            Self::CouldNotConfirm => "could_not_confirm",
        }
    }

    /// For a ground; `noisy` if there was more noise than light.
    pub(crate) const fn on(grounds: Grounds, noisy: bool) -> Option<Self> {
        Some(match grounds {
            Grounds::Accept => return None,
            Grounds::FaceLost => Self::FaceLost,
            Grounds::TooFewFrames => Self::TooFewFrames,
            Grounds::Overexposed => Self::TooDark,
            Grounds::NoReflection => Self::BrighterScreen,
            Grounds::Inconclusive if noisy => Self::TooBright,
            Grounds::Inconclusive => Self::HoldStill,
            Grounds::NotMoved => Self::ActionsNotDone,
            Grounds::Replayed
            | Grounds::TooLate
            | Grounds::TooEarly
            | Grounds::WrongSequence
            | Grounds::FlatSurface
            | Grounds::WrongMovement
            | Grounds::FaceChanged
            | Grounds::PresentationAttack
            | Grounds::Unavailable => Self::CouldNotConfirm,
        })
    }
}

/// How a recording was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Judged {
    /// How it ended for the person.
    pub state: CaptureEnd,
    /// What the person may do better; `null` if it was accepted.
    pub advice: Option<Advice>,
    /// How often the person may try again; `null` where nobody counts, because the
    /// challenge belongs to no verification.
    pub tries_left: Option<u32>,
    /// Why. For the application, not for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<Grounds>,
}

impl Judged {
    /// What a ground comes to.
    pub(crate) fn of(grounds: Grounds, noisy: bool, tries_left: Option<u32>) -> Self {
        let state = match grounds.outcome() {
            Outcome::Accepted => CaptureEnd::Accepted,
            Outcome::NonResponse | Outcome::Rejected => {
                let over = grounds.is_final() || tries_left == Some(0);
                if over { CaptureEnd::Refused } else { CaptureEnd::Retry }
            }
        };
        let tries_left =
            if state == CaptureEnd::Retry { tries_left } else { tries_left.map(|_| 0) };
        Self { state, advice: Advice::on(grounds, noisy), tries_left, reason: Some(grounds) }
    }

    /// As the person is told it.
    #[must_use]
    pub(crate) fn for_the_person(mut self) -> Self {
        self.reason = None;
        self
    }
}

/// A challenge, as the application is shown it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChallengeView {
    /// Its id.
    pub id: String,
    /// What is asked for.
    pub method: Method,
    /// How it stands.
    pub state: ChallengeState,
    /// Of which verification; `null` if of none.
    pub verification: Option<String>,
    /// When it was issued.
    pub issued_at: Moment,
    /// When its time is over.
    pub expires_at: Moment,
    /// Parts that have come.
    pub parts: u32,
    /// Frames that they committed to.
    pub frames: u32,
    /// How it was judged; `null` before that.
    pub result: Option<Judged>,
    /// Where the best frame is to be had; `null` if there is none, or not any more.
    pub best_frame: Option<String>,
    /// What was measured; `null` if it is not kept, or not to be read.
    pub figures: Option<CaptureFigures>,
}

/// What was measured in a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CaptureFigures {
    /// What the verifier of the light computed.
    pub light: Option<Figures>,
    /// What was seen of the movements.
    pub movements: Option<actions::Verdict>,
    /// The score of each picture that was judged for itself.
    pub passive_scores: Vec<f32>,
    /// How alike the best frame is to others of the recording.
    pub same_person: Vec<f32>,
    /// The largest jump of the face from one frame to the next, in eye distances.
    pub largest_jump: f32,
    /// Frames that could not be decoded.
    pub unreadable: u32,
    /// Frames whose bytes are those of an earlier one.
    pub repeated: u32,
    /// Whether all times are the camera's own: only then is lag evidence.
    pub exact_times: bool,
    /// Whether it came as a video: the whole sequence was known beforehand, and when it
    /// arrived says little.
    pub filmed: bool,
    /// How much later than by the page's clock the latest part arrived, in seconds.
    pub latest_s: f64,
}

impl From<HeldAudit> for CaptureFigures {
    fn from(held: HeldAudit) -> Self {
        Self {
            light: held.light.map(|verdict| verdict.figures),
            movements: held.movements,
            passive_scores: held.passive_scores,
            same_person: held.same_person,
            largest_jump: held.largest_jump,
            unreadable: held.unreadable,
            repeated: held.repeated,
            exact_times: held.exact_times,
            filmed: held.filmed,
            latest_s: held.latest_s,
        }
    }
}
