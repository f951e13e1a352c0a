//! What the parts of a document say of each other.

use std::collections::BTreeMap;

use bonafide_context::Date;

use crate::check::{Check, CheckName, CheckReason};
use crate::mrz::{Mrz, PartialDate, Sex};
use crate::number::{Decoded, NumberKind, Proof, Verdict};
use crate::viz::Labelled;
use crate::viz::fold::letters_and_digits;
use crate::{FieldName, FieldValue};

/// What was read of a document.
pub(crate) struct Sources<'a> {
    /// Its zone.
    pub(crate) mrz: Option<&'a Mrz>,
    /// The fields of the answer.
    pub(crate) fields: &'a BTreeMap<FieldName, FieldValue>,
    /// What each picture says by itself, where its type is made out.
    pub(crate) sides: &'a [BTreeMap<FieldName, Labelled>],
    /// The kind of its number.
    pub(crate) number: Option<&'static NumberKind>,
}

/// Every check, in the order of their names' declaration; what cannot be checked
/// is `unavailable` and says why.
pub(crate) fn checks(sources: &Sources<'_>, today: Date) -> Vec<Check> {
    let value = |name| sources.fields.get(&name).map(|field| field.value.as_str());
    let verdict = match (sources.number, value(FieldName::Number)) {
        (Some(kind), Some(number)) => kind.check(number, today),
        _ => Verdict::Unknown,
    };
    let decoded = verdict.decoded();
    vec![
        mrz_digits(sources.mrz),
        zones(sources.fields),
        sides(sources.sides),
        number(sources.number, &verdict),
        birth(decoded, value(FieldName::BirthDate)),
        sex(decoded, value(FieldName::Sex)),
        dates(&|name| value(name)?.parse().ok()),
        expiry(value(FieldName::ExpiryDate), today),
    ]
}

fn of(name: CheckName, same: Option<bool>) -> Check {
    match same {
        Some(true) => Check::agree(name),
        Some(false) => Check::differ(name, CheckReason::Value),
        None => Check::unavailable(name, CheckReason::Missing),
    }
}

fn mrz_digits(mrz: Option<&Mrz>) -> Check {
    of(CheckName::MrzDigits, mrz.map(Mrz::valid))
}

fn zones(fields: &BTreeMap<FieldName, FieldValue>) -> Check {
    let said = fields.values().filter_map(|field| field.agrees);
    of(CheckName::Zones, said.reduce(|all, one| all && one))
}

/// Whether what stands on both sides is the same on both.
fn sides(sides: &[BTreeMap<FieldName, Labelled>]) -> Check {
    let [front, back, ..] = sides else { return of(CheckName::Sides, None) };
    let same = front.iter().filter_map(|(name, a)| {
        let b = back.get(name)?;
        Some(letters_and_digits(&a.value) == letters_and_digits(&b.value))
    });
    of(CheckName::Sides, same.reduce(|all, one| all && one))
}

/// A number that has nothing but its form proves nothing by it.
fn number(kind: Option<&NumberKind>, verdict: &Verdict) -> Check {
    let name = CheckName::Number;
    match verdict {
        Verdict::Valid(decoded) if decoded.proof == Proof::Form => {
            Check::unavailable(name, CheckReason::Unsupported)
        }
        Verdict::Valid(_) => Check::agree(name),
        Verdict::Invalid(_) => Check::differ(name, CheckReason::Value),
        Verdict::Unknown if kind.is_none() => Check::unavailable(name, CheckReason::Unsupported),
        Verdict::Unknown => Check::unavailable(name, CheckReason::Missing),
    }
}

fn birth(decoded: Option<&Decoded>, printed: Option<&str>) -> Check {
    let printed: Option<Date> = printed.and_then(|text| text.parse().ok());
    let said = decoded.and_then(|decoded| decoded.birth);
    of(CheckName::NumberBirth, said.zip(printed).and_then(|(said, day)| same_day(said, day)))
}

/// Whether the known parts of a date are those of a day; `None` if none is known.
fn same_day(part: PartialDate, day: Date) -> Option<bool> {
    let parts = [
        part.year().map(|year| year == day.year()),
        part.month().map(|month| month == day.month()),
        part.day().map(|of| of == day.day()),
    ];
    parts.into_iter().flatten().reduce(|all, one| all && one)
}

fn sex(decoded: Option<&Decoded>, printed: Option<&str>) -> Check {
    let said = decoded.and_then(|decoded| decoded.sex).and_then(|sex| match sex {
        Sex::Male => Some("M"),
        Sex::Female => Some("F"),
        Sex::Unspecified => None,
    });
    of(CheckName::NumberSex, said.zip(printed).map(|(said, printed)| said == printed))
}

/// Whether those of birth, issue and expiry that are known follow each other.
fn dates(date: &dyn Fn(FieldName) -> Option<Date>) -> Check {
    let names = [FieldName::BirthDate, FieldName::IssueDate, FieldName::ExpiryDate];
    let known: Vec<Date> = names.into_iter().filter_map(date).collect();
    let ordered = (known.len() >= 2).then(|| known.is_sorted_by(|a, b| a < b));
    of(CheckName::Dates, ordered)
}

fn expiry(printed: Option<&str>, today: Date) -> Check {
    let last: Option<Date> = printed.and_then(|text| text.parse().ok());
    of(CheckName::Expiry, last.map(|last| last >= today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;
    use crate::{Source, number};

    type Side = BTreeMap<FieldName, Labelled>;

    fn outcomes(
        kind: &str,
        printed: &[(FieldName, &str)],
        sides: &[Side],
    ) -> BTreeMap<&'static str, Outcome> {
        let field = |value: &str| FieldValue {
            value: value.to_owned(),
            source: Source::Viz,
            agrees: None,
            confidence: None,
        };
        let fields = printed.iter().map(|(name, value)| (*name, field(value))).collect();
        let number = number::find(kind);
        let sources = Sources { mrz: None, fields: &fields, sides, number };
        let today = Date::new(2026, 11, 22).unwrap();
        checks(&sources, today).iter().map(|check| (check.name.name(), check.outcome)).collect()
    }

    #[test]
    fn a_card_that_agrees_with_itself() {
        let found = outcomes(
            "chn_resident",
            &[
                (FieldName::Number, "11010519491231002X"),
                (FieldName::BirthDate, "1949-12-31"),
                (FieldName::Sex, "F"),
                (FieldName::IssueDate, "2020-01-01"),
                (FieldName::ExpiryDate, "2040-01-01"),
            ],
            &[],
        );
        for name in ["number", "number_birth", "number_sex", "dates", "expiry"] {
            assert_eq!(found[name], Outcome::Agree, "{name}");
        }
        for name in ["mrz_digits", "zones", "sides"] {
            assert_eq!(found[name], Outcome::Unavailable, "{name}");
        }
    }

    #[test]
    fn each_contradiction_is_its_own_check() {
        let card = [
            (FieldName::Number, "11010519491231002X"),
            (FieldName::BirthDate, "1949-12-31"),
            (FieldName::Sex, "F"),
            (FieldName::IssueDate, "2020-01-01"),
            (FieldName::ExpiryDate, "2040-01-01"),
        ];
        for (name, value, check) in [
            (FieldName::Number, "110105194912310021", "number"),
            (FieldName::BirthDate, "1949-12-30", "number_birth"),
            (FieldName::Sex, "M", "number_sex"),
            (FieldName::IssueDate, "2041-01-01", "dates"),
            (FieldName::ExpiryDate, "2026-11-21", "expiry"),
        ] {
            let forged = card.map(|(n, v)| (n, if n == name { value } else { v }));
            assert_eq!(outcomes("chn_resident", &forged, &[])[check], Outcome::Differ, "{check}");
        }
    }

    #[test]
    fn what_is_not_there_is_never_agreement() {
        for outcome in outcomes("chn_resident", &[], &[]).values() {
            assert_eq!(*outcome, Outcome::Unavailable);
        }
        let unknown = outcomes("none", &[(FieldName::Number, "11010519491231002X")], &[]);
        assert_eq!(unknown["number"], Outcome::Unavailable);
        // Nothing in the number of the Philippine card can be checked.
        let form = outcomes("phl_philsys", &[(FieldName::Number, "1234-5678-9012-3456")], &[]);
        assert_ne!(form["number"], Outcome::Differ);
    }

    #[test]
    fn both_sides_of_one_card() {
        let side =
            |number: &str| -> Side { [(FieldName::Number, Labelled::new(number, 0))].into() };
        let found = |a: &str, b: &str| outcomes("sgp_nric", &[], &[side(a), side(b)])["sides"];
        assert_eq!(found("S1234567D", "S1234567 D"), Outcome::Agree);
        assert_eq!(found("S1234567D", "S7654321D"), Outcome::Differ);
        let one = outcomes("sgp_nric", &[], &[side("S1234567D"), Side::new()]);
        assert_eq!(one["sides"], Outcome::Unavailable);
    }
}
