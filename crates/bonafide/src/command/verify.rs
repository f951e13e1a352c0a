//! `bonafide verify`: the main job.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use bonafide_context::{Clock, Date, SystemClock};
use bonafide_document::{DocumentError, Reading};
use bonafide_face::{Comparison, FaceEngine, Fmr, Liveness, Match};
use bonafide_verify::{Decision, Evidence, Rules, Verdict, decide};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::command::{document, face};
use crate::failure::Failure;
use crate::input;
use crate::output::{Answer, BAD, BOLD, DIM, GOOD, Global, WARN, code, paint};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Photo or scan of the document: the front, or the data page.
    #[arg(long, value_name = "DOC")]
    document: PathBuf,
    /// The document's back, where it has one.
    #[arg(long, value_name = "DOC")]
    back: Option<PathBuf>,
    /// Photo of the person.
    #[arg(long, value_name = "IMG")]
    selfie: PathBuf,
    /// False match rate that the comparison is calibrated to: 1e-3, 1e-4 or 1e-5.
    #[arg(long, default_value = "1e-4", value_parser = face::false_match_rate)]
    fmr: Fmr,
    /// Youngest age in years that is let in.
    #[arg(long, value_name = "YEARS")]
    minimum_age: Option<u32>,
    /// Judge expiry and age as of this day [default: today].
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let clock = SystemClock::start();
    let mut timings = Timings::new(&clock);
    let front = input::picture(&arguments.document)?;
    let back = arguments.back.as_deref().map(input::picture).transpose()?;
    let selfie = input::picture(&arguments.selfie)?;
    timings.lap("decode");
    let models = input::models(global)?;
    let faces = FaceEngine::new(models.clone());
    let reader = input::document_reader(&models);
    timings.lap("load");
    let today = arguments.today.unwrap_or_else(|| clock.today());
    let reading = reader.read(&front, back.as_ref(), today)?;
    timings.lap("document");
    // Cut out upright, so that a page photographed sideways is compared too.
    let portrait = reading.portrait_of(&front).map_err(DocumentError::from)?;
    let comparison =
        portrait.map(|portrait| faces.compare(&portrait, &selfie, arguments.fmr)).transpose()?;
    timings.lap("comparison");
    let liveness = faces.liveness(&selfie)?;
    timings.lap("liveness");

    let evidence =
        Evidence { document: &reading, comparison: comparison.as_ref(), liveness: &liveness };
    let verdict = decide(&evidence, &Rules { minimum_age: arguments.minimum_age }, today);
    let (total, laps) = timings.finish();

    let (style, word) = match verdict.decision {
        Decision::Approved => (GOOD, "✓ approved"),
        Decision::Declined => (BAD, "✗ declined"),
        Decision::Review => (WARN, "? for review"),
    };
    let mut text = format!("{}\n", paint(style, word));
    for reason in &verdict.reasons {
        let _ = writeln!(text, "  {} {}", paint(style, "–"), code(reason).replace('_', " "));
    }
    let _ = write!(text, "\n{}  {}", paint(BOLD, "Document"), document::text(&reading));
    let compared = comparison
        .as_ref()
        .map_or_else(|| "no portrait on the document\n".to_owned(), face::comparison_text);
    let _ = write!(text, "\n{}      {compared}", paint(BOLD, "Face"));
    let _ = write!(text, "\n{}  {}", paint(BOLD, "Liveness"), face::liveness_text(&liveness));
    let _ = write!(text, "\n{}", paint(DIM, format!("{total:.0} ms on this machine")));

    let outcome = Outcome {
        verdict: &verdict,
        document: &reading,
        comparison: comparison
            .as_ref()
            .map_or(Compared::Nothing(NoPortrait::new(arguments.fmr)), Compared::Faces),
        liveness: &liveness,
        timings_ms: laps,
    };
    Answer::new(&outcome, text)
}

/// The JSON of `bonafide verify`.
#[derive(Serialize)]
struct Outcome<'a> {
    #[serde(flatten)]
    verdict: &'a Verdict,
    document: &'a Reading,
    comparison: Compared<'a>,
    liveness: &'a Liveness,
    timings_ms: Value,
}

/// Without a portrait nothing was compared; scripts get the same shape.
#[derive(Serialize)]
#[serde(untagged)]
enum Compared<'a> {
    Faces(&'a Comparison),
    Nothing(NoPortrait),
}

#[derive(Serialize)]
struct NoPortrait {
    similarity: Option<f32>,
    decision: Match,
    threshold: Option<f32>,
    fmr: Fmr,
    reasons: [&'static str; 1],
    faces: [Value; 0],
}

impl NoPortrait {
    fn new(fmr: Fmr) -> Self {
        Self {
            similarity: None,
            decision: Match::Unavailable,
            threshold: None,
            fmr,
            reasons: ["no_portrait"],
            faces: [],
        }
    }
}

/// How long each step took, in milliseconds of wall time.
struct Timings<'c> {
    clock: &'c dyn Clock,
    last: Duration,
    laps: serde_json::Map<String, Value>,
}

impl<'c> Timings<'c> {
    fn new(clock: &'c dyn Clock) -> Self {
        Self { clock, last: clock.elapsed(), laps: serde_json::Map::new() }
    }

    fn lap(&mut self, name: &str) {
        let now = self.clock.elapsed();
        self.laps.insert(name.to_owned(), json!(milliseconds(now.saturating_sub(self.last))));
        self.last = now;
    }

    fn finish(mut self) -> (f64, Value) {
        let total = milliseconds(self.clock.elapsed());
        self.laps.insert("total".to_owned(), json!(total));
        (total, Value::Object(self.laps))
    }
}

/// To a tenth.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e4).round() / 10.0
}
