//! Driving licences of the states of the USA and the provinces of Canada.
//!
//! Each has a form of its own, most of them more than one; none of the forms has a
//! check digit that is public.

use super::super::tidy::{Tidy, tidy};
use crate::number::form::fits;
use crate::number::{Decoded, Proof, Verdict, Why};

/// Judges the licence number of a state or province (`CA`, `ON`). A region whose form
/// is not in the list is [`Verdict::Unknown`].
pub fn licence_of(region: &str, number: &str) -> Verdict {
    let Some((_, forms)) = FORMS.iter().find(|(known, _)| *known == region) else {
        return Verdict::Unknown;
    };
    // Washington's old numbers hold asterisks, which elsewhere hide digits.
    let number = match tidy(&number.replace('*', if region == "WA" { "0" } else { "*" })) {
        Tidy::Number(number) => number,
        Tidy::Masked | Tidy::Nothing => return Verdict::Unknown,
        Tidy::Foreign => return Verdict::Invalid(Why::Form),
    };
    if fits(&number, forms) {
        Verdict::Valid(Decoded::new(&number, Proof::Form).place(region, None))
    } else {
        Verdict::Invalid(Why::Form)
    }
}

/// After AAMVA's table of formats and what the states publish.
const FORMS: &[(&str, &str)] = &[
    ("AL", "#{1,8}"),
    ("AK", "#{1,7}"),
    ("AZ", "@#{8}|#{9}"),
    ("AR", "#{4,9}"),
    ("CA", "@#{7}"),
    ("CO", "#{9}|@#{3,6}|@@#{2,5}"),
    ("CT", "#{9}"),
    ("DE", "#{1,7}"),
    ("DC", "#{7}|#{9}"),
    ("FL", "@#{12}"),
    ("GA", "#{7,9}"),
    ("HI", "@#{8}|#{9}"),
    ("ID", "@@#{6}@|#{9}"),
    ("IL", "@#{11,12}"),
    ("IN", "@#{9}|#{9,10}"),
    ("IA", "#{9}|#{3}@@#{4}"),
    ("KS", "K#{8}|@#@#@|#{9}"),
    ("KY", "@#{8,9}|#{9}"),
    ("LA", "#{1,9}"),
    ("ME", "#{7}|#{7}@|#{8}"),
    ("MD", "@#{12}"),
    ("MA", "@#{8}|@@#{7}|#{9}"),
    ("MI", "@#{10,12}"),
    ("MN", "@#{12}"),
    ("MS", "#{9}"),
    ("MO", "@#{5,9}|@#{6}R|#{8}@@|#{9}|#{9}@|#{3}@#{6}"),
    ("MT", "@#{8}|#{9}|#{13,14}"),
    ("NE", "@#{6,8}"),
    ("NV", "#{9,10}|#{12}|X#{8}"),
    ("NH", "##@@@#{5}|NHL#{8}|NHN#{8}|NHV#{8}"),
    ("NJ", "@#{14}"),
    ("NM", "#{8,9}"),
    ("NY", "#{9}|@#{7}|#{16}|#{8}"),
    ("NC", "#{1,12}"),
    ("ND", "@@@#{6}|#{9}"),
    ("OH", "@#{4,8}|@@#{3,7}|#{8}"),
    ("OK", "@#{9}|#{9}"),
    ("OR", "#{1,9}|@#{6}"),
    ("PA", "#{8}"),
    ("RI", "#{7,8}|@#{6}"),
    ("SC", "#{5,11}"),
    ("SD", "#{6,10}|#{12}"),
    ("TN", "#{7,9}"),
    ("TX", "#{7,8}"),
    ("UT", "#{4,10}"),
    ("VT", "#{8}|#{7}A"),
    ("VA", "@#{8,11}|#{9}"),
    ("WA", "WDL?{9}|@{1,7}?{5,11}"),
    ("WV", "#{7}|@{1,2}#{5,6}"),
    ("WI", "@#{13}"),
    ("WY", "#{9,10}"),
    ("AB", "#{5,9}"),
    ("BC", "#{7}"),
    ("NB", "#{5,7}"),
    ("NL", "@#{9}"),
    ("NS", "@{5}#{9}"),
    ("ON", "@#{14}"),
    ("PE", "#{1,6}"),
    ("QC", "@#{12}"),
    ("SK", "#{8}"),
];
