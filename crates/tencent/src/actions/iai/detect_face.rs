//! `DetectFace`: where the faces of a picture are.

use bonafide_verify::{DetectFaces, FaceField, Selection, detect_faces, interface};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::model::{ModelVersion, no_face, off};
use crate::action::{Action, Service, Support};
use crate::actions::answer;
use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::picture::iai_picture;

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Iai,
    name: "DetectFace",
    support: Support::Works {
        interface: &interface::FACES_DETECT,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL, `NeedFaceAttributes`, `NeedQualityDetection`, \
                 `NeedRotateDetection`",
    },
};

/// What a request may ask for, and what it gets if it does not say.
const MOST_FACES: std::ops::RangeInclusive<u64> = 1..=120;
const SMALLEST: u64 = 34;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    max_face_num: Option<u64>,
    min_face_size: Option<u64>,
    image: Option<String>,
    url: Option<String>,
    need_face_attributes: Option<u64>,
    need_quality_detection: Option<u64>,
    face_model_version: Option<String>,
    need_rotate_detection: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    image_width: u32,
    image_height: u32,
    face_infos: Vec<FaceInfo>,
    face_model_version: &'static str,
}

/// A face's box in pixels of the upright picture, within it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FaceInfo {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    let version = ModelVersion::named(request.face_model_version.as_deref())?;
    off("NeedFaceAttributes", request.need_face_attributes)?;
    off("NeedQualityDetection", request.need_quality_detection)?;
    off("NeedRotateDetection", request.need_rotate_detection)?;
    let most = request.max_face_num.unwrap_or(1);
    if !MOST_FACES.contains(&most) {
        return Err(Fault::new(Code::InvalidParameterValue, "`MaxFaceNum` is 1 to 120"));
    }
    let smallest = request.min_face_size.unwrap_or(SMALLEST) as f32;
    let image = iai_picture(cx, "Image", request.image, request.url)?;
    let fields = Selection::Only([FaceField::Box].into());
    let asked = DetectFaces { image, consent: None, fields };
    let done = detect_faces(&cx.app(), &mut cx.call, asked).await?;
    let found = cx.done(done);
    let Some((image_width, image_height)) = found.size else { return Err(Fault::internal()) };
    let (right, bottom) = (image_width as f32, image_height as f32);
    let mut faces: Vec<FaceInfo> = Vec::new();
    // The most prominent first; the interface has the largest first.
    let mut areas: Vec<_> = found.faces.iter().filter_map(|face| face.area).collect();
    areas.sort_by(|a, b| (b.w * b.h).total_cmp(&(a.w * a.h)));
    for area in areas.iter().filter(|area| area.w.min(area.h) >= smallest) {
        let (x, y) = (area.x.clamp(0.0, right), area.y.clamp(0.0, bottom));
        let (width, height) =
            ((area.x + area.w).clamp(x, right) - x, (area.y + area.h).clamp(y, bottom) - y);
        let whole = |number: f32| number.round() as i64;
        faces.push(FaceInfo {
            x: whole(x),
            y: whole(y),
            width: whole(width),
            height: whole(height),
        });
    }
    faces.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    if faces.is_empty() {
        return Err(no_face());
    }
    answer(&Answer {
        image_width,
        image_height,
        face_infos: faces,
        face_model_version: version.name(),
    })
}
