//! The page of document reading.

use super::diff::marked;
use super::format::{count, interval, percent};
use super::html::{Markup, escape, figure, page, paragraph, section, table, tile, tiles};
use super::{About, plot};
use crate::protocol::document::{DocumentFigures, ImageFigures};
use crate::stats::Proportion;

/// The figures of the document protocol as a page.
pub fn document(f: &DocumentFigures, about: &About) -> String {
    let lead = format!(
        "{} images of documents, {} of them with a machine-readable zone, read by {}.",
        f.documents, f.with_mrz, f.engine
    );
    let body = [key_figures(f), fields(f), formats(f), misread(f), images(f)];
    page("Document reading", &lead, body, about)
}

fn key_figures(f: &DocumentFigures) -> Markup {
    let mut all = vec![
        tile(
            &count(f.exact_share),
            "zones read exactly",
            &format!("{}, 95 % {}", percent(f.exact_share.share()), interval(f.exact_share)),
        ),
        tile(
            &f.accepted_wrong.to_string(),
            "accepted although wrong",
            "called valid, lines differ",
        ),
        tile(&percent(f.cer), "character error rate", "over all lines of all zones"),
    ];
    if f.viz_right.of() > 0 {
        let note = format!("{} came out at all", count(f.viz_present));
        all.push(tile(&count(f.viz_right), "visual-zone values right", &note));
    }
    if let Some(cpu) = f.cpu_s {
        let note = format!("nine in ten within {:.2} s", cpu.p90);
        all.push(tile(&format!("{:.2} s", cpu.median), "CPU time an image, median", &note));
    }
    tiles(all)
}

fn fields(f: &DocumentFigures) -> Markup {
    let rows = |fields: &std::collections::BTreeMap<String, Proportion>| -> Vec<_> {
        fields.iter().map(|(name, p)| (name.clone(), *p)).collect()
    };
    let mut content = Vec::new();
    for (title, counts) in
        [("Fields of the zone", &f.field_counts), ("Fields of the visual zone", &f.viz_fields)]
    {
        if !counts.is_empty() {
            let plot = plot::bars(title, &rows(counts), |_| 0);
            content.push(figure(&plot, &format!("{title}: share right. Longer is better.")));
        }
    }
    section("Fields", [super::html::figures(content)])
}

fn formats(f: &DocumentFigures) -> Markup {
    let rows = f.by_type.iter().map(|(format, p)| {
        [format.clone(), count(*p), percent(p.share()), interval(*p)].map(Markup::text).to_vec()
    });
    let header = ["format", "exact", "share", "95 %"];
    section("By format", [table("Zones read exactly, by format", &header, rows)])
}

fn misread(f: &DocumentFigures) -> Markup {
    let wrong = f.by_image.iter().filter(|i| i.exact == Some(false) || i.accepted_wrong);
    let mut content: Vec<Markup> = wrong.map(comparison).collect();
    if content.is_empty() {
        content.push(paragraph("Every zone was read exactly."));
    }
    section("Zones that were not read exactly", content)
}

/// What was read above what is true.
fn comparison(image: &ImageFigures) -> Markup {
    let line = |lines: &[String], i: usize| lines.get(i).cloned().unwrap_or_default();
    let lines = (0..image.read.len().max(image.truth.len()))
        .map(|i| marked(&line(&image.read, i), &line(&image.truth, i)));
    let mut notes = vec![format!("{} edits", image.edits)];
    if !image.wrong_fields.is_empty() {
        notes.push(format!("wrong: {}", image.wrong_fields.join(", ")));
    }
    notes.extend(image.reasons.iter().cloned());
    let accepted = if image.accepted_wrong {
        Markup::text("accepted although wrong").inside("p", "bad")
    } else {
        Markup::default()
    };
    let lines = if image.read.is_empty() {
        Markup::text("Nothing was read.").inside("p", "soft")
    } else {
        Markup(format!("<pre tabindex=\"0\">{}</pre>\n", Markup::all(lines).0))
    };
    Markup(format!(
        "<article>\n<h3>{}</h3>\n{}<p class=\"soft\">{}</p>\n{}</article>\n",
        escape(&image.image),
        accepted.0,
        escape(&notes.join(" · ")),
        lines.0
    ))
}

fn images(f: &DocumentFigures) -> Markup {
    let rows = f.by_image.iter().map(|image| {
        let exact = match image.exact {
            Some(true) => Markup::text("exact").inside("span", "good"),
            Some(false) => Markup::text("not exact").inside("span", "bad"),
            None => Markup::text("no zone").inside("span", "soft"),
        };
        let wrong: Vec<&str> =
            image.wrong_fields.iter().chain(&image.wrong_viz).map(String::as_str).collect();
        vec![
            Markup::text(&image.image),
            Markup::text(image.mrz_type.as_deref().unwrap_or("–")),
            exact,
            Markup::text(if image.valid { "valid" } else { "not valid" }),
            Markup::text(wrong.join(", ")),
            Markup::text(format!("{:.2}", image.cpu_s)),
        ]
    });
    let header = ["image", "format", "lines", "called", "wrong fields", "CPU s"];
    section("Every image", [table("What was made of each image", &header, rows)])
}
