//! Who or what is before the camera.

use std::fmt;
use std::str::FromStr;

/// A person, or an attack species.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Presented {
    /// A person.
    BonaFide,
    /// A photograph on dull paper.
    PrintMatte,
    /// A photograph on glossy paper.
    PrintGlossy,
    /// A photograph bent as a cylinder.
    PrintBent,
    /// A photograph that was crumpled.
    PrintCrumpled,
    /// A paper mask worn as a cylinder.
    Mask2d,
    /// A paper mask with a shaped nose, chin and eye sockets.
    Mask2dFitted,
    /// A tablet that plays a recording without flashes.
    ScreenReplay,
    /// A tablet that plays a recording of another sequence.
    SequenceReplay,
    /// A tablet that shows a face in guessed colours.
    SequenceGuessed,
    /// A tablet that shows a face in the right colours 200 to 400 ms late.
    RelightLag,
    /// A recording without flashes fed in place of the camera.
    InjectSelfie,
    /// A solid mask.
    Mask3d,
    /// A face lit in the right colours without delay, fed in place of the camera.
    InjectPerfect,
}

impl Presented {
    /// All of them, people first.
    pub const ALL: [Self; 14] = [
        Self::BonaFide,
        Self::PrintMatte,
        Self::PrintGlossy,
        Self::PrintBent,
        Self::PrintCrumpled,
        Self::Mask2d,
        Self::Mask2dFitted,
        Self::ScreenReplay,
        Self::SequenceReplay,
        Self::SequenceGuessed,
        Self::RelightLag,
        Self::InjectSelfie,
        Self::Mask3d,
        Self::InjectPerfect,
    ];

    /// Its name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::BonaFide => "bona_fide",
            Self::PrintMatte => "print_matte",
            Self::PrintGlossy => "print_glossy",
            Self::PrintBent => "print_bent",
            Self::PrintCrumpled => "print_crumpled",
            Self::Mask2d => "mask_2d",
            Self::Mask2dFitted => "mask_2d_fitted",
            Self::ScreenReplay => "screen_replay",
            Self::SequenceReplay => "sequence_replay",
            Self::SequenceGuessed => "sequence_guessed",
            Self::RelightLag => "relight_lag",
            Self::InjectSelfie => "inject_selfie",
            Self::Mask3d => "mask_3d",
            Self::InjectPerfect => "inject_perfect",
        }
    }

    /// Whether the method claims to detect it: not a solid mask, not a perfect injection.
    pub fn is_detectable(self) -> bool {
        !matches!(self, Self::BonaFide | Self::Mask3d | Self::InjectPerfect)
    }

    /// Whether it is a sheet or a display in the attacker's hands.
    pub(crate) fn is_flat(self) -> bool {
        !matches!(self, Self::BonaFide | Self::Mask3d | Self::InjectSelfie | Self::InjectPerfect)
    }

    /// Whether a display shows it.
    pub(crate) fn is_displayed(self) -> bool {
        matches!(
            self,
            Self::ScreenReplay | Self::SequenceReplay | Self::SequenceGuessed | Self::RelightLag
        )
    }
}

impl fmt::Display for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No species has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such species: ask `bonafide eval reflect --help` for the list")]
pub struct NoSuchSpecies;

impl FromStr for Presented {
    type Err = NoSuchSpecies;

    fn from_str(name: &str) -> Result<Self, NoSuchSpecies> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(NoSuchSpecies)
    }
}
