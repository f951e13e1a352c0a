//! What the actions of `iai` have in common.

use crate::code::Code;
use crate::fault::Fault;

/// Which version of the face model a customer's thresholds were chosen for. There is one
/// model here; the version says on which scale its scores are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModelVersion {
    Two,
    Three,
}

impl ModelVersion {
    /// The version that a request names; 3.0 if it names none.
    pub(super) fn named(name: Option<&str>) -> Result<Self, Fault> {
        match name {
            None | Some("" | "3.0") => Ok(Self::Three),
            Some("2.0") => Ok(Self::Two),
            Some(_) => Err(Fault::new(
                Code::FaceModelVersionIllegal,
                "`FaceModelVersion` is `3.0` or `2.0`",
            )),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Two => "2.0",
            Self::Three => "3.0",
        }
    }

    /// The scores that stand for a false match rate of 1e-3, 1e-4 and 1e-5.
    pub(super) const fn scores(self) -> [f64; 3] {
        match self {
            Self::Two => [70.0, 80.0, 90.0],
            Self::Three => [40.0, 50.0, 60.0],
        }
    }
}

/// A switch that is a number: 0 or 1. What it would switch on is not there.
pub(super) fn off(member: &'static str, value: Option<u64>) -> Result<(), Fault> {
    match value {
        None | Some(0) => Ok(()),
        Some(1) => Err(Fault::new(
            Code::UnsupportedOperation,
            format!("this server does not do what `{member}` asks for: leave it out"),
        )),
        Some(_) => Err(Fault::new(Code::InvalidParameterValue, format!("`{member}` is 0 or 1"))),
    }
}

/// There is no face to look at.
pub(super) fn no_face() -> Fault {
    Fault::new(Code::NoFaceInPhoto, "there is no face in the picture: send one with a face")
}

/// A face cannot be judged.
pub(super) fn not_fit(why: &'static str) -> Fault {
    let code = match why {
        "too_small" => Code::FaceSizeTooSmall,
        _ => Code::FaceQualityNotQualified,
    };
    Fault::new(code, format!("the face cannot be judged ({why}): send a better picture"))
}
