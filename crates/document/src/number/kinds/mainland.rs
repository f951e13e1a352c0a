//! Mainland China.

use bonafide_context::Date;

use crate::mrz::Sex;
use crate::number::digits::day_of;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Status, Why};

/// The citizen's number of GB 11643: six digits of the region, birthday, three of a
/// serial (odd for men), and a check character after ISO 7064 MOD 11-2. The residence
/// permit for people of Hong Kong, Macao and Taiwan has the same form.
pub(super) const RESIDENT: NumberKind = NumberKind {
    id: "chn_resident",
    state: "CHN",
    title: "citizen identity number",
    proof: Proof::CheckDigit,
    source: "GB 11643-1999; regions after GB/T 2260",
    judge: resident,
};

/// The number of the foreign permanent resident's card: since 2023 eighteen characters
/// that begin with 9, before that three letters and twelve digits.
pub(super) const PERMANENT_RESIDENT: NumberKind = NumberKind {
    id: "chn_permanent_resident",
    state: "CHN",
    title: "foreign permanent resident number",
    proof: Proof::CheckDigit,
    source: "National Immigration Administration, card of 2017 and of 2023",
    judge: permanent_resident,
};

/// The permit of Chinese residents of Hong Kong (`H`) and Macao (`M`) to enter the
/// Mainland: eight digits, on older ones ten.
pub(super) const HOME_RETURN_PERMIT: NumberKind = NumberKind {
    id: "chn_home_return_permit",
    state: "CHN",
    title: "mainland travel permit number (Hong Kong, Macao)",
    proof: Proof::Structure,
    source: "National Immigration Administration, permit of 2013",
    judge: |number, _| {
        if !fits(number, "@#{8}|@#{10}") {
            return Err(Why::Form);
        }
        let region = match &number[..1] {
            "H" => "Hong Kong",
            "M" => "Macao",
            _ => return Err(Why::Code),
        };
        let permit = Decoded::new(number, Proof::Structure);
        Ok(permit.status(Status::CrossBorderResident).place(&number[..1], Some(region)))
    },
};

/// The permit of Taiwan residents to enter the Mainland: eight digits, on paper ones
/// of before 2015 ten and a letter.
pub(super) const TAIWAN_RESIDENT_PERMIT: NumberKind = NumberKind {
    id: "chn_taiwan_resident_permit",
    state: "CHN",
    title: "mainland travel permit number (Taiwan)",
    proof: Proof::Form,
    source: "National Immigration Administration, permit of 2015",
    judge: |number, _| {
        if !fits(number, "#{8}|#{10}|#{10}@") {
            return Err(Why::Form);
        }
        Ok(Decoded::new(number, Proof::Form).status(Status::CrossBorderResident))
    },
};

fn resident(number: &str, today: Date) -> Result<Decoded, Why> {
    if !fits(number, "#{17}#|#{17}X") {
        return Err(Why::Form);
    }
    let code = &number[..6];
    let province = PROVINCES.iter().find(|(known, _)| *known == &code[..2]);
    let (_, name) = province.ok_or(Why::Code)?;
    let birth = day_of(&number[6..14], today)?;
    if !iso_7064_mod_11_2(number) {
        return Err(Why::CheckDigit);
    }
    let status = match code {
        "810000" | "820000" | "830000" => Status::CrossBorderResident,
        _ => Status::Citizen,
    };
    Ok(Decoded::new(number, Proof::CheckDigit)
        .birth(Some(birth))
        .sex(sex_of(&number[16..17]))
        .place(code, Some(name))
        .status(status))
}

fn permanent_resident(number: &str, today: Date) -> Result<Decoded, Why> {
    if fits(number, "@{3}#{12}") {
        return Ok(Decoded::new(number, Proof::Form).status(Status::Foreigner));
    }
    if !fits(number, "9#{16}#|9#{16}X") {
        return Err(Why::Form);
    }
    let birth = day_of(&number[6..14], today)?;
    if !iso_7064_mod_11_2(number) {
        return Err(Why::CheckDigit);
    }
    Ok(Decoded::new(number, Proof::CheckDigit)
        .birth(Some(birth))
        .sex(sex_of(&number[16..17]))
        .status(Status::Foreigner))
}

/// The serial's last digit is odd for men.
fn sex_of(digit: &str) -> Sex {
    if matches!(digit, "1" | "3" | "5" | "7" | "9") { Sex::Male } else { Sex::Female }
}

/// Whether the last character (`X` is ten) checks those before it.
fn iso_7064_mod_11_2(number: &str) -> bool {
    let (body, check) = number.split_at(number.len() - 1);
    let sum = body.chars().filter_map(|c| c.to_digit(10)).fold(0, |sum, d| (sum + d) * 2 % 11);
    let wanted = (12 - sum) % 11;
    if wanted == 10 { check == "X" } else { check == wanted.to_string() }
}

const PROVINCES: &[(&str, &str)] = &[
    ("11", "Beijing"),
    ("12", "Tianjin"),
    ("13", "Hebei"),
    ("14", "Shanxi"),
    ("15", "Inner Mongolia"),
    ("21", "Liaoning"),
    ("22", "Jilin"),
    ("23", "Heilongjiang"),
    ("31", "Shanghai"),
    ("32", "Jiangsu"),
    ("33", "Zhejiang"),
    ("34", "Anhui"),
    ("35", "Fujian"),
    ("36", "Jiangxi"),
    ("37", "Shandong"),
    ("41", "Henan"),
    ("42", "Hubei"),
    ("43", "Hunan"),
    ("44", "Guangdong"),
    ("45", "Guangxi"),
    ("46", "Hainan"),
    ("50", "Chongqing"),
    ("51", "Sichuan"),
    ("52", "Guizhou"),
    ("53", "Yunnan"),
    ("54", "Tibet"),
    ("61", "Shaanxi"),
    ("62", "Gansu"),
    ("63", "Qinghai"),
    ("64", "Ningxia"),
    ("65", "Xinjiang"),
    ("71", "Taiwan"),
    ("81", "Hong Kong"),
    ("82", "Macao"),
    ("83", "Taiwan"),
];
