//! From evidence to findings: what each gate says to what was handed in.

use bonafide_accounts::{Flow, SecurityLevel};
use bonafide_context::Date;
use bonafide_document::{DocumentType, Reading, Warning};
use bonafide_face::{
    Comparison, Fmr, ImageSide, Liveness, LivenessDecision, LivenessReason, Match,
};
use bonafide_liveness::Outcome;

use super::Gate;
use super::progress::{Finding, Judged};
use super::statement::AgeRule;
use crate::answer::LivenessAnswer;
use crate::decide::about;
use crate::liveness::{Advice, Grounds};
use crate::{Reason, Selection};

/// The false match rate that a security level holds a comparison to.
pub(crate) const fn fmr(level: SecurityLevel) -> Fmr {
    match level {
        SecurityLevel::Low => Fmr::OneInThousand,
        SecurityLevel::Standard => Fmr::OneInTenThousand,
        SecurityLevel::High => Fmr::OneInHundredThousand,
    }
}

/// Judges a document.
pub(crate) fn document(
    flow: &Flow,
    ages: Option<&AgeRule>,
    reading: &Reading,
    today: Date,
) -> Judged {
    let readable: Vec<Reason> = about::document(reading)
        .into_iter()
        .filter(|reason| matters(flow, reading, *reason))
        .collect();
    let certain = readable.is_empty();
    let expiry = about::expiry(reading, today).filter(|reason| matters(flow, reading, *reason));
    let age = flow.minimum_age.and_then(|minimum| about::age(reading, minimum, today));
    let of_consent = ages.and_then(|rule| rule.judge(reading, today));
    let finding = |gate, reasons| Finding { gate, reasons, retake: true };
    let mut judged = Judged {
        findings: vec![
            finding(Gate::Document, readable),
            finding(Gate::DocumentType, kind(flow, reading).into_iter().collect()),
            finding(Gate::Jurisdiction, jurisdiction(flow, reading).into_iter().collect()),
            finding(Gate::Expiry, expiry.into_iter().collect()),
            finding(Gate::AgeOfConsent, of_consent.into_iter().collect()),
            finding(Gate::Age, age.into_iter().collect()),
        ],
        hints: reading.warnings.iter().map(|warning| warning.name()).collect(),
        certain,
        back_mends: false,
    };
    judged.back_mends = back_mends(reading, &judged);
    judged
}

/// Whether all that speaks against a document can be mended by a picture of its
/// back: a card bears its zone there, a booklet or a visa has none to show.
fn back_mends(reading: &Reading, judged: &Judged) -> bool {
    let card = !matches!(reading.kind, DocumentType::Passport | DocumentType::Visa);
    // A zone of another format stands on the front, where it was read.
    let zone_behind = reading.mrz.as_ref().is_none_or(|mrz| mrz.format == "TD1");
    let front_poor = reading.warnings.iter().any(|warning| {
        !matches!(
            warning,
            Warning::NoMrz | Warning::MrzNotValid | Warning::FieldsDiffer | Warning::Expired
        )
    });
    let behind = |reason: &Reason| {
        matches!(
            reason,
            Reason::MrzMissing
                | Reason::MrzNotValid
                | Reason::FieldsDiffer
                | Reason::FieldMissing
                | Reason::DocumentUnknown
                // As read from one side, while the other is to confirm it.
                | Reason::DocumentExpired
                | Reason::UnderAge
        )
    };
    let mut reasons = judged.findings.iter().flat_map(|finding| &finding.reasons).peekable();
    card && zone_behind && !front_poor && reasons.peek().is_some() && reasons.all(behind)
}

/// Judges a selfie for itself.
pub(crate) fn liveness(flow: &Flow, liveness: &Liveness) -> Judged {
    let reason = about::liveness(liveness).filter(|reason| {
        *reason != Reason::LivenessUncertain || flow.security_level != SecurityLevel::Low
    });
    Judged {
        findings: vec![Finding {
            gate: Gate::Liveness,
            reasons: reason.into_iter().collect(),
            // A network that is missing is missing for the next picture too.
            retake: !liveness.reasons.contains(&LivenessReason::NetworkMissing),
        }],
        hints: liveness.reasons.iter().map(|reason| reason.code()).collect(),
        certain: true,
        back_mends: false,
    }
}

/// Judges what a recording of the face came to. Only what is certainly an attack ends
/// it at once: whoever could not be confirmed may try again, and in the end a person
/// looks.
pub(crate) fn live_face(grounds: Grounds) -> Judged {
    let reason = match grounds {
        Grounds::Accept => None,
        Grounds::Unavailable => Some(Reason::LivenessUnavailable),
        grounds if grounds.is_final() => Some(Reason::PresentationAttack),
        _ => Some(Reason::LivenessUncertain),
    };
    Judged {
        findings: vec![Finding {
            gate: Gate::Liveness,
            reasons: reason.into_iter().collect(),
            // What this server cannot do it cannot do the next time either.
            retake: grounds != Grounds::Unavailable,
        }],
        hints: Advice::on(grounds, false).map(Advice::name).into_iter().collect(),
        certain: true,
        back_mends: false,
    }
}

/// The same for the result.
pub(crate) fn told_of(grounds: Grounds) -> LivenessAnswer {
    let decision = match grounds.outcome() {
        Outcome::Accepted => LivenessDecision::Live,
        Outcome::NonResponse => LivenessDecision::Unavailable,
        Outcome::Rejected => LivenessDecision::Attack,
    };
    let found =
        Liveness { score: None, decision, threshold: Liveness::THRESHOLD, reasons: Vec::new() };
    LivenessAnswer::of(&found, &Selection::All)
}

/// Judges portrait (`a`) against selfie (`b`); `side` is the picture that was
/// handed in now and could be taken again. Without a portrait there is nothing
/// to compare.
pub(crate) fn comparison(comparison: Option<&Comparison>, side: ImageSide) -> Judged {
    let Some(found) = comparison else {
        return Judged {
            findings: vec![Finding {
                gate: Gate::Compare,
                reasons: about::comparison(None).into_iter().collect(),
                retake: side == ImageSide::A,
            }],
            hints: Vec::new(),
            certain: true,
            // The portrait is on the front.
            back_mends: side != ImageSide::A,
        };
    };
    let of_side: Vec<_> = found.reasons.iter().filter(|reason| reason.side() == side).collect();
    Judged {
        findings: vec![Finding {
            gate: Gate::Compare,
            reasons: about::comparison(Some(found)).into_iter().collect(),
            retake: !of_side.is_empty(),
        }],
        hints: of_side.iter().map(|reason| reason.what()).collect(),
        // A poor picture costs genuine matches: no match on one is no proof.
        certain: found.decision != Match::NoMatch || of_side.is_empty(),
        back_mends: of_side.is_empty(),
    }
}

impl Judged {
    /// Both together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.hints.extend(other.hints);
        self.hints.sort_unstable();
        self.hints.dedup();
        self.certain &= other.certain;
        self.back_mends &= other.back_mends;
        self
    }
}

/// Whether a reason counts in a flow that names the warnings that do.
fn matters(flow: &Flow, reading: &Reading, reason: Reason) -> bool {
    let listed = |warning| flow.warnings.contains(&warning);
    match reason {
        Reason::TwoDocuments => listed(Warning::TwoDocuments),
        Reason::MrzMissing => listed(Warning::NoMrz),
        Reason::MrzNotValid => listed(Warning::MrzNotValid),
        Reason::FieldsDiffer => listed(Warning::FieldsDiffer),
        Reason::DocumentExpired => listed(Warning::Expired),
        Reason::DocumentObscured => [Warning::Glare, Warning::CutOff]
            .into_iter()
            .any(|warning| reading.warnings.contains(&warning) && listed(warning)),
        // That there is no document, or no field to decide by, is no warning
        // that one could live with.
        _ => true,
    }
}

fn kind(flow: &Flow, reading: &Reading) -> Option<Reason> {
    match reading.kind {
        DocumentType::Unknown => Some(Reason::DocumentUnknown),
        kind if flow.document_types.contains(&kind) => None,
        _ => Some(Reason::DocumentTypeNotAllowed),
    }
}

fn jurisdiction(flow: &Flow, reading: &Reading) -> Option<Reason> {
    flow.jurisdictions.as_ref()?;
    match &reading.issuer {
        None => Some(Reason::FieldMissing),
        Some(issuer) if flow.admits_issuer(issuer) => None,
        Some(_) => Some(Reason::JurisdictionNotAllowed),
    }
}
