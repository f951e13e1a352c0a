//! `CompareFace`: how alike the most prominent faces of two pictures are.

use bonafide_face::{ComparisonReason, Fmr, Match, Similarity};
use bonafide_verify::{
    CompareFaces, ComparisonField, Selection, compare_faces, face_thresholds, interface,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::model::{ModelVersion, no_face, not_fit, off};
use crate::action::{Action, Service, Support};
use crate::actions::answer;
use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::picture::iai_picture;
use crate::scale::score;

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Iai,
    name: "CompareFace",
    support: Support::Works {
        interface: &interface::FACES_COMPARE,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL, `NeedRotateDetection`; `QualityControl` 1 to 4 are one level, the \
                 strictest",
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image_a: Option<String>,
    image_b: Option<String>,
    url_a: Option<String>,
    url_b: Option<String>,
    face_model_version: Option<String>,
    quality_control: Option<u64>,
    need_rotate_detection: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    score: f64,
    face_model_version: &'static str,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    let version = ModelVersion::named(request.face_model_version.as_deref())?;
    off("NeedRotateDetection", request.need_rotate_detection)?;
    let strict = match request.quality_control {
        None | Some(0) => false,
        Some(1..=4) => true,
        Some(_) => {
            return Err(Fault::new(Code::InvalidParameterValue, "`QualityControl` is 0 to 4"));
        }
    };
    let a = iai_picture(cx, "ImageA", request.image_a, request.url_a)?;
    let b = iai_picture(cx, "ImageB", request.image_b, request.url_b)?;
    let names = [ComparisonField::Similarity, ComparisonField::Decision, ComparisonField::Reasons];
    let fields = Selection::Only(names.into());
    let asked = CompareFaces { a, b, fmr: Fmr::default(), consent: None, fields };
    let done = compare_faces(&cx.app(), &mut cx.call, asked).await?;
    let found = cx.done(done);
    let reasons = found.reasons.unwrap_or_default();
    if reasons.iter().any(|reason| matches!(reason, ComparisonReason::NoFace(_))) {
        return Err(no_face());
    }
    let similarity = match (found.decision, found.similarity.flatten()) {
        (Some(Match::Match | Match::NoMatch), Some(Similarity(similarity)))
            if reasons.is_empty() || !strict =>
        {
            similarity
        }
        _ => return Err(not_fit(reasons.first().map_or("poor", |reason| reason.what()))),
    };
    let thresholds = face_thresholds(&cx.app())?;
    let anchors = [0, 1, 2].map(|at| (f64::from(thresholds[at]), version.scores()[at]));
    answer(&Answer {
        score: score(f64::from(similarity), &anchors),
        face_model_version: version.name(),
    })
}
