//! Bonafide's own engines, as the protocols ask them.

use std::sync::Arc;

use bonafide_context::Date;
use bonafide_document::{DocumentError, DocumentReader, FieldName, Reading};
use bonafide_face::{Embedding, FaceEngine, FaceError, Liveness, LivenessReason};
use bonafide_media::{Decoder, Picture};

use crate::protocol::Miss;
use crate::protocol::document::{Reader, Transcript};
use crate::protocol::face::Embedder;
use crate::protocol::pad::Detector;

/// Faces compared and judged live as the product does it, from the bytes of a
/// file on.
pub struct Faces {
    /// The engine measured.
    pub engine: FaceEngine,
    /// Its front door.
    pub decoder: Arc<dyn Decoder>,
    /// Runtime and version, for the report.
    pub runtime: String,
}

/// The face of one picture.
pub struct Template {
    embedding: Embedding,
    fit: bool,
}

impl Embedder for Faces {
    type Template = Template;

    fn name(&self) -> String {
        format!("{:?} on {}", self.engine.embedders(), self.runtime)
    }

    fn template(&self, file: &[u8]) -> Result<Template, Miss> {
        let picture = decode(self.decoder.as_ref(), file)?;
        let faces = self.engine.detect(&picture).map_err(miss)?;
        let face = faces.first().ok_or_else(|| Miss::Sample("no_face".to_owned()))?;
        let fit = self.engine.quality(&picture, face).is_usable();
        let embedding = self.engine.embed(&picture, face).map_err(miss)?;
        Ok(Template { embedding, fit })
    }

    fn similarity(&self, a: &Template, b: &Template) -> Option<f32> {
        self.engine.similarity(&a.embedding, &b.embedding).ok().map(|s| s.0)
    }

    fn is_fit(&self, template: &Template) -> bool {
        template.fit
    }
}

impl Detector for Faces {
    fn name(&self) -> String {
        format!("passive detector on {}", self.runtime)
    }

    fn threshold(&self) -> f32 {
        Liveness::THRESHOLD
    }

    fn score(&self, file: &[u8]) -> Result<f32, Miss> {
        let picture = decode(self.decoder.as_ref(), file)?;
        let liveness = self.engine.liveness(&picture).map_err(miss)?;
        if liveness.reasons.contains(&LivenessReason::NetworkMissing) {
            return Err(Miss::Engine(
                "the weights of the liveness network are missing: run `bonafide models fetch`"
                    .to_owned(),
            ));
        }
        liveness.score.ok_or_else(|| Miss::Sample(codes(&liveness.reasons)))
    }
}

/// Documents read as the product does it, from the bytes of a file on.
pub struct Documents {
    /// The reader measured.
    pub reader: DocumentReader,
    /// Its front door.
    pub decoder: Arc<dyn Decoder>,
    /// The day that counts as today, for the centuries of dates.
    pub today: Date,
    /// Runtime and version, for the report.
    pub runtime: String,
}

impl Reader for Documents {
    fn name(&self) -> String {
        format!("document reader on {}", self.runtime)
    }

    fn read(&self, file: &[u8]) -> Result<Transcript, Miss> {
        let picture = decode(self.decoder.as_ref(), file)?;
        match self.reader.read(&picture, None, self.today) {
            Ok(reading) => Ok(transcript(&reading)),
            Err(DocumentError::Inference(error)) => Err(Miss::Engine(error.to_string())),
            Err(other) => Err(Miss::Sample(other.to_string())),
        }
    }
}

/// What a reading says, by the names of the ground truth.
fn transcript(reading: &Reading) -> Transcript {
    let mut fields: std::collections::BTreeMap<String, String> = reading
        .fields
        .iter()
        .map(|(name, field)| (name.name().to_owned(), field.value.clone()))
        .collect();
    if let Some(issuer) = &reading.issuer {
        fields.insert("issuer".to_owned(), issuer.clone());
    }
    // The reading names the kind of document in words; the truth has the code
    // that the zone begins with.
    if let Some(first) = reading.mrz.as_ref().and_then(|mrz| mrz.lines.first()) {
        let code: String = first.chars().take(2).filter(|c| *c != '<').collect();
        fields.insert("doc_code".to_owned(), code);
    }
    if let (Some(given), Some(surname)) =
        (reading.value(FieldName::GivenNames), reading.value(FieldName::Surname))
    {
        fields.insert("full_name".to_owned(), format!("{given} {surname}"));
    }
    Transcript {
        lines: reading.mrz.as_ref().map(|mrz| mrz.lines.clone()).unwrap_or_default(),
        valid: reading.mrz.as_ref().is_some_and(|mrz| mrz.valid),
        fields,
        warnings: reading.warnings.iter().map(code).collect(),
    }
}

fn decode(decoder: &dyn Decoder, file: &[u8]) -> Result<Picture, Miss> {
    match decoder.decode(file) {
        Ok(decoded) => Ok(decoded.picture),
        Err(error) => Err(Miss::Sample(error.code().to_owned())),
    }
}

/// A network that does not run stops the evaluation; the rest is a figure.
fn miss(error: FaceError) -> Miss {
    match error {
        FaceError::Inference(error) => Miss::Engine(error.to_string()),
        other => Miss::Sample(other.to_string()),
    }
}

/// Reasons in the spelling of the command line.
fn codes<R: serde::Serialize>(reasons: &[R]) -> String {
    reasons.iter().map(code).collect::<Vec<_>>().join(", ")
}

fn code<R: serde::Serialize>(reason: &R) -> String {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_spelled_as_in_the_answers() {
        assert_eq!(
            codes(&[LivenessReason::NoFace, LivenessReason::TooSmall]),
            "no_face, too_small"
        );
    }
}
