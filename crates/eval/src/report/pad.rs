//! The page of presentation-attack detection.

use super::format::{count, interval, percent, score};
use super::html::{Markup, figure, figures, page, paragraph, section, table, tile, tiles};
use super::{About, plot};
use crate::protocol::ByRate;
use crate::protocol::pad::PadFigures;
use crate::stats::{PadErrors, PadPoint, Proportion};

/// The figures of the attack-detection protocol as a page.
pub fn pad(f: &PadFigures, about: &About) -> String {
    let attacks: u64 = f.attacks.values().map(|a| a.errors.of()).sum();
    let lead = format!(
        "{} bona fide stills of {} people and {attacks} attacks, judged by {} at its own threshold \
         {}.",
        f.bona_fide.errors.of(),
        f.bona_fide.people,
        f.engine,
        score(Some(f.threshold))
    );
    let body = [key_figures(f), plots(f), sources(f), thresholds(f), misses(f)];
    page("Presentation-attack detection", &lead, body, about)
}

/// Every kind of presentation with its errors, the bona fide first.
fn kinds(f: &PadFigures) -> impl Iterator<Item = (String, &PadErrors)> {
    let attacks = f.attacks.iter().map(|(species, errors)| (format!("APCER {species}"), errors));
    std::iter::once(("BPCER".to_owned(), &f.bona_fide)).chain(attacks)
}

fn key_figures(f: &PadFigures) -> Markup {
    let kind = |(name, e): (String, &PadErrors)| {
        let people = format!("{}, {} people", count(e.errors), e.people);
        tile(&percent(e.errors.share()), &name, &people)
    };
    let nonresponse = tile(&f.nonresponse.to_string(), "without an answer", "of all pictures");
    let cpu = f.cpu_ms.map(|cpu| {
        let note = format!("nine in ten within {:.0} ms", cpu.p90);
        tile(&format!("{:.0} ms", cpu.median), "CPU time a picture, median", &note)
    });
    tiles(kinds(f).map(kind).chain([nonresponse]).chain(cpu))
}

fn plots(f: &PadFigures) -> Markup {
    let rows: Vec<(String, Proportion)> = kinds(f).map(|(name, e)| (name, e.errors)).collect();
    let mut groups = vec![("live", &f.histograms.bona_fide)];
    groups.extend(f.histograms.attacks.iter().map(|(name, h)| (name.as_str(), h)));
    section(
        "Errors and scores",
        [
            paragraph(
                "BPCER: bona fide faces not called live, those without an answer included. APCER: \
                 attacks called live, each species by itself.",
            ),
            figures([
                figure(
                    &plot::bars("Errors by kind", &rows, |name| usize::from(name != "BPCER")),
                    "Shorter is better. The interval belongs to pictures, not to people.",
                ),
                figure(
                    &plot::histograms(&groups, Some(f.threshold)),
                    "Scores, high is live; the dotted line is the detector's threshold.",
                ),
            ]),
        ],
    )
}

fn sources(f: &PadFigures) -> Markup {
    let mut rows = Vec::new();
    for (source, figures) in &f.by_source {
        let live = (figures.bona_fide.errors.of() > 0).then_some(("BPCER", &figures.bona_fide));
        let attacks = figures.attacks.iter().map(|(species, e)| (species.as_str(), e));
        for (kind, errors) in live.into_iter().chain(attacks) {
            rows.push(row(source, kind, errors));
        }
    }
    const HEADER: [&str; 7] =
        ["source", "error of", "share", "count", "95 %", "no answer", "people"];
    section("By source", [table("Errors of each source at the threshold", &HEADER, rows)])
}

fn row(source: &str, kind: &str, e: &PadErrors) -> Vec<Markup> {
    let figures = [percent(e.errors.share()), count(e.errors), interval(e.errors)];
    let counts = [e.nonresponse.to_string(), e.people.to_string()];
    [source, kind]
        .map(Markup::text)
        .into_iter()
        .chain(figures.map(Markup::text))
        .chain(counts.map(Markup::text))
        .collect()
}

fn thresholds(f: &PadFigures) -> Markup {
    let species: Vec<&str> = f.attacks.keys().map(String::as_str).collect();
    let header: Vec<&str> =
        ["at most", "threshold", "BPCER"].into_iter().chain(species.iter().copied()).collect();
    let rows = |points: &ByRate<PadPoint>, what: &str| -> Vec<Vec<Markup>> {
        let row = |(target, p): &(f64, PadPoint)| {
            let asked = format!("{what} {}", percent(Some(*target)));
            let apcer = species.iter().map(|s| percent(p.apcer.get(*s).copied()));
            let start = [asked, score(Some(p.threshold)), percent(p.bpcer)];
            start.into_iter().chain(apcer).map(Markup::text).collect()
        };
        points.0.iter().map(row).collect()
    };
    let all = rows(&f.at_bpcer, "BPCER").into_iter().chain(rows(&f.at_apcer, "APCER"));
    section(
        "Other thresholds",
        [
            paragraph(
                "These thresholds are chosen on the pictures they are measured on, so they flatter \
                 the detector.",
            ),
            table("What another threshold would give", &header, all),
        ],
    )
}

fn misses(f: &PadFigures) -> Markup {
    let rows = f.misses.iter().map(|m| {
        let reason = m.reason.clone().unwrap_or_default();
        [&m.image, &m.label, &score(m.score), &reason].map(Markup::text).to_vec()
    });
    let header = ["picture", "truth", "score", "reason"];
    section("Failures", [table("Pictures told wrong or not at all", &header, rows)])
}
