//! `bonafide face compare|liveness`.

use std::fmt::Write;
use std::path::PathBuf;

use bonafide_face::{Comparison, FaceEngine, Fmr, Liveness, LivenessDecision, Match};
use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::input;
use crate::output::{Answer, BAD, DIM, GOOD, Global, WARN, code, paint};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Compare the most prominent faces of two pictures.
    Compare {
        /// A picture of a face.
        a: PathBuf,
        /// Another.
        b: PathBuf,
        /// False match rate that the threshold is calibrated to: 1e-3, 1e-4 or 1e-5.
        #[arg(long, default_value = "1e-4", value_parser = false_match_rate)]
        fmr: Fmr,
    },
    /// Tell a living face from a print or a screen, as far as one still allows.
    Liveness {
        /// A picture of a face.
        image: PathBuf,
    },
}

/// A rate that the thresholds are calibrated to.
pub(crate) fn false_match_rate(text: &str) -> Result<Fmr, String> {
    let wanted: f64 = text.parse().map_err(|_| "write 1e-3, 1e-4 or 1e-5".to_owned())?;
    Fmr::ALL
        .into_iter()
        .find(|fmr| (fmr.rate() / wanted - 1.0).abs() < 1e-6)
        .ok_or_else(|| "the thresholds are calibrated to 1e-3, 1e-4 and 1e-5".to_owned())
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    match &arguments.action {
        Action::Compare { a, b, fmr } => {
            let (a, b) = (input::picture(a)?, input::picture(b)?);
            let comparison = FaceEngine::new(input::models(global)?).compare(&a, &b, *fmr)?;
            Answer::new(&comparison, comparison_text(&comparison))
        }
        Action::Liveness { image } => {
            let picture = input::picture(image)?;
            let liveness = FaceEngine::new(input::models(global)?).liveness(&picture)?;
            Answer::new(&liveness, liveness_text(&liveness))
        }
    }
}

/// The comparison for a person.
pub(crate) fn comparison_text(comparison: &Comparison) -> String {
    let decision = match comparison.decision {
        Match::Match => paint(GOOD, "match"),
        Match::NoMatch => paint(BAD, "no match"),
        Match::Unavailable => paint(WARN, "could not be compared"),
    };
    let mut text = decision;
    if let Some(similarity) = comparison.similarity {
        let _ = write!(
            text,
            "  similarity {:.3}, threshold {:.3} {}",
            similarity.0,
            comparison.threshold,
            paint(DIM, format!("(one false match in {:.0})", 1.0 / comparison.fmr.rate())),
        );
    }
    text.push('\n');
    for reason in &comparison.reasons {
        let _ = writeln!(text, "  {} {}", paint(WARN, "!"), reason.code().replace('_', " "));
    }
    text
}

/// The liveness verdict for a person.
pub(crate) fn liveness_text(liveness: &Liveness) -> String {
    let decision = match liveness.decision {
        LivenessDecision::Live => paint(GOOD, "live"),
        LivenessDecision::Attack => paint(BAD, "attack"),
        LivenessDecision::Unavailable => paint(WARN, "could not be judged"),
    };
    let score = liveness
        .score
        .map_or(String::new(), |s| format!("  score {s:.3}, threshold {:.2}", liveness.threshold));
    let mut text = format!("{decision}{score}\n");
    for reason in &liveness.reasons {
        let _ = writeln!(text, "  {} {}", paint(WARN, "!"), code(reason).replace('_', " "));
    }
    text
}
