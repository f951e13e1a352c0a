//! Drawing on a page in millimetres.

use ab_glyph::{Font, FontVec, PxScale, point};
use bonafide_media::{Picture, Rect, resize};

use crate::SpecimenError;
use crate::font::{em_for_advance, text_width};

/// A page that is drawn on in millimetres from its left upper corner.
pub(crate) struct Canvas {
    pub(crate) picture: Picture,
    /// Pixels a millimetre.
    pub(crate) scale: f32,
}

/// Ink: a colour and how much of the paper it covers, 0 to 1.
#[derive(Clone, Copy)]
pub(crate) struct Ink(pub(crate) [u8; 3], pub(crate) f32);

impl Ink {
    pub(crate) const BLACK: Self = Self([22, 22, 26], 0.96);
}

impl Canvas {
    pub(crate) fn new(
        (width_mm, height_mm): (f32, f32),
        scale: f32,
        paper: [u8; 3],
    ) -> Result<Self, SpecimenError> {
        let side = |mm: f32| (mm * scale).round().clamp(1.0, 20_000.0) as u32;
        let picture = Picture::filled(side(width_mm), side(height_mm), paper)?;
        Ok(Self { picture, scale })
    }

    /// Width and height in millimetres.
    pub(crate) fn size_mm(&self) -> (f32, f32) {
        (self.picture.width() as f32 / self.scale, self.picture.height() as f32 / self.scale)
    }

    /// Covers part `cover` of the pixel at (`x`, `y`) with ink; outside the
    /// page nothing happens.
    pub(crate) fn blend(&mut self, x: i64, y: i64, ink: Ink, cover: f32) {
        let (width, height) = (i64::from(self.picture.width()), i64::from(self.picture.height()));
        if x < 0 || y < 0 || x >= width || y >= height {
            return;
        }
        let i = (y * width + x) as usize * 3;
        let alpha = (ink.1 * cover).clamp(0.0, 1.0);
        if let Some(pixel) = self.picture.bytes_mut().get_mut(i..i + 3) {
            for (value, colour) in pixel.iter_mut().zip(ink.0) {
                let old = f32::from(*value);
                *value = (old + (f32::from(colour) - old) * alpha + 0.5) as u8;
            }
        }
    }

    /// A filled rectangle.
    pub(crate) fn fill(&mut self, r: Rect, ink: Ink) {
        let px = r.scaled(self.scale);
        let range = |start: f32, length: f32| start.round() as i64..(start + length).round() as i64;
        for y in range(px.y, px.h) {
            for x in range(px.x, px.w) {
                self.blend(x, y, ink, 1.0);
            }
        }
    }

    /// A dot of about one pixel, smooth between pixels, at a point in pixels.
    pub(crate) fn dot(&mut self, x: f32, y: f32, ink: Ink) {
        let (fx, fy) = (x.floor(), y.floor());
        let (tx, ty) = (x - fx, y - fy);
        let (ix, iy) = (fx as i64, fy as i64);
        self.blend(ix, iy, ink, (1.0 - tx) * (1.0 - ty));
        self.blend(ix + 1, iy, ink, tx * (1.0 - ty));
        self.blend(ix, iy + 1, ink, (1.0 - tx) * ty);
        self.blend(ix + 1, iy + 1, ink, tx * ty);
    }

    /// Text from `x` on the base line `y`, `em` high; narrowed letters and all
    /// to fit into `room` if it is longer.
    #[expect(clippy::too_many_arguments, reason = "a line of text has this many properties")]
    pub(crate) fn text(
        &mut self,
        font: &FontVec,
        text: &str,
        x: f32,
        y: f32,
        em: f32,
        room: f32,
        ink: Ink,
    ) {
        let width = text_width(font, text, em);
        let em = if width > room && width > 0.0 { em * room / width } else { em };
        let units = font.units_per_em().unwrap_or(1_000.0);
        let mut pen = x;
        for c in text.chars() {
            self.glyph(font, c, pen, y, em, ink);
            pen += font.h_advance_unscaled(font.glyph_id(c)) * em / units;
        }
    }

    /// Text in cells `pitch` wide, as the machine-readable zone is printed.
    pub(crate) fn cells(&mut self, font: &FontVec, text: &str, x: f32, y: f32, pitch: f32) {
        let em = em_for_advance(font, pitch);
        for (i, c) in text.chars().enumerate() {
            self.glyph(font, c, x + i as f32 * pitch, y, em, Ink::BLACK);
        }
    }

    pub(crate) fn glyph(&mut self, font: &FontVec, c: char, x: f32, y: f32, em: f32, ink: Ink) {
        let units = font.units_per_em().unwrap_or(1_000.0);
        // `PxScale` counts from the ascent to the descent, not in ems.
        let scale = PxScale::from(em * self.scale * font.height_unscaled() / units);
        let at = point(x * self.scale, y * self.scale);
        let glyph = font.glyph_id(c).with_scale_and_position(scale, at);
        if let Some(outline) = font.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
            outline.draw(|dx, dy, cover| {
                self.blend(left + i64::from(dx), top + i64::from(dy), ink, cover);
            });
        }
    }

    /// `picture` scaled to fill `place`, what hangs over cut off evenly, with
    /// part `strength` of it showing and the edges fading over `fade`.
    pub(crate) fn place(
        &mut self,
        picture: &Picture,
        place: Rect,
        strength: f32,
        fade: f32,
    ) -> Result<(), SpecimenError> {
        let px = place.scaled(self.scale);
        let (w, h) = (px.w.round().max(1.0), px.h.round().max(1.0));
        let (pw, ph) = (picture.width() as f32, picture.height() as f32);
        let ratio = (pw / w).min(ph / h);
        let (cut_w, cut_h) = ((w * ratio).max(1.0), (h * ratio).max(1.0));
        let cut = Rect::new((pw - cut_w) / 2.0, (ph - cut_h) / 2.0, cut_w, cut_h);
        let cropped = picture.crop(cut);
        let scaled = resize(cropped.as_ref().unwrap_or(picture), w as u32, h as u32)?;
        let fade = (fade * self.scale).max(1.0);
        for y in 0..scaled.height() {
            for x in 0..scaled.width() {
                let edge = x.min(y).min(scaled.width() - 1 - x).min(scaled.height() - 1 - y);
                let cover = ((edge as f32 + 1.0) / fade).min(1.0);
                let ink = Ink(scaled.pixel(x, y), strength);
                let (left, top) = (px.x.round() as i64, px.y.round() as i64);
                self.blend(left + i64::from(x), top + i64::from(y), ink, cover);
            }
        }
        Ok(())
    }
}
