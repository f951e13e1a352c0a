//! Vietnam.

use bonafide_context::Date;

use crate::mrz::Sex;
use crate::number::digits::year_of;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Status, Why};

/// The personal number on CCCD and căn cước: place of first registration, century and
/// sex, year of birth, six digits.
pub(super) const CITIZEN: NumberKind = NumberKind {
    id: "vnm_citizen",
    state: "VNM",
    title: "personal identification number",
    proof: Proof::Structure,
    source: "Decree 137/2015/ND-CP, article 13; Circular 59/2021/TT-BCA",
    judge: citizen,
};

/// The nine digits of identity cards of before 2016.
pub(super) const IDENTITY_CARD: NumberKind = NumberKind {
    id: "vnm_identity_card",
    state: "VNM",
    title: "identity card number (nine digits)",
    proof: Proof::Form,
    source: "Decree 05/1999/ND-CP",
    judge: |number, _| {
        if fits(number, "#{9}") {
            Ok(Decoded::new(number, Proof::Form).status(Status::Citizen))
        } else {
            Err(Why::Form)
        }
    },
};

fn citizen(number: &str, today: Date) -> Result<Decoded, Why> {
    if !fits(number, "#{12}") {
        return Err(Why::Form);
    }
    let code = &number[..3];
    let (_, name) = PROVINCES.iter().find(|(known, _)| *known == code).ok_or(Why::Code)?;
    let mark = i32::from(number.as_bytes()[3] - b'0');
    let two: i32 = number[4..6].parse().map_err(|_| Why::Form)?;
    let birth = year_of(1900 + 100 * (mark / 2) + two, today)?;
    Ok(Decoded::new(number, Proof::Structure)
        .birth(Some(birth))
        .sex(if mark % 2 == 0 { Sex::Male } else { Sex::Female })
        .place(code, Some(name))
        .status(Status::Citizen))
}

/// As of before the mergers of 2025; numbers given out before keep their codes.
const PROVINCES: &[(&str, &str)] = &[
    ("001", "Hà Nội"),
    ("002", "Hà Giang"),
    ("004", "Cao Bằng"),
    ("006", "Bắc Kạn"),
    ("008", "Tuyên Quang"),
    ("010", "Lào Cai"),
    ("011", "Điện Biên"),
    ("012", "Lai Châu"),
    ("014", "Sơn La"),
    ("015", "Yên Bái"),
    ("017", "Hòa Bình"),
    ("019", "Thái Nguyên"),
    ("020", "Lạng Sơn"),
    ("022", "Quảng Ninh"),
    ("024", "Bắc Giang"),
    ("025", "Phú Thọ"),
    ("026", "Vĩnh Phúc"),
    ("027", "Bắc Ninh"),
    ("030", "Hải Dương"),
    ("031", "Hải Phòng"),
    ("033", "Hưng Yên"),
    ("034", "Thái Bình"),
    ("035", "Hà Nam"),
    ("036", "Nam Định"),
    ("037", "Ninh Bình"),
    ("038", "Thanh Hóa"),
    ("040", "Nghệ An"),
    ("042", "Hà Tĩnh"),
    ("044", "Quảng Bình"),
    ("045", "Quảng Trị"),
    ("046", "Thừa Thiên Huế"),
    ("048", "Đà Nẵng"),
    ("049", "Quảng Nam"),
    ("051", "Quảng Ngãi"),
    ("052", "Bình Định"),
    ("054", "Phú Yên"),
    ("056", "Khánh Hòa"),
    ("058", "Ninh Thuận"),
    ("060", "Bình Thuận"),
    ("062", "Kon Tum"),
    ("064", "Gia Lai"),
    ("066", "Đắk Lắk"),
    ("067", "Đắk Nông"),
    ("068", "Lâm Đồng"),
    ("070", "Bình Phước"),
    ("072", "Tây Ninh"),
    ("074", "Bình Dương"),
    ("075", "Đồng Nai"),
    ("077", "Bà Rịa - Vũng Tàu"),
    ("079", "Thành phố Hồ Chí Minh"),
    ("080", "Long An"),
    ("082", "Tiền Giang"),
    ("083", "Bến Tre"),
    ("084", "Trà Vinh"),
    ("086", "Vĩnh Long"),
    ("087", "Đồng Tháp"),
    ("089", "An Giang"),
    ("091", "Kiên Giang"),
    ("092", "Cần Thơ"),
    ("093", "Hậu Giang"),
    ("094", "Sóc Trăng"),
    ("095", "Bạc Liêu"),
    ("096", "Cà Mau"),
];
