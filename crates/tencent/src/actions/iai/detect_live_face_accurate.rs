//! `DetectLiveFaceAccurate`: whether a picture shows a living person or a picture of one.

use bonafide_face::{Liveness, LivenessDecision};
use bonafide_verify::{CheckLiveness, LivenessField, Selection, check_liveness, interface};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::model::{ModelVersion, no_face, not_fit};
use crate::action::{Action, Service, Support};
use crate::actions::answer;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::picture::iai_picture;
use crate::scale::score;

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Iai,
    name: "DetectLiveFaceAccurate",
    support: Support::Works {
        interface: &interface::LIVENESS_PASSIVE,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL",
    },
};

/// The scores that stand for the least that passes here and for a sure verdict: the
/// interface recommends 40 as its threshold, and names 70 as the next stricter one.
const ANCHORS: [(f64, f64); 2] =
    [(Liveness::THRESHOLD as f64, 40.0), (Liveness::CERTAIN as f64, 70.0)];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image: Option<String>,
    url: Option<String>,
    face_model_version: Option<String>,
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
    let image = iai_picture(cx, "Image", request.image, request.url)?;
    let names = [LivenessField::Score, LivenessField::Decision, LivenessField::Reasons];
    let fields = Selection::Only(names.into());
    let asked = CheckLiveness { image, consent: None, fields };
    let done = check_liveness(&cx.app(), &mut cx.call, asked).await?;
    let found = cx.done(done);
    let (Some(LivenessDecision::Live | LivenessDecision::Attack), Some(liveness)) =
        (found.decision, found.score.flatten())
    else {
        let reasons = found.reasons.unwrap_or_default();
        return Err(match reasons.first().map(|reason| reason.code()) {
            Some("no_face") => no_face(),
            Some("network_missing") => Fault::internal(),
            reason => not_fit(reason.unwrap_or("poor")),
        });
    };
    answer(&Answer {
        score: score(f64::from(liveness), &ANCHORS),
        face_model_version: version.name(),
    })
}
