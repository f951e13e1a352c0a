//! The one picture type of the vision rooms.

use crate::geometry::Rect;

/// An upright picture: 8-bit sRGB, rows from the top, three bytes a pixel.
///
/// Always at least one pixel, never more than [`Picture::MAX_PIXELS`].
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

/// Why a picture could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Width or height is 0.
    #[error("the picture has no pixels")]
    Empty,
    /// More pixels than a picture may have.
    #[error("the picture has more than {} pixels", Picture::MAX_PIXELS)]
    TooLarge,
    /// The byte count is not width x height x 3.
    #[error("the bytes do not fill the picture's size")]
    Length,
    /// The corners of a part enclose no area.
    #[error("the corners enclose no area")]
    Flat,
}

impl Picture {
    /// Most pixels a picture may have (192 MB of bytes).
    pub const MAX_PIXELS: u64 = 64_000_000;

    /// A picture from RGB bytes, row by row.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self, PictureError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(PictureError::Empty);
        }
        if pixels > Self::MAX_PIXELS {
            return Err(PictureError::TooLarge);
        }
        if rgb.len() as u64 != pixels * 3 {
            return Err(PictureError::Length);
        }
        Ok(Self { width, height, rgb })
    }

    /// A picture of one colour.
    pub fn filled(width: u32, height: u32, colour: [u8; 3]) -> Result<Self, PictureError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels > Self::MAX_PIXELS {
            return Err(PictureError::TooLarge);
        }
        let pixels = usize::try_from(pixels).unwrap_or(0);
        // Zeroed memory comes from the system at no cost.
        let rgb = if colour == [0; 3] { vec![0; pixels * 3] } else { colour.repeat(pixels) };
        Self::new(width, height, rgb)
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The whole picture as a rectangle.
    pub fn bounds(&self) -> Rect {
        Rect::new(0.0, 0.0, self.width as f32, self.height as f32)
    }

    /// RGB bytes, row by row.
    pub fn bytes(&self) -> &[u8] {
        &self.rgb
    }

    /// RGB bytes, row by row, to be changed.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }

    /// RGB pixels, row by row.
    pub fn colours(&self) -> &[[u8; 3]] {
        self.rgb.as_chunks().0
    }

    /// One row of RGB bytes; empty below the picture.
    pub fn row(&self, y: u32) -> &[u8] {
        let stride = self.width as usize * 3;
        let start = y as usize * stride;
        self.rgb.get(start..start + stride).unwrap_or(&[])
    }

    /// The pixel at (`x`, `y`), coordinates clamped to the picture.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let i = self.offset(x.min(self.width - 1), y.min(self.height - 1));
        [self.rgb[i], self.rgb[i + 1], self.rgb[i + 2]]
    }

    /// Sets the pixel at (`x`, `y`); outside the picture nothing happens.
    pub fn set_pixel(&mut self, x: u32, y: u32, colour: [u8; 3]) {
        if x < self.width && y < self.height {
            let i = self.offset(x, y);
            self.rgb[i..i + 3].copy_from_slice(&colour);
        }
    }

    fn offset(&self, x: u32, y: u32) -> usize {
        (y as usize * self.width as usize + x as usize) * 3
    }

    /// The part inside `area` (rounded outwards to whole pixels, cut to the
    /// picture); `None` if nothing of it lies inside.
    pub fn crop(&self, area: Rect) -> Option<Self> {
        let x0 = area.x.floor().clamp(0.0, self.width as f32) as u32;
        let y0 = area.y.floor().clamp(0.0, self.height as f32) as u32;
        let x1 = (area.x + area.w).ceil().clamp(0.0, self.width as f32) as u32;
        let y1 = (area.y + area.h).ceil().clamp(0.0, self.height as f32) as u32;
        if x1 <= x0 || y1 <= y0 {
            return None;
        }
        let mut rgb = Vec::with_capacity((x1 - x0) as usize * (y1 - y0) as usize * 3);
        for y in y0..y1 {
            rgb.extend_from_slice(
                &self.rgb[self.offset(x0, y)..self.offset(x0, y) + (x1 - x0) as usize * 3],
            );
        }
        Some(Self { width: x1 - x0, height: y1 - y0, rgb })
    }

    /// The picture turned clockwise.
    pub fn turned(&self, turn: QuarterTurn) -> Self {
        match turn {
            QuarterTurn::None | QuarterTurn::Half => self.clone().into_turned(turn),
            QuarterTurn::Right => self.quarter(|x, y, _, h| (y, h - 1 - x)),
            QuarterTurn::Left => self.quarter(|x, y, w, _| (w - 1 - y, x)),
        }
    }

    /// As [`Picture::turned`], in place where the size stays the same.
    pub fn into_turned(mut self, turn: QuarterTurn) -> Self {
        match turn {
            QuarterTurn::None => self,
            QuarterTurn::Half => {
                self.rgb.as_chunks_mut::<3>().0.reverse();
                self
            }
            QuarterTurn::Right | QuarterTurn::Left => self.turned(turn),
        }
    }

    /// The picture on its side: the pixel at (x, y) is the one that `source`
    /// names, given x, y and this picture's width and height. Tile by tile, as
    /// whole rows would fetch a line of memory for every pixel.
    fn quarter(&self, source: impl Fn(usize, usize, usize, usize) -> (usize, usize)) -> Self {
        const TILE: usize = 32;
        let (w, h) = (self.width as usize, self.height as usize);
        let pixels = self.colours();
        let mut rgb = vec![0; self.rgb.len()];
        let out = rgb.as_chunks_mut::<3>().0;
        for (band, rows) in out.chunks_mut(h * TILE).enumerate() {
            for left in (0..h).step_by(TILE) {
                for (y, row) in rows.chunks_mut(h).enumerate() {
                    let right = (left + TILE).min(h);
                    for (x, pixel) in (left..right).zip(&mut row[left..right]) {
                        let (sx, sy) = source(x, band * TILE + y, w, h);
                        *pixel = pixels[sy * w + sx];
                    }
                }
            }
        }
        Self { width: self.height, height: self.width, rgb }
    }

    /// The picture with left and right exchanged.
    pub fn mirrored(&self) -> Self {
        self.clone().into_mirrored()
    }

    /// As [`Picture::mirrored`], in place.
    pub fn into_mirrored(mut self) -> Self {
        for row in self.rgb.as_chunks_mut::<3>().0.chunks_exact_mut(self.width as usize) {
            row.reverse();
        }
        self
    }

    /// Brightness by ITU-R BT.601 weights.
    pub fn luma(&self) -> Luma {
        let values = self
            .rgb
            .chunks_exact(3)
            .map(|p| {
                ((u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8) as u8
            })
            .collect();
        Luma { width: self.width, height: self.height, values }
    }
}

/// Pixels may show a person: `Debug` gives the size only.
impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{})", self.width, self.height)
    }
}

/// A plane of brightness values, 0 to 255, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Luma {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height` values.
    pub values: Vec<u8>,
}

impl Luma {
    /// The value at (`x`, `y`), coordinates clamped to the plane.
    pub fn at(&self, x: i64, y: i64) -> u8 {
        let x = x.clamp(0, i64::from(self.width) - 1) as usize;
        let y = y.clamp(0, i64::from(self.height) - 1) as usize;
        self.values[y * self.width as usize + x]
    }
}

/// A turn of a picture, clockwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuarterTurn {
    /// As it is.
    None,
    /// 90 degrees clockwise.
    Right,
    /// 180 degrees.
    Half,
    /// 90 degrees anticlockwise.
    Left,
}

impl QuarterTurn {
    /// All four.
    pub const ALL: [Self; 4] = [Self::None, Self::Right, Self::Half, Self::Left];

    /// Clockwise degrees: 0, 90, 180 or 270.
    pub fn degrees(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Right => 90,
            Self::Half => 180,
            Self::Left => 270,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: u32, height: u32) -> Picture {
        let rgb = (0..width * height).flat_map(|i| [i as u8, 0, 0]).collect();
        Picture::new(width, height, rgb).unwrap()
    }

    fn reds(picture: &Picture) -> Vec<u8> {
        picture.bytes().chunks(3).map(|p| p[0]).collect()
    }

    #[test]
    fn turns_go_clockwise() {
        let picture = numbered(3, 2);
        assert_eq!(reds(&picture.turned(QuarterTurn::Right)), [3, 0, 4, 1, 5, 2]);
        assert_eq!(reds(&picture.turned(QuarterTurn::Left)), [2, 5, 1, 4, 0, 3]);
        assert_eq!(reds(&picture.turned(QuarterTurn::Half)), [5, 4, 3, 2, 1, 0]);
        assert_eq!(reds(&picture.mirrored()), [2, 1, 0, 5, 4, 3]);
    }

    #[test]
    fn crop_is_cut_to_the_picture() {
        let picture = numbered(3, 2);
        let part = picture.crop(Rect::new(1.0, -5.0, 50.0, 6.0)).unwrap();
        assert_eq!((part.width(), part.height()), (2, 1));
        assert_eq!(reds(&part), [1, 2]);
        assert!(picture.crop(Rect::new(3.0, 0.0, 4.0, 4.0)).is_none());
        assert!(picture.crop(Rect::new(f32::NAN, 0.0, 4.0, 4.0)).is_none());
    }

    #[test]
    fn size_and_bytes_must_fit() {
        assert_eq!(Picture::new(0, 4, vec![]), Err(PictureError::Empty));
        assert_eq!(Picture::new(2, 2, vec![0; 11]), Err(PictureError::Length));
        assert_eq!(Picture::new(u32::MAX, u32::MAX, vec![]), Err(PictureError::TooLarge));
        assert_eq!(Picture::filled(u32::MAX, 1_000, [0; 3]), Err(PictureError::TooLarge));
    }

    #[test]
    fn debug_shows_no_pixel() {
        assert_eq!(format!("{:?}", numbered(3, 2)), "Picture(3x2)");
    }
}
