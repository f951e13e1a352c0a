//! What kind of document it is.

use crate::DocumentType;
use crate::mrz::{Format, Mrz};
use crate::viz::VizLine;
use crate::viz::fold::letters_and_digits;

/// By the document code of the zone (Doc 9303-4 to -7). `IR` and `AR` are the
/// codes that states print on residence permits; the second letter is theirs
/// to choose.
pub(crate) fn kind_of_mrz(mrz: &Mrz) -> DocumentType {
    let mut code = mrz.document_code.chars();
    match (mrz.format, code.next(), code.next()) {
        (Format::MrvA | Format::MrvB, ..) | (_, Some('V'), _) => DocumentType::Visa,
        (Format::Td3, ..) | (_, Some('P'), _) => DocumentType::Passport,
        (_, Some('A'), Some('C')) => DocumentType::CrewCertificate,
        (_, Some('I' | 'A'), Some('R')) => DocumentType::ResidencePermit,
        (_, Some('A' | 'C' | 'I'), _) => DocumentType::IdCard,
        _ => DocumentType::Unknown,
    }
}

/// Titles without spaces, the more telling first.
const TITLES: &[(DocumentType, &[&str])] = &[
    (
        DocumentType::DrivingLicence,
        &[
            "DRIVERLICENSE",
            "DRIVINGLICEN",
            "DRIVERSLICEN",
            "PERMISDECONDUIRE",
            "FUHRERSCHEIN",
            "PERMISODECONDUCCION",
            "PATENTEDIGUIDA",
            "DRIVERLICENCE",
        ],
    ),
    (
        DocumentType::ResidencePermit,
        &[
            "PERMANENTRESIDENT",
            "RESIDENCEPERMIT",
            "TITREDESEJOUR",
            "AUFENTHALTSTITEL",
            "PERMISODERESIDENCIA",
            "PERMESSODISOGGIORNO",
        ],
    ),
    (
        DocumentType::IdCard,
        &[
            "IDENTITYCARD",
            "CARTENATIONALEDIDENTITE",
            "CARTEDIDENTITE",
            "PERSONALAUSWEIS",
            "DOCUMENTONACIONALDEIDENTIDAD",
            "CARTADIDENTITA",
            "LETERNJOFTIM",
            "OSOBNAISKAZNICA",
            "CARTAODECIDADAO",
            "DOWODOSOBISTY",
            "NATIONALID",
        ],
    ),
    (
        DocumentType::Passport,
        &["PASSPORT", "PASSEPORT", "PASAPORTE", "REISEPASS", "PASSAPORTO", "PASZPORT", "PASPOORT"],
    ),
    (DocumentType::Visa, &["VISA"]),
];

/// By the titles printed on it.
pub(crate) fn kind_of_text(lines: &[VizLine]) -> DocumentType {
    let keys: Vec<String> = lines.iter().map(|line| letters_and_digits(&line.text)).collect();
    TITLES
        .iter()
        .find(|(kind, titles)| {
            titles.iter().any(|title| {
                keys.iter().any(|key| {
                    if *kind == DocumentType::Visa { key == title } else { key.contains(title) }
                })
            })
        })
        .map_or(DocumentType::Unknown, |(kind, _)| *kind)
}
