//! Brightness and two colour differences to red, green and blue.

use super::VideoError;
use crate::Picture;

/// How a video stores colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour {
    pub(super) matrix: Matrix,
    /// 0 to 255 is black to white, and not 16 to 235.
    pub(super) full: bool,
}

/// Which weights red, green and blue have in the brightness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matrix {
    /// ITU-R BT.601.
    Bt601,
    /// ITU-R BT.709.
    Bt709,
    /// ITU-R BT.2020, constant luminance apart.
    Bt2020,
}

impl Matrix {
    /// By its number in ITU-T H.273, table 4; `None` for "unspecified" and for
    /// those that no camera uses.
    pub(super) fn coded(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Bt709),
            4..=6 => Some(Self::Bt601),
            9 => Some(Self::Bt2020),
            _ => None,
        }
    }

    /// The weights of red and blue.
    fn weights(self) -> (f64, f64) {
        match self {
            Self::Bt601 => (0.299, 0.114),
            Self::Bt709 => (0.2126, 0.0722),
            Self::Bt2020 => (0.2627, 0.0593),
        }
    }
}

/// A decoded frame: 4:2:0, eight bits a sample, chroma sides rounded up.
#[derive(Clone, Debug)]
pub(super) struct Planes {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Brightness, then both differences; bytes and bytes a row of each.
    pub(super) planes: [(Vec<u8>, usize); 3],
}

/// Bits behind the point of the weights below.
const POINT: i32 = 14;

impl Planes {
    /// The frame as a picture. Each difference counts for its four pixels, as it
    /// was taken from them.
    pub(super) fn rgb(&self, colour: Colour) -> Result<Picture, VideoError> {
        let weights = Weights::of(colour);
        let (width, height) = (self.width as usize, self.height as usize);
        let [luma, blue, red] = &self.planes;
        let mut rgb = vec![0; width * height * 3];
        for (y, out) in rgb.chunks_exact_mut((width * 3).max(3)).enumerate() {
            let chroma = width.div_ceil(2);
            let rows = (row(luma, y, width), row(blue, y / 2, chroma), row(red, y / 2, chroma));
            let (Some(luma), Some(blue), Some(red)) = rows else {
                return Err(VideoError::Corrupt);
            };
            let differences = blue.iter().zip(red);
            for ((pair, (b, r)), out) in luma.chunks(2).zip(differences).zip(out.chunks_mut(6)) {
                let [dr, dg, db] = weights.differences(*b, *r);
                for (value, pixel) in pair.iter().zip(out.as_chunks_mut::<3>().0) {
                    let light = weights.light(*value);
                    *pixel = [light + dr, light + dg, light + db]
                        .map(|sum| (sum >> POINT).clamp(0, 255) as u8);
                }
            }
        }
        Picture::new(self.width, self.height, rgb).map_err(|_| VideoError::Corrupt)
    }
}

/// `length` bytes of row `y` of a plane.
fn row((bytes, stride): &(Vec<u8>, usize), y: usize, length: usize) -> Option<&[u8]> {
    let start = y.checked_mul(*stride)?;
    bytes.get(start..start.checked_add(length)?)
}

/// Fixed-point weights.
struct Weights {
    light: i32,
    black: i32,
    red: i32,
    green: [i32; 2],
    blue: i32,
}

impl Weights {
    fn of(Colour { matrix, full }: Colour) -> Self {
        let (r, b) = matrix.weights();
        let g = 1.0 - r - b;
        let (light, chroma) = if full { (1.0, 1.0) } else { (255.0 / 219.0, 255.0 / 224.0) };
        let fixed = |weight: f64| (weight * f64::from(1 << POINT)).round() as i32;
        Self {
            light: fixed(light),
            black: if full { 0 } else { 16 },
            red: fixed(2.0 * (1.0 - r) * chroma),
            green: [
                fixed(-2.0 * b * (1.0 - b) / g * chroma),
                fixed(-2.0 * r * (1.0 - r) / g * chroma),
            ],
            blue: fixed(2.0 * (1.0 - b) * chroma),
        }
    }

    fn light(&self, value: u8) -> i32 {
        (i32::from(value) - self.black) * self.light + (1 << (POINT - 1))
    }

    fn differences(&self, blue: u8, red: u8) -> [i32; 3] {
        let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
        [self.red * red, self.green[0] * blue + self.green[1] * red, self.blue * blue]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(y: u8, u: u8, v: u8, matrix: Matrix, full: bool) -> [u8; 3] {
        let planes = [(vec![y], 1), (vec![u], 1), (vec![v], 1)];
        let planes = Planes { width: 1, height: 1, planes };
        planes.rgb(Colour { matrix, full }).unwrap().pixel(0, 0)
    }

    #[test]
    fn known_colours_come_out() {
        for matrix in [Matrix::Bt601, Matrix::Bt709, Matrix::Bt2020] {
            assert_eq!(one(16, 128, 128, matrix, false), [0; 3]);
            assert_eq!(one(235, 128, 128, matrix, false), [255; 3]);
            assert_eq!(one(0, 128, 128, matrix, true), [0; 3]);
            assert_eq!(one(200, 128, 128, matrix, true), [200; 3]);
        }
        // Full red by the tables of BT.601 and BT.709, limited range.
        assert_eq!(one(81, 90, 240, Matrix::Bt601, false), [254, 0, 0]);
        assert_eq!(one(63, 102, 240, Matrix::Bt709, false), [255, 1, 0]);
    }

    #[test]
    fn a_plane_that_is_too_short_is_an_error() {
        let planes = [(vec![0; 5], 2), (vec![0; 1], 1), (vec![0; 1], 1)];
        let planes = Planes { width: 2, height: 3, planes };
        let colour = Colour { matrix: Matrix::Bt601, full: false };
        assert_eq!(planes.rgb(colour), Err(VideoError::Corrupt));
    }
}
