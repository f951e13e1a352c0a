//! The printed page: labels, values, portrait, machine-readable zone.

use std::collections::BTreeMap;

use bonafide_context::{Date, Random};
use bonafide_document::mrz::{self, PartialDate};
use bonafide_media::{Picture, Rect};

use crate::canvas::{Canvas, Ink};
use crate::conditions::Defect;
use crate::font::text_width;
use crate::pattern::{self, Style};
use crate::truth::Values;
use crate::{Fonts, Holder, Kind, SpecimenError};

/// Width of a character cell of the zone: ten to the inch (Doc 9303-3).
pub(crate) const PITCH_MM: f32 = 2.54;

/// A page and what is on it.
pub(crate) struct Page {
    pub(crate) canvas: Canvas,
    /// Place of the portrait in millimetres.
    pub(crate) portrait: Option<Rect>,
    /// Lines of the zone as printed.
    pub(crate) lines: Vec<String>,
    pub(crate) viz: Values,
}

/// What is printed on the page besides the zone.
struct Layout {
    portrait: Option<Rect>,
    /// Whether the portrait is repeated, small and pale, as many states do.
    ghost: bool,
    /// Left edge and first label's base line of the fields.
    origin: (f32, f32),
    row: f32,
    /// Rows of one or two fields.
    rows: &'static [&'static [&'static str]],
}

fn layout(kind: Kind) -> Layout {
    let portrait = |x, y, w, h| Some(Rect::new(x, y, w, h));
    match kind {
        Kind::Passport => Layout {
            portrait: portrait(5.0, 17.0, 35.0, 45.0),
            ghost: true,
            origin: (45.0, 18.5),
            row: 6.45,
            rows: &[
                &["document_code", "number"],
                &["surname"],
                &["given_names"],
                &["nationality", "birth_date"],
                &["sex", "place_of_birth"],
                &["issue_date", "expiry_date"],
                &["authority", "personal_number"],
            ],
        },
        Kind::IdCardFront => Layout {
            portrait: portrait(4.0, 14.0, 25.0, 32.5),
            ghost: false,
            origin: (33.0, 14.5),
            row: 6.5,
            rows: &[
                &["surname"],
                &["given_names"],
                &["sex", "nationality"],
                &["birth_date", "place_of_birth"],
                &["number"],
                &["expiry_date"],
            ],
        },
        Kind::IdCardBack => Layout {
            portrait: None,
            ghost: false,
            origin: (5.0, 12.5),
            row: 6.6,
            rows: &[&["authority", "issue_date"], &["place_of_birth", "personal_number"]],
        },
        Kind::LargeCard => Layout {
            portrait: portrait(5.0, 14.0, 29.0, 37.0),
            ghost: true,
            origin: (39.0, 15.0),
            row: 6.3,
            rows: &[
                &["surname"],
                &["given_names"],
                &["birth_date", "sex"],
                &["nationality", "number"],
                &["issue_date", "expiry_date"],
                &["authority"],
            ],
        },
        Kind::VisaA | Kind::VisaB => Layout {
            portrait: portrait(5.0, 14.0, 28.0, 36.0),
            ghost: false,
            origin: (38.0, 15.0),
            row: 6.1,
            rows: &[
                &["number", "authority"],
                &["surname"],
                &["given_names"],
                &["birth_date", "sex"],
                &["nationality"],
                &["issue_date", "expiry_date"],
            ],
        },
        Kind::FrenchCard => Layout {
            portrait: portrait(5.0, 14.0, 28.0, 36.0),
            ghost: false,
            origin: (38.0, 15.0),
            row: 6.4,
            rows: &[
                &["number", "nationality"],
                &["surname"],
                &["given_names"],
                &["sex", "birth_date"],
                &["place_of_birth"],
                &["authority"],
            ],
        },
    }
}

/// Labels in English, French, Spanish, German.
const LABELS: [(&str, [&str; 4]); 12] = [
    ("document_code", ["Type", "Type", "Tipo", "Typ"]),
    ("number", ["Document No", "No du document", "No de documento", "Dokumentennummer"]),
    ("surname", ["Surname", "Nom", "Apellidos", "Name"]),
    ("given_names", ["Given names", "Prénoms", "Nombres", "Vornamen"]),
    ("nationality", ["Nationality", "Nationalité", "Nacionalidad", "Staatsangehörigkeit"]),
    ("birth_date", ["Date of birth", "Date de naissance", "Fecha de nacimiento", "Geburtsdatum"]),
    ("sex", ["Sex", "Sexe", "Sexo", "Geschlecht"]),
    (
        "place_of_birth",
        ["Place of birth", "Lieu de naissance", "Lugar de nacimiento", "Geburtsort"],
    ),
    (
        "issue_date",
        ["Date of issue", "Date de délivrance", "Fecha de expedición", "Ausstellungsdatum"],
    ),
    ("expiry_date", ["Date of expiry", "Date d'expiration", "Fecha de caducidad", "Gültig bis"]),
    ("authority", ["Authority", "Autorité", "Autoridad", "Behörde"]),
    ("personal_number", ["Personal No", "No personnel", "No personal", "Personennummer"]),
];

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Prints the page of `holder` at `scale` pixels a millimetre.
pub(crate) fn print(
    kind: Kind,
    holder: &Holder,
    portrait: &Picture,
    fonts: &Fonts,
    scale: f32,
    defect: Option<Defect>,
    random: &mut dyn Random,
) -> Result<Page, SpecimenError> {
    let style = Style::pick(random);
    let mut canvas = Canvas::new(kind.size_mm(), scale, style.paper)?;
    pattern::print(&mut canvas, &style, random);
    let layout = layout(kind);
    heading(&mut canvas, kind, &style, fonts);
    if let Some(place) = layout.portrait {
        canvas.place(portrait, place, 1.0, 0.0)?;
        if layout.ghost {
            let (width, _) = canvas.size_mm();
            let ghost = Rect::new(width - 17.0, place.y + place.h - 17.0, 12.0, 15.5);
            canvas.place(portrait, ghost, 0.28, 2.5)?;
        }
    }
    let shown = shown_values(kind, holder, defect);
    let words_for_months = random.below(2) == 0;
    fields(&mut canvas, &layout, &shown, &style, fonts, words_for_months);
    marks(&mut canvas, &layout, fonts);
    let lines = zone_lines(kind, holder, defect, random)?;
    zone(&mut canvas, kind, &lines, fonts);
    let printed = layout.rows.iter().copied().flatten();
    let viz = printed.filter_map(|key| Some((*key, shown.get(key)?.truth()))).collect();
    Ok(Page { canvas, portrait: layout.portrait, lines, viz })
}

/// A value of the visual zone.
enum Shown {
    Text(String),
    Date(PartialDate),
}

impl Shown {
    fn truth(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
        }
    }

    fn printed(&self, words_for_months: bool) -> String {
        let Self::Date(date) = self else { return self.truth() };
        let two = |part: Option<u32>| part.map_or_else(|| "XX".to_owned(), |n| format!("{n:02}"));
        let year = date.year().map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
        let month = date.month().and_then(|month| MONTHS.get(month as usize - 1));
        match month {
            Some(month) if words_for_months => format!("{} {month} {year}", two(date.day())),
            _ => format!("{}.{}.{year}", two(date.day()), two(date.month())),
        }
    }
}

fn shown_values(
    kind: Kind,
    holder: &Holder,
    defect: Option<Defect>,
) -> BTreeMap<&'static str, Shown> {
    let upper = |text: &str| Shown::Text(text.to_uppercase());
    let number =
        if kind == Kind::FrenchCard { holder.french_number() } else { holder.number.clone() };
    let day = |date: Date| Shown::Date(date.into());
    let mut shown = BTreeMap::from([
        ("document_code", upper(kind.document_code())),
        ("number", Shown::Text(number)),
        ("surname", upper(&holder.surname)),
        ("given_names", upper(&holder.given_names)),
        ("nationality", Shown::Text(holder.shown_nationality(kind))),
        ("birth_date", Shown::Date(holder.birth)),
        ("sex", Shown::Text(holder.sex.letter().to_string())),
        ("place_of_birth", upper(&holder.place_of_birth)),
        ("issue_date", day(holder.issued)),
        ("expiry_date", day(holder.expires)),
        ("authority", upper(&holder.authority)),
    ]);
    if !holder.personal_number.is_empty() {
        shown.insert("personal_number", Shown::Text(holder.personal_number.clone()));
    }
    if defect == Some(Defect::ZonesDisagree) {
        // A forger's change: other name and year of birth, the zone untouched.
        shown.insert("surname", Shown::Text("FALSCHMANN".to_owned()));
        let birth = holder.birth;
        let other = birth.year().map(|year| year - 7);
        let forged = PartialDate::new(other, birth.month(), birth.day().map(|day| day.min(28)));
        shown.insert("birth_date", Shown::Date(forged.unwrap_or(birth)));
    }
    shown
}

fn heading(canvas: &mut Canvas, kind: Kind, style: &Style, fonts: &Fonts) {
    let (width, height) = canvas.size_mm();
    let ink = Ink(style.heading, 0.95);
    let small = height < 60.0;
    let (em, sub) = if small { (2.7, 2.0) } else { (3.5, 2.5) };
    let emblem = if small { 3.2 } else { 4.4 };
    pattern::rosette(canvas, 4.5 + emblem, 2.6 + emblem, emblem, 8.0, Ink(style.heading, 0.8));
    let left = 8.0 + emblem * 2.0;
    let base = if small { 5.6 } else { 7.0 };
    bold(canvas, fonts, style.state, left, base, em, width - left - 6.0, ink);
    canvas.text(&fonts.sans, kind.title(), left, base + sub * 1.45, sub, width * 0.6, ink);
    let line = if small { 10.3 } else { 12.4 };
    canvas.fill(Rect::new(left, line, width - left - 5.0, 0.25), Ink(style.heading, 0.6));
}

/// One font is enough for two weights: the text again, moved a hair.
#[expect(clippy::too_many_arguments, reason = "a line of text has this many properties")]
fn bold(
    canvas: &mut Canvas,
    fonts: &Fonts,
    text: &str,
    x: f32,
    y: f32,
    em: f32,
    room: f32,
    ink: Ink,
) {
    canvas.text(&fonts.sans, text, x, y, em, room, ink);
    canvas.text(&fonts.sans, text, x + em * 0.045, y, em, room, ink);
}

fn fields(
    canvas: &mut Canvas,
    layout: &Layout,
    shown: &BTreeMap<&'static str, Shown>,
    style: &Style,
    fonts: &Fonts,
    words_for_months: bool,
) {
    let (width, _) = canvas.size_mm();
    let (left, top) = layout.origin;
    // The ghost image stands at the right edge.
    let room = width - left - if layout.ghost { 17.0 } else { 4.0 };
    let (label_em, value_em) = (layout.row * 0.27, layout.row * 0.46);
    for (i, row) in layout.rows.iter().enumerate() {
        let base = top + i as f32 * layout.row;
        let share = room / row.len() as f32;
        for (column, key) in row.iter().enumerate() {
            let Some(value) = shown.get(key) else { continue };
            let x = left + column as f32 * share;
            let label = label(key, style.language);
            let ink = Ink(style.heading, 0.85);
            canvas.text(&fonts.sans, &label, x, base, label_em, share - 1.0, ink);
            let text = value.printed(words_for_months);
            let y = base + layout.row * 0.49;
            bold(canvas, fonts, &text, x, y, value_em, share - 1.5, Ink::BLACK);
        }
    }
}

fn label(key: &str, language: usize) -> String {
    let names = LABELS.iter().find(|(name, _)| *name == key).map(|(_, names)| names);
    let english = names.map_or("", |names| names[0]);
    match names.and_then(|names| names.get(language + 1)) {
        Some(other) if *other != english => format!("{english} / {other}"),
        _ => english.to_owned(),
    }
}

/// Says SPECIMEN so that nobody can take the page for a real one: across the
/// fields, and on the portrait's lower edge.
fn marks(canvas: &mut Canvas, layout: &Layout, fonts: &Fonts) {
    let (width, height) = canvas.size_mm();
    let red = |strength| Ink([196, 30, 40], strength);
    let em = height * 0.17;
    let wide = text_width(&fonts.sans, "SPECIMEN", em);
    let x = (width - wide - 3.0).max(2.0);
    let y = height * 0.56;
    bold(canvas, fonts, "SPECIMEN", x, y, em, width - x, red(0.13));
    if let Some(p) = layout.portrait {
        let band = Rect::new(p.x, p.y + p.h + 0.5, p.w, 2.4);
        canvas.text(&fonts.sans, "SPECIMEN · UTOPIA", band.x, band.y + 1.9, 2.1, p.w, red(0.9));
    } else {
        canvas.text(&fonts.sans, "SPECIMEN · UTOPIA", width - 27.0, 9.0, 2.1, 22.0, red(0.9));
    }
}

fn zone_lines(
    kind: Kind,
    holder: &Holder,
    defect: Option<Defect>,
    random: &mut dyn Random,
) -> Result<Vec<String>, SpecimenError> {
    let fields = holder.mrz_fields(kind);
    let mut lines = mrz::write(kind.format(), &fields)?;
    if !kind.shows_mrz() || defect == Some(Defect::NoMrz) {
        return Ok(Vec::new());
    }
    if defect == Some(Defect::WrongCheckDigit) {
        spoil_check_digit(kind, &mut lines, random);
    }
    Ok(lines)
}

/// Exchanges the check digit of the date of birth for another.
fn spoil_check_digit(kind: Kind, lines: &mut [String], random: &mut dyn Random) {
    let column = match kind {
        Kind::IdCardFront | Kind::IdCardBack => 6,
        Kind::FrenchCard => 33,
        _ => 19,
    };
    let Some(line) = lines.get_mut(1) else { return };
    let more = 1 + random.below(9) as u32;
    *line = line
        .chars()
        .enumerate()
        .map(|(i, c)| match c.to_digit(10) {
            Some(d) if i == column => char::from_digit((d + more) % 10, 10).unwrap_or(c),
            _ => c,
        })
        .collect();
}

/// Prints the zone on paper left pale, line centres as Doc 9303-3 has them.
fn zone(canvas: &mut Canvas, kind: Kind, lines: &[String], fonts: &Fonts) {
    if lines.is_empty() {
        return;
    }
    let (width, height) = canvas.size_mm();
    let (spacing, last) = if lines.len() == 3 { (6.0, 5.2) } else { (6.35, 8.2) };
    let deep = spacing * (lines.len() as f32 - 1.0) + last + 5.0;
    canvas.fill(Rect::new(0.0, height - deep, width, deep), Ink([250, 250, 247], 0.62));
    let left = (width - kind.format().width() as f32 * PITCH_MM) / 2.0;
    for (i, line) in lines.iter().rev().enumerate() {
        let base = height - last - i as f32 * spacing;
        canvas.cells(&fonts.ocr_b, line, left, base, PITCH_MM);
    }
}
