//! Finding faces.

use bonafide_context::Sensitive;
use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;
use bytes::Bytes;

use crate::consent::ConsentId;
use crate::{App, DetectedFace, Done, FaceField, FacesAnswer, Selection, UseCaseError};

/// A picture, and what to tell of the faces in it.
#[derive(Clone, Debug)]
pub struct DetectFaces {
    /// A file with the picture.
    pub image: Sensitive<Bytes>,
    /// The receipt of the person's consent, where the policy wants one.
    pub consent: Option<ConsentId>,
    /// What to tell of each face.
    pub fields: Selection<FaceField>,
}

/// Finds the faces of a picture, the most prominent first.
pub async fn detect_faces(
    app: &App,
    call: &mut Call,
    request: DetectFaces,
) -> Result<Done<FacesAnswer>, UseCaseError> {
    call.step("request", "ok", Facts::new().size("image_bytes", request.image.expose().len()));
    app.consented(call, &[Category::FaceMedia], request.consent.as_ref()).await?;
    let answer = app
        .compute(call, move |studio, steps| {
            let picture = studio.picture(steps, "image", &request.image)?;
            let engine = &studio.engines.faces;
            let detect = || {
                let faces = engine.detect(&picture)?;
                let told = faces.iter().map(|face| {
                    DetectedFace::of(face, &request.fields, || engine.quality(&picture, face))
                });
                let size = Some((picture.width(), picture.height()));
                Ok(FacesAnswer { faces: told.collect(), size })
            };
            let facts = |found: &FacesAnswer| Facts::new().size("faces", found.faces.len());
            steps.step("faces.detect", detect, facts)
        })
        .await?;
    Ok(Done::new(answer))
}
