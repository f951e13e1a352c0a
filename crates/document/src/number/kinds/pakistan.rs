//! Pakistan.

use crate::mrz::Sex;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The number of CNIC and NICOP: five digits of the place of registration, seven of a
/// serial, one that is odd for men.
pub(super) const CNIC: NumberKind = NumberKind {
    id: "pak_cnic",
    state: "PAK",
    title: "CNIC",
    proof: Proof::Structure,
    source: "National Database and Registration Authority, CNIC",
    judge: |number, _| cnic(number),
};

fn cnic(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "#{13}") {
        return Err(Why::Form);
    }
    let name = match number.as_bytes()[0] {
        b'1' => "Khyber Pakhtunkhwa",
        b'2' => "Federally Administered Tribal Areas",
        b'3' => "Punjab",
        b'4' => "Sindh",
        b'5' => "Balochistan",
        b'6' => "Islamabad",
        b'7' => "Gilgit-Baltistan",
        b'8' => "Azad Jammu and Kashmir",
        b'9' => "outside Pakistan",
        _ => return Err(Why::Code),
    };
    let odd = matches!(number.as_bytes()[12], b'1' | b'3' | b'5' | b'7' | b'9');
    Ok(Decoded::new(number, Proof::Structure)
        .sex(if odd { Sex::Male } else { Sex::Female })
        .place(&number[..5], Some(name)))
}
