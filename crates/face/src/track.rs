//! One face through the frames of a recording, at a fraction of what finding it anew in
//! every frame would cost.

use bonafide_media::Picture;

use crate::detect::{Detector, has_rival};
use crate::{Face, FaceError};

/// What a frame shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tracked {
    /// One face.
    Face(Face),
    /// No face.
    Nobody,
    /// Several faces of like size: whose recording it is is not known.
    Several,
}

/// After so many frames the whole picture is looked at again: a second face comes in
/// unseen for about a third of a second at 15 frames a second.
const WHOLE_EVERY: u32 = 5;

/// Follows one face from frame to frame.
///
/// Landmarks of all frames come from the same look, a face of one size in the middle
/// of its surroundings: they may be off by a few pixels, and are off by the same in
/// every frame, which is what counts where frames are compared.
pub struct Tracker {
    detector: Detector,
    last: Option<Face>,
    since: u32,
}

impl Tracker {
    pub(crate) fn new(detector: Detector) -> Self {
        Self { detector, last: None, since: 0 }
    }

    /// Looks at the next frame.
    pub fn next(&mut self, picture: &Picture) -> Result<Tracked, FaceError> {
        if let Some(last) = self.last
            && let Some(face) = self.detector.follow(picture, &last)?
        {
            self.since += 1;
            if self.since > WHOLE_EVERY {
                self.since = 0;
                if self.detector.has_company(picture, &face)? {
                    self.last = None;
                    return Ok(Tracked::Several);
                }
            }
            self.last = Some(face);
            return Ok(Tracked::Face(face));
        }
        self.last = None;
        let found = first(&self.detector, picture)?;
        let Tracked::Face(first) = found else { return Ok(found) };
        let face = self.detector.follow(picture, &first)?.unwrap_or(first);
        (self.last, self.since) = (Some(face), 0);
        Ok(Tracked::Face(face))
    }
}

/// Who is in front of the camera, as the first look sees him.
fn first(detector: &Detector, picture: &Picture) -> Result<Tracked, FaceError> {
    let faces = detector.first_look(picture)?;
    Ok(match faces.first() {
        None => Tracked::Nobody,
        Some(_) if has_rival(&faces) => Tracked::Several,
        Some(face) => Tracked::Face(*face),
    })
}

/// What a picture shows that is no frame of many: its face is looked at closer than one
/// that is followed, whose place counts only against the other frames'.
pub(crate) fn glance(detector: &Detector, picture: &Picture) -> Result<Tracked, FaceError> {
    let found = first(detector, picture)?;
    let Tracked::Face(first) = found else { return Ok(found) };
    Ok(Tracked::Face(detector.closer(picture, &first)?.unwrap_or(first)))
}

#[cfg(test)]
mod tests {
    use bonafide_media::{Decoder as _, InProcess};

    use super::*;
    use crate::FaceEngine;

    /// `picture` moved by whole pixels, its edge repeated.
    fn moved(picture: &Picture, dx: i64, dy: i64) -> Picture {
        let mut moved = picture.clone();
        let within = |value: i64, length: u32| value.clamp(0, i64::from(length) - 1) as u32;
        for y in 0..picture.height() {
            for x in 0..picture.width() {
                let from_x = within(i64::from(x) - dx, picture.width());
                let from_y = within(i64::from(y) - dy, picture.height());
                moved.set_pixel(x, y, picture.pixel(from_x, from_y));
            }
        }
        moved
    }

    #[test]
    fn one_face_is_followed_and_found_again() {
        let Some(models) = bonafide_inference::testing::models("track") else { return };
        let photo = InProcess::default().decode(&models.asset("portrait.png").unwrap()).unwrap();
        let photo = bonafide_media::resize(&photo.picture, 480, 480).unwrap();
        let engine = FaceEngine::new(models);
        let mut tracker = engine.track().unwrap();
        let empty = Picture::filled(480, 480, [90; 3]).unwrap();
        assert_eq!(tracker.next(&empty).unwrap(), Tracked::Nobody);
        let Tracked::Face(first) = tracker.next(&photo).unwrap() else { panic!("a face") };
        for step in 1..12_i64 {
            let frame = moved(&photo, 4 * step, -2 * step);
            let Tracked::Face(face) = tracker.next(&frame).unwrap() else { panic!("at {step}") };
            for (now, before) in face.landmarks.iter().zip(first.landmarks) {
                let off = (now.x - before.x - 4.0 * step as f32)
                    .hypot(now.y - before.y + 2.0 * step as f32);
                // One look's landmarks scatter with where the face lies in its grid:
                // 0.12 was the most here. A jump between frames begins at 0.5.
                assert!(off < 0.15 * first.eye_distance(), "{step}: {off}");
            }
        }
        assert_eq!(tracker.next(&empty).unwrap(), Tracked::Nobody);
        assert!(matches!(tracker.next(&photo).unwrap(), Tracked::Face(_)));
    }

    /// `left` and `right` side by side.
    fn beside(left: &Picture, right: &Picture) -> Picture {
        let mut both = Picture::filled(2 * left.width(), left.height(), [0; 3]).unwrap();
        for y in 0..left.height() {
            for x in 0..left.width() {
                both.set_pixel(x, y, left.pixel(x, y));
                both.set_pixel(left.width() + x, y, right.pixel(x, y));
            }
        }
        both
    }

    #[test]
    fn who_comes_in_beside_the_face_is_seen_within_a_few_frames() {
        let Some(models) = bonafide_inference::testing::models("company") else { return };
        let photo = InProcess::default().decode(&models.asset("portrait.png").unwrap()).unwrap();
        let photo = bonafide_media::resize(&photo.picture, 320, 320).unwrap();
        let empty = Picture::filled(320, 320, [90; 3]).unwrap();
        let mut tracker = FaceEngine::new(models).track().unwrap();
        let alone = beside(&photo, &empty);
        for step in 0..=2 * WHOLE_EVERY {
            assert!(matches!(tracker.next(&alone).unwrap(), Tracked::Face(_)), "alone at {step}");
        }
        let two = beside(&photo, &photo);
        let seen = (0..=WHOLE_EVERY).any(|_| tracker.next(&two).unwrap() == Tracked::Several);
        assert!(seen, "the second face was never seen");
        assert_eq!(tracker.next(&two).unwrap(), Tracked::Several, "and is not forgotten");
        assert!(matches!(tracker.next(&alone).unwrap(), Tracked::Face(_)));
    }
}
