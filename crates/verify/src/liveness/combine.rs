//! One written rule for what several methods say.

use bonafide_face::LivenessDecision;
use bonafide_liveness::{Method, Outcome, Reason, actions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the methods say of one recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was asked for.
    pub method: Method,
    /// What the light says; none if none was asked for.
    pub light: Option<Reason>,
    /// What the movements say; none if none were asked for.
    pub movements: Option<actions::Reason>,
    /// What pictures of the recording say, each for itself.
    pub passive: LivenessDecision,
    /// Whether they say it with certainty.
    pub passive_certain: bool,
    /// Whether one person is to be seen from the beginning to the end.
    pub identity: Identity,
    /// Whether the face moved from frame to frame as one face does.
    pub continuous: bool,
    /// Whether the parts came as fast as they were recorded.
    pub in_time: bool,
    /// Whether these frames were judged before.
    pub replayed: bool,
}

/// Whether several pictures are of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// They are.
    Same,
    /// They are not.
    Other,
    /// It could not be found out.
    Unknown,
}

/// Why a recording was judged as it was, whichever method said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// These very frames were judged before.
    Replayed,
    /// The face left the picture, jumped, was too small, or another one came in.
    FaceLost,
    /// Too few frames, or too long without one.
    TooFewFrames,
    /// Too much of the face is white: the room is too dark for the screen.
    Overexposed,
    /// The light came back, or the parts arrived, later than they could.
    TooLate,
    /// The light came back, or a movement was made, before it was asked for.
    TooEarly,
    /// The face reflects no light of the screen.
    NoReflection,
    /// The face reflects other colours than were shown.
    WrongSequence,
    /// It reflects as something flat or bent, not as a face.
    FlatSurface,
    /// A movement was not made, or not clearly.
    NotMoved,
    /// Another movement was made than the one that was asked for.
    WrongMovement,
    /// Not one person from beginning to end.
    FaceChanged,
    /// A picture of it shows a print or a screen.
    PresentationAttack,
    /// Too much noise, or too poor a picture, to tell.
    Inconclusive,
    /// A check that is needed could not run on this server.
    Unavailable,
    /// A living person.
    Accept,
}

impl Grounds {
    /// The name in answers and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Replayed => "replayed",
            Self::FaceLost => "face_lost",
            Self::TooFewFrames => "too_few_frames",
            Self::Overexposed => "overexposed",
            Self::TooLate => "too_late",
            Self::TooEarly => "too_early",
            Self::NoReflection => "no_reflection",
            Self::WrongSequence => "wrong_sequence",
            Self::FlatSurface => "flat_surface",
            Self::NotMoved => "not_moved",
            Self::WrongMovement => "wrong_movement",
            Self::FaceChanged => "face_changed",
            Self::PresentationAttack => "presentation_attack",
            Self::Inconclusive => "inconclusive",
            Self::Unavailable => "unavailable",
            Self::Accept => "accept",
        }
    }

    /// What follows from it. Only `accept` is live.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Accept => Outcome::Accepted,
            Self::FaceLost
            | Self::TooFewFrames
            | Self::Overexposed
            | Self::NoReflection
            | Self::NotMoved
            | Self::Inconclusive
            | Self::Unavailable => Outcome::NonResponse,
            Self::Replayed
            | Self::TooLate
            | Self::TooEarly
            | Self::WrongSequence
            | Self::FlatSurface
            | Self::WrongMovement
            | Self::FaceChanged
            | Self::PresentationAttack => Outcome::Rejected,
        }
    }

    /// Whether whoever did this gets no other try.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Replayed)
    }
}

impl From<Reason> for Grounds {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::FaceLost => Self::FaceLost,
            Reason::TooFewFrames => Self::TooFewFrames,
            Reason::Overexposed => Self::Overexposed,
            Reason::TooLate => Self::TooLate,
            Reason::TooEarly => Self::TooEarly,
            Reason::NoReflection => Self::NoReflection,
            Reason::WrongSequence => Self::WrongSequence,
            Reason::Inconclusive => Self::Inconclusive,
            Reason::FlatSurface => Self::FlatSurface,
            Reason::Accept => Self::Accept,
        }
    }
}

impl From<actions::Reason> for Grounds {
    fn from(reason: actions::Reason) -> Self {
        match reason {
            actions::Reason::Accept => Self::Accept,
            actions::Reason::TooFewFrames => Self::TooFewFrames,
            actions::Reason::NotSeen => Self::NotMoved,
            actions::Reason::AnotherMovement => Self::WrongMovement,
            actions::Reason::TooEarly => Self::TooEarly,
        }
    }
}

/// The rule; the first line that holds decides.
///
/// | | holds if | ground |
/// |---|---|---|
/// | 1 | the frames were judged before | `replayed` |
/// | 2 | the face jumped | `face_lost` |
/// | 3 | the method that was asked for did not run | `inconclusive` |
/// | 4 | it says anything but `accept` | what it says |
/// | 5 | parts came later than they were recorded | `too_late` |
/// | 6 | the person changed / may have changed | `face_changed` / `inconclusive` |
/// | 7 | the pictures show an attack | `presentation_attack` |
/// | 8 | movements were asked for, and the pictures could not be judged / are not certain | `unavailable` / `inconclusive` |
/// | 9 | – | `accept` |
///
/// Light is evidence enough where pictures for themselves could not be judged;
/// movements, which a video shows as well, are not.
pub fn combine(evidence: &Evidence) -> Grounds {
    if evidence.replayed {
        return Grounds::Replayed;
    }
    if !evidence.continuous {
        return Grounds::FaceLost;
    }
    let said = match evidence.method {
        Method::Reflective => evidence.light.map(Grounds::from),
        Method::Actions => evidence.movements.map(Grounds::from),
    };
    match said {
        Some(Grounds::Accept) => {}
        Some(said) => return said,
        None => return Grounds::Inconclusive,
    }
    if !evidence.in_time {
        return Grounds::TooLate;
    }
    match evidence.identity {
        Identity::Same => {}
        Identity::Other => return Grounds::FaceChanged,
        Identity::Unknown => return Grounds::Inconclusive,
    }
    match (evidence.passive, evidence.method) {
        (LivenessDecision::Attack, _) => Grounds::PresentationAttack,
        (LivenessDecision::Unavailable, Method::Actions) => Grounds::Unavailable,
        (LivenessDecision::Live, Method::Actions) if !evidence.passive_certain => {
            Grounds::Inconclusive
        }
        (LivenessDecision::Live | LivenessDecision::Unavailable, _) => Grounds::Accept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(method: Method) -> Evidence {
        Evidence {
            method,
            light: (method == Method::Reflective).then_some(Reason::Accept),
            movements: (method == Method::Actions).then_some(actions::Reason::Accept),
            passive: LivenessDecision::Live,
            passive_certain: true,
            identity: Identity::Same,
            continuous: true,
            in_time: true,
            replayed: false,
        }
    }

    #[test]
    fn what_everything_speaks_for_is_accepted() {
        for method in [Method::Reflective, Method::Actions] {
            assert_eq!(combine(&good(method)), Grounds::Accept);
        }
        let dark = Evidence {
            passive: LivenessDecision::Unavailable,
            passive_certain: false,
            ..good(Method::Reflective)
        };
        assert_eq!(combine(&dark), Grounds::Accept);
    }

    /// Every combination: only what no method speaks against and the asked one speaks
    /// for is accepted.
    #[test]
    fn unknown_is_never_live() {
        let lights = [None].into_iter().chain(Reason::ALL.map(Some));
        let reasons = [
            None,
            Some(actions::Reason::Accept),
            Some(actions::Reason::NotSeen),
            Some(actions::Reason::AnotherMovement),
        ];
        let passives =
            [LivenessDecision::Live, LivenessDecision::Attack, LivenessDecision::Unavailable];
        let identities = [Identity::Same, Identity::Other, Identity::Unknown];
        let mut accepted = 0;
        for light in lights {
            for movements in reasons {
                for passive in passives {
                    for identity in identities {
                        for bits in 0..32_u8 {
                            let flag = |bit: u8| bits >> bit & 1 == 1;
                            let method = if flag(0) { Method::Reflective } else { Method::Actions };
                            let evidence = Evidence {
                                method,
                                light,
                                movements,
                                passive,
                                passive_certain: flag(1),
                                identity,
                                continuous: flag(2),
                                in_time: flag(3),
                                replayed: flag(4),
                            };
                            if combine(&evidence) != Grounds::Accept {
                                continue;
                            }
                            accepted += 1;
                            let asked = match method {
                                Method::Reflective => light == Some(Reason::Accept),
                                Method::Actions => movements == Some(actions::Reason::Accept),
                            };
                            let known = passive == LivenessDecision::Live && flag(1);
                            assert!(asked && identity == Identity::Same, "{evidence:?}");
                            assert!(flag(2) && flag(3) && !flag(4), "{evidence:?}");
                            assert_ne!(passive, LivenessDecision::Attack, "{evidence:?}");
                            assert!(known || method == Method::Reflective, "{evidence:?}");
                        }
                    }
                }
            }
        }
        assert!(accepted > 0);
    }

    #[test]
    fn each_line_has_its_ground() {
        let good = good(Method::Reflective);
        let ground = |evidence: Evidence| combine(&evidence);
        assert_eq!(ground(Evidence { replayed: true, ..good }), Grounds::Replayed);
        assert_eq!(ground(Evidence { continuous: false, ..good }), Grounds::FaceLost);
        assert_eq!(ground(Evidence { light: None, ..good }), Grounds::Inconclusive);
        assert_eq!(ground(Evidence { in_time: false, ..good }), Grounds::TooLate);
        assert_eq!(ground(Evidence { identity: Identity::Other, ..good }), Grounds::FaceChanged);
        assert_eq!(ground(Evidence { identity: Identity::Unknown, ..good }), Grounds::Inconclusive);
        let attack = Evidence { passive: LivenessDecision::Attack, ..good };
        assert_eq!(ground(attack), Grounds::PresentationAttack);
        for reason in Reason::ALL {
            let said = ground(Evidence { light: Some(reason), ..good });
            assert_eq!(said.name(), reason.name());
            assert_eq!(said.outcome(), reason.outcome());
        }
    }
}
