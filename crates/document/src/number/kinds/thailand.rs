//! Thailand.

use crate::number::digits::{digits, weighted};
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Status, Why};

/// The number of citizens: kind of person, province and district of registration,
/// serial, check digit.
pub(super) const CITIZEN: NumberKind = NumberKind {
    id: "tha_citizen",
    state: "THA",
    title: "citizen identification number",
    proof: Proof::CheckDigit,
    source: "Bureau of Registration Administration, identification number",
    judge: |number, _| Ok(judged(number, b'1'..=b'8')?.status(Status::Citizen)),
};

/// The pink card of those without Thai nationality: the same, the first digit 0, 6, 7
/// or 8.
pub(super) const PINK_CARD: NumberKind = NumberKind {
    id: "tha_pink_card",
    state: "THA",
    title: "identification number of a person without Thai nationality",
    proof: Proof::CheckDigit,
    source: "Bureau of Registration Administration, identification number",
    judge: |number, _| {
        if matches!(number.as_bytes().first(), Some(b'1'..=b'5')) {
            return Err(Why::Code);
        }
        Ok(judged(number, b'0'..=b'8')?.status(Status::Foreigner))
    },
};

fn judged(number: &str, kinds: std::ops::RangeInclusive<u8>) -> Result<Decoded, Why> {
    if !fits(number, "#{13}") {
        return Err(Why::Form);
    }
    if !kinds.contains(&number.as_bytes()[0]) {
        return Err(Why::Code);
    }
    let values = digits(number).ok_or(Why::Form)?;
    let sum = weighted(&values, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    if values[12] != (11 - sum % 11) % 10 {
        return Err(Why::CheckDigit);
    }
    let code = &number[1..3];
    let name = PROVINCES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    Ok(Decoded::new(number, Proof::CheckDigit).place(&number[1..5], name))
}

const PROVINCES: &[(&str, &str)] = &[
    ("10", "Bangkok"),
    ("11", "Samut Prakan"),
    ("12", "Nonthaburi"),
    ("13", "Pathum Thani"),
    ("14", "Phra Nakhon Si Ayutthaya"),
    ("15", "Ang Thong"),
    ("16", "Lop Buri"),
    ("17", "Sing Buri"),
    ("18", "Chai Nat"),
    ("19", "Saraburi"),
    ("20", "Chon Buri"),
    ("21", "Rayong"),
    ("22", "Chanthaburi"),
    ("23", "Trat"),
    ("24", "Chachoengsao"),
    ("25", "Prachin Buri"),
    ("26", "Nakhon Nayok"),
    ("27", "Sa Kaeo"),
    ("30", "Nakhon Ratchasima"),
    ("31", "Buri Ram"),
    ("32", "Surin"),
    ("33", "Si Sa Ket"),
    ("34", "Ubon Ratchathani"),
    ("35", "Yasothon"),
    ("36", "Chaiyaphum"),
    ("37", "Amnat Charoen"),
    ("38", "Bueng Kan"),
    ("39", "Nong Bua Lam Phu"),
    ("40", "Khon Kaen"),
    ("41", "Udon Thani"),
    ("42", "Loei"),
    ("43", "Nong Khai"),
    ("44", "Maha Sarakham"),
    ("45", "Roi Et"),
    ("46", "Kalasin"),
    ("47", "Sakon Nakhon"),
    ("48", "Nakhon Phanom"),
    ("49", "Mukdahan"),
    ("50", "Chiang Mai"),
    ("51", "Lamphun"),
    ("52", "Lampang"),
    ("53", "Uttaradit"),
    ("54", "Phrae"),
    ("55", "Nan"),
    ("56", "Phayao"),
    ("57", "Chiang Rai"),
    ("58", "Mae Hong Son"),
    ("60", "Nakhon Sawan"),
    ("61", "Uthai Thani"),
    ("62", "Kamphaeng Phet"),
    ("63", "Tak"),
    ("64", "Sukhothai"),
    ("65", "Phitsanulok"),
    ("66", "Phichit"),
    ("67", "Phetchabun"),
    ("70", "Ratchaburi"),
    ("71", "Kanchanaburi"),
    ("72", "Suphan Buri"),
    ("73", "Nakhon Pathom"),
    ("74", "Samut Sakhon"),
    ("75", "Samut Songkhram"),
    ("76", "Phetchaburi"),
    ("77", "Prachuap Khiri Khan"),
    ("80", "Nakhon Si Thammarat"),
    ("81", "Krabi"),
    ("82", "Phang Nga"),
    ("83", "Phuket"),
    ("84", "Surat Thani"),
    ("85", "Ranong"),
    ("86", "Chumphon"),
    ("90", "Songkhla"),
    ("91", "Satun"),
    ("92", "Trang"),
    ("93", "Phatthalung"),
    ("94", "Pattani"),
    ("95", "Yala"),
    ("96", "Narathiwat"),
];
