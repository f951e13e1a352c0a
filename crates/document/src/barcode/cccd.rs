//! The QR code of Viet Nam's identity card (CCCD of 2021, căn cước of 2024): fields
//! parted by `|`.
//!
//! Personal number, number of the card before, name, birthday, sex, address, day of
//! issue; on cards of 2024 further fields follow. It is not signed.

use bonafide_context::Date;

use super::{Holder, MOST_TEXT, Order, PayloadError, day, some};
use crate::mrz::Sex;
use crate::number::{Verdict, find};

/// What a code says.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// Number of the identity card before, of nine digits.
    pub former_number: Option<String>,
    /// Who holds it; the whole name is in `given_names`.
    pub holder: Holder,
}

impl Card {
    /// What the personal number says, and whether it says the holder's year of birth
    /// and sex.
    pub fn number_verdict(&self, today: Date) -> Verdict {
        match (find("vnm_citizen"), &self.holder.number) {
            (Some(kind), Some(number)) => kind.check(number, today),
            _ => Verdict::Unknown,
        }
    }
}

/// Values are personal.
impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Card(***)")
    }
}

/// Reads the text of a code.
pub fn parse(text: &str) -> Result<Card, PayloadError> {
    if text.len() > MOST_TEXT {
        return Err(PayloadError::TooLong);
    }
    let fields: Vec<&str> = text.trim().split('|').take(MOST_FIELDS).map(str::trim).collect();
    let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    let number = fields.first().filter(|number| digits(number, 12) && fields.len() > 1);
    let number = number.ok_or(PayloadError::Foreign)?;
    let [_, former, name, birth, sex, address, issue, ..] = fields[..] else {
        return Err(PayloadError::Garbled);
    };
    if !(former.is_empty() || digits(former, 9) || digits(former, 12)) || name.is_empty() {
        return Err(PayloadError::Garbled);
    }
    Ok(Card {
        former_number: some(former),
        holder: Holder {
            number: some(number),
            surname: None,
            given_names: some(name),
            birth: Some(day(birth, Order::Day).ok_or(PayloadError::Garbled)?),
            sex: match sex {
                "Nam" => Some(Sex::Male),
                "Nữ" | "Nu" => Some(Sex::Female),
                _ => None,
            },
            issue: day(issue, Order::Day),
            expiry: None,
            address: some(address),
        },
    })
}

/// Cards of 2024 have eleven.
const MOST_FIELDS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CARD: &str = "001090012345|012345678|Nguyễn Văn Mẫu|15011990|Nam|Số 1 Đường Mẫu, Ba Đình, Hà Nội|22082021";

    #[test]
    fn a_card() {
        let card = parse(CARD).unwrap();
        assert_eq!(card.former_number.as_deref(), Some("012345678"));
        let today = Date::new(2026, 11, 22).unwrap();
        assert!(card.number_verdict(today).decoded().is_some());
        let holder = card.holder;
        assert_eq!(holder.number.as_deref(), Some("001090012345"));
        assert_eq!(holder.given_names.as_deref(), Some("Nguyễn Văn Mẫu"));
        assert_eq!(holder.birth, Date::new(1990, 1, 15).ok());
        assert_eq!(holder.sex, Some(Sex::Male));
        assert_eq!(holder.issue, Date::new(2021, 8, 22).ok());
        assert_eq!(holder.address.as_deref(), Some("Số 1 Đường Mẫu, Ba Đình, Hà Nội"));
    }

    #[test]
    fn what_is_none_and_what_is_garbled() {
        let later = format!("{CARD}|||Nguyễn Văn A|Trần Thị B|");
        assert!(parse(&later).is_ok());
        assert!(parse(&CARD.replace("|012345678|", "||")).is_ok());
        for foreign in ["", "hello", "12345|a|b", "001090012345"] {
            assert_eq!(parse(foreign).unwrap_err(), PayloadError::Foreign, "{foreign}");
        }
        for garbled in ["001090012345|", &CARD.replace("15011990", "15131990"), &CARD[..30]] {
            assert_eq!(parse(garbled).unwrap_err(), PayloadError::Garbled, "{garbled}");
        }
        let long = format!("{CARD}|{}", "x".repeat(100_000));
        assert_eq!(parse(&long).unwrap_err(), PayloadError::TooLong);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}", fields in prop::collection::vec("[0-9A-Za-z ]{0,12}", 0..14)) {
            let _ = parse(&text);
            let _ = parse(&fields.join("|"));
            let _ = parse(&format!("001090012345|{}", fields.join("|")));
        }
    }
}
