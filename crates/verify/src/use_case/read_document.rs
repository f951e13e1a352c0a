//! Reading a document.

use bonafide_document::Reading;
use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;

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

/// Reads a document. What cannot be read is said in the answer; an error means
/// that a file is no picture, or that the server could not look at it.
pub async fn read_document(
    app: &App,
    call: &mut Call,
    request: ReadDocument,
) -> Result<Done<DocumentAnswer>, UseCaseError> {
    let sizes = Facts::new()
        .size("front_bytes", request.front.size())
        .size("back_bytes", request.back.as_ref().map_or(0, SideFiles::size));
    call.step("request", "ok", sizes);
    app.consented(call, &[Category::DocumentMedia], request.consent.as_ref()).await?;
    let today = app.clock().today();
    let answer = app
        .compute(call, move |studio, steps| {
            let front = studio.side(steps, "front", &request.front)?;
            let back = request.back.as_ref();
            let back = back.map(|back| studio.side(steps, "back", back)).transpose()?;
            let read = || Ok(read_sides(studio, &front, back.as_ref(), today)?.1);
            let facts = |reading: &Reading| reading_facts(reading, &request.fields);
            let reading = steps.step("document.read", read, facts)?;
            Ok(DocumentAnswer::of(&reading, &request.fields))
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
