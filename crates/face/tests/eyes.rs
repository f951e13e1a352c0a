//! Open and closed eyes: on a portrait, and on photographs of the dev data whose lids are
//! drawn shut. With `--nocapture` it prints the figures of `docs/liveness.md`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::{Path, PathBuf};

use bonafide_face::FaceEngine;
use bonafide_inference::testing;
use bonafide_media::{Decoder, InProcess, Picture, Point};

fn picture(bytes: &[u8]) -> Picture {
    InProcess::default().decode(bytes).unwrap().picture
}

/// `picture` with both eyes shut: the skin above each is drawn down over it, and lashes
/// stand at its lower edge.
fn shut(picture: &Picture, [right, left, ..]: [Point; 5]) -> Picture {
    let unit = right.distance(left);
    let (half, high) = (0.27 * unit, 0.13 * unit);
    let mut out = picture.clone();
    for eye in [right, left] {
        for x in (eye.x - half) as u32..(eye.x + half) as u32 {
            let arch = (1.0 - ((x as f32 - eye.x) / half).powi(2)).max(0.0);
            let (top, edge) = (eye.y - high * arch - 0.6 * high, eye.y + 0.8 * high * arch);
            let lashes = edge + 0.035 * unit * arch.sqrt();
            for y in top as u32..=lashes as u32 {
                let share = (y as f32 - top) / (edge - top).max(1.0);
                let from = (top + share * 0.55 * high) as u32;
                let skin = y as f32 <= edge;
                let colour = if skin { picture.pixel(x, from) } else { [40, 28, 24] };
                out.set_pixel(x, y, colour);
            }
        }
    }
    out
}

#[test]
fn eyes_that_are_drawn_shut_are_told_from_open_ones() {
    let Some(models) = testing::models("eyes_drawn_shut") else { return };
    let photo = picture(&models.asset("portrait.png").unwrap());
    let engine = FaceEngine::new(models);
    let landmarks = engine.detect(&photo).unwrap()[0].landmarks;
    let open = engine.eyes(&photo, &landmarks).unwrap();
    let closed = engine.eyes(&shut(&photo, landmarks), &landmarks).unwrap();
    println!("{open:?} {closed:?}");
    assert!(open.iter().all(|odds| *odds > 2.0), "{open:?}");
    assert!(closed.iter().all(|odds| *odds < -2.0), "{closed:?}");
    // Mirrored, each eye is the other's.
    let mirror = |at: Point| Point::new(photo.width() as f32 - at.x, at.y);
    let [right, left, ..] = landmarks;
    let mut other = landmarks;
    (other[0], other[1]) = (mirror(left), mirror(right));
    let mirrored = engine.eyes(&photo.mirrored(), &other).unwrap();
    assert!(mirrored.iter().all(|odds| *odds > 0.0), "{mirrored:?}");
}

#[test]
fn eyes_on_one_place_are_refused() {
    let Some(models) = testing::models("eyes_one_place") else { return };
    let engine = FaceEngine::new(models);
    let empty = Picture::filled(64, 64, [120; 3]).unwrap();
    for at in [Point::new(10.0, 10.0), Point::new(f32::NAN, 0.0)] {
        assert!(engine.eyes(&empty, &[at; 5]).is_err());
    }
}

/// Photographs of faces in the wild, every so many.
const STEP: usize = 10;
/// So many of them look straight on, at the most.
const MOST: usize = 200;

#[test]
fn on_faces_in_the_wild_lids_are_told() {
    let test = "on_faces_in_the_wild_lids_are_told";
    let Some(dev) = std::env::var_os("BONAFIDE_DEV_DATA").map(PathBuf::from) else {
        eprintln!("skipped {test}: BONAFIDE_DEV_DATA is not set");
        return;
    };
    let Some(models) = testing::models(test) else { return };
    let engine = FaceEngine::new(models);
    let folder = dev.join("face/lfw");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let look = |file: &Path| {
        let photo = picture(&std::fs::read(file).unwrap());
        let face = *engine.detect(&photo).unwrap().first()?;
        let pose = face.pose()?;
        if pose.yaw.abs() + pose.roll.abs() > 25.0 {
            return None;
        }
        // The eye that is open more surely: both are asked to close.
        let of = |picture: &Picture| {
            let [right, left] = engine.eyes(picture, &face.landmarks).unwrap();
            right.max(left)
        };
        Some((of(&photo), of(&shut(&photo, face.landmarks))))
    };
    let seen: Vec<(f32, f32)> =
        files.iter().step_by(STEP).filter_map(|file| look(file)).take(MOST).collect();
    // The rule of `bonafide_liveness::actions`.
    let usable: Vec<_> = seen.iter().filter(|(open, _)| *open >= -1.0).collect();
    let told = usable.iter().filter(|(open, shut)| open.min(3.0) - shut >= 3.0).count();
    let share = |part: usize, all: usize| part as f32 / all.max(1) as f32;
    let (usable_share, told_share) = (share(usable.len(), seen.len()), share(told, usable.len()));
    println!("{} faces: {usable_share:.3} seen open, {told_share:.3} of these told", seen.len());
    assert!(seen.len() >= 100 && usable_share >= 0.85 && told_share >= 0.9);
}
