//! Data groups 1 and 2: the zone and the portrait (Doc 9303-10, 4.7.1 and 4.7.2).

use std::fmt;

use asn1_rs::Class;
use bonafide_context::Date;

use super::asn1::{Malformed, Walk};
use super::sod::whole;
use crate::mrz::{Mrz, parse};

/// The zone of the file `EF.DG1`; `None` if the file is none or its zone is malformed.
pub fn zone(file: &[u8], today: Date) -> Option<Mrz> {
    let group = whole(file).ok()?;
    if group.class != Class::Application || group.tag != 1 {
        return None;
    }
    let value = group.inside().next().ok()?;
    if value.class != Class::Application || value.tag != 31 {
        return None;
    }
    let text = std::str::from_utf8(value.content).ok()?;
    let length = match text.len() {
        90 => 30,
        72 => 36,
        88 => 44,
        _ => return None,
    };
    let lines: Vec<&str> =
        (0..text.len()).step_by(length).filter_map(|at| text.get(at..at + length)).collect();
    parse(&lines, today).ok()
}

/// A portrait as the chip holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChipPortrait<'a> {
    /// The file of the picture.
    pub bytes: &'a [u8],
    /// What kind of file it is, by its first bytes.
    pub format: PortraitFormat,
}

/// The kinds of files in which chips keep portraits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortraitFormat {
    /// JPEG.
    Jpeg,
    /// JPEG 2000, as file or bare code stream.
    Jpeg2000,
}

/// A portrait is personal.
impl fmt::Debug for ChipPortrait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChipPortrait({:?}, {} bytes)", self.format, self.bytes.len())
    }
}

/// The first portrait of the file `EF.DG2`, in the encoding of ISO/IEC 19794-5; `None`
/// if the file is none or holds none.
pub fn portrait(file: &[u8]) -> Option<ChipPortrait<'_>> {
    let group = whole(file).ok()?;
    if group.class != Class::Application || group.tag != 21 {
        return None;
    }
    let record = face_record(group.inside().next().ok()?.inside()).ok()??;
    let bytes = picture_of(record)?;
    let format = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => PortraitFormat::Jpeg,
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => {
            PortraitFormat::Jpeg2000
        }
        _ => return None,
    };
    Some(ChipPortrait { bytes, format })
}

/// The biometric data block (tag 5F2E or 7F2E) of the first template of a group.
fn face_record(mut templates: Walk<'_>) -> Result<Option<&[u8]>, Malformed> {
    while !templates.is_empty() {
        let template = templates.next()?;
        if template.class != Class::Application || template.tag != 0x60 {
            continue;
        }
        let mut parts = template.inside();
        while !parts.is_empty() {
            let part = parts.next()?;
            if part.class == Class::Application && part.tag == 0x2E {
                return Ok(Some(part.content));
            }
        }
    }
    Ok(None)
}

/// The picture of the first face of a record: a header of 14 bytes, 20 of the face, 8
/// for each point of it, 12 of the picture.
fn picture_of(record: &[u8]) -> Option<&[u8]> {
    let header = record.strip_prefix(b"FAC\0")?;
    let face = header.get(10..)?;
    let long = |at: usize| Some(u32::from_be_bytes(face.get(at..at + 4)?.try_into().ok()?));
    let length = usize::try_from(long(0)?).ok()?;
    let points = usize::from(u16::from_be_bytes(face.get(4..6)?.try_into().ok()?));
    let start = 20 + 8 * points + 12;
    face.get(start..length.min(face.len()))
}
