//! The page of reflective liveness.

use std::collections::BTreeMap;

use super::format::{count, interval, percent};
use super::html::{Markup, figure, figures, page, paragraph, section, table, tile, tiles};
use super::{About, plot};
use crate::protocol::reflect::{Counts, ReflectFigures};
use crate::stats::Proportion;

/// The figures of the reflective protocol as a page.
pub fn reflect(f: &ReflectFigures, about: &About) -> String {
    let lead = format!(
        "{} bona fide and {} attack recordings. {}.",
        f.bona_fide.n,
        f.apcer.values().map(|species| species.n).sum::<u64>(),
        f.data
    );
    let groups = [
        ("Light of the room, in lux", &f.by_lux),
        ("Skin, Fitzpatrick type", &f.by_skin),
        ("Condition at its extreme", &f.by_condition),
        ("Head", &f.by_head),
    ];
    let groups = groups.into_iter().filter(|(_, group)| !group.is_empty());
    let body = [key_figures(f), limits(), species(f)]
        .into_iter()
        .chain(groups.map(|(heading, group)| people(heading, group)));
    page("Reflective liveness", &lead, body, about)
}

fn key_figures(f: &ReflectFigures) -> Markup {
    let accepted = f.bona_fide.acceptance();
    let attacks = f.apcer_detectable.acceptance();
    let foreign = f.foreign_sequences.acceptance();
    let cpu = f.cpu_ms_per_session.map(|ms| {
        tile(&format!("{ms:.0} ms"), "CPU time a recording", "75 frames, 480 pixels wide")
    });
    tiles(
        [
            tile(&percent(accepted.share()), "bona fide accepted", &count(accepted)),
            tile(&percent(f.bpcer), "BPCER, of conclusive ones", &count(f.bpcer_interval)),
            tile(&percent(f.non_response.share()), "asked again", &count(f.non_response)),
            tile(&percent(attacks.share()), "detectable attacks accepted", &count(attacks)),
            tile(&percent(foreign.share()), "foreign sequences accepted", &count(foreign)),
        ]
        .into_iter()
        .chain(cpu),
    )
}

fn limits() -> Markup {
    section(
        "What these figures are not",
        [paragraph(
            "Everything here is simulated: no person, no phone and no attacker was filmed, and \
             nothing here is an evaluation by ISO/IEC 30107-3. Solid masks and injected pictures \
             that are lit in the right colours pass by design and are listed to show it. A field \
             trial with people of all skin tones, several phones and real attacks comes first.",
        )],
    )
}

fn species(f: &ReflectFigures) -> Markup {
    let bars: Vec<(String, Proportion)> =
        f.apcer.iter().map(|(name, counts)| (name.clone(), counts.acceptance())).collect();
    let rows = f.apcer.iter().map(|(name, counts)| row(name, counts));
    section(
        "Attacks accepted, by species (APCER)",
        [
            figures([figure(
                &plot::bars("APCER", &bars, |_| 1),
                "Shorter is better; the interval is 95 %, exact.",
            )]),
            table("Attacks", &HEADER, rows),
        ],
    )
}

fn people(heading: &str, group: &BTreeMap<String, Counts>) -> Markup {
    let rows = group.iter().map(|(name, counts)| row(name, counts));
    section(heading, [table("Bona fide", &HEADER, rows)])
}

const HEADER: [&str; 7] = ["", "accepted", "count", "95 %", "asked again", "refused", "reasons"];

fn row(name: &str, counts: &Counts) -> Vec<Markup> {
    let accepted = counts.acceptance();
    let reasons: Vec<String> =
        counts.reasons.iter().map(|(reason, n)| format!("{reason} {n}")).collect();
    [
        name.to_owned(),
        percent(accepted.share()),
        count(accepted),
        interval(accepted),
        counts.non_response.to_string(),
        counts.rejected.to_string(),
        reasons.join(", "),
    ]
    .map(Markup::text)
    .to_vec()
}
