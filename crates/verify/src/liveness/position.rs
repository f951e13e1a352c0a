//! Where the face is, before the recording begins. Nothing of it is kept.

use bonafide_context::Sensitive;
use bonafide_ledger::{Call, Facts};
use bonafide_media::{Picture, resize};
use bonafide_vault::records::{Change, Condition, Expect};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_person::goes_on;
use super::row::load;
use super::tables::CHALLENGES;
use super::{ChallengeId, ChallengeRefusal, ChallengeState};
use crate::{App, Done, UseCaseError};

/// Where the face is, and what the person may do about it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Position {
    /// What to do.
    pub advice: PositionAdvice,
    /// Where the face is; `null` if there is none, or several.
    pub face: Option<PositionFace>,
}

/// A face's box in shares of the picture's width and height; may reach over its edge.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PositionFace {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// What the person may do about the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PositionAdvice {
    /// Nothing: it is good.
    Ok,
    /// Come into the picture.
    NoFace,
    /// Be alone in the picture.
    SeveralFaces,
    /// Come nearer.
    Closer,
    /// Go farther away.
    Farther,
    /// Move to the middle.
    Centre,
    /// Switch on a light.
    TooDark,
    /// Turn away from the light.
    TooBright,
    /// Hold still: the picture is blurred.
    HoldStill,
}

impl PositionAdvice {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NoFace => "no_face",
            Self::SeveralFaces => "several_faces",
            Self::Closer => "closer",
            Self::Farther => "farther",
            Self::Centre => "centre",
            Self::TooDark => "too_dark",
            Self::TooBright => "too_bright",
            Self::HoldStill => "hold_still",
        }
    }
}

/// A picture of the position is not larger.
pub(crate) const MOST_BYTES: usize = 64 * 1024;
/// Pixels of it that are looked at.
const SIDE: u32 = 320;
const MOST_PIXELS: u64 = 2_000_000;

/// Eyes have to be so far apart, in shares of the picture's width: the verifier wants
/// 60 pixels of 480, and the whole head with something behind it.
const NEAR_ENOUGH: f32 = 0.14;
const TOO_NEAR: f32 = 0.34;
/// The face's middle from the picture's, in shares of width and height.
const OFF: (f32, f32) = (0.16, 0.16);
/// Mean brightness of the face, 0 to 255, and the share of white.
const DARK: f32 = 30.0;
const BRIGHT: f32 = 215.0;
const WHITE: f32 = 0.25;
/// Detail of the face, as its quality counts it.
const BLURRED: f32 = 0.045;

/// Says where the face is in a small picture.
pub async fn check_position(
    app: &App,
    call: &mut Call,
    id: &ChallengeId,
    image: Sensitive<Bytes>,
) -> Result<Done<Position>, UseCaseError> {
    let record = load(app, call.caller(), id).await?;
    match record.state {
        ChallengeState::Issued | ChallengeState::Recording => {}
        ChallengeState::Judging => return Err(ChallengeRefusal::Judging.into()),
        ChallengeState::Judged => return Err(ChallengeRefusal::Answered.into()),
        ChallengeState::Expired => return Err(ChallengeRefusal::Expired.into()),
    }
    if image.expose().len() > MOST_BYTES {
        let reason = format!("send at most {MOST_BYTES} bytes");
        return Err(UseCaseError::Invalid { member: "image", reason });
    }
    if record.positions >= i64::from(app.settings().liveness.positions) {
        return Err(ChallengeRefusal::TooManyPositions.into());
    }
    goes_on(app, call, &record).await?;
    let looked = app.compute(call, move |studio, steps| {
        let picture = studio.picture(steps, "image", &image)?;
        if picture.pixels() > MOST_PIXELS {
            return Err(ChallengeRefusal::FrameTooLarge.into());
        }
        let look = || look(&studio.engines.faces, &picture);
        steps.step("position", look, |found| Facts::new().code("advice", found.advice.name()))
    });
    let answer = looked.await?;
    let counted = Change::Update {
        table: &CHALLENGES,
        set: vec![("positions", record.positions.saturating_add(1).into())],
        // Of two that ask at once one is not counted; the interface's rate bounds that.
        conditions: vec![
            Condition::is("id", record.id.as_str()),
            Condition::is("positions", record.positions),
        ],
        expect: Expect::Any,
    };
    Ok(Done { answer, changes: vec![counted] })
}

fn look(faces: &bonafide_face::FaceEngine, picture: &Picture) -> Result<Position, UseCaseError> {
    let long = picture.width().max(picture.height());
    let (width, height) = match long > SIDE {
        true => {
            let to = |length: u32| (length * SIDE / long).max(1);
            (to(picture.width()), to(picture.height()))
        }
        false => (picture.width(), picture.height()),
    };
    let small = resize(picture, width, height)
        .map_err(|error| UseCaseError::internal("resize_failed", error))?;
    let none = |advice| Ok(Position { advice, face: None });
    let face = match faces.glance(&small)? {
        bonafide_face::Tracked::Face(face) => face,
        bonafide_face::Tracked::Nobody => return none(PositionAdvice::NoFace),
        bonafide_face::Tracked::Several => return none(PositionAdvice::SeveralFaces),
    };
    let quality = faces.quality(&small, &face);
    let (w, h) = (width as f32, height as f32);
    let middle = face.landmarks[0].midpoint(face.landmarks[1]).midpoint(face.landmarks[2]);
    let eyes = face.eye_distance() / w;
    let off = (middle.x / w - 0.5).abs() > OFF.0 || (middle.y / h - 0.5).abs() > OFF.1;
    let advice = if eyes < NEAR_ENOUGH {
        PositionAdvice::Closer
    } else if eyes > TOO_NEAR {
        PositionAdvice::Farther
    } else if off {
        PositionAdvice::Centre
    } else if quality.brightness < DARK {
        PositionAdvice::TooDark
    } else if quality.brightness > BRIGHT || quality.overexposed > WHITE {
        PositionAdvice::TooBright
    } else if quality.sharpness < BLURRED {
        PositionAdvice::HoldStill
    } else {
        PositionAdvice::Ok
    };
    let area = face.area;
    let face = PositionFace { x: area.x / w, y: area.y / h, width: area.w / w, height: area.h / h };
    Ok(Position { advice, face: Some(face) })
}
