//! What is printed where.

use serde::Deserialize;

use crate::SpecimenError;

/// The layouts' files.
const FILES: &[&str] = &[
    include_str!("../../layouts/chn_resident_id.toml"),
    include_str!("../../layouts/hkg_id.toml"),
    include_str!("../../layouts/idn_ktp.toml"),
    include_str!("../../layouts/mac_id.toml"),
    include_str!("../../layouts/mys_mykad.toml"),
    include_str!("../../layouts/phl_philsys.toml"),
    include_str!("../../layouts/sgp_nric.toml"),
    include_str!("../../layouts/twn_id.toml"),
];

/// Every layout.
#[derive(Clone, Debug)]
pub struct Layouts(Vec<CardLayout>);

impl Layouts {
    /// The layouts of this build.
    pub fn built_in() -> Result<Self, SpecimenError> {
        let parse = |text: &&str| toml::from_str(text).map_err(|_| SpecimenError::Layout);
        FILES.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &CardLayout> {
        self.0.iter()
    }

    /// The layout of a document type.
    pub fn of(&self, document_type: &str) -> Option<&CardLayout> {
        self.iter().find(|layout| layout.document_type == document_type)
    }
}

/// The layout of one document type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardLayout {
    /// Name of the type.
    pub document_type: String,
    /// Whose people hold it.
    pub(crate) state: String,
    /// Width and height in millimetres.
    pub(crate) size_mm: (f32, f32),
    /// Colours of the paper.
    pub(crate) papers: Vec<[u8; 3]>,
    /// Its sides; a type with several editions has each side several times.
    #[serde(rename = "side")]
    pub sides: Vec<Side>,
}

/// One side of one edition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// `front` or `back`.
    pub name: String,
    /// Which edition, where there are several.
    #[serde(default)]
    pub edition: String,
    /// Place of the portrait: left, top, width, height.
    pub(crate) portrait: Option<[f32; 4]>,
    /// Place of its small repetition.
    pub(crate) ghost: Option<[f32; 4]>,
    /// Fields printed on this side, by the names that answers use.
    pub(crate) truth: Vec<String>,
    /// Texts.
    pub(crate) print: Vec<Print>,
}

impl Side {
    /// A number of its own for each side of each edition, so that their pictures
    /// differ.
    pub fn print_seed(&self) -> u64 {
        let text = self.name.bytes().chain(self.edition.bytes());
        text.fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % (1 << 40))
    }
}

/// One text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Print {
    /// What it says; `{name}` stands for a value of the holder. A text with a
    /// value that the holder does not have is left out.
    pub(crate) text: String,
    /// Left end of its base line.
    pub(crate) at: (f32, f32),
    /// Height of its letters' square.
    pub(crate) em: f32,
    /// In the colour of values, labels or red.
    #[serde(default)]
    pub(crate) ink: Colour,
    #[serde(default)]
    pub(crate) font: Face,
    /// Longest line; the rest goes on below.
    pub(crate) wrap: Option<f32>,
    /// Step between such lines.
    #[serde(default)]
    pub(crate) leading: f32,
    /// Space between characters.
    #[serde(default)]
    pub(crate) spread: f32,
}

/// What a text is printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Colour {
    #[default]
    Value,
    Label,
    Red,
}

/// Which face a text is printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Face {
    /// Han characters or Latin sans serif, by character.
    #[default]
    Sans,
    /// OCR-B.
    OcrB,
}
