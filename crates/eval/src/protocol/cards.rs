//! Reading documents by type, on specimens that are rendered as they are read.

use std::collections::BTreeMap;

use bonafide_context::{Date, Random, Seeded};
use bonafide_document::DocumentReader;
use bonafide_media::Picture;
use bonafide_specimen::card::{Card, CardLayout, LOOKS, Layouts, Side, is_held_out, render_card};
use bonafide_specimen::{Difficulty, Fonts};
use serde::Serialize;

use crate::stats::Proportion;
use crate::{CpuClock, EvalError, Progress, Spread, Workers};

/// What is rendered.
pub struct Specimens<'a> {
    /// The layouts.
    pub layouts: &'a Layouts,
    /// Name of a document type, or `all`.
    pub document_type: &'a str,
    /// Pictures of each side of each edition.
    pub n: u64,
    /// How hard they are to read.
    pub difficulty: Difficulty,
    /// Only looks that were kept out of tuning, or only the others; both if not
    /// said.
    pub held_out: Option<bool>,
    /// Pixels of a picture.
    pub size: (u32, u32),
    /// The first person; the same seed gives the same pictures.
    pub seed: u64,
    /// Printed as portrait.
    pub portrait: &'a Picture,
    /// The faces to print in.
    pub fonts: &'a Fonts,
    /// The day that counts as today.
    pub today: Date,
}

/// The figures of the protocol.
#[derive(Clone, Debug, Serialize)]
pub struct CardFigures {
    /// What was measured.
    pub engine: String,
    /// 0 (a flat scan) to 3 (beyond what may be read).
    pub difficulty: usize,
    /// Pictures.
    pub pictures: usize,
    /// Pictures of looks that were kept out of tuning.
    pub held_out: usize,
    /// Pictures whose type was told right.
    pub type_right: Proportion,
    /// Pictures told to be of another type: worse than `unknown`.
    pub type_wrong: Proportion,
    /// Fields exactly right.
    pub fields_right: Proportion,
    /// By type.
    pub by_type: BTreeMap<String, TypeFigures>,
    /// CPU seconds a picture.
    pub cpu_s: Option<Spread>,
}

/// The figures of one type.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TypeFigures {
    /// Pictures whose type was told right.
    pub type_right: Proportion,
    /// Fields exactly right.
    pub fields_right: Proportion,
    /// The same on looks that were kept out of tuning.
    pub held_out_right: Proportion,
    /// By field.
    pub fields: BTreeMap<String, Proportion>,
}

/// One picture to render.
struct Task<'a> {
    layout: &'a CardLayout,
    side: &'a Side,
    look: u64,
    seed: u64,
}

/// What came of one.
struct Outcome {
    document_type: String,
    held_out: bool,
    told: String,
    fields: Vec<(String, bool)>,
    cpu_s: f64,
}

/// Renders and reads `n` pictures of each side of each edition.
///
/// A value counts as right if it is the truth, runs of spaces taken as one.
pub fn run(
    reader: &DocumentReader,
    engine: String,
    specimens: &Specimens<'_>,
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
) -> Result<CardFigures, EvalError> {
    let tasks = tasks(specimens);
    let answers = workers.map(tasks.len(), "specimens", progress, |i| {
        let Some(task) = tasks.get(i) else { return Err(EvalError::Worker) };
        read(reader, specimens, task)
    })?;
    let outcomes = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(figures(engine, specimens, &outcomes))
}

fn tasks<'a>(specimens: &Specimens<'a>) -> Vec<Task<'a>> {
    let wanted = |layout: &&CardLayout| {
        [layout.document_type.as_str(), "all"].contains(&specimens.document_type)
    };
    let looks: Vec<u64> = (0..LOOKS)
        .filter(|look| specimens.held_out.is_none_or(|held| held == is_held_out(*look)))
        .collect();
    let mut tasks = Vec::new();
    for layout in specimens.layouts.iter().filter(wanted) {
        for side in &layout.sides {
            for i in 0..specimens.n {
                let look = looks.get(i as usize % looks.len().max(1)).copied().unwrap_or(0);
                tasks.push(Task { layout, side, look, seed: specimens.seed + i });
            }
        }
    }
    tasks
}

fn render(specimens: &Specimens<'_>, task: &Task<'_>) -> Result<Card, EvalError> {
    let mut random = Seeded::new(task.seed);
    let holding = task.layout.holding(specimens.today, &mut random);
    // The two sides of a card have one holder, but each a picture of its own.
    let mut random = Seeded::new(random.below(1 << 40) + task.side.print_seed());
    let (width, height) = specimens.size;
    let conditions = specimens.difficulty.conditions(width, height, &mut random);
    render_card(
        task.layout,
        task.side,
        &holding,
        task.look,
        specimens.portrait,
        specimens.fonts,
        &conditions,
        &mut random,
    )
    .map_err(|error| EvalError::Engine(error.to_string()))
}

fn read(
    reader: &DocumentReader,
    specimens: &Specimens<'_>,
    task: &Task<'_>,
) -> Result<Outcome, EvalError> {
    let card = render(specimens, task)?;
    let cpu = CpuClock::thread();
    let reading = reader
        .read(&card.picture, None, specimens.today)
        .map_err(|error| EvalError::Engine(error.to_string()))?;
    let cpu_s = cpu.elapsed().as_secs_f64();
    let value = |name: &str| {
        let found = reading.fields.iter().find(|(field, _)| field.name() == name);
        found.map_or("", |(_, field)| field.value.as_str())
    };
    let fields = card.truth.fields.iter();
    Ok(Outcome {
        fields: fields.map(|(name, truth)| (name.clone(), same(value(name), truth))).collect(),
        document_type: card.truth.document_type,
        held_out: is_held_out(card.truth.look),
        told: reading.document_type.0,
        cpu_s,
    })
}

fn same(read: &str, truth: &str) -> bool {
    read.split_whitespace().eq(truth.split_whitespace())
}

fn figures(engine: String, specimens: &Specimens<'_>, outcomes: &[Outcome]) -> CardFigures {
    let share = |of: &mut dyn Iterator<Item = bool>| {
        let (mut right, mut all) = (0, 0);
        for one in of {
            right += u64::from(one);
            all += 1;
        }
        Proportion::new(right, all)
    };
    let fields = |outcomes: &[&Outcome], held: bool| {
        let counted = outcomes.iter().filter(|o| o.held_out || !held);
        share(&mut counted.flat_map(|o| o.fields.iter().map(|(_, right)| *right)))
    };
    let all: Vec<&Outcome> = outcomes.iter().collect();
    let mut by_type: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        by_type.entry(outcome.document_type.clone()).or_default().push(outcome);
    }
    let right = |o: &Outcome| o.told == o.document_type;
    let wrong = |o: &Outcome| !right(o) && o.told != bonafide_document::TypeName::UNKNOWN;
    let difficulty = Difficulty::ALL.iter().position(|d| *d == specimens.difficulty);
    CardFigures {
        engine,
        difficulty: difficulty.unwrap_or_default(),
        pictures: outcomes.len(),
        held_out: outcomes.iter().filter(|o| o.held_out).count(),
        type_right: share(&mut outcomes.iter().map(right)),
        type_wrong: share(&mut outcomes.iter().map(wrong)),
        fields_right: fields(&all, false),
        cpu_s: Spread::of(outcomes.iter().map(|o| o.cpu_s)),
        by_type: by_type
            .into_iter()
            .map(|(name, of)| {
                let mut names: Vec<&String> =
                    of.iter().flat_map(|o| o.fields.iter().map(|(name, _)| name)).collect();
                names.sort_unstable();
                names.dedup();
                let field = |name: &String| {
                    let all = of.iter().flat_map(|o| &o.fields);
                    share(&mut all.filter(|(n, _)| n == name).map(|(_, right)| *right))
                };
                let figures = TypeFigures {
                    type_right: share(&mut of.iter().map(|o| right(o))),
                    fields_right: fields(&of, false),
                    held_out_right: fields(&of, true),
                    fields: names.into_iter().map(|n| (n.clone(), field(n))).collect(),
                };
                (name, figures)
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_worked_out_by_hand() {
        let outcome = |told: &str, held_out, fields: &[(&str, bool)]| Outcome {
            document_type: "hkg_id".to_owned(),
            held_out,
            told: told.to_owned(),
            fields: fields.iter().map(|(name, right)| ((*name).to_owned(), *right)).collect(),
            cpu_s: 0.25,
        };
        let layouts = Layouts::built_in().unwrap();
        let portrait = Picture::filled(35, 45, [90; 3]).unwrap();
        let Some(fonts) = fonts() else { return };
        let specimens = Specimens {
            layouts: &layouts,
            document_type: "hkg_id",
            n: 1,
            difficulty: Difficulty::Phone,
            held_out: None,
            size: (160, 120),
            seed: 1,
            portrait: &portrait,
            fonts: &fonts,
            today: Date::new(2026, 11, 22).unwrap(),
        };
        let found = figures(
            "script".to_owned(),
            &specimens,
            &[
                outcome("hkg_id", false, &[("number", true), ("sex", true)]),
                outcome("unknown", true, &[("number", false)]),
                outcome("mac_id", true, &[("number", true), ("sex", false)]),
            ],
        );
        assert_eq!((found.pictures, found.held_out, found.difficulty), (3, 2, 1));
        assert_eq!(found.type_right, Proportion::new(1, 3));
        assert_eq!(found.type_wrong, Proportion::new(1, 3));
        assert_eq!(found.fields_right, Proportion::new(3, 5));
        let card = &found.by_type["hkg_id"];
        assert_eq!(card.held_out_right, Proportion::new(1, 3));
        assert_eq!(card.fields["number"], Proportion::new(2, 3));
        // Editions and looks: each of the two editions once.
        assert_eq!(tasks(&specimens).len(), 2);
        let held = Specimens { held_out: Some(true), n: 4, ..specimens };
        assert!(tasks(&held).iter().all(|task| is_held_out(task.look)));
    }

    #[test]
    fn spaces_are_one() {
        assert!(same("LOK,  Wing", "LOK, Wing"));
        assert!(!same("LOK,Wing", "LOK, Wing"));
    }

    /// A flat scan of a card in two scripts is read wholly: pictures, type, fields.
    #[test]
    fn a_specimen_is_read_from_end_to_end() {
        let test = "a_specimen_is_read_from_end_to_end";
        let Some(models) = bonafide_inference::testing::models(test) else { return };
        let fonts =
            Fonts::new(models.asset("ocr-b.otf").unwrap(), models.asset("sans.ttf").unwrap())
                .unwrap()
                .with_han(models.asset("sans-han.otf").unwrap())
                .unwrap();
        let layouts = Layouts::built_in().unwrap();
        let portrait = Picture::filled(35, 45, [140, 120, 110]).unwrap();
        let specimens = Specimens {
            layouts: &layouts,
            document_type: "hkg_id",
            n: 1,
            difficulty: Difficulty::Scan,
            held_out: Some(true),
            size: (1_280, 860),
            seed: 1,
            portrait: &portrait,
            fonts: &fonts,
            today: Date::new(2026, 11, 22).unwrap(),
        };
        let engine = models.engine();
        let reader = DocumentReader::new(models);
        let found = run(&reader, engine, &specimens, Workers::new(1), &mut |_| ()).unwrap();
        assert_eq!(found.type_right, Proportion::new(2, 2));
        assert_eq!(found.fields_right.count(), found.fields_right.of(), "{:?}", found.by_type);
        assert!(found.fields_right.of() >= 12);
    }

    /// The fonts of the models folder, where it is installed.
    fn fonts() -> Option<Fonts> {
        let models = bonafide_inference::testing::models("figures_worked_out_by_hand")?;
        Fonts::new(models.asset("ocr-b.otf").ok()?, models.asset("sans.ttf").ok()?).ok()
    }
}
