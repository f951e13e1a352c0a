//! The portrait: where it is, and how to cut it out upright.

use bonafide_media::{
    Border, Homography, Picture, PictureError, Point, Quad, Rect, warp_perspective,
};

use crate::PixelRect;
use crate::layout::Frame;
use crate::reader::FaceFinder;

/// The page is shown to the face finder with its long side at this.
const LONG_SIDE: f32 = 640.0;
/// A portrait is about this much wider and higher than the face in it, as the
/// detector draws it, and stands this much above its middle.
const WIDER: f32 = 1.8;
const HIGHER: f32 = 2.0;
const RAISED: f32 = 0.04;

/// Where the portrait is in `picture`, whose text runs along `frame`: around the
/// largest face that the finder sees in the page put upright. Cards repeat the
/// portrait small: the largest is the one to compare.
pub(crate) fn find(
    faces: &FaceFinder,
    picture: &Picture,
    region: Rect,
    frame: &Frame,
) -> Result<Option<PixelRect>, PictureError> {
    let Some((upright, back)) = upright(picture, region, frame, LONG_SIDE)? else {
        return Ok(None);
    };
    let largest = faces(&upright)
        .into_iter()
        .filter(|face| face.area() > 0.0 && (face.x + face.y + face.w + face.h).is_finite())
        .max_by(|a, b| a.area().total_cmp(&b.area()));
    let Some(face) = largest else {
        return Ok(None);
    };
    let (w, h) = (face.w * WIDER, face.h * HIGHER);
    let center = face.center();
    let portrait = Rect::new(center.x - w / 2.0, center.y - h / 2.0 - face.h * RAISED, w, h)
        .intersect(upright.bounds());
    let corners = Quad::from_rect(portrait).0.map(|p| back.apply(p));
    let Some(bounds) = Rect::around(&corners).map(|r| r.intersect(picture.bounds())) else {
        return Ok(None);
    };
    let (w, h) = (bounds.w.round() as u32, bounds.h.round() as u32);
    let (x, y) = (bounds.x.max(0.0).round() as u32, bounds.y.max(0.0).round() as u32);
    Ok((w > 0 && h > 0).then_some(PixelRect { x, y, w, h }))
}

/// The part of `picture` around `region`, turned so that its text is level, at
/// most `long_side` pixels long; and the map back into `picture`.
pub(crate) fn upright(
    picture: &Picture,
    region: Rect,
    frame: &Frame,
    long_side: f32,
) -> Result<Option<(Picture, Homography)>, PictureError> {
    let corners = Quad::from_rect(region.intersect(picture.bounds())).0.map(|p| frame.project(p));
    let Some(level) = Rect::around(&corners).filter(|r| r.w >= 1.0 && r.h >= 1.0) else {
        return Ok(None);
    };
    let scale = (long_side / level.w.max(level.h)).min(1.0);
    let (width, height) = ((level.w * scale).round().max(1.0), (level.h * scale).round().max(1.0));
    let (sin, cos) = frame.angle.sin_cos();
    let source = Quad(
        Quad::from_rect(level).0.map(|p| Point::new(p.x * cos - p.y * sin, p.x * sin + p.y * cos)),
    );
    let target = Quad::from_rect(Rect::new(0.0, 0.0, width, height));
    let Some(back) = Homography::between(&target, &source) else {
        return Ok(None);
    };
    // Where the picture shrinks a lot, shrink it first: sampling skips pixels.
    let (from, shrink) = if scale < 0.6 {
        let side = |pixels: u32| ((pixels as f32 * scale).round() as u32).max(1);
        let small = bonafide_media::resize(picture, side(picture.width()), side(picture.height()))?;
        let (fx, fy) = (
            small.width() as f32 / picture.width() as f32,
            small.height() as f32 / picture.height() as f32,
        );
        (Some(small), (fx, fy))
    } else {
        (None, (1.0, 1.0))
    };
    let shrunk = Homography {
        m: [f64::from(shrink.0), 0.0, 0.0, 0.0, f64::from(shrink.1), 0.0, 0.0, 0.0, 1.0],
    };
    let sampled = warp_perspective(
        from.as_ref().unwrap_or(picture),
        &back.then(&shrunk),
        width as u32,
        height as u32,
        Border::Colour([255; 3]),
    )?;
    Ok(Some((sampled, back)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A red patch on white stands for the face.
    fn finder() -> FaceFinder {
        Box::new(|picture: &Picture| {
            let mut points = Vec::new();
            for y in 0..picture.height() {
                for x in 0..picture.width() {
                    if picture.pixel(x, y)[1] < 100 {
                        points.push(Point::new(x as f32, y as f32));
                    }
                }
            }
            Rect::around(&points).into_iter().collect()
        })
    }

    fn page() -> Picture {
        let mut picture = Picture::filled(800, 500, [255; 3]).unwrap();
        for y in 150..270 {
            for x in 100..200 {
                picture.set_pixel(x, y, [255, 0, 0]);
            }
        }
        picture
    }

    #[test]
    fn the_portrait_lies_around_the_face_in_every_turn() {
        for (turn, degrees) in
            bonafide_media::QuarterTurn::ALL.into_iter().zip([0.0f32, 90.0, 180.0, 270.0])
        {
            let picture = page().turned(turn);
            let frame = Frame { angle: degrees.to_radians() };
            let found = find(&finder(), &picture, picture.bounds(), &frame).unwrap().unwrap();
            let (w, h) =
                if turn.degrees() % 180 == 0 { (found.w, found.h) } else { (found.h, found.w) };
            assert!((150..210).contains(&w), "{turn:?} {found:?}");
            assert!((210..260).contains(&h), "{turn:?} {found:?}");
        }
    }

    #[test]
    fn no_face_no_portrait() {
        let none: FaceFinder = Box::new(|_| Vec::new());
        let bad: FaceFinder = Box::new(|_| vec![Rect::new(f32::NAN, 0.0, 1.0, 1.0)]);
        let picture = page();
        let frame = Frame { angle: 0.0 };
        assert!(find(&none, &picture, picture.bounds(), &frame).unwrap().is_none());
        assert!(find(&bad, &picture, picture.bounds(), &frame).unwrap().is_none());
        assert!(
            find(&finder(), &picture, Rect::new(900.0, 0.0, 9.0, 9.0), &frame).unwrap().is_none()
        );
    }
}
