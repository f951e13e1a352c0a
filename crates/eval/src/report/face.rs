//! The page of face comparison.

use super::format::{count, interval, percent, score, thousands};
use super::html::{Markup, figure, figures, page, paragraph, section, table, tile, tiles};
use super::{About, plot};
use crate::protocol::ByRate;
use crate::protocol::face::{FaceFigures, MOST_WRONG_PAIRS};
use crate::stats::OperatingPoint;

/// The figures of the face protocol as a page.
pub fn face(f: &FaceFigures, about: &About) -> String {
    let lead = format!(
        "{} labelled pairs of {} pictures{}, compared by {}.",
        thousands(f.pairs as u64),
        thousands(f.images as u64),
        f.people.map_or_else(String::new, |p| format!(" of {} people", thousands(p as u64))),
        f.engine
    );
    let body = [key_figures(f), plots(f), operating_points(f), failures(f)];
    page("Face comparison", &lead, body, about)
}

fn key_figures(f: &FaceFigures) -> Markup {
    let mut all = vec![
        tile(
            &percent(f.accuracy),
            "accuracy on labelled pairs",
            &format!("at the best threshold, {}", score(f.threshold)),
        ),
        tile(
            &f.failed.to_string(),
            "pictures without a face",
            &format!("{} pairs with one, each an error", f.failed_pairs),
        ),
    ];
    if let Some(a) = &f.all_pairs {
        for rate in [1e-4, 1e-5] {
            let threshold = a.points.get(rate).map(|p| p.threshold);
            all.push(tile(
                &percent(a.fnmr_at_fmr.get(rate).copied()),
                &format!("FNMR at FMR {}, all pairs", percent(Some(rate))),
                &format!("threshold {}", score(threshold)),
            ));
        }
        all.push(tile(&percent(a.eer), "equal error rate, all pairs", ""));
    }
    if let Some(cpu) = f.cpu_ms {
        all.push(tile(
            &format!("{:.0} ms", cpu.median),
            "CPU time a picture, median",
            &format!("nine in ten within {:.0} ms", cpu.p90),
        ));
    }
    tiles(all)
}

fn plots(f: &FaceFigures) -> Markup {
    let mut curves = vec![("labelled pairs", f.curves.det.as_slice())];
    let mut histogram = ("labelled pairs", &f.curves, f.threshold);
    if let Some(a) = &f.all_pairs {
        curves.insert(0, ("all pairs", a.curves.det.as_slice()));
        histogram = ("all pairs", &a.curves, a.points.get(1e-4).map(|p| p.threshold));
    }
    let (pairs, scores, threshold) = histogram;
    let groups = [("genuine", &scores.genuine), ("impostor", &scores.impostor)];
    section(
        "Curves",
        [figures([
            figure(
                &plot::det(&curves),
                "How many genuine pairs are refused when so many impostor pairs pass. Lower and \
                 further left is better.",
            ),
            figure(
                &plot::histograms(&groups, threshold),
                &format!(
                    "Similarities of {pairs}; the dotted line is the threshold {}.",
                    if f.all_pairs.is_some() {
                        "for FMR 0.01\u{a0}%"
                    } else {
                        "of the best accuracy"
                    }
                ),
            ),
        ])],
    )
}

fn operating_points(f: &FaceFigures) -> Markup {
    const HEADER: [&str; 6] = ["FMR asked", "threshold", "FMR", "95 %", "FNMR", "95 %"];
    let rows = |points: &ByRate<OperatingPoint>| -> Vec<Vec<Markup>> {
        let row = |(rate, p): &(f64, OperatingPoint)| {
            let mut texts = vec![percent(Some(*rate)), score(Some(p.threshold))];
            for rate in [p.fmr, p.fnmr] {
                texts.push(format!("{} ({})", percent(rate.share()), count(rate)));
                texts.push(interval(rate));
            }
            texts.into_iter().map(Markup::text).collect()
        };
        points.0.iter().map(row).collect()
    };
    let mut content = vec![paragraph(
        "The threshold is the smallest whose false match rate does not exceed the rate asked. A \
         picture without a face is a non-match. With fewer impostor pairs than three times the \
         inverse of a rate, the figure at that rate says little.",
    )];
    if let Some(a) = &f.all_pairs {
        let caption = format!(
            "All pairs: {} genuine, {} impostor",
            thousands(a.genuine as u64),
            thousands(a.impostor as u64)
        );
        content.push(table(&caption, &HEADER, rows(&a.points)));
    }
    content.push(table("Labelled pairs", &HEADER, rows(&f.points)));
    section("Errors at a false match rate", content)
}

fn failures(f: &FaceFigures) -> Markup {
    let mut content = Vec::new();
    if f.misses.is_empty() {
        content.push(paragraph("A face was found in every picture."));
    } else {
        let rows = f.misses.iter().map(|m| vec![Markup::text(&m.image), Markup::text(&m.reason)]);
        content.push(table("Pictures without a face", &["picture", "reason"], rows));
    }
    if f.wrong_pairs.is_empty() {
        content.push(paragraph("Every labelled pair was told right."));
    } else {
        let rows = f.wrong_pairs.iter().map(|p| {
            let truth = if p.same { "same person" } else { "two people" };
            [&p.img_a, &p.img_b, truth, &score(p.similarity)].map(Markup::text).to_vec()
        });
        let caption = format!(
            "Labelled pairs told wrong at {}, the worst first (at most {MOST_WRONG_PAIRS})",
            score(f.threshold)
        );
        content.push(table(&caption, &["picture", "picture", "truth", "similarity"], rows));
    }
    section("Failures", content)
}
