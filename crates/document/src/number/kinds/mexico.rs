//! Mexico.

use bonafide_context::Date;

use crate::mrz::Sex;
use crate::number::digits::day_of;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The CURP: letters of the name, birthday, sex, state of birth, consonants, a
/// character against twins that tells the century, a check digit.
pub(super) const CURP: NumberKind = NumberKind {
    id: "mex_curp",
    state: "MEX",
    title: "CURP",
    proof: Proof::CheckDigit,
    source: "RENAPO, Instructivo normativo para la asignación de la CURP (DOF 2006-10-18)",
    judge: curp,
};

fn curp(number: &str, today: Date) -> Result<Decoded, Why> {
    let plain = number.replace('Ñ', "X");
    if !fits(&plain, "@{4}#{6}@{6}?#") {
        return Err(Why::Form);
    }
    let sum: usize = number
        .chars()
        .take(17)
        .zip((2..=18).rev())
        .map(|(c, weight)| ALPHABET.chars().position(|known| known == c).unwrap_or(0) * weight)
        .sum();
    if plain[17..] != ((10 - sum % 10) % 10).to_string() {
        return Err(Why::CheckDigit);
    }
    // A digit for those born until 1999, a letter since.
    let century = if plain.as_bytes()[16].is_ascii_digit() { "19" } else { "20" };
    let birth = day_of(&format!("{century}{}", &plain[4..10]), today)?;
    let sex = match &plain[10..11] {
        "H" => Sex::Male,
        "M" => Sex::Female,
        "X" => Sex::Unspecified,
        _ => return Err(Why::Code),
    };
    let code = &plain[11..13];
    let (_, name) = STATES.iter().find(|(known, _)| *known == code).ok_or(Why::Code)?;
    Ok(Decoded::new(number, Proof::CheckDigit).birth(Some(birth)).sex(sex).place(code, Some(name)))
}

/// The value of a character is its place here.
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";

const STATES: &[(&str, &str)] = &[
    ("AS", "Aguascalientes"),
    ("BC", "Baja California"),
    ("BS", "Baja California Sur"),
    ("CC", "Campeche"),
    ("CL", "Coahuila"),
    ("CM", "Colima"),
    ("CS", "Chiapas"),
    ("CH", "Chihuahua"),
    ("DF", "Ciudad de México"),
    ("DG", "Durango"),
    ("GT", "Guanajuato"),
    ("GR", "Guerrero"),
    ("HG", "Hidalgo"),
    ("JC", "Jalisco"),
    ("MC", "México"),
    ("MN", "Michoacán"),
    ("MS", "Morelos"),
    ("NT", "Nayarit"),
    ("NL", "Nuevo León"),
    ("OC", "Oaxaca"),
    ("PL", "Puebla"),
    ("QT", "Querétaro"),
    ("QR", "Quintana Roo"),
    ("SP", "San Luis Potosí"),
    ("SL", "Sinaloa"),
    ("SR", "Sonora"),
    ("TC", "Tabasco"),
    ("TS", "Tamaulipas"),
    ("TL", "Tlaxcala"),
    ("VZ", "Veracruz"),
    ("YN", "Yucatán"),
    ("ZS", "Zacatecas"),
    ("NE", "outside Mexico"),
];
