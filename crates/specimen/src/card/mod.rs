//! Cards of real states with fictitious people: the structure of the document,
//! none of its artwork. A layout is a file below `crates/specimen/layouts`.

mod layout;
mod people;
mod print;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use bonafide_context::{Date, Random};
use bonafide_media::Picture;
use serde::Serialize;

pub use layout::{CardLayout, Layouts, Side};
pub use people::Holding;

use crate::render::photograph;
use crate::scene::{self, Placed};
use crate::{Conditions, Fonts, SpecimenError};

/// How many looks a layout has: sizes, distances, colours and fonts that differ.
pub const LOOKS: u64 = 6;

/// Whether a look is kept out of tuning: every third.
pub const fn is_held_out(look: u64) -> bool {
    look % 3 == 2
}

/// A rendered side of a card and what it shows.
#[derive(Clone, Debug)]
pub struct Card {
    /// What the camera gives.
    pub picture: Picture,
    /// What it shows.
    pub truth: CardTruth,
}

/// What a rendered side really shows.
#[derive(Clone, PartialEq, Serialize)]
pub struct CardTruth {
    /// Name of the document type.
    pub document_type: String,
    /// `front` or `back`.
    pub side: String,
    /// Which of the layout's looks.
    pub look: u64,
    /// What the side prints, by the names that answers use; dates in ISO 8601.
    pub fields: BTreeMap<String, String>,
}

/// Personal values are not printed, even where the person is made up.
impl std::fmt::Debug for CardTruth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardTruth")
            .field("document_type", &self.document_type)
            .field("side", &self.side)
            .field("look", &self.look)
            .finish_non_exhaustive()
    }
}

/// Prints one side of a card for a person and takes its picture.
///
/// The same arguments and the same state of `random` give the same pixels; a
/// holder is the same on both sides for the same `holding`.
#[expect(clippy::too_many_arguments, reason = "a picture of a card has this many circumstances")]
pub fn render_card(
    layout: &CardLayout,
    side: &Side,
    holding: &Holding,
    look: u64,
    portrait: &Picture,
    fonts: &Fonts,
    conditions: &Conditions,
    random: &mut dyn Random,
) -> Result<Card, SpecimenError> {
    conditions.check()?;
    let (width, height) = layout.size_mm;
    let quad = scene::corners(conditions, width / height)?;
    let [a, b, c, d] = quad.0;
    let across = a.distance(b).max(d.distance(c)) / width;
    let down = a.distance(d).max(b.distance(c)) / height;
    let scale = across.max(down).clamp(1.0, 40.0);
    let canvas = print::print(layout, side, holding, look, portrait, fonts, scale, random)?;
    let placed = Placed { page: &canvas.picture, quad, corner: 3.0 * scale };
    let picture = photograph(&[placed], conditions, random)?;
    let fields = side
        .truth
        .iter()
        .filter_map(|name| Some((name.clone(), holding.value(name)?.to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let truth = CardTruth {
        document_type: layout.document_type.clone(),
        side: side.name.clone(),
        look,
        fields,
    };
    Ok(Card { picture, truth })
}

impl CardLayout {
    /// A made-up holder of this card.
    pub fn holding(&self, today: Date, random: &mut dyn Random) -> Holding {
        people::holding(&self.state, today, random)
    }
}
