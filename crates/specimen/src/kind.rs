//! What can be rendered.

use bonafide_document::mrz::Format;

/// A kind of document, after the sizes of ICAO Doc 9303.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Data page of a passport book (TD3).
    Passport,
    /// Front of an identity card (TD1): no machine-readable zone.
    IdCardFront,
    /// Back of the same card, with the zone.
    IdCardBack,
    /// Large identity card (TD2).
    LargeCard,
    /// Visa of format A.
    VisaA,
    /// Visa of format B.
    VisaB,
    /// Card with the zone of the French national card of 1988 to 2021.
    FrenchCard,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Passport,
        Self::IdCardFront,
        Self::IdCardBack,
        Self::LargeCard,
        Self::VisaA,
        Self::VisaB,
        Self::FrenchCard,
    ];

    /// A short name for files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::IdCardFront => "id_card_front",
            Self::IdCardBack => "id_card_back",
            Self::LargeCard => "large_card",
            Self::VisaA => "visa_a",
            Self::VisaB => "visa_b",
            Self::FrenchCard => "french_card",
        }
    }

    /// Width and height in millimetres.
    pub fn size_mm(self) -> (f32, f32) {
        match self {
            Self::Passport => (125.0, 88.0),
            Self::IdCardFront | Self::IdCardBack => (85.6, 53.98),
            Self::VisaA => (120.0, 80.0),
            Self::LargeCard | Self::VisaB | Self::FrenchCard => (105.0, 74.0),
        }
    }

    /// The format of its machine-readable zone; for the front of a card the
    /// format of its back.
    pub fn format(self) -> Format {
        match self {
            Self::Passport => Format::Td3,
            Self::IdCardFront | Self::IdCardBack => Format::Td1,
            Self::LargeCard => Format::Td2,
            Self::VisaA => Format::MrvA,
            Self::VisaB => Format::MrvB,
            Self::FrenchCard => Format::FrenchId,
        }
    }

    /// Whether the zone is printed on this side.
    pub fn shows_mrz(self) -> bool {
        self != Self::IdCardFront
    }

    /// The document code of its zone.
    pub(crate) fn document_code(self) -> &'static str {
        match self {
            Self::Passport => "P",
            Self::IdCardFront | Self::IdCardBack | Self::LargeCard => "I",
            Self::FrenchCard => "ID",
            Self::VisaA | Self::VisaB => "V",
        }
    }

    /// What the page calls itself, in English and a second language.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Passport => "PASSPORT / PASSEPORT",
            Self::VisaA | Self::VisaB => "VISA",
            _ => "IDENTITY CARD / CARTE D'IDENTITÉ",
        }
    }
}
