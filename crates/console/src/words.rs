//! What the pages say of codes.

use bonafide_context::Timestamp;
use bonafide_verify::verification::{DeletionCause, Gate, GateState, ReviewReason};
use bonafide_verify::{Moment, Reason};

/// What speaks against approval.
pub(crate) const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::FaceMismatch => "Portrait and selfie show different people",
        Reason::PresentationAttack => "The selfie looks like a print, a screen or a mask",
        Reason::DocumentExpired => "The document has expired",
        Reason::UnderAge => "The holder is younger than the rules allow",
        Reason::DocumentTypeNotAllowed => "The document is not of a kind that is let in",
        Reason::JurisdictionNotAllowed => "The document's country is not let in",
        Reason::MrzNotValid => "A check digit of the machine-readable zone does not hold",
        Reason::FieldsDiffer => "Machine-readable and printed fields contradict each other",
        Reason::NoDocument => "There is no document in the picture",
        Reason::TwoDocuments => "There is more than one document in the picture",
        Reason::DocumentUnknown => "What kind of document it is could not be told",
        Reason::MrzMissing => "There is no machine-readable zone that can be read",
        Reason::FieldMissing => "A field that the decision needs was not read",
        Reason::DocumentObscured => "Part of the document is hidden or cut off",
        Reason::PortraitMissing => "The document has no portrait to compare with",
        Reason::ComparisonUnavailable => "The faces could not be compared",
        Reason::LivenessUnavailable => "Whether the person is live could not be judged",
        Reason::LivenessUncertain => "The person may be live; the score is too low to rely on",
    }
}

/// Why a reviewer decides so.
pub(crate) const fn review_reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::DocumentReadable => "The document is genuine and readable",
        ReviewReason::SamePerson => "The faces are the same person's",
        ReviewReason::PersonLive => "The person is live",
        ReviewReason::ConfirmedElsewhere => "The doubt was cleared elsewhere",
        ReviewReason::DocumentUnreadable => "The document cannot be read",
        ReviewReason::DocumentForged => "The document looks forged or altered",
        ReviewReason::DocumentContradictory => "The document contradicts itself",
        ReviewReason::DocumentNotAccepted => "The document is of a kind that is not let in",
        ReviewReason::DocumentExpired => "The document has expired",
        ReviewReason::DifferentPerson => "The faces are different people's",
        ReviewReason::NotLive => "A print, a screen or a mask was shown",
        ReviewReason::UnderAge => "The holder is too young",
    }
}

/// Something that has to hold.
pub(crate) const fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Document => "Document readable and consistent",
        Gate::DocumentType => "Kind of document",
        Gate::Jurisdiction => "Country",
        Gate::Expiry => "Not expired",
        Gate::AgeOfConsent => "Of age to decide alone, or with a guardian",
        Gate::Age => "Old enough",
        Gate::Liveness => "Live person",
        Gate::Compare => "Same person as the portrait",
    }
}

/// How it stands.
pub(crate) fn gate_state(state: GateState) -> String {
    match state {
        GateState::Passed => "holds".to_owned(),
        GateState::Failed => "does not hold".to_owned(),
        other => code(&other),
    }
}

/// What an item is called that is held of a person.
pub(crate) fn item(name: &str) -> String {
    let known = match name {
        "document_front" => "Front of the document",
        "document_back" => "Back of the document",
        "portrait" => "Portrait on the document",
        "device" => "Facts of the device",
        "statement" => "What the person said of himself",
        "receipt" => "Receipt of a consent",
        answer if answer.starts_with("answer-") => "Copy of an answer",
        other => return capital(&other.replace('_', " ")),
    };
    known.to_owned()
}

/// Why data was destroyed.
pub(crate) const fn cause(cause: DeletionCause) -> &'static str {
    match cause {
        DeletionCause::Expiry => "Its time was over",
        DeletionCause::Request => "Deleted on request",
        DeletionCause::Withdrawal => "Consent was taken back",
        DeletionCause::UnderAge => "Under age, without a guardian's consent",
    }
}

/// A number of bytes: `120 kB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// Any of several things: `consents, grants or requests`.
pub(crate) fn one_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// A code as programs read it.
pub(crate) fn code_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// A code as a person reads it: `date_of_birth` as `Date of birth`.
pub(crate) fn code(value: &impl serde::Serialize) -> String {
    capital(&code_of(value).replace('_', " "))
}

/// As at the beginning of a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The day of a moment: `22 November 2026`.
pub(crate) fn day(at: Moment) -> String {
    date(at.0.date())
}

/// A day.
pub(crate) fn date(date: bonafide_context::Date) -> String {
    let month = MONTHS.get((date.month() as usize).saturating_sub(1)).copied().unwrap_or("");
    format!("{} {month} {}", date.day(), date.year())
}

/// Day and time of a moment, in UTC.
pub(crate) fn moment(at: Moment) -> String {
    let minutes = at.0.0 / 60_000;
    format!("{}, {:02}:{:02} UTC", day(at), minutes / 60 % 24, minutes % 60)
}

/// How long until a moment: `1 h 20 min`.
pub(crate) fn left(now: Timestamp, until: Moment) -> String {
    let minutes = until.0.0.saturating_sub(now.0) / 60_000;
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, hours, _) => format!("1 day {hours} h"),
        (days, ..) => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_as_people_say_them() {
        let at: Moment = "2026-11-22T04:05:27.123Z".parse().unwrap();
        assert_eq!(moment(at), "22 November 2026, 04:05 UTC");
        let before = |ms: u64| Timestamp(at.0.0 - ms);
        assert_eq!(left(before(59_000), at), "0 min");
        assert_eq!(left(before(80 * 60_000), at), "1 h 20 min");
        assert_eq!(left(before(25 * 3_600_000), at), "1 day 1 h");
        assert_eq!(left(Timestamp(at.0.0 + 1), at), "0 min");
        assert_eq!(code(&GateState::Pending), "Pending");
    }
}
