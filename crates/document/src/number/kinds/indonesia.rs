//! Indonesia.

use bonafide_context::Date;

use crate::mrz::Sex;
use crate::number::digits::short_day_of;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The population number on the KTP: six digits of the place of registration, the
/// day, month and year of birth (a woman's day plus forty), four of a serial.
pub(super) const NIK: NumberKind = NumberKind {
    id: "idn_nik",
    state: "IDN",
    title: "NIK",
    proof: Proof::Structure,
    source: "Law 24/2013 on population administration; codes of regions by the Ministry of Home Affairs",
    judge: nik,
};

fn nik(number: &str, today: Date) -> Result<Decoded, Why> {
    if !fits(number, "#{16}") {
        return Err(Why::Form);
    }
    let province = &number[..2];
    let name = PROVINCES.iter().find(|(code, _)| *code == province).map(|(_, name)| *name);
    let nowhere = name.is_none() || &number[2..4] == "00" || &number[4..6] == "00";
    if nowhere || number.ends_with("0000") {
        return Err(Why::Code);
    }
    let day: u32 = number[6..8].parse().map_err(|_| Why::Form)?;
    let (day, sex) = if day > 40 { (day - 40, Sex::Female) } else { (day, Sex::Male) };
    let birth = short_day_of(&format!("{}{}{day:02}", &number[10..12], &number[8..10]), today)?;
    Ok(Decoded::new(number, Proof::Structure).birth(Some(birth)).sex(sex).place(&number[..6], name))
}

const PROVINCES: &[(&str, &str)] = &[
    ("11", "Aceh"),
    ("12", "Sumatera Utara"),
    ("13", "Sumatera Barat"),
    ("14", "Riau"),
    ("15", "Jambi"),
    ("16", "Sumatera Selatan"),
    ("17", "Bengkulu"),
    ("18", "Lampung"),
    ("19", "Kepulauan Bangka Belitung"),
    ("21", "Kepulauan Riau"),
    ("31", "DKI Jakarta"),
    ("32", "Jawa Barat"),
    ("33", "Jawa Tengah"),
    ("34", "DI Yogyakarta"),
    ("35", "Jawa Timur"),
    ("36", "Banten"),
    ("51", "Bali"),
    ("52", "Nusa Tenggara Barat"),
    ("53", "Nusa Tenggara Timur"),
    ("54", "Timor Timur (until 1999)"),
    ("61", "Kalimantan Barat"),
    ("62", "Kalimantan Tengah"),
    ("63", "Kalimantan Selatan"),
    ("64", "Kalimantan Timur"),
    ("65", "Kalimantan Utara"),
    ("71", "Sulawesi Utara"),
    ("72", "Sulawesi Tengah"),
    ("73", "Sulawesi Selatan"),
    ("74", "Sulawesi Tenggara"),
    ("75", "Gorontalo"),
    ("76", "Sulawesi Barat"),
    ("81", "Maluku"),
    ("82", "Maluku Utara"),
    ("91", "Papua Barat"),
    ("92", "Papua Barat Daya"),
    ("93", "Papua Selatan"),
    ("94", "Papua"),
    ("95", "Papua Tengah"),
    ("96", "Papua Pegunungan"),
    ("97", "Papua Barat Daya"),
];
