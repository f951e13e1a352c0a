//! The secure QR code of India's Aadhaar: a big decimal number of gzip-compressed
//! fields, a small picture, and UIDAI's signature over both.
//!
//! After UIDAI, User manual for the QR code reader (versions V1 without, V2 with a mark).
//! The code holds the last four digits of the number only, and hashes of mobile number
//! and e-mail address, which are not kept here.

use std::io::Read;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use num_bigint::BigUint;
use x509_parser::pem::Pem;

use super::{Holder, Order, PayloadError, day, some};
use crate::check::Outcome;
use crate::mrz::Sex;

/// What a code says.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// Last four digits of the Aadhaar number.
    pub last_digits: String,
    /// Who holds it; `number` is empty, the whole name is in `given_names`.
    pub holder: Holder,
    /// The small picture of the holder, JPEG 2000; empty if there is none.
    pub portrait: Vec<u8>,
    /// Whether UIDAI signed it.
    pub signed: Outcome,
}

/// Values are personal.
impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Card(signed: {:?})", self.signed)
    }
}

/// The key by which UIDAI signs.
#[derive(Clone)]
pub struct Key(Vec<u8>);

/// A certificate that holds no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the file is no certificate of an RSA key: download UIDAI's certificate for offline verification, as .cer or .pem"
)]
pub struct KeyError;

impl Key {
    /// From UIDAI's certificate, in PEM or DER.
    pub fn of_certificate(file: &[u8]) -> Result<Self, KeyError> {
        let pem = Pem::iter_from_buffer(file).next().and_then(Result::ok);
        let der = pem.map_or_else(|| file.to_vec(), |pem| pem.contents);
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).map_err(|_| KeyError)?;
        let info = certificate.public_key();
        match info.parsed() {
            Ok(x509_parser::public_key::PublicKey::RSA(_)) => {
                Ok(Self(info.subject_public_key.data.to_vec()))
            }
            _ => Err(KeyError),
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({} bytes)", self.0.len())
    }
}

/// The largest QR code holds 7,089 digits.
const MOST_DIGITS: usize = 7_089;
/// What comes out of one is a few kilobytes.
const MOST_BYTES: u64 = 64 << 10;
/// Bytes of the signature, at the end.
const SIGNATURE: usize = 256;
const PARTING: u8 = 255;

/// Reads the digits of a code; without a key the signature is `unavailable`.
pub fn parse(text: &str, key: Option<&Key>) -> Result<Card, PayloadError> {
    let text = text.trim();
    if text.len() > MOST_DIGITS {
        return Err(PayloadError::TooLong);
    }
    if text.len() < LEAST_DIGITS || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(PayloadError::Foreign);
    }
    let number = BigUint::parse_bytes(text.as_bytes(), 10).ok_or(PayloadError::Foreign)?;
    let packed = number.to_bytes_be();
    if !packed.starts_with(&[0x1F, 0x8B]) {
        return Err(PayloadError::Foreign);
    }
    let mut bytes = Vec::new();
    let unpacked =
        flate2::read::GzDecoder::new(&packed[..]).take(MOST_BYTES + 1).read_to_end(&mut bytes);
    if unpacked.is_err() {
        return Err(PayloadError::Garbled);
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(PayloadError::TooLong);
    }
    let body = bytes.len().checked_sub(SIGNATURE).ok_or(PayloadError::Garbled)?;
    let (signed, signature) = bytes.split_at(body);
    let outcome = match key {
        None => Outcome::Unavailable,
        Some(key) => {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.0);
            if key.verify(signed, signature).is_ok() { Outcome::Agree } else { Outcome::Differ }
        }
    };
    card(signed, outcome)
}

/// Shorter numbers hold no signature.
const LEAST_DIGITS: usize = 600;

fn card(bytes: &[u8], signed: Outcome) -> Result<Card, PayloadError> {
    let mut rest = bytes;
    let mut next = || -> Result<String, PayloadError> {
        let end = rest.iter().position(|b| *b == PARTING).ok_or(PayloadError::Garbled)?;
        let field = rest[..end].iter().map(|b| char::from(*b)).collect();
        rest = &rest[end + 1..];
        Ok(field)
    };
    let mut first = next()?;
    // Later versions say theirs first.
    if first.len() == 2 && first.starts_with('V') {
        first = next()?;
    }
    // Bits for hashes of e-mail address (1) and mobile number (2), which follow the picture.
    let hashes: u8 = first.parse().ok().filter(|bits| *bits <= 3).ok_or(PayloadError::Garbled)?;
    let reference = next()?;
    let last_digits = reference.get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let last_digits = last_digits.ok_or(PayloadError::Garbled)?.to_owned();
    let (name, birth, sex) = (next()?, next()?, next()?);
    let address: Vec<String> = (0..11).map(|_| next()).collect::<Result<_, _>>()?;
    let hashed = HASH * hashes.count_ones() as usize;
    let portrait = rest.len().checked_sub(hashed).map(|end| rest[..end].to_vec());
    let birth = birth.replace(['-', '/'], "");
    Ok(Card {
        last_digits,
        holder: Holder {
            given_names: Some(some(&name).ok_or(PayloadError::Garbled)?),
            birth: day(&birth, Order::Day).or_else(|| day(&birth, Order::Year)),
            sex: match sex.as_str() {
                "M" => Some(Sex::Male),
                "F" => Some(Sex::Female),
                "T" => Some(Sex::Unspecified),
                _ => None,
            },
            address: some(&in_order(&address)),
            ..Holder::default()
        },
        portrait: portrait.ok_or(PayloadError::Garbled)?,
        signed,
    })
}

/// Bytes of a hash.
const HASH: usize = 32;

/// The address from the house to the state: care of, house, street, landmark, locality,
/// town, sub-district, district, state, postal code.
fn in_order(parts: &[String]) -> String {
    // As they come: care of, district, landmark, house, locality, postal code, post
    // office, state, street, sub-district, town.
    const ORDER: [usize; 11] = [0, 3, 8, 2, 4, 10, 6, 9, 1, 7, 5];
    let parts = ORDER.iter().filter_map(|at| parts.get(*at)).map(|part| part.trim());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
    use bonafide_context::Date;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    fn digits(bytes: &[u8]) -> String {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).unwrap();
        BigUint::from_bytes_be(&packed.finish().unwrap()).to_string()
    }

    fn body(bits: &str) -> Vec<u8> {
        let fields = [
            "V2",
            bits,
            "234620260101120000123",
            "Anil Namuna",
            "15-01-1990",
            "M",
            "C/O Ram Namuna",
            "Pune",
            "near the well",
            "12",
            "Kothrud",
            "411038",
            "Kothrud",
            "Maharashtra",
            "MG Road",
            "Haveli",
            "Pune City",
        ];
        let mut bytes = Vec::new();
        for field in fields {
            bytes.extend(field.bytes());
            bytes.push(PARTING);
        }
        bytes.extend([0xFF, 0x4F, 0xFF, 0x51, 1, 2, 3]);
        let bits: u8 = bits.parse().unwrap();
        // Hashes do not compress, as the signature does not.
        bytes.extend((0..bits.count_ones() * 32).map(|at| (at * 89 + 7) as u8));
        bytes
    }

    fn signed() -> (String, Key) {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let mut bytes = body("3");
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &bytes, &mut signature).unwrap();
        bytes.extend(signature);
        (digits(&bytes), Key(pair.public_key().as_ref().to_vec()))
    }

    #[test]
    fn a_signed_code() {
        let (text, key) = signed();
        let card = parse(&text, Some(&key)).unwrap();
        assert_eq!(card.signed, Outcome::Agree);
        assert_eq!(card.last_digits, "2346");
        assert_eq!(card.portrait, [0xFF, 0x4F, 0xFF, 0x51, 1, 2, 3]);
        let holder = card.holder;
        assert_eq!(holder.given_names.as_deref(), Some("Anil Namuna"));
        assert_eq!(holder.birth, Date::new(1990, 1, 15).ok());
        assert_eq!(holder.sex, Some(Sex::Male));
        let address = "C/O Ram Namuna, 12, MG Road, near the well, Kothrud, Pune City, Kothrud, Haveli, Pune, Maharashtra, 411038";
        assert_eq!(holder.address.as_deref(), Some(address));
    }

    #[test]
    fn unknown_is_never_signed() {
        let (text, key) = signed();
        let (_, other) = signed();
        assert_eq!(parse(&text, None).unwrap().signed, Outcome::Unavailable);
        assert_eq!(parse(&text, Some(&other)).unwrap().signed, Outcome::Differ);
        let mut forged = body("3");
        forged[30] ^= 1;
        forged.extend((0..SIGNATURE as u32).map(|at| (at * at * 31 + at * 7) as u8));
        assert_eq!(parse(&digits(&forged), Some(&key)).unwrap().signed, Outcome::Differ);
    }

    #[test]
    fn a_code_that_unpacks_to_more_than_a_card_is_refused() {
        // Two megabytes of nothing in a code that a phone reads.
        let text = digits(&vec![0; 2 << 20]);
        assert!(text.len() <= MOST_DIGITS, "{}", text.len());
        assert_eq!(parse(&text, None).unwrap_err(), PayloadError::TooLong);
    }

    #[test]
    fn what_is_none_and_what_is_garbled() {
        assert_eq!(parse("", None).unwrap_err(), PayloadError::Foreign);
        assert_eq!(parse(&"9".repeat(900), None).unwrap_err(), PayloadError::Foreign);
        assert_eq!(parse(&"1".repeat(100_000), None).unwrap_err(), PayloadError::TooLong);
        let (text, _) = signed();
        let cut = BigUint::parse_bytes(text.as_bytes(), 10).unwrap().to_bytes_be();
        let cut = BigUint::from_bytes_be(&cut[..cut.len() - 40]).to_string();
        assert_eq!(parse(&cut, None).unwrap_err(), PayloadError::Garbled);
    }

    #[test]
    fn a_certificate_that_is_none_is_no_key() {
        assert_eq!(Key::of_certificate(b"hello").unwrap_err(), KeyError);
        let chip = include_bytes!("../../tests/chip/sod_rsa.bin");
        assert_eq!(Key::of_certificate(chip).unwrap_err(), KeyError);
    }

    proptest! {
        #[test]
        fn no_fields_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "[0-9]{0,30}") {
            let _ = card(&bytes, Outcome::Unavailable);
            let _ = parse(&text, None);
            let _ = parse(&digits(&[bytes, vec![3; 300]].concat()), None);
        }
    }
}
