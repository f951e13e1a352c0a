//! Portraits and selfies from a sample photograph.

use bonafide_context::Random;
use bonafide_media::{Border, Homography, Picture, Point, Quad, Rect, resize, warp_perspective};

use crate::{SpecimenError, filter};

/// A passport photograph, 35:45, from a photograph in which the face fills
/// `face` (a detector's box): the face takes 60 % of the height.
pub fn passport_photo(photo: &Picture, face: Rect) -> Result<Picture, SpecimenError> {
    let face = checked(photo, face)?;
    let height = face.h / 0.6;
    let width = height * 35.0 / 45.0;
    let centre = face.center();
    let cut = Rect::new(centre.x - width / 2.0, centre.y - height * 0.52, width, height);
    let cropped = photo.crop(cut).ok_or(SpecimenError::Face)?;
    let out_height = (height.round() as u32).clamp(60, 900);
    Ok(resize(&cropped, (out_height * 7 / 9).max(1), out_height)?)
}

/// A selfie made from a photograph in which the face fills `face`: another cut,
/// another light and colour temperature, a slight turn, noise and a phone's
/// JPEG. `width` x `width * 4 / 3` pixels.
///
/// It stays the same photograph, so a comparison with the original is easier
/// than with a real second picture: good for showing that the whole thing
/// works, no measure of how well.
pub fn selfie(
    photo: &Picture,
    face: Rect,
    width: u32,
    random: &mut dyn Random,
) -> Result<Picture, SpecimenError> {
    if !(48..=6_000).contains(&width) {
        return Err(SpecimenError::Size);
    }
    let face = checked(photo, face)?;
    let height = width * 4 / 3;
    let mut about = |spread: f64| random.between(-spread, spread) as f32;
    // The face takes 45 % of a selfie's height.
    let scale = face.h / (height as f32 * 0.45);
    let angle = (4.0 + about(3.0)).to_radians();
    let (sin, cos) = angle.sin_cos();
    let centre = face.center();
    let (half_w, half_h) = (width as f32 * scale / 2.0, height as f32 * scale / 2.0);
    let corner = |x: f32, y: f32, about: &mut dyn FnMut(f64) -> f32| {
        // A camera held a little low and to the side.
        let x = x * (1.0 + about(0.03));
        let y = y * (1.0 + about(0.03)) + face.h * 0.08;
        Point::new(centre.x + x * cos - y * sin, centre.y + x * sin + y * cos)
    };
    let from = Quad([
        corner(-half_w, -half_h, &mut about),
        corner(half_w, -half_h, &mut about),
        corner(half_w, half_h, &mut about),
        corner(-half_w, half_h, &mut about),
    ]);
    let to = Quad::from_rect(Rect::new(0.0, 0.0, width as f32 - 1.0, height as f32 - 1.0));
    let map = Homography::between(&to, &from).ok_or(SpecimenError::Face)?;
    let mut out = warp_perspective(photo, &map, width, height, Border::Nearest)?;
    let warmth = about(0.06);
    let side = 0.16 + about(0.08);
    relight(&mut out, warmth, side, 0.94 + about(0.05));
    filter::blur(&mut out, 0.5 * width as f32 / 720.0);
    filter::noise(&mut out, 2.5, random);
    filter::jpeg(&out, 82)
}

/// Light from the left, `side` stronger than from the right, warmer or colder,
/// then a gamma.
fn relight(picture: &mut Picture, warmth: f32, side: f32, gamma: f32) {
    let gain = [1.0 + warmth, 1.0, 1.0 - warmth];
    let table: [f32; 256] = std::array::from_fn(|v| 255.0 * (v as f32 / 255.0).powf(gamma));
    let width = picture.width() as usize;
    for row in picture.bytes_mut().chunks_exact_mut(width * 3) {
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let lamp = 1.0 + side * (0.5 - x as f32 / width as f32);
            for (value, gain) in pixel.iter_mut().zip(gain) {
                *value = (table[usize::from(*value)] * gain * lamp).clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// `face`, if it is a box of some pixels whose centre lies in `photo`.
fn checked(photo: &Picture, face: Rect) -> Result<Rect, SpecimenError> {
    let finite = [face.x, face.y, face.w, face.h].iter().all(|value| value.is_finite());
    let usable = finite
        && (4.0..1e5).contains(&face.w)
        && (4.0..1e5).contains(&face.h)
        && photo.bounds().contains(face.center());
    if usable { Ok(face) } else { Err(SpecimenError::Face) }
}
