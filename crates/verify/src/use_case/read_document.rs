//! Reading a document.

use bonafide_context::Sensitive;
use bonafide_document::{DocumentError, Reading};
use bonafide_ledger::{Call, Facts};
use bonafide_media::{Picture, encode_jpeg};
use bonafide_policy::Category;
use bytes::Bytes;

use crate::app::{SideFiles, read_sides};
use crate::consent::ConsentId;
use crate::{App, DocumentAnswer, DocumentField, Done, Selection, UseCaseError};

/// Pictures of a document, and what to tell of it.
#[derive(Clone, Debug)]
pub struct ReadDocument {
    /// Photos or a short video of the front, or the data page.
    pub front: SideFiles,
    /// The same of the back, where it has one.
    pub back: Option<SideFiles>,
    /// The receipt of the person's consent, where the policy wants one.
    pub consent: Option<ConsentId>,
    /// What to tell.
    pub fields: Selection<DocumentField>,
}

/// What was read of a document, and the picture of its holder.
#[derive(Clone, Debug)]
pub struct DocumentWithPortrait {
    /// What was read.
    pub document: DocumentAnswer,
    /// The portrait as a JPEG file, where it was asked for and found.
    pub portrait: Option<Sensitive<Bytes>>,
}

/// Reads a document. What cannot be read is said in the answer; an error means
/// that a file is no picture, or that the server could not look at it.
pub async fn read_document(
    app: &App,
    call: &mut Call,
    request: ReadDocument,
) -> Result<Done<DocumentAnswer>, UseCaseError> {
    let Done { answer, changes } = read(app, call, request, false).await?;
    Ok(Done { answer: answer.document, changes })
}

/// The same, with the portrait cut out of the front: the picture of a face, and asked
/// for as one.
pub async fn read_document_with_portrait(
    app: &App,
    call: &mut Call,
    request: ReadDocument,
) -> Result<Done<DocumentWithPortrait>, UseCaseError> {
    read(app, call, request, true).await
}

/// How good the portrait's file is, on the scale of libjpeg.
const PORTRAIT_QUALITY: u8 = 90;

async fn read(
    app: &App,
    call: &mut Call,
    request: ReadDocument,
    with_portrait: bool,
) -> Result<Done<DocumentWithPortrait>, UseCaseError> {
    let sizes = Facts::new()
        .size("front_bytes", request.front.size())
        .size("back_bytes", request.back.as_ref().map_or(0, SideFiles::size));
    call.step("request", "ok", sizes);
    let categories = [Category::DocumentMedia, Category::FaceMedia];
    let categories = if with_portrait { &categories[..] } else { &categories[..1] };
    app.consented(call, categories, request.consent.as_ref()).await?;
    let today = app.clock().today();
    let answer = app
        .compute(call, move |studio, steps| {
            let front = studio.side(steps, "front", &request.front)?;
            let back = request.back.as_ref();
            let back = back.map(|back| studio.side(steps, "back", back)).transpose()?;
            let read = || read_sides(studio, &front, back.as_ref(), today);
            let facts = |read: &(usize, Reading)| reading_facts(&read.1, &request.fields);
            let (best, reading) = steps.step("document.read", read, facts)?;
            let cut = match with_portrait {
                true => {
                    let cut = reading.portrait_of(&front.shot(best)?.picture);
                    cut.map_err(DocumentError::from)?
                }
                false => None,
            };
            let file = |cut: Picture| {
                let jpeg = encode_jpeg(&cut, PORTRAIT_QUALITY)
                    .map_err(|error| UseCaseError::internal("portrait_unwritable", error))?;
                Ok::<_, UseCaseError>(Sensitive::new(jpeg.into()))
            };
            let portrait = cut.map(file).transpose()?;
            Ok(DocumentWithPortrait {
                document: DocumentAnswer::of(&reading, &request.fields),
                portrait,
            })
        })
        .await?;
    Ok(Done::new(answer))
}

/// What may be written down of a reading: codes and counts of what was asked
/// for, and no value.
pub(crate) fn reading_facts(reading: &Reading, asked: &Selection<DocumentField>) -> Facts {
    let mut facts = Facts::new();
    if asked.has(DocumentField::Type) {
        facts = facts.code("type", reading.kind.name());
    }
    if asked.has(DocumentField::Mrz) {
        facts = facts.flag("mrz", reading.mrz.is_some());
        if let Some(mrz) = &reading.mrz {
            facts = facts.flag("mrz_valid", mrz.valid);
        }
    }
    if asked.has(DocumentField::Portrait) {
        facts = facts.flag("portrait", reading.portrait.is_some());
    }
    if asked.has(DocumentField::Warnings) {
        facts = facts.codes("warnings", reading.warnings.iter().map(|warning| warning.name()));
    }
    let fields = reading.fields.keys().filter(|name| asked.has(DocumentField::Field(**name)));
    facts.codes("fields", fields.map(|name| name.name()))
}
