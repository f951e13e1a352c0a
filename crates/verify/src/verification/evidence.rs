//! Looking at what was handed in: on the pool, in one job.

use bonafide_accounts::{FlowStep, Mode};
use bonafide_context::Sensitive;
use bonafide_document::DocumentError;
use bonafide_face::{Comparison, ImageSide};
use bonafide_ledger::Call;
use bonafide_media::{Picture, encode_png};
use bytes::Bytes;

use super::progress::Judged;
use super::record::Record;
use super::statement::AgeRule;
use super::{LiveFace, MediaName, VerificationField, VerificationResult, judge};
use crate::answer::{ComparisonAnswer, DocumentAnswer, LivenessAnswer};
use crate::app::{Shot, SideFiles, Steps, Studio, media_type, read_sides};
use crate::use_case::{comparison_facts, liveness_facts, reading_facts};
use crate::{App, Selection, UseCaseError};

/// What was found out, and what of it may be kept.
pub(super) struct Evidence {
    pub(super) judged: Judged,
    /// As far as it was asked for.
    pub(super) result: VerificationResult,
    /// Name, type and bytes of pictures.
    pub(super) media: Vec<(MediaName, &'static str, Sensitive<Bytes>)>,
}

/// A picture of another step: `None` if that step is open, no bytes if it ended
/// without.
type Kept = Option<Option<Sensitive<Bytes>>>;

/// The pictures of a document.
pub(super) struct DocumentFiles {
    pub(super) front: SideFiles,
    /// The front came with an earlier call and rests already.
    pub(super) front_rests: bool,
    pub(super) back: Option<SideFiles>,
}

/// Reads a document, and compares its portrait with a selfie that was handed in
/// before. A front that waits for its back is not compared yet.
pub(super) async fn of_document(
    app: &App,
    call: &mut Call,
    record: &Record,
    files: DocumentFiles,
    selfie: Kept,
    ages: Option<AgeRule>,
) -> Result<Evidence, UseCaseError> {
    let (flow, fields) = (record.flow.clone(), record.fields.clone());
    let today = app.clock().today();
    app.compute(call, move |studio, steps| {
        let DocumentFiles { front: front_file, front_rests, back: back_file } = files;
        let front = studio.side(steps, "front", &front_file)?;
        let back = back_file.as_ref();
        let back = back.map(|back| studio.side(steps, "back", back)).transpose()?;
        let asked = fields.of_document();
        let read = || read_sides(studio, &front, back.as_ref(), today);
        let (best, reading) =
            steps.step("document.read", read, |(_, reading)| reading_facts(reading, &asked))?;
        let front = front.shot(best)?;
        let back_shot = back.as_ref().map(|back| back.shot(best)).transpose()?;
        let mut judged = judge::document(&flow, ages.as_ref(), &reading, today);
        let answer = DocumentAnswer::of(&reading, &asked);
        let mut result = VerificationResult {
            document: (answer != DocumentAnswer::default()).then_some(answer),
            ..VerificationResult::default()
        };
        let mut media = Vec::new();
        // An age check keeps nothing that shows the date of birth.
        if flow.mode != Mode::AgeCheck {
            // Of several photos the one rests that the reading rests on.
            let kept = |name, files: SideFiles, shot: &Shot| {
                files.into_file(shot.file).map(|file| (name, shot.media_type, file))
            };
            if !front_rests {
                media.extend(kept(MediaName::DocumentFront, front_file, front));
            }
            let back = back_file.zip(back_shot);
            media.extend(back.and_then(|(file, shot)| kept(MediaName::DocumentBack, file, shot)));
        }
        if flow.steps.contains(&FlowStep::Compare) {
            let portrait = reading.portrait_of(&front.picture).map_err(DocumentError::from)?;
            match (&portrait, selfie) {
                // It will be compared when it is whole.
                (Some(_), _) if back.is_none() && judged.back_mends => {}
                (None, _) | (_, Some(None)) => {
                    judged = judged.and(judge::comparison(None, ImageSide::A));
                }
                (Some(portrait), Some(Some(selfie))) => {
                    let selfie = studio.picture(steps, "selfie", &selfie)?;
                    let fmr = judge::fmr(flow.security_level);
                    let found = compare(studio, steps, portrait, &selfie, fmr, &fields)?;
                    judged = judged.and(judge::comparison(Some(&found), ImageSide::A));
                    result.comparison = told(&found, &fields);
                }
                // The selfie will be compared when it comes.
                (Some(_), None) => {}
            }
            if let Some(portrait) = portrait {
                let png = encode_png(&portrait)
                    .map_err(|error| UseCaseError::internal("portrait_unwritable", error))?;
                media.push((MediaName::Portrait, "image/png", Sensitive::new(png.into())));
            }
        }
        Ok(Evidence { judged, result, media })
    })
    .await
}

/// Judges a selfie, and compares it with a portrait that was handed in before.
pub(super) async fn of_selfie(
    app: &App,
    call: &mut Call,
    record: &Record,
    file: Sensitive<Bytes>,
    portrait: Kept,
) -> Result<Evidence, UseCaseError> {
    let (flow, fields) = (record.flow.clone(), record.fields.clone());
    app.compute(call, move |studio, steps| {
        let selfie = studio.decoded(steps, "image", &file)?;
        let mut judged = Judged { certain: true, ..Judged::default() };
        let mut result = VerificationResult::default();
        if flow.steps.contains(&FlowStep::Liveness) {
            let judge = || Ok(studio.engines.faces.liveness(&selfie.picture)?);
            let liveness = steps.step("liveness.passive", judge, |liveness| {
                liveness_facts(liveness, &whole(&fields, VerificationField::Liveness))
            })?;
            judged = judged.and(judge::liveness(&flow, &liveness));
            if fields.has(VerificationField::Liveness) {
                result.liveness = Some(LivenessAnswer::of(&liveness, &Selection::All));
            }
        }
        if flow.steps.contains(&FlowStep::Compare) {
            match portrait {
                Some(Some(portrait)) => {
                    let portrait = studio.picture(steps, "portrait", &portrait)?;
                    let fmr = judge::fmr(flow.security_level);
                    let found = compare(studio, steps, &portrait, &selfie.picture, fmr, &fields)?;
                    judged = judged.and(judge::comparison(Some(&found), ImageSide::B));
                    result.comparison = told(&found, &fields);
                }
                Some(None) => judged = judged.and(judge::comparison(None, ImageSide::B)),
                // The document will be compared when it comes.
                None => {}
            }
        }
        let media = vec![(MediaName::Selfie, media_type(selfie.facts.format), file)];
        Ok(Evidence { judged, result, media })
    })
    .await
}

/// Takes what a recording of the face came to, and compares who was live with a
/// portrait that was handed in before.
pub(super) async fn of_face(
    app: &App,
    call: &mut Call,
    record: &Record,
    face: LiveFace,
    portrait: Kept,
) -> Result<Evidence, UseCaseError> {
    let (flow, fields) = (record.flow.clone(), record.fields.clone());
    let mut judged = judge::live_face(face.grounds);
    let mut result = VerificationResult::default();
    if fields.has(VerificationField::Liveness) {
        result.liveness = Some(judge::told_of(face.grounds));
    }
    let Some((kind, file)) = face.best else {
        return Ok(Evidence { judged, result, media: Vec::new() });
    };
    if !flow.steps.contains(&FlowStep::Compare) || portrait.is_none() {
        // The document will be compared when it comes.
        return Ok(Evidence { judged, result, media: vec![(MediaName::Selfie, kind, file)] });
    }
    app.compute(call, move |studio, steps| {
        match portrait.flatten() {
            Some(portrait) => {
                let selfie = studio.picture(steps, "best_frame", &file)?;
                let portrait = studio.picture(steps, "portrait", &portrait)?;
                let fmr = judge::fmr(flow.security_level);
                let found = compare(studio, steps, &portrait, &selfie, fmr, &fields)?;
                judged = judged.and(judge::comparison(Some(&found), ImageSide::B));
                result.comparison = told(&found, &fields);
            }
            None => judged = judged.and(judge::comparison(None, ImageSide::B)),
        }
        Ok(Evidence { judged, result, media: vec![(MediaName::Selfie, kind, file)] })
    })
    .await
}

/// Portrait (`a`) against selfie (`b`).
fn compare(
    studio: &Studio,
    steps: &mut Steps,
    portrait: &Picture,
    selfie: &Picture,
    fmr: bonafide_face::Fmr,
    fields: &Selection<VerificationField>,
) -> Result<Comparison, UseCaseError> {
    let compare = || Ok(studio.engines.faces.compare(portrait, selfie, fmr)?);
    steps.step("faces.compare", compare, |comparison| {
        comparison_facts(comparison, &whole(fields, VerificationField::Comparison))
    })
}

fn told(found: &Comparison, fields: &Selection<VerificationField>) -> Option<ComparisonAnswer> {
    let asked = fields.has(VerificationField::Comparison);
    asked.then(|| ComparisonAnswer::of(found, &Selection::All))
}

/// All of a part if it was asked for, nothing of it otherwise.
fn whole<F: Ord>(fields: &Selection<VerificationField>, part: VerificationField) -> Selection<F> {
    if fields.has(part) { Selection::All } else { Selection::Only([].into()) }
}
