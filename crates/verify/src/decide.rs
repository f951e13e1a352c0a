//! The written rule from evidence to decision.
//!
//! | evidence | decision |
//! |---|---|
//! | the faces do not match, the selfie is an attack, the document has expired, the holder is too young | `declined` |
//! | anything that could not be read, compared or judged, a contradiction within the document, a doubt about liveness | `review` |
//! | a known document with a valid machine-readable zone, not expired, its portrait matched by a live face, and nothing against it | `approved` |
//!
//! A document whose type has no machine-readable zone is never approved by itself:
//! what is printed alone is no proof. A check that differs is a contradiction; one
//! that is unavailable says nothing, for or against.
//!
//! Unknown is never valid: what is missing leads to `review`, never to
//! `approved`. One reason to decline is enough, whatever else is open.

use bonafide_context::Date;
use bonafide_document::{CheckName, DocumentType, FieldName, Outcome, Reading, Warning};
use bonafide_face::{Comparison, Liveness, LivenessDecision, LivenessReason, Match};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a verification has found out.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// What the document says.
    pub document: &'a Reading,
    /// Its portrait against the selfie; `None` if there was no portrait.
    pub comparison: Option<&'a Comparison>,
    /// Whether the selfie shows a living person.
    pub liveness: &'a Liveness,
}

/// What an organisation asks for beyond the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Youngest age in whole years that is let in.
    pub minimum_age: Option<u32>,
}

/// The outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// What is to be done.
    pub decision: Decision,
    /// Everything that speaks against approval, the graver first; empty if and
    /// only if approved.
    pub reasons: Vec<Reason>,
}

/// What is to be done with the person's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Let in.
    Approved,
    /// Refused.
    Declined,
    /// A person has to look.
    Review,
}

/// Something that speaks against approval.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Portrait and selfie show different people, at the false match rate used.
    FaceMismatch,
    /// The selfie is a print, a screen or the like.
    PresentationAttack,
    /// The document's date of expiry has passed.
    DocumentExpired,
    /// The holder is younger than the rules allow.
    UnderAge,
    /// The document is not of a kind that is let in.
    DocumentTypeNotAllowed,
    /// The document is not of a jurisdiction that is let in.
    JurisdictionNotAllowed,
    /// A check digit does not hold, as printed or as read.
    MrzNotValid,
    /// Machine-readable and visual zone contradict each other.
    FieldsDiffer,
    /// There is no document in the picture.
    NoDocument,
    /// There is more than one document in the picture.
    TwoDocuments,
    /// What kind of document it is could not be told.
    DocumentUnknown,
    /// The document has no machine-readable zone, or none that can be read.
    MrzMissing,
    /// A field that the decision needs was not read.
    FieldMissing,
    /// Part of the document is hidden or outside the picture.
    DocumentObscured,
    /// The document has no portrait that could be compared.
    PortraitMissing,
    /// The faces could not be compared.
    ComparisonUnavailable,
    /// Liveness could not be judged.
    LivenessUnavailable,
    /// The selfie may be live; the score is too low to rely on.
    LivenessUncertain,
}

impl Reason {
    /// Every one of them, the graver first.
    pub const ALL: [Self; 18] = [
        Self::FaceMismatch,
        Self::PresentationAttack,
        Self::DocumentExpired,
        Self::UnderAge,
        Self::DocumentTypeNotAllowed,
        Self::JurisdictionNotAllowed,
        Self::MrzNotValid,
        Self::FieldsDiffer,
        Self::NoDocument,
        Self::TwoDocuments,
        Self::DocumentUnknown,
        Self::MrzMissing,
        Self::FieldMissing,
        Self::DocumentObscured,
        Self::PortraitMissing,
        Self::ComparisonUnavailable,
        Self::LivenessUnavailable,
        Self::LivenessUncertain,
    ];

    /// Whether this reason alone declines.
    pub const fn declines(self) -> bool {
        self as u8 <= Self::JurisdictionNotAllowed as u8
    }

    /// The name in answers and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FaceMismatch => "face_mismatch",
            Self::PresentationAttack => "presentation_attack",
            Self::DocumentExpired => "document_expired",
            Self::UnderAge => "under_age",
            Self::DocumentTypeNotAllowed => "document_type_not_allowed",
            Self::JurisdictionNotAllowed => "jurisdiction_not_allowed",
            Self::MrzNotValid => "mrz_not_valid",
            Self::FieldsDiffer => "fields_differ",
            Self::NoDocument => "no_document",
            Self::TwoDocuments => "two_documents",
            Self::DocumentUnknown => "document_unknown",
            Self::MrzMissing => "mrz_missing",
            Self::FieldMissing => "field_missing",
            Self::DocumentObscured => "document_obscured",
            Self::PortraitMissing => "portrait_missing",
            Self::ComparisonUnavailable => "comparison_unavailable",
            Self::LivenessUnavailable => "liveness_unavailable",
            Self::LivenessUncertain => "liveness_uncertain",
        }
    }
}

/// Applies the rule. `today` is the day of the verification where it happens.
pub fn decide(evidence: &Evidence<'_>, rules: &Rules, today: Date) -> Verdict {
    let mut reasons = about::document(evidence.document);
    reasons.extend(about::expiry(evidence.document, today));
    if let Some(minimum) = rules.minimum_age {
        reasons.extend(about::age(evidence.document, minimum, today));
    }
    reasons.extend(about::comparison(evidence.comparison));
    reasons.extend(about::liveness(evidence.liveness));
    Verdict::of(reasons)
}

impl Verdict {
    /// The verdict if this is everything that speaks against approval.
    pub(crate) fn of(mut reasons: Vec<Reason>) -> Self {
        reasons.sort_unstable();
        reasons.dedup();
        let decision = if reasons.iter().any(|r| r.declines()) {
            Decision::Declined
        } else if reasons.is_empty() {
            Decision::Approved
        } else {
            Decision::Review
        };
        Self { decision, reasons }
    }
}

/// The parts of the rule: what each piece of evidence says against approval.
pub(crate) mod about {
    use super::{
        CheckName, Comparison, Date, DocumentType, FieldName, Liveness, LivenessDecision,
        LivenessReason, Match, Outcome, Reading, Reason, Warning, date,
    };

    /// A document that is there, known, readable and does not contradict itself.
    pub(crate) fn document(reading: &Reading) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for warning in &reading.warnings {
            reasons.extend(match warning {
                Warning::NoDocument => Some(Reason::NoDocument),
                Warning::TwoDocuments => Some(Reason::TwoDocuments),
                Warning::NoMrz => Some(Reason::MrzMissing),
                Warning::MrzNotValid => Some(Reason::MrzNotValid),
                Warning::FieldsDiffer => Some(Reason::FieldsDiffer),
                Warning::Glare | Warning::CutOff => Some(Reason::DocumentObscured),
                // The page was read all the same; what was not read is missing
                // below. Expiry has a part of its own.
                _ => None,
            });
        }
        if reading.kind == DocumentType::Unknown {
            reasons.push(Reason::DocumentUnknown);
        }
        match &reading.mrz {
            None => reasons.push(Reason::MrzMissing),
            Some(mrz) if !mrz.valid => reasons.push(Reason::MrzNotValid),
            Some(_) => {}
        }
        if reading.fields.values().any(|field| field.agrees == Some(false)) {
            reasons.push(Reason::FieldsDiffer);
        }
        for check in reading.checks.iter().filter(|check| check.outcome == Outcome::Differ) {
            reasons.extend(match check.name {
                CheckName::MrzDigits => Some(Reason::MrzNotValid),
                // Expiry has a part of its own.
                CheckName::Expiry => None,
                _ => Some(Reason::FieldsDiffer),
            });
        }
        let names = [FieldName::Surname, FieldName::FullName, FieldName::NativeName];
        let named = names.iter().any(|&name| reading.value(name).is_some());
        if reading.value(FieldName::Number).is_none() || !named {
            reasons.push(Reason::FieldMissing);
        }
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// A document that has not expired.
    pub(crate) fn expiry(reading: &Reading, today: Date) -> Option<Reason> {
        if reading.warnings.contains(&Warning::Expired) {
            return Some(Reason::DocumentExpired);
        }
        match date(reading, FieldName::ExpiryDate) {
            Some(expiry) if expiry < today => Some(Reason::DocumentExpired),
            Some(_) => None,
            None => Some(Reason::FieldMissing),
        }
    }

    /// A holder who is old enough.
    pub(crate) fn age(reading: &Reading, minimum: u32, today: Date) -> Option<Reason> {
        match date(reading, FieldName::BirthDate).and_then(|birth| today.years_since(birth)) {
            Some(age) if age >= minimum => None,
            Some(_) => Some(Reason::UnderAge),
            None => Some(Reason::FieldMissing),
        }
    }

    /// The portrait matched by the selfie; `None` without a portrait.
    pub(crate) fn comparison(comparison: Option<&Comparison>) -> Option<Reason> {
        match comparison.map(|c| c.decision) {
            Some(Match::Match) => None,
            Some(Match::NoMatch) => Some(Reason::FaceMismatch),
            Some(Match::Unavailable) => Some(Reason::ComparisonUnavailable),
            None => Some(Reason::PortraitMissing),
        }
    }

    /// A living person before the camera.
    pub(crate) fn liveness(liveness: &Liveness) -> Option<Reason> {
        match liveness.decision {
            LivenessDecision::Live => liveness
                .reasons
                .contains(&LivenessReason::Uncertain)
                .then_some(Reason::LivenessUncertain),
            LivenessDecision::Attack => Some(Reason::PresentationAttack),
            LivenessDecision::Unavailable => Some(Reason::LivenessUnavailable),
        }
    }
}

/// A field's day, if it is wholly known.
fn date(reading: &Reading, name: FieldName) -> Option<Date> {
    reading.value(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_document::{Check, CheckReason, FieldValue, MrzReading, Source, TypeName};
    use bonafide_face::{Fmr, Similarity};
    use proptest::prelude::*;

    type Change = fn(&mut Reading);

    fn today() -> Date {
        Date::new(2026, 11, 22).unwrap()
    }

    fn field(value: &str) -> FieldValue {
        FieldValue {
            value: value.to_owned(),
            source: Source::Both,
            agrees: Some(true),
            confidence: None,
        }
    }

    fn reading() -> Reading {
        Reading {
            kind: DocumentType::Passport,
            document_type: TypeName::default(),
            issuer: Some("UTO".to_owned()),
            mrz: Some(MrzReading {
                format: "TD3".to_owned(),
                lines: vec![],
                valid: true,
                checks: std::collections::BTreeMap::new(),
            }),
            fields: [
                (FieldName::Surname, field("MUSTER")),
                (FieldName::Number, field("L898902C3")),
                (FieldName::BirthDate, field("1990-08-12")),
                (FieldName::ExpiryDate, field("2030-04-15")),
            ]
            .into(),
            portrait: None,
            warnings: vec![],
            checks: vec![],
            angle: 0.0,
        }
    }

    fn comparison(decision: Match) -> Comparison {
        Comparison {
            similarity: Some(Similarity(0.7)),
            decision,
            threshold: 0.4,
            fmr: Fmr::default(),
            reasons: vec![],
            faces: vec![],
        }
    }

    fn liveness(decision: LivenessDecision, reasons: Vec<LivenessReason>) -> Liveness {
        Liveness { score: Some(0.9), decision, threshold: 0.05, reasons }
    }

    fn verdict(document: &Reading, comparison: Option<&Comparison>, live: &Liveness) -> Verdict {
        let rules = Rules { minimum_age: Some(18) };
        decide(&Evidence { document, comparison, liveness: live }, &rules, today())
    }

    fn with(change: impl FnOnce(&mut Reading)) -> Verdict {
        let mut document = reading();
        change(&mut document);
        let matching = comparison(Match::Match);
        verdict(&document, Some(&matching), &liveness(LivenessDecision::Live, vec![]))
    }

    #[test]
    fn all_well_is_approved() {
        let verdict = with(|_| ());
        assert_eq!(verdict, Verdict { decision: Decision::Approved, reasons: vec![] });
        assert_eq!(
            serde_json::to_string(&verdict).unwrap(),
            r#"{"decision":"approved","reasons":[]}"#
        );
    }

    #[test]
    fn what_declines() {
        let expired = with(|d| _ = d.fields.insert(FieldName::ExpiryDate, field("2026-11-21")));
        assert_eq!(expired.decision, Decision::Declined);
        assert_eq!(expired.reasons, [Reason::DocumentExpired]);
        let last_day = with(|d| _ = d.fields.insert(FieldName::ExpiryDate, field("2026-11-22")));
        assert_eq!(last_day.decision, Decision::Approved);
        let young = with(|d| _ = d.fields.insert(FieldName::BirthDate, field("2008-11-23")));
        assert_eq!(young.reasons, [Reason::UnderAge]);
        let grown = with(|d| _ = d.fields.insert(FieldName::BirthDate, field("2008-11-22")));
        assert_eq!(grown.decision, Decision::Approved);

        let live = liveness(LivenessDecision::Live, vec![]);
        let other = comparison(Match::NoMatch);
        assert_eq!(verdict(&reading(), Some(&other), &live).reasons, [Reason::FaceMismatch]);
        let attack = liveness(LivenessDecision::Attack, vec![]);
        let same = comparison(Match::Match);
        let refused = verdict(&reading(), Some(&same), &attack);
        assert_eq!(refused.reasons, [Reason::PresentationAttack]);
        assert_eq!(refused.decision, Decision::Declined);
    }

    #[test]
    fn what_goes_to_review() {
        let reviewed: [(Change, Reason); 8] = [
            (|d| d.mrz = None, Reason::MrzMissing),
            (|d| d.mrz.as_mut().unwrap().valid = false, Reason::MrzNotValid),
            (|d| d.kind = DocumentType::Unknown, Reason::DocumentUnknown),
            (|d| d.warnings = vec![Warning::Glare], Reason::DocumentObscured),
            (|d| d.warnings = vec![Warning::TwoDocuments], Reason::TwoDocuments),
            (|d| _ = d.fields.remove(&FieldName::ExpiryDate), Reason::FieldMissing),
            (|d| _ = d.fields.insert(FieldName::BirthDate, field("1990")), Reason::FieldMissing),
            (
                |d| d.fields.get_mut(&FieldName::Number).unwrap().agrees = Some(false),
                Reason::FieldsDiffer,
            ),
        ];
        for (change, reason) in reviewed {
            let verdict = with(change);
            assert_eq!(verdict.decision, Decision::Review, "{reason:?}");
            assert_eq!(verdict.reasons, [reason]);
        }
    }

    #[test]
    fn a_check_that_differs_is_a_contradiction_and_an_unavailable_one_is_none() {
        let check = |name, outcome| {
            let reason = (outcome != Outcome::Agree).then_some(CheckReason::Value);
            with(move |d| d.checks = vec![Check { name, outcome, reason }])
        };
        let names = [
            CheckName::Zones,
            CheckName::Sides,
            CheckName::Number,
            CheckName::NumberBirth,
            CheckName::NumberSex,
            CheckName::Dates,
            CheckName::ChipFiles,
        ];
        for name in names {
            assert_eq!(check(name, Outcome::Differ).reasons, [Reason::FieldsDiffer], "{name:?}");
            assert_eq!(check(name, Outcome::Differ).decision, Decision::Review);
            assert_eq!(check(name, Outcome::Unavailable).decision, Decision::Approved);
        }
        assert_eq!(check(CheckName::MrzDigits, Outcome::Differ).reasons, [Reason::MrzNotValid]);
    }

    #[test]
    fn a_card_without_a_zone_is_never_approved_by_what_it_prints() {
        let verdict = with(|d| {
            d.mrz = None;
            d.document_type = TypeName("hkg_id".to_owned());
            d.checks =
                vec![Check { name: CheckName::Number, outcome: Outcome::Agree, reason: None }];
        });
        assert_eq!(verdict.decision, Decision::Review);
        // Any of three names is a name.
        for name in [FieldName::FullName, FieldName::NativeName] {
            let verdict = with(|d| {
                d.fields.remove(&FieldName::Surname);
                d.fields.insert(name, field("MUSTER"));
            });
            assert_eq!(verdict.decision, Decision::Approved, "{name:?}");
        }
    }

    #[test]
    fn doubt_about_liveness_is_for_a_person() {
        let same = comparison(Match::Match);
        let doubt = liveness(LivenessDecision::Live, vec![LivenessReason::Uncertain]);
        assert_eq!(verdict(&reading(), Some(&same), &doubt).reasons, [Reason::LivenessUncertain]);
        let none = liveness(LivenessDecision::Unavailable, vec![LivenessReason::NoFace]);
        let unknown = verdict(&reading(), None, &none);
        assert_eq!(unknown.decision, Decision::Review);
        assert_eq!(unknown.reasons, [Reason::PortraitMissing, Reason::LivenessUnavailable]);
    }

    #[test]
    fn reasons_are_spelt_alike_everywhere() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
        let declining: Vec<_> = Reason::ALL.into_iter().take_while(|r| r.declines()).collect();
        assert_eq!(declining.last(), Some(&Reason::JurisdictionNotAllowed));
        assert!(Reason::ALL.into_iter().skip(declining.len()).all(|r| !r.declines()));
    }

    proptest! {
        /// Whatever else is wrong, nothing but a match of a live face is let in,
        /// and one reason to decline is enough.
        #[test]
        fn only_a_live_match_is_approved(
            matched in 0..4usize,
            live in 0..3usize,
            valid: bool,
            known: bool,
            expired: bool,
        ) {
            let mut document = reading();
            document.mrz.as_mut().unwrap().valid = valid;
            if !known { document.kind = DocumentType::Unknown; }
            if expired { document.warnings.push(Warning::Expired); }
            let matches = [Match::Match, Match::NoMatch, Match::Unavailable];
            let comparison = matches.get(matched).map(|m| comparison(*m));
            let decisions =
                [LivenessDecision::Live, LivenessDecision::Attack, LivenessDecision::Unavailable];
            let verdict =
                verdict(&document, comparison.as_ref(), &liveness(decisions[live], vec![]));
            let approved = matched == 0 && live == 0 && valid && known && !expired;
            prop_assert_eq!(verdict.decision == Decision::Approved, approved);
            prop_assert_eq!(verdict.reasons.is_empty(), approved);
            let declined = matched == 1 || live == 1 || expired;
            prop_assert_eq!(verdict.decision == Decision::Declined, declined);
        }
    }
}
