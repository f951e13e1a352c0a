//! The colours that the screen shows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A colour whose three channels are each off or fully on.
///
/// Only these are flashed: the logarithm of a reflected light is an exact affine
/// function of a channel that is 0 or 1, and of no tone in between.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(u8);

impl Colour {
    /// No light.
    pub const BLACK: Self = Self(0);
    /// Full red.
    pub const RED: Self = Self(1);
    /// Full green.
    pub const GREEN: Self = Self(2);
    /// Full blue.
    pub const BLUE: Self = Self(4);
    /// Red and green.
    pub const YELLOW: Self = Self(3);
    /// Red and blue.
    pub const MAGENTA: Self = Self(5);
    /// Green and blue.
    pub const CYAN: Self = Self(6);
    /// All three.
    pub const WHITE: Self = Self(7);

    /// What a sequence is made of: white and black would change no chroma.
    pub const HUES: [Self; 6] =
        [Self::RED, Self::GREEN, Self::BLUE, Self::CYAN, Self::MAGENTA, Self::YELLOW];

    /// The colour whose red, green and blue are on as said.
    pub const fn new(red: bool, green: bool, blue: bool) -> Self {
        Self(red as u8 | (green as u8) << 1 | (blue as u8) << 2)
    }

    /// The opposite: each channel exchanged.
    pub const fn complement(self) -> Self {
        Self(self.0 ^ 7)
    }

    /// Whether red (0), green (1) or blue (2) is on.
    pub const fn is_on(self, channel: usize) -> bool {
        channel < 3 && self.0 >> channel & 1 == 1
    }

    /// Red, green and blue, each 0 or 1.
    pub fn levels(self) -> [f64; 3] {
        [0, 1, 2].map(|channel| f64::from(u8::from(self.is_on(channel))))
    }

    /// Whether it is one of [`Self::HUES`].
    pub fn is_hue(self) -> bool {
        self != Self::BLACK && self != Self::WHITE
    }
}

/// `#rrggbb`, each channel `00` or `ff`.
impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#")?;
        (0..3).try_for_each(|channel| f.write_str(if self.is_on(channel) { "ff" } else { "00" }))
    }
}

impl fmt::Debug for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no colour that is ever flashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #rrggbb, each channel 00 or ff")]
pub struct ColourError;

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        let digits =
            text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(ColourError)?;
        let channel = |at: usize| match digits.get(at..at + 2) {
            Some("00") => Ok(false),
            Some("ff") => Ok(true),
            _ => Err(ColourError),
        };
        Ok(Self::new(channel(0)?, channel(2)?, channel(4)?))
    }
}

impl TryFrom<String> for Colour {
    type Error = ColourError;

    fn try_from(text: String) -> Result<Self, ColourError> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_survives_its_text_and_no_other_text_is_one() {
        for bits in 0..8 {
            let colour = Colour(bits);
            assert_eq!(colour.to_string().parse(), Ok(colour));
            assert_eq!(colour.complement().complement(), colour);
        }
        assert_eq!(Colour::CYAN.to_string(), "#00ffff");
        for text in ["", "#", "00ffff", "#00fff", "#00FFFF", "#0080ff", "#00ffff0", "#é00ff"] {
            assert_eq!(text.parse::<Colour>(), Err(ColourError), "{text}");
        }
    }

    #[test]
    fn the_six_hues_are_all_but_black_and_white() {
        assert_eq!((0..8).filter(|bits| Colour(*bits).is_hue()).count(), 6);
        assert!(Colour::HUES.iter().all(|hue| hue.is_hue()));
    }
}
