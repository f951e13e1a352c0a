//! What a barcode says against what was read from the card.

use std::collections::BTreeMap;

use bonafide_context::Date;

use super::Holder;
use crate::check::{Check, CheckName, CheckReason};
use crate::mrz::Sex;
use crate::viz::fold::{fold, letters_and_digits, name_key};
use crate::{FieldName, FieldValue};

impl Holder {
    /// Each value of the barcode against the field of the card: always all of the checks,
    /// in a fixed order.
    ///
    /// A value that only one of them has is `unavailable`. A barcode that is not signed
    /// can be printed by anybody: agreement shows that the card is of one piece, not
    /// that it is genuine.
    pub fn compare(&self, fields: &BTreeMap<FieldName, FieldValue>) -> [Check; 5] {
        let value = |name: FieldName| fields.get(&name).map(|field| field.value.as_str());
        let date = |name: FieldName| value(name).and_then(|text| text.parse::<Date>().ok());
        [
            check(
                CheckName::BarcodeNumber,
                self.number.as_deref(),
                // The personal number where the card has both.
                value(FieldName::PersonalNumber).or(value(FieldName::Number)),
                |code, card| letters_and_digits(code) == letters_and_digits(card),
            ),
            check(
                CheckName::BarcodeName,
                self.whole_name().as_deref(),
                whole(value(FieldName::Surname), value(FieldName::GivenNames)).as_deref(),
                same_words,
            ),
            check(CheckName::BarcodeBirth, self.birth, date(FieldName::BirthDate), |a, b| a == b),
            check(
                CheckName::BarcodeSex,
                self.sex.filter(|sex| *sex != Sex::Unspecified).map(Sex::letter),
                value(FieldName::Sex).and_then(|text| text.chars().next()).filter(|c| *c != 'X'),
                |a, b| a == b,
            ),
            check(CheckName::BarcodeExpiry, self.expiry, date(FieldName::ExpiryDate), |a, b| {
                a == b
            }),
        ]
    }

    fn whole_name(&self) -> Option<String> {
        whole(self.surname.as_deref(), self.given_names.as_deref())
    }
}

fn whole(surname: Option<&str>, given: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [surname, given].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Whether two names hold the same words, whatever their order and accents.
fn same_words(code: &str, card: &str) -> bool {
    let words = |name: &str| {
        let key = |word: &str| {
            let key = name_key(word);
            // Scripts other than Latin have no key.
            if key.is_empty() { fold(word) } else { key }
        };
        let mut words: Vec<String> = name.split([' ', ',', '-']).map(key).collect();
        words.retain(|word| !word.is_empty());
        words.sort();
        words
    };
    words(code) == words(card)
}

fn check<T: Copy>(
    name: CheckName,
    code: Option<T>,
    card: Option<T>,
    same: fn(T, T) -> bool,
) -> Check {
    match (code, card) {
        (Some(code), Some(card)) if same(code, card) => Check::agree(name),
        (Some(_), Some(_)) => Check::differ(name, CheckReason::Value),
        _ => Check::unavailable(name, CheckReason::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, Source};

    fn holder() -> Holder {
        Holder {
            number: Some("I1234562".into()),
            surname: Some("MÜLLER".into()),
            given_names: Some("JOHN MICHAEL".into()),
            birth: Date::new(1990, 1, 15).ok(),
            sex: Some(Sex::Male),
            ..Holder::default()
        }
    }

    fn outcomes(change: &[(FieldName, &str)]) -> [Outcome; 5] {
        let printed = [
            (FieldName::Number, "I 1234562"),
            (FieldName::Surname, "Mueller"),
            (FieldName::GivenNames, "Michael John"),
            (FieldName::BirthDate, "1990-01-15"),
            (FieldName::Sex, "M"),
            (FieldName::ExpiryDate, "2031-08-22"),
        ];
        let fields = printed
            .iter()
            .chain(change)
            .map(|(name, value)| {
                let value = (*value).to_owned();
                (*name, FieldValue { value, source: Source::Viz, agrees: None, confidence: None })
            })
            .collect();
        holder().compare(&fields).map(|check| check.outcome)
    }

    #[test]
    fn the_same_values_agree_however_they_are_printed() {
        use Outcome::{Agree, Unavailable};
        // The barcode says no expiry.
        assert_eq!(outcomes(&[]), [Agree, Agree, Agree, Agree, Unavailable]);
    }

    #[test]
    fn each_other_value_differs_in_its_own_check() {
        for (at, change) in [
            (FieldName::Number, "I1234563"),
            (FieldName::Surname, "MEIER"),
            (FieldName::BirthDate, "1990-01-16"),
            (FieldName::Sex, "F"),
        ]
        .into_iter()
        .enumerate()
        {
            let all = outcomes(&[change]);
            assert_eq!(all[at], Outcome::Differ, "{:?}", change.0);
            assert_eq!(all.iter().filter(|o| **o == Outcome::Differ).count(), 1);
        }
    }

    #[test]
    fn what_is_missing_never_agrees() {
        let nothing = BTreeMap::new();
        let checks = holder().compare(&nothing);
        assert!(checks.iter().all(|check| check.outcome == Outcome::Unavailable));
        let checks = Holder::default().compare(&nothing);
        assert!(checks.iter().all(|check| check.outcome == Outcome::Unavailable));
        // A day that is not wholly known is none, and names of another script are not
        // equal for having no letters of ours.
        assert_eq!(outcomes(&[(FieldName::BirthDate, "1990")])[2], Outcome::Unavailable);
        assert!(!same_words("王小明", "李小龙"));
        assert!(same_words("王小明", "王小明"));
    }
}
