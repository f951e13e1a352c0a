//! What is told of a verification.

use bonafide_accounts::Mode;
use bonafide_policy::HeldPart;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::record::Record;
use super::review::ReviewReason;
use super::{Channel, Ending, Gate, GateState, GateView, State, StepView, Upload, Wanted};
use crate::answer::{
    ComparisonAnswer, DocumentAnswer, DocumentField, LivenessAnswer, Moment, Selectable, Selection,
};
use crate::consent::ConsentState;
use crate::device::DeviceRisk;
use crate::{Decision, Reason};

/// A verification as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    /// `ver_…`.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// What it finds out and tells.
    pub mode: Mode,
    /// What is to be done with the person's request; `null` while that is open,
    /// and for good if it was never decided.
    pub decision: Option<Decision>,
    /// Everything that speaks against approval, the graver first.
    pub reasons: Vec<Reason>,
    /// Who or what ended it or brought it to review; `null` while it is open.
    pub ended_by: Option<Ending>,
    /// Why the reviewer decided so, if one did.
    pub review_reason: Option<ReviewReason>,
    /// What it has to pass, in order.
    pub gates: Vec<GateView>,
    /// What the person hands in, in order.
    pub steps: Vec<StepView>,
    /// What is wanted next, the first of what the steps want; `null` when nothing
    /// is wanted any more.
    pub next: Option<Wanted>,
    /// By which way without biometrics, if the person chose one.
    pub assisted: Option<Channel>,
    /// On what it rests, as far as consent goes.
    pub consent: ConsentState,
    /// The template it was created with.
    pub template: Option<TemplateVersion>,
    /// When it was created.
    pub created_at: Moment,
    /// When it expires unless it is decided before: its time limit, or in
    /// review the moment at which its media have to go. `null` when it has
    /// ended.
    pub expires_at: Option<Moment>,
    /// When its media and results have to go; `null` if there are none.
    pub data_expires_at: Option<Moment>,
    /// The keyed hash of the customer's own reference, if one was given.
    pub reference: Option<String>,
    /// What was found out, as far as it was asked for; `null` when there is
    /// nothing yet, when it has expired or was deleted, and for the token of a
    /// person's browser.
    pub result: Option<VerificationResult>,
    /// Pictures that are kept, by name.
    pub media: Vec<String>,
    /// What facts of the person's device tell about it: where your policy names devices
    /// among `risk_signals` and facts were handed in. Not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub device_risk: Option<DeviceRisk>,
}

/// A version of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateVersion {
    /// `tpl_…`.
    pub id: String,
    /// 1, 2, 3 …
    pub version: u32,
}

/// What a verification found out, as far as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, HeldPart)]
pub struct VerificationResult {
    /// What the document says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub document: Option<DocumentAnswer>,
    /// Its portrait against the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub comparison: Option<ComparisonAnswer>,
    /// Whether the person is living.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub liveness: Option<LivenessAnswer>,
    /// Whether the holder has reached the minimum age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub age: Option<AgeAnswer>,
}

impl VerificationResult {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Yes or no, and nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, HeldPart)]
pub struct AgeAnswer {
    /// The age in whole years.
    pub limit: u32,
    /// Whether it is reached, as the document proves it; what it does not prove
    /// is not reached.
    pub reached: bool,
}

impl AgeAnswer {
    /// What is known of the age, once it is judged and if it was asked for.
    fn of(record: &Record) -> Option<Self> {
        let limit = record.flow.minimum_age?;
        let gate = record.progress.gates.get(&Gate::Age)?;
        let judged = record.progress.steps.get(&Upload::Document).is_some_and(|step| step.done);
        let asked = record.fields.has(VerificationField::Age);
        (judged && asked)
            .then(|| Self { limit, reached: gate.state == GateState::Passed && record.readable() })
    }
}

/// What of a verification's result can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerificationField {
    /// Something of the document, by its own name.
    Document(DocumentField),
    /// `comparison`.
    Comparison,
    /// `liveness`.
    Liveness,
    /// `age`.
    Age,
}

const OF_DOCUMENT: usize = DocumentField::ALL.len();

const fn all() -> [VerificationField; OF_DOCUMENT + 3] {
    let mut all = [VerificationField::Age; OF_DOCUMENT + 3];
    let mut next = 0;
    while next < OF_DOCUMENT {
        all[next] = VerificationField::Document(DocumentField::ALL[next]);
        next += 1;
    }
    all[OF_DOCUMENT] = VerificationField::Comparison;
    all[OF_DOCUMENT + 1] = VerificationField::Liveness;
    all
}

impl Selectable for VerificationField {
    const ALL: &'static [Self] = &all();

    fn name(self) -> &'static str {
        match self {
            Self::Document(field) => field.name(),
            Self::Comparison => "comparison",
            Self::Liveness => "liveness",
            Self::Age => "age",
        }
    }
}

impl Verification {
    /// What is told of a row, with the result and the pictures that are kept.
    pub(crate) fn of(
        record: &Record,
        result: Option<VerificationResult>,
        media: Vec<String>,
    ) -> Self {
        let progress = &record.progress;
        let open = !progress.state.is_terminal();
        Self {
            id: record.id.to_string(),
            state: progress.state,
            mode: record.flow.mode,
            decision: progress.decision(),
            reasons: progress.reasons(),
            ended_by: progress.ended_by,
            review_reason: progress.review_reason,
            gates: progress.gate_views(),
            steps: progress.step_views(),
            next: progress.next(),
            assisted: progress.channel,
            consent: progress.consent,
            template: record.template.clone(),
            created_at: record.created.into(),
            expires_at: open.then(|| record.due().into()),
            data_expires_at: record.data_until.map(Moment::from),
            reference: record.reference.clone(),
            result,
            media,
            device_risk: None,
        }
    }
}

impl VerificationResult {
    /// What both hold, where they overlap as `newer` has it.
    #[must_use]
    pub(crate) fn with(self, newer: Self) -> Self {
        Self {
            document: newer.document.or(self.document),
            comparison: newer.comparison.or(self.comparison),
            liveness: newer.liveness.or(self.liveness),
            age: newer.age.or(self.age),
        }
    }

    /// What is told of what rests: the age is told by how the gate stands, so
    /// that nothing about it has to rest. `None` if there is nothing to tell.
    pub(crate) fn told(self, record: &Record) -> Option<Self> {
        let told = Self { age: AgeAnswer::of(record), ..self };
        (!told.is_empty()).then_some(told)
    }

    /// Only what is asked for of what there is.
    #[must_use]
    pub(crate) fn narrowed(self, asked: &Selection<VerificationField>) -> Self {
        let document = asked.of_document();
        Self {
            document: self
                .document
                .map(|answer| answer.narrowed(&document))
                .filter(|answer| *answer != DocumentAnswer::default()),
            comparison: self.comparison.filter(|_| asked.has(VerificationField::Comparison)),
            liveness: self.liveness.filter(|_| asked.has(VerificationField::Liveness)),
            age: self.age.filter(|_| asked.has(VerificationField::Age)),
        }
    }
}

impl Selection<VerificationField> {
    /// What of it is about the document.
    pub(crate) fn of_document(&self) -> Selection<DocumentField> {
        match self {
            Self::All => Selection::All,
            Self::Only(fields) => {
                let document = fields.iter().filter_map(|field| match field {
                    VerificationField::Document(field) => Some(*field),
                    _ => None,
                });
                Selection::Only(document.collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own() {
        let mut names: Vec<_> = VerificationField::ALL.iter().map(|field| field.name()).collect();
        assert_eq!(names.len(), OF_DOCUMENT + 3);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), OF_DOCUMENT + 3);
    }
}
