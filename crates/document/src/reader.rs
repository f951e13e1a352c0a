//! Reading a document: the order of the steps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bonafide_context::Date;
use bonafide_inference::{Models, Role};
use bonafide_media::{Picture, Quad, Rect};

use crate::fields::merge;
use crate::kind::{kind_of_mrz, kind_of_text};
use crate::page::Page;
use crate::text::crop::crop_line;
use crate::text::recognize::Recognizer;
use crate::viz::{Labelled, Manner, VizLine, labelled_values};
use crate::zone::{LongLine, Zone, candidates, find, second_opinion};
use crate::{DocumentError, DocumentType, FieldName, MrzReading, Reading, Warning};

/// Finds the faces of a picture, largest first or in any order.
pub type FaceFinder = Box<dyn Fn(&Picture) -> Vec<Rect> + Send + Sync>;

/// Reads documents with the models it was given.
pub struct DocumentReader {
    models: Arc<Models>,
    recognizers: Mutex<BTreeMap<Role, Arc<Recognizer>>>,
    faces: Option<FaceFinder>,
}

impl DocumentReader {
    /// A reader that takes its networks from `models`, when it first needs them.
    pub fn new(models: Arc<Models>) -> Self {
        Self { models, recognizers: Mutex::default(), faces: None }
    }

    /// The same reader, which also looks for the portrait.
    #[must_use]
    pub fn with_face_finder(mut self, faces: FaceFinder) -> Self {
        self.faces = Some(faces);
        self
    }

    /// Reads a document from the picture of its front, and of its back if there
    /// is one. The zone may be on either.
    ///
    /// What cannot be read is said in the warnings; an error means that the
    /// models are missing or failed.
    pub fn read(
        &self,
        front: &Picture,
        back: Option<&Picture>,
        today: Date,
    ) -> Result<Reading, DocumentError> {
        let mut sides = vec![self.side(front, today)?];
        if let Some(back) = back {
            sides.push(self.side(back, today)?);
        }
        let zone = sides
            .iter()
            .filter_map(|side| side.zone.as_ref())
            .reduce(|best, next| if next.rank() > best.rank() { next } else { best });
        let mrz = zone.map(|zone| &zone.reading.mrz);
        let lines: Vec<VizLine> = sides.iter().flat_map(|side| side.lines.clone()).collect();
        let kind = mrz.map_or_else(|| kind_of_text(&lines), kind_of_mrz);
        let labelled = labelled_of(&sides, kind, mrz.map(|m| m.issuer.as_str()), today);
        let (fields, differ) = merge(mrz, &lines, labelled, today, |_, _| true);
        let mut warnings = Vec::new();
        if mrz.is_some_and(|mrz| !mrz.valid()) {
            warnings.push(Warning::MrzNotValid);
        }
        if differ {
            warnings.push(Warning::FieldsDiffer);
        }
        let expiry = fields.get(&FieldName::ExpiryDate).and_then(|f| f.value.parse::<Date>().ok());
        if expiry.is_some_and(|date| date < today) {
            warnings.push(Warning::Expired);
        }
        Ok(Reading {
            kind,
            issuer: mrz.map(|mrz| mrz.issuer.clone()).filter(|issuer| !issuer.is_empty()),
            mrz: mrz.map(|mrz| MrzReading {
                format: mrz.format.name().to_owned(),
                lines: mrz.lines.clone(),
                valid: mrz.valid(),
                checks: mrz.checks.iter().map(|(c, holds)| (c.name().to_owned(), holds)).collect(),
            }),
            fields,
            portrait: None,
            warnings,
            place: None,
            angle: sides.first().map_or(0.0, |side| side.page.frame.angle),
        })
    }

    fn side(&self, picture: &Picture, today: Date) -> Result<Side, DocumentError> {
        let detector = self.models.get(Role::TextDetector)?;
        let fast = self.recognizer(Role::TextRecognizerFast)?;
        let long_side = picture.width().max(picture.height()).clamp(640, 960);
        let page = Page::find(&detector, picture, long_side)?;
        let (page, long, zone) = self.upright(page, &fast, picture, today)?;
        let zone = match zone {
            Some(zone) => Some(second_opinion(
                &zone,
                || self.recognizer(Role::TextRecognizer),
                picture,
                &page.frame,
                today,
            )?),
            None => None,
        };
        let lines = self.visual_lines(&page, &long, zone.as_ref(), &fast, picture)?;
        Ok(Side { page, zone, lines })
    }

    /// Reads the long lines; if they make no sense, the other way round.
    fn upright(
        &self,
        page: Page,
        fast: &Recognizer,
        picture: &Picture,
        today: Date,
    ) -> Result<(Page, Vec<LongLine>, Option<Zone>), DocumentError> {
        let long = read_long(&page, fast, picture)?;
        let zone = find(&long, fast, picture, &page.frame, today)?;
        let sense = sense(&long);
        if zone.as_ref().is_some_and(|zone| zone.reading.mrz.valid()) || sense >= CLEAR {
            return Ok((page, long, zone));
        }
        let turned = page.upside_down();
        let other = read_long(&turned, fast, picture)?;
        let other_zone = find(&other, fast, picture, &turned.frame, today)?;
        let better = match (&zone, &other_zone) {
            (Some(a), Some(b)) => b.rank() > a.rank(),
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => crate::reader::sense(&other) > sense,
        };
        Ok(if better { (turned, other, other_zone) } else { (page, long, zone) })
    }

    /// The lines of the visual zone: all that are not part of the zone.
    fn visual_lines(
        &self,
        page: &Page,
        long: &[LongLine],
        zone: Option<&Zone>,
        fast: &Recognizer,
        picture: &Picture,
    ) -> Result<Vec<VizLine>, DocumentError> {
        let mut lines = Vec::new();
        let taken: Vec<Quad> =
            zone.iter().flat_map(|zone| zone.lines.iter().map(|(quad, _)| *quad)).collect();
        let mut done: Vec<Quad> = taken.clone();
        for line in long {
            if taken.iter().all(|quad| !covers(quad, &line.quad, page)) {
                done.push(line.quad);
                lines.push(VizLine {
                    quad: line.quad,
                    extent: line.extent,
                    text: line.reading.text.clone(),
                    confidence: line.reading.confidence,
                });
            }
        }
        for quad in page.lines.iter().take(MAX_LINES) {
            if done.iter().any(|other| covers(other, quad, page)) || quad.height() < MIN_HEIGHT {
                continue;
            }
            if let Some(line) = crop_line(picture, quad, VIZ_STRETCH)? {
                let reading = fast.text(&line)?;
                lines.push(VizLine {
                    quad: *quad,
                    extent: page.frame.extent(quad),
                    text: reading.text,
                    confidence: reading.confidence,
                });
            }
        }
        Ok(lines)
    }

    fn recognizer(&self, role: Role) -> Result<Arc<Recognizer>, DocumentError> {
        let mut loaded = self.recognizers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.get(&role) {
            return Ok(known.clone());
        }
        let recognizer = Arc::new(Recognizer::new(self.models.get(role)?)?);
        loaded.insert(role, recognizer.clone());
        Ok(recognizer)
    }
}

/// From this mean probability on lines are read the right way round.
const CLEAR: f32 = 0.75;
/// Most lines of the visual zone that are read.
const MAX_LINES: usize = 80;
/// Lines of less source pixels than this, as the detector draws them, cannot be
/// read.
const MIN_HEIGHT: f32 = 12.0;
/// Text of the visual zone stays legible when it is drawn narrower.
const VIZ_STRETCH: f32 = 0.8;

/// One picture of the document.
struct Side {
    page: Page,
    zone: Option<Zone>,
    lines: Vec<VizLine>,
}

fn read_long(
    page: &Page,
    fast: &Recognizer,
    picture: &Picture,
) -> Result<Vec<LongLine>, DocumentError> {
    let mut long = Vec::new();
    for quad in candidates(&page.lines, &page.frame) {
        long.extend(LongLine::read(fast, picture, quad, &page.frame)?);
    }
    Ok(long)
}

/// How much sense the lines make: mean probability, by length.
fn sense(lines: &[LongLine]) -> f32 {
    let total: f32 = lines.iter().map(|line| line.extent.length()).sum();
    let sum: f32 = lines.iter().map(|line| line.reading.confidence * line.extent.length()).sum();
    if total > 0.0 { sum / total } else { 0.0 }
}

/// Whether the middle of `inner` lies in `outer`.
fn covers(outer: &Quad, inner: &Quad, page: &Page) -> bool {
    let (o, i) = (page.frame.extent(outer), page.frame.extent(inner));
    let middle = f32::midpoint(i.left, i.right);
    (o.middle - i.middle).abs() < 0.5 * o.height && o.left <= middle && middle <= o.right
}

fn labelled_of(
    sides: &[Side],
    kind: DocumentType,
    issuer: Option<&str>,
    today: Date,
) -> BTreeMap<FieldName, Labelled> {
    let mut all = BTreeMap::new();
    let mut offset = 0;
    for side in sides {
        let american = issuer == Some("USA")
            || side.lines.iter().any(|line| {
                let key = crate::viz::fold::letters_and_digits(&line.text);
                key.contains("UNITEDSTATES") || key == "USA" || key.contains("DRIVERLICENSE")
            });
        let manner =
            Manner { today, month_first: american, numbered: kind == DocumentType::DrivingLicence };
        for (name, found) in labelled_values(&side.lines, manner) {
            all.entry(name).or_insert(Labelled { line: found.line + offset, ..found });
        }
        offset += side.lines.len();
    }
    all
}
