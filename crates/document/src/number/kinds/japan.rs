//! Japan.

use crate::number::digits::{digits, weighted};
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The individual number: eleven digits and a check digit. It stands on the back of
/// the card, and the law lets only few keep it.
pub(super) const MY_NUMBER: NumberKind = NumberKind {
    id: "jpn_my_number",
    state: "JPN",
    title: "individual number",
    proof: Proof::CheckDigit,
    source: "Ordinance 85 of 2014 of the Ministry of Internal Affairs, article 5",
    judge: |number, _| my_number(number),
};

/// The number of a driving licence: commission that gave the first one, its year,
/// serial, a check digit whose rule is not public, and how often it was reissued.
pub(super) const LICENCE: NumberKind = NumberKind {
    id: "jpn_driving_licence",
    state: "JPN",
    title: "driving licence number",
    proof: Proof::Structure,
    source: "National Police Agency, codes of the public safety commissions",
    judge: |number, _| licence(number),
};

/// The number of a foreign resident's card.
pub(super) const RESIDENCE_CARD: NumberKind = NumberKind {
    id: "jpn_residence_card",
    state: "JPN",
    title: "residence card number",
    proof: Proof::Form,
    source: "Immigration Services Agency, residence card",
    judge: |number, _| {
        if fits(number, "@@#{8}@@") {
            Ok(Decoded::new(number, Proof::Form))
        } else {
            Err(Why::Form)
        }
    },
};

fn my_number(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "#{12}") {
        return Err(Why::Form);
    }
    let values = digits(number).ok_or(Why::Form)?;
    let rest = weighted(&values, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest <= 1 { 0 } else { 11 - rest };
    if values[11] != check {
        return Err(Why::CheckDigit);
    }
    Ok(Decoded::new(number, Proof::CheckDigit))
}

fn licence(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "#{12}") {
        return Err(Why::Form);
    }
    let code = &number[..2];
    let commission = COMMISSIONS.iter().find(|(known, _)| *known == code);
    let (_, name) = commission.ok_or(Why::Code)?;
    Ok(Decoded::new(number, Proof::Structure).place(code, Some(name)))
}

const COMMISSIONS: &[(&str, &str)] = &[
    ("10", "Hokkaido (Sapporo)"),
    ("11", "Hokkaido (Hakodate)"),
    ("12", "Hokkaido (Asahikawa)"),
    ("13", "Hokkaido (Kushiro)"),
    ("14", "Hokkaido (Kitami)"),
    ("20", "Aomori"),
    ("21", "Iwate"),
    ("22", "Miyagi"),
    ("23", "Akita"),
    ("24", "Yamagata"),
    ("25", "Fukushima"),
    ("30", "Tokyo"),
    ("40", "Ibaraki"),
    ("41", "Tochigi"),
    ("42", "Gunma"),
    ("43", "Saitama"),
    ("44", "Chiba"),
    ("45", "Kanagawa"),
    ("46", "Niigata"),
    ("47", "Yamanashi"),
    ("48", "Nagano"),
    ("49", "Shizuoka"),
    ("50", "Toyama"),
    ("51", "Ishikawa"),
    ("52", "Fukui"),
    ("53", "Gifu"),
    ("54", "Aichi"),
    ("55", "Mie"),
    ("60", "Shiga"),
    ("61", "Kyoto"),
    ("62", "Osaka"),
    ("63", "Hyogo"),
    ("64", "Nara"),
    ("65", "Wakayama"),
    ("70", "Tottori"),
    ("71", "Shimane"),
    ("72", "Okayama"),
    ("73", "Hiroshima"),
    ("74", "Yamaguchi"),
    ("80", "Tokushima"),
    ("81", "Kagawa"),
    ("82", "Ehime"),
    ("83", "Kochi"),
    ("90", "Fukuoka"),
    ("91", "Saga"),
    ("92", "Nagasaki"),
    ("93", "Kumamoto"),
    ("94", "Oita"),
    ("95", "Miyazaki"),
    ("96", "Kagoshima"),
    ("97", "Okinawa"),
];
