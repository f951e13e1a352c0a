//! On the dev pictures, where they and the models are: a few pairs and stills
//! of each kind, so that a broken step shows at once. The figures themselves
//! are made by `bonafide eval face` and `bonafide eval pad`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bonafide_face::{FaceEngine, Fmr, LivenessDecision, Match};
use bonafide_inference::testing;
use bonafide_media::{Decoder, InProcess, Picture};

/// The dev folder, or `None` with a printed line.
fn dev_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BONAFIDE_DEV_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped {test}: BONAFIDE_DEV_DATA is not set");
    }
    folder
}

fn engine(test: &str) -> Option<FaceEngine> {
    Some(FaceEngine::new(testing::models(test)?))
}

fn picture(path: &Path) -> Picture {
    InProcess::default().decode(&std::fs::read(path).unwrap()).unwrap().picture
}

/// The rows of a CSV file without quotes, every `step`-th.
fn rows(path: &Path, step: usize) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().skip(1).step_by(step).map(row).collect()
}

#[test]
fn pairs_are_told_apart() {
    let test = "pairs_are_told_apart";
    let (Some(dev), Some(engine)) = (dev_data(test), engine(test)) else { return };
    let pairs = rows(&dev.join("face/lfw_pairs.csv"), 60);
    assert_eq!(pairs.len(), 40);
    let wrong = pairs
        .iter()
        .filter(|row| {
            let [a, b] = [3, 4].map(|i| picture(&dev.join(&row[i])));
            let answer = engine.compare(&a, &b, Fmr::OneInThousand).unwrap();
            let expected = if row[2] == "1" { Match::Match } else { Match::NoMatch };
            answer.decision != expected
        })
        .count();
    // 1.3 % of genuine pairs are lost at this rate on all of them.
    assert!(wrong <= 1, "{wrong} of 40 pairs are wrong");
}

#[test]
fn stills_are_judged() {
    let test = "stills_are_judged";
    let (Some(dev), Some(engine)) = (dev_data(test), engine(test)) else { return };
    for (folder, expected) in [
        ("pad/nuaa/live", LivenessDecision::Live),
        ("pad/nuaa/spoof_print", LivenessDecision::Attack),
    ] {
        let mut files: Vec<_> =
            std::fs::read_dir(dev.join(folder)).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        let judged = files.iter().step_by(24).map(|f| engine.liveness(&picture(f)).unwrap());
        assert!(judged.into_iter().all(|answer| answer.decision == expected), "{folder}");
    }
}

#[test]
fn a_picture_without_a_face_is_never_a_match_and_never_live() {
    let Some(engine) = engine("a_picture_without_a_face_is_never_a_match_and_never_live") else {
        return;
    };
    for (width, height) in [(1, 1), (3, 900), (900, 3), (640, 480), (3000, 2000)] {
        let grey = Picture::filled(width, height, [90, 120, 60]).unwrap();
        assert_eq!(engine.detect(&grey).unwrap(), []);
        let answer = engine.compare(&grey, &grey, Fmr::default()).unwrap();
        assert_eq!(answer.decision, Match::Unavailable);
        assert_eq!(answer.reasons.len(), 2);
        let live = engine.liveness(&grey).unwrap();
        assert_eq!((live.decision, live.score), (LivenessDecision::Unavailable, None));
    }
}

#[test]
fn engines_can_be_shared() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<FaceEngine>();
    let _: fn(Arc<bonafide_inference::Models>) -> FaceEngine = FaceEngine::new;
}
