//! Reading a document: the order of the steps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bonafide_context::Date;
use bonafide_inference::{Models, Role};
use bonafide_media::{Picture, Quad, Rect};

use crate::cross::{self, Sources};
use crate::fields::{merge, says};
use crate::kind::{kind_of_mrz, kind_of_text};
use crate::page::Page;
use crate::portrait;
use crate::quality::{is_featureless, obstacles};
use crate::text::crop::crop_line;
use crate::text::recognize::Recognizer;
use crate::types::Recognised;
use crate::viz::{Labelled, Manner, VizLine, labelled_values};
use crate::zone::{LongLine, Zone, another, candidates, find, second_opinion};
use crate::{
    Check, CheckName, DocumentError, DocumentType, DocumentTypes, FieldName, MrzReading, Outcome,
    Reading, TypeName, Warning, number,
};

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
        let pictures: Vec<&Picture> = [Some(front), back].into_iter().flatten().collect();
        let mut sides: Vec<Side> =
            pictures.iter().map(|p| self.side(p, today)).collect::<Result<_, _>>()?;
        let types = DocumentTypes::built_in()?;
        for (picture, side) in pictures.iter().zip(&mut sides) {
            if side.zone.is_none() {
                self.read_han(picture, side)?;
                let texts: Vec<&str> = side.lines.iter().map(|line| line.text.as_str()).collect();
                side.known = types.recognise(&texts);
            }
        }
        if sides.iter().all(|side| side.zone.is_none()) {
            self.refine(types, &pictures, &mut sides, today)?;
        }
        let zone = sides
            .iter()
            .filter_map(|side| side.zone.as_ref())
            .reduce(|best, next| if next.rank() > best.rank() { next } else { best });
        let mrz = zone.map(|zone| &zone.reading.mrz);
        let lines: Vec<VizLine> = sides.iter().flat_map(|side| side.lines.clone()).collect();
        let known = mrz.and_then(|mrz| types.of_zone(mrz)).or_else(|| types.agreed(&sides));
        let kind = match (mrz, known) {
            (Some(mrz), _) => kind_of_mrz(mrz),
            (None, Some(file)) => file.kind,
            (None, None) => kind_of_text(&lines),
        };
        let labelled = labelled_of(types, &sides, kind, mrz.map(|m| m.issuer.as_str()), today);
        let confirm = |name: FieldName, found: &Labelled| {
            self.confirms(&pictures, &sides, name, found, today).unwrap_or(false)
        };
        let (fields, differ) = merge(mrz, &lines, labelled, today, confirm);
        let by_side: Vec<_> =
            sides.iter().map(|side| types.extract(side, today).unwrap_or_default()).collect();
        let number = known.and_then(|file| file.number.as_deref()).and_then(number::find);
        let sources = Sources { mrz, fields: &fields, sides: &by_side, number };
        let checks = cross::checks(&sources, today);
        let differ = differ || checks.iter().any(contradicts);
        let expiry = fields.get(&FieldName::ExpiryDate).and_then(|f| f.value.parse::<Date>().ok());
        let mut warnings = Vec::new();
        if let Some(side) = sides.first() {
            let made_out = kind != DocumentType::Unknown || fields.len() >= 2;
            warnings = shortcomings(front, side, zone, made_out, fields.len());
        }
        if sides.iter().any(|side| side.several) {
            warnings.push(Warning::TwoDocuments);
        }
        if mrz.is_some_and(|mrz| !mrz.valid()) {
            warnings.push(Warning::MrzNotValid);
        }
        if differ {
            warnings.push(Warning::FieldsDiffer);
        }
        if expiry.is_some_and(|date| date < today) {
            warnings.push(Warning::Expired);
        }
        warnings.sort();
        let portrait = match (&self.faces, sides.first()) {
            (Some(faces), Some(side)) if !warnings.contains(&Warning::NoDocument) => {
                let region = side.region(front);
                portrait::find(faces, front, region, &side.page.frame)?
            }
            _ => None,
        };
        Ok(Reading {
            kind,
            document_type: known.map_or_else(TypeName::default, |file| TypeName(file.id.clone())),
            issuer: mrz
                .map(|mrz| mrz.issuer.clone())
                .or_else(|| known.and_then(|file| file.issuer.clone()))
                .filter(|issuer| !issuer.is_empty()),
            mrz: mrz.map(MrzReading::from),
            fields,
            portrait,
            warnings,
            checks,
            angle: sides.first().map_or(0.0, |side| side.page.frame.angle),
        })
    }

    /// Reads the values again by the accurate recogniser: without a zone nothing
    /// else vouches for them.
    fn refine(
        &self,
        types: &DocumentTypes,
        pictures: &[&Picture],
        sides: &mut [Side],
        today: Date,
    ) -> Result<(), DocumentError> {
        for (picture, side) in pictures.iter().zip(sides) {
            let kind = kind_of_text(&side.lines);
            let found = labelled_of(types, std::slice::from_ref(side), kind, None, today);
            let role = types.recognizer(side);
            let mut wanted: Vec<usize> = found.values().flat_map(Labelled::lines).collect();
            wanted.sort_unstable();
            wanted.dedup();
            for line in wanted {
                let Some(line) = side.lines.get_mut(line).filter(|line| !line.accurate) else {
                    continue;
                };
                let Some(crop) = crop_line(picture, &line.quad, 1.0)? else {
                    continue;
                };
                let again = self.recognizer(role)?.text(&crop)?;
                if again.confidence >= line.confidence - 0.05 {
                    (line.text, line.confidence) = (again.text, again.confidence);
                    line.accurate = true;
                }
            }
        }
        Ok(())
    }

    /// Whether the accurate recogniser reads the value of a line as well.
    fn confirms(
        &self,
        pictures: &[&Picture],
        sides: &[Side],
        name: FieldName,
        found: &Labelled,
        today: Date,
    ) -> Result<bool, DocumentError> {
        let mut index = found.line;
        for (picture, side) in pictures.iter().zip(sides) {
            if let Some(line) = side.lines.get(index) {
                let Some(crop) = crop_line(picture, &line.quad, 1.0)? else {
                    return Ok(false);
                };
                let again = self.recognizer(Role::TextRecognizer)?.text(&crop)?;
                return Ok(
                    again.confidence >= CONFIRMED && says(name, &found.value, &again.text, today)
                );
            }
            index -= side.lines.len();
        }
        Ok(false)
    }

    fn side(&self, picture: &Picture, today: Date) -> Result<Side, DocumentError> {
        let detector = self.models.get(Role::TextDetector)?;
        let fast = self.recognizer(Role::TextRecognizerFast)?;
        let long_side = picture.width().max(picture.height()).clamp(MIN_SIDE, MAX_SIDE);
        let page = Page::find(&detector, picture, long_side)?;
        let wants_more = |zone: &Option<Zone>, page: &Page| {
            zone.is_none()
                && picture.width().max(picture.height()) > long_side
                && page.line_height(long_side, picture) < SMALL_TEXT
        };
        let mut found = self.upright(page, &fast, picture, today)?;
        if wants_more(&found.2, &found.0) {
            // A small document in a large photo: once more, with more pixels.
            let closer = picture.width().max(picture.height()).min(CLOSER_SIDE);
            let page = Page::find(&detector, picture, closer)?;
            let again = self.upright(page, &fast, picture, today)?;
            if again.2.is_some() || again.0.lines.len() > found.0.lines.len() {
                found = again;
            }
        }
        let (page, long, zone) = found;
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
        let several = match &zone {
            Some(zone) => another(zone, &long, &fast, picture, &page.frame, today)?,
            None => false,
        };
        let lines = self.visual_lines(&page, &long, zone.as_ref(), &fast, picture)?;
        Ok(Side { page, zone, lines, several, known: None })
    }

    /// Reads the long lines; if they make no sense, the other way round.
    fn upright(
        &self,
        page: Page,
        fast: &Recognizer,
        picture: &Picture,
        today: Date,
    ) -> Result<(Page, Vec<LongLine>, Option<Zone>), DocumentError> {
        let (long, zone) = read_long(&page, fast, picture, today)?;
        let first = sense(&long);
        if zone.as_ref().is_some_and(|zone| zone.reading.mrz.valid()) || first >= CLEAR {
            return Ok((page, long, zone));
        }
        let turned = page.upside_down();
        let (other, other_zone) = read_long(&turned, fast, picture, today)?;
        let better = match (&zone, &other_zone) {
            (Some(a), Some(b)) => b.rank() > a.rank(),
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => match self.sense_of_han(picture, [&long, &other])? {
                [a, b] if a.max(b) > 0.0 => b > a,
                _ => sense(&other) > first,
            },
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
        let taken: Vec<Quad> =
            zone.iter().flat_map(|zone| zone.lines.iter().map(|(quad, _)| *quad)).collect();
        let mut lines = Vec::new();
        for quad in page.lines.iter().take(MAX_LINES) {
            if quad.height() < MIN_HEIGHT || taken.iter().any(|line| covers(line, quad, page)) {
                continue;
            }
            // A long line that was not put together from pieces is known.
            let known = long.iter().find(|line| line.quad == *quad).map(|l| l.reading.clone());
            let reading = match known {
                Some(reading) => reading,
                None => match crop_line(picture, quad, viz_stretch(quad))? {
                    Some(line) => fast.text(&line)?,
                    None => continue,
                },
            };
            lines.push(VizLine {
                quad: *quad,
                extent: page.frame.extent(quad),
                text: reading.text,
                confidence: reading.confidence,
                accurate: false,
            });
        }
        Ok(lines)
    }

    pub(crate) fn recognizer(&self, role: Role) -> Result<Arc<Recognizer>, DocumentError> {
        let mut loaded = self.recognizers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.get(&role) {
            return Ok(known.clone());
        }
        let recognizer = Arc::new(Recognizer::new(self.models.get(role)?)?);
        loaded.insert(role, recognizer.clone());
        Ok(recognizer)
    }
}

/// Whether a check says that the document contradicts itself: of the zone's check
/// digits and of the expiry other warnings tell.
fn contradicts(check: &Check) -> bool {
    let elsewhere = matches!(check.name, CheckName::MrzDigits | CheckName::Expiry);
    check.outcome == Outcome::Differ && !elsewhere
}

/// The detector sees the picture with its long side between these.
const MIN_SIDE: u32 = 608;
const MAX_SIDE: u32 = 960;
/// … and with its long side at this if there is text, but too small.
const CLOSER_SIDE: u32 = 1_408;
/// Text lines of less height than this in the detector's pixels are small: the
/// detector draws a line half as high again as its letters.
const SMALL_TEXT: f32 = 13.0;
/// From this mean probability on lines are read the right way round.
const CLEAR: f32 = 0.75;
/// Most lines of the visual zone that are read.
const MAX_LINES: usize = 80;
/// Lines of less source pixels than this, as the detector draws them, cannot be
/// read.
const MIN_HEIGHT: f32 = 12.0;
/// Text of the visual zone stays legible when it is drawn a little narrower;
/// single words cost little and are drawn as they are.
const VIZ_STRETCH: f32 = 0.9;
const SHORT: f32 = 3.0;

/// One picture of the document.
pub(crate) struct Side {
    pub(crate) page: Page,
    pub(crate) zone: Option<Zone>,
    pub(crate) lines: Vec<VizLine>,
    /// A second zone of another document was found.
    several: bool,
    /// Which document and side its texts say it is.
    pub(crate) known: Option<Recognised>,
}

impl Side {
    /// Where the document is, roughly: around its text, and as much beside it
    /// as a portrait takes.
    fn region(&self, picture: &Picture) -> Rect {
        let corners: Vec<_> = self.page.lines.iter().flat_map(|quad| quad.0).collect();
        let text = Rect::around(&corners).unwrap_or(picture.bounds());
        text.grown(0.25 * text.w.max(text.h)).intersect(picture.bounds())
    }
}

/// Why a document, or part of it, could not be read; nothing if it was.
fn shortcomings(
    picture: &Picture,
    side: &Side,
    zone: Option<&Zone>,
    known: bool,
    fields: usize,
) -> Vec<Warning> {
    let mut found = Vec::new();
    if zone.is_some_and(Zone::is_clear) || zone.is_none() && known && fields >= ENOUGH_FIELDS {
        if zone.is_none() {
            found.push(Warning::NoMrz);
        }
        return found;
    }
    let lines: Vec<Quad> = side.page.lines.clone();
    let looks_like_one = zone.is_some() || known || lines.len() >= MANY_LINES;
    if looks_like_one {
        found.extend(obstacles(picture, &lines, &side.page.frame));
        if zone.is_none() {
            found.push(Warning::NoMrz);
        }
        // Text enough, but nothing hinders reading it: it is something else.
        if zone.is_none() && !known && found == [Warning::NoMrz] {
            found = vec![Warning::NoDocument];
        }
    } else {
        found.push(Warning::NoDocument);
        if is_featureless(picture) {
            found.push(Warning::Blurred);
        }
    }
    found
}

/// A visual zone with this many fields was read.
const ENOUGH_FIELDS: usize = 3;
/// So many lines of text are a document, if not a legible one.
const MANY_LINES: usize = 6;
/// A difference between the zones must be read this surely.
const CONFIRMED: f32 = 0.9;

fn viz_stretch(quad: &Quad) -> f32 {
    if quad.width() < SHORT * quad.height() { 1.0 } else { VIZ_STRETCH }
}

/// Reads the long lines and finds the zone in them: in the longest few, and in
/// the others only if it is not there, for every long line costs as much as
/// five short ones.
fn read_long(
    page: &Page,
    fast: &Recognizer,
    picture: &Picture,
    today: Date,
) -> Result<(Vec<LongLine>, Option<Zone>), DocumentError> {
    let quads = candidates(&page.lines, &page.frame);
    let (first, rest) = quads.split_at(quads.len().min(LONGEST));
    let mut long = Vec::new();
    let mut zone = None;
    for batch in [first, rest] {
        if batch.is_empty() || zone.as_ref().is_some_and(Zone::is_clear) {
            break;
        }
        for quad in batch {
            long.extend(LongLine::read(fast, picture, *quad, &page.frame)?);
        }
        zone = find(&long, fast, picture, &page.frame, today)?;
    }
    Ok((long, zone))
}

/// The lines of a zone are among this many longest lines of most pages.
const LONGEST: usize = 4;

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
    types: &DocumentTypes,
    sides: &[Side],
    kind: DocumentType,
    issuer: Option<&str>,
    today: Date,
) -> BTreeMap<FieldName, Labelled> {
    let mut all = BTreeMap::new();
    let mut offset = 0;
    for side in sides {
        if let Some(found) = types.extract(side, today) {
            for (name, found) in found {
                all.entry(name).or_insert(found.moved(offset));
            }
            offset += side.lines.len();
            continue;
        }
        let american = issuer == Some("USA")
            || side.lines.iter().any(|line| {
                let key = crate::viz::fold::letters_and_digits(&line.text);
                key.contains("UNITEDSTATES") || key == "USA" || key.contains("DRIVERLICENSE")
            });
        let manner =
            Manner { today, month_first: american, numbered: kind == DocumentType::DrivingLicence };
        for (name, found) in labelled_values(&side.lines, manner) {
            all.entry(name).or_insert(found.moved(offset));
        }
        offset += side.lines.len();
    }
    all
}
