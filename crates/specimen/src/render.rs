//! From a holder to a picture with ground truth.

use bonafide_context::Random;
use bonafide_document::mrz::{self, PartialDate};
use bonafide_media::{Picture, Point, Quad};

use crate::conditions::{Conditions, Defect};
use crate::page::{self, Page};
use crate::scene::{self, Placed};
use crate::truth::{MrzFields, Truth, Values, turned};
use crate::{Fonts, Holder, Kind, SpecimenError, filter};

/// A rendered picture and what it shows.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// What the camera gives.
    pub picture: Picture,
    /// What it shows.
    pub truth: Truth,
}

/// Prints a document for `holder` and takes its picture.
///
/// `portrait` is printed as it is, cut to the portrait's proportions around its
/// middle (see [`crate::passport_photo`]). The same arguments and the same
/// state of `random` give the same pixels.
pub fn render(
    kind: Kind,
    holder: &Holder,
    portrait: &Picture,
    fonts: &Fonts,
    conditions: &Conditions,
    random: &mut dyn Random,
) -> Result<Specimen, SpecimenError> {
    let (width, height) = (conditions.width, conditions.height);
    conditions.check()?;
    let (width_mm, height_mm) = kind.size_mm();
    let two = conditions.defect == Some(Defect::TwoDocuments);
    let (quad, below) = if two {
        halves(conditions, width_mm / height_mm)?
    } else {
        (scene::corners(conditions, width_mm / height_mm)?, None)
    };
    // Printed at the resolution at which the camera sees its longest edge.
    let [a, b, c, d] = quad.0;
    let across = a.distance(b).max(d.distance(c)) / width_mm;
    let down = a.distance(d).max(b.distance(c)) / height_mm;
    let scale = across.max(down).clamp(1.0, 40.0);
    let page = page::print(kind, holder, portrait, fonts, scale, conditions.defect, random)?;
    let mut placed = vec![placed(&page, kind, quad)];
    let other = match below {
        Some(quad) => Some((other_page(kind, holder, portrait, fonts, scale, random)?, quad)),
        None => None,
    };
    if let Some((page, quad)) = &other {
        placed.push(self::placed(page, kind, *quad));
    }
    let picture = photograph(&placed, conditions, random)?;
    let map = placed[0].to_picture()?;
    let turn = |quad| turned(quad, conditions.turn, width, height);
    let portrait_quad = page.portrait.map(|place| {
        let at = |p: Point| {
            map.apply(Point::new(p.x * page.canvas.scale - 0.5, p.y * page.canvas.scale - 0.5))
        };
        turn(Quad(Quad::from_rect(place).0.map(at)))
    });
    let truth = Truth {
        mrz_type: (!page.lines.is_empty()).then(|| kind.format().name()),
        check_digits_valid: !page.lines.is_empty()
            && conditions.defect != Some(Defect::WrongCheckDigit),
        fields: mrz_fields(kind, holder, &page),
        values: values(kind, holder),
        quad: turn(quad),
        portrait: portrait_quad,
        turn_degrees: conditions.turn.degrees(),
        second: other.map(|(_, quad)| turn(quad)),
        viz: page.viz,
        mrz: page.lines,
    };
    Ok(Specimen { picture, truth })
}

fn placed(page: &Page, kind: Kind, quad: Quad) -> Placed<'_> {
    // Cards have the corners of a bank card; a data page is cut straight.
    let corner = if matches!(kind, Kind::VisaA | Kind::VisaB) { 0.2 } else { 3.0 };
    Placed { page: &page.canvas.picture, quad, corner: corner * page.canvas.scale }
}

/// Two places, one below the other.
fn halves(conditions: &Conditions, aspect: f32) -> Result<(Quad, Option<Quad>), SpecimenError> {
    let height = conditions.height / 2;
    let half = Conditions { height: height.max(1), ..conditions.clone() };
    let upper = scene::corners(&half, aspect)?;
    let down = |p: Point| Point::new(p.x, p.y + height as f32);
    Ok((upper, Some(Quad(upper.0.map(down)))))
}

/// Someone else's document of the same kind, with the portrait mirrored so
/// that it is not the same picture twice.
fn other_page(
    kind: Kind,
    holder: &Holder,
    portrait: &Picture,
    fonts: &Fonts,
    scale: f32,
    random: &mut dyn Random,
) -> Result<Page, SpecimenError> {
    let other = Holder::generate(holder.issued, random);
    page::print(kind, &other, &portrait.mirrored(), fonts, scale, None, random)
}

pub(crate) fn photograph(
    placed: &[Placed<'_>],
    conditions: &Conditions,
    random: &mut dyn Random,
) -> Result<Picture, SpecimenError> {
    let mut picture = scene::compose(placed, conditions, random)?;
    filter::blur(&mut picture, conditions.blur);
    filter::motion(&mut picture, conditions.motion.0, conditions.motion.1);
    filter::noise(&mut picture, conditions.noise, random);
    let picture = picture.turned(conditions.turn);
    match conditions.jpeg {
        Some(quality) => filter::jpeg(&picture, quality),
        None => Ok(picture),
    }
}

/// The zone's parts as the zone holds them: read back from the right lines, so
/// that truncated names come out truncated.
fn mrz_fields(kind: Kind, holder: &Holder, page: &Page) -> Option<MrzFields> {
    if page.lines.is_empty() {
        return None;
    }
    let read = mrz::parse(&page.lines, holder.expires).ok()?;
    Some(MrzFields {
        doc_code: kind.document_code().to_owned(),
        issuer: read.issuer,
        number: read.number,
        nationality: read.nationality,
        birth_yymmdd: holder.birth.to_mrz(),
        sex: holder.sex.to_mrz().to_string(),
        expiry_yymmdd: read.expiry.map(PartialDate::to_mrz).unwrap_or_default(),
        surname: read.surname,
        given: read.given_names,
    })
}

fn values(kind: Kind, holder: &Holder) -> Values {
    let number =
        if kind == Kind::FrenchCard { holder.french_number() } else { holder.number.clone() };
    Values::from([
        ("surname", holder.surname.clone()),
        ("given_names", holder.given_names.clone()),
        ("number", number),
        ("nationality", holder.shown_nationality(kind)),
        ("birth_date", holder.birth.to_string()),
        ("sex", holder.sex.letter().to_string()),
        ("expiry_date", holder.expires.to_string()),
        ("issue_date", holder.issued.to_string()),
        ("place_of_birth", holder.place_of_birth.clone()),
        ("authority", holder.authority.clone()),
    ])
}
