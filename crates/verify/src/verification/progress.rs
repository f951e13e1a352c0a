//! The state machine: pure, so that it can be read in one place and tested by
//! random histories.
//!
//! ```text
//! created ─┬─► collecting ─┬─► approved | declined      by the rule
//!          │               └─► review ─┬─► approved | declined   by a person
//!          │                           └─► expired               undecided
//!          └────────────────► expired | cancelled
//! ```

use std::collections::BTreeMap;

use bonafide_accounts::{Flow, FlowStep, LivenessMethod, Mode};
use bonafide_context::Keeper;
use serde::{Deserialize, Serialize};

use super::review::{ManualDecision, ReviewOutcome, ReviewReason};
use super::{
    Channel, Ending, Gate, GateState, GateView, Refusal, Side, State, StepView, Upload,
    UploadSource, Wanted,
};
use crate::consent::ConsentState;
use crate::decide::Verdict;
use crate::{Decision, Reason};

/// How far a verification has come: statuses and codes, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) state: State,
    pub(crate) gates: BTreeMap<Gate, GateRecord>,
    pub(crate) steps: BTreeMap<Upload, StepRecord>,
    pub(crate) ended_by: Option<Ending>,
    pub(crate) review_reason: Option<ReviewReason>,
    /// Whether a doubt can go to a person: where nothing is kept that he could
    /// look at, a doubt is a no.
    pub(crate) reviewable: bool,
    /// On what it rests, when that was last looked at.
    #[serde(default)]
    pub(crate) consent: ConsentState,
    /// Whether the person has to say first where he is and how old.
    #[serde(default)]
    pub(crate) statement_wanted: bool,
    /// Whether the face is wanted by a liveness challenge.
    #[serde(default)]
    pub(crate) live: bool,
    /// By which way without biometrics, if the person chose one.
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    /// Whether what it keeps is being deleted right now: nothing comes in meanwhile.
    #[serde(default)]
    pub(crate) shut: bool,
}

/// How a gate stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GateRecord {
    pub(crate) state: GateState,
    pub(crate) reasons: Vec<Reason>,
}

/// How something to be handed in stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepRecord {
    pub(crate) done: bool,
    /// Of the selfie, or of the document's front.
    pub(crate) tries_left: u32,
    /// Of the document's back; a row from before there were two has one.
    #[serde(default = "one")]
    pub(crate) back_tries_left: u32,
    /// The front is good, and the back is wanted.
    #[serde(default)]
    pub(crate) back_wanted: bool,
    pub(crate) hints: Vec<String>,
    pub(crate) source: Option<UploadSource>,
}

const fn one() -> u32 {
    1
}

/// What was handed in together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handed {
    /// Sides of the document.
    Document { front: bool, back: bool },
    /// The selfie.
    Selfie,
}

impl Handed {
    pub(crate) const fn step(self) -> Upload {
        match self {
            Self::Document { .. } => Upload::Document,
            Self::Selfie => Upload::Selfie,
        }
    }

    const fn has(self, side: Side) -> bool {
        match (self, side) {
            (Self::Document { front, .. }, Side::Front) => front,
            (Self::Document { back, .. }, Side::Back) => back,
            (Self::Selfie, side) => matches!(side, Side::Front),
        }
    }
}

/// What was found out from one hand-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Judged {
    /// Each gate that was looked at.
    pub(crate) findings: Vec<Finding>,
    /// What to mind the next time.
    pub(crate) hints: Vec<&'static str>,
    /// Whether the picture was good enough to hold its findings against the
    /// person: a date of expiry misread from a blurred page declines nobody who
    /// can still take another picture.
    pub(crate) certain: bool,
    /// Whether all that a document lacks stands on its back, the front being as
    /// good as it has to be.
    pub(crate) back_mends: bool,
}

/// What was found out about a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) gate: Gate,
    /// Why it is not passed; empty if it is.
    pub(crate) reasons: Vec<Reason>,
    /// Whether another picture of the same thing could mend it.
    pub(crate) retake: bool,
}

impl Progress {
    /// At the beginning of a flow.
    pub(crate) fn new(flow: &Flow) -> Self {
        let has = |step| flow.steps.contains(&step);
        let (document, compare) =
            (has(FlowStep::Document) || has(FlowStep::Compare), has(FlowStep::Compare));
        let liveness = has(FlowStep::Liveness);
        let gates = [
            (Gate::Document, document),
            (Gate::DocumentType, document),
            (Gate::Jurisdiction, document && flow.jurisdictions.is_some()),
            (Gate::Expiry, document),
            (Gate::AgeOfConsent, document && flow.age_of_consent),
            (Gate::Age, document && flow.minimum_age.is_some()),
            (Gate::Liveness, liveness),
            (Gate::Compare, compare),
        ];
        let steps = [
            (Upload::Document, document, flow.document_tries),
            (Upload::Selfie, liveness || compare, flow.liveness_tries),
        ];
        Self {
            state: State::Created,
            gates: gates
                .into_iter()
                .filter(|(_, needed)| *needed)
                .map(|(gate, _)| (gate, GateRecord::pending()))
                .collect(),
            steps: steps
                .into_iter()
                .filter(|(_, needed, _)| *needed)
                .map(|(step, _, tries)| (step, StepRecord::new(tries.max(1))))
                .collect(),
            ended_by: None,
            review_reason: None,
            reviewable: flow.mode != Mode::AgeCheck,
            consent: ConsentState::NotNeeded,
            statement_wanted: flow.age_of_consent,
            live: liveness && flow.liveness != LivenessMethod::Passive,
            channel: None,
            shut: false,
        }
    }

    /// Whether this can be handed in now.
    pub(crate) fn takes(&self, handed: Handed) -> Result<(), Refusal> {
        match self.state {
            State::Created | State::Collecting => {}
            State::Review => return Err(Refusal::UnderReview),
            State::Expired => return Err(Refusal::Expired),
            state => return Err(Refusal::Ended { state }),
        }
        if self.shut {
            return Err(Refusal::BeingDeleted);
        }
        let step = handed.step();
        let record = match self.steps.get(&step) {
            None => return Err(Refusal::NotAStep { step }),
            Some(record) if record.done => return Err(Refusal::StepDone { step }),
            Some(record) => record,
        };
        let waits = record.back_wanted && self.keeps_pictures();
        if !handed.has(Side::Front) && !waits {
            return Err(Refusal::FrontWanted);
        }
        for (side, tries) in
            [(Side::Front, record.tries_left), (Side::Back, record.back_tries_left)]
        {
            if handed.has(side) && tries == 0 {
                return Err(Refusal::SideDone { side });
            }
        }
        Ok(())
    }

    /// What was handed in has been judged.
    pub(crate) fn judged(
        &self,
        handed: Handed,
        source: UploadSource,
        judged: &Judged,
    ) -> Result<Self, Refusal> {
        self.takes(handed)?;
        let (step, keeps) = (handed.step(), self.keeps_pictures());
        let mut next = self.clone();
        let Some(record) = next.steps.get_mut(&step) else {
            return Err(Refusal::NotAStep { step });
        };
        // A gate that the flow does not have is not looked at.
        let looked_at = || judged.findings.iter().filter(|f| self.gates.contains_key(&f.gate));
        let mut reasons = looked_at().flat_map(|finding| &finding.reasons);
        let fatal = judged.certain && reasons.any(|reason| reason.is_final());
        let retake = looked_at().any(|finding| finding.retake && !finding.reasons.is_empty());
        if handed.has(Side::Front) {
            record.tries_left = record.tries_left.saturating_sub(1);
        }
        if handed.has(Side::Back) {
            record.back_tries_left = record.back_tries_left.saturating_sub(1);
        }
        let back_mends = retake && judged.back_mends;
        let tries = match (back_mends, keeps) {
            (true, true) => record.back_tries_left,
            (true, false) => record.back_tries_left.min(record.tries_left),
            (false, _) => record.tries_left,
        };
        record.done = fatal || !retake || tries == 0;
        record.back_wanted = back_mends && !record.done;
        record.source = Some(source);
        // Half a document is good as far as it goes: it is judged when it is whole.
        let half = record.back_wanted && !handed.has(Side::Back);
        let hints: &[&str] = if half { &[] } else { &judged.hints };
        record.hints = hints.iter().map(|&hint| hint.to_owned()).collect();
        for finding in &judged.findings {
            if let Some(gate) = next.gates.get_mut(&finding.gate) {
                if half {
                    *gate = GateRecord::pending();
                } else {
                    gate.set(&finding.reasons);
                }
            }
        }
        next.state = State::Collecting;
        if fatal || next.steps.values().all(|step| step.done) {
            next.conclude();
        }
        Ok(next)
    }

    /// Whether pictures are kept at all, from one call to the next: of an age
    /// check none is, for they show the date of birth.
    fn keeps_pictures(&self) -> bool {
        self.reviewable
    }

    /// Whether a front that was handed in now is to be kept for its back.
    pub(crate) fn waits_for_back(&self) -> bool {
        self.keeps_pictures() && self.wanted(Upload::Document) == Some(Wanted::DocumentBack)
    }

    /// What of a step is wanted now.
    fn wanted(&self, step: Upload) -> Option<Wanted> {
        let record = self.steps.get(&step)?;
        if record.done || !self.state.is_open() {
            return None;
        }
        Some(match (step, record.back_wanted, self.keeps_pictures()) {
            (Upload::Selfie, ..) if self.live => Wanted::Liveness,
            (Upload::Selfie, ..) => Wanted::Selfie,
            (Upload::Document, false, _) => Wanted::DocumentFront,
            (Upload::Document, true, true) => Wanted::DocumentBack,
            (Upload::Document, true, false) => Wanted::DocumentBoth,
        })
    }

    /// What is wanted next.
    pub(crate) fn next(&self) -> Option<Wanted> {
        if self.state.is_open() && self.statement_wanted {
            return Some(Wanted::Statement);
        }
        if self.state.is_open() && self.consent == ConsentState::Wanted {
            return Some(Wanted::Consent);
        }
        self.steps.keys().find_map(|step| self.wanted(*step))
    }

    /// Applies the rule to what the gates say.
    fn conclude(&mut self) {
        let verdict = Verdict::of(self.reasons());
        for gate in self.gates.values_mut() {
            if gate.state == GateState::Pending {
                gate.state = GateState::Unavailable;
            }
        }
        let passed = self.gates.values().all(|gate| gate.state == GateState::Passed);
        self.state = match verdict.decision {
            // No reason against it is not enough: every gate has to be passed.
            Decision::Approved if passed && !self.gates.is_empty() => State::Approved,
            Decision::Declined => State::Declined,
            Decision::Approved | Decision::Review if self.reviewable => State::Review,
            Decision::Approved | Decision::Review => State::Declined,
        };
        self.ended_by = Some(Ending::Rule);
        if self.channel.is_some() && Keeper::AssistedWay.works() {
            // Whoever chose another way is refused by a person only.
            self.state = State::Review;
            self.ended_by = Some(Ending::Assisted);
        }
        if self.is_under_age() {
            // Not a refusal: it was never to begin.
            self.state = State::Cancelled;
            self.ended_by = Some(Ending::UnderAge);
        }
    }

    /// Whether the document proves that the person may not decide alone, and
    /// nobody has decided for him.
    fn is_under_age(&self) -> bool {
        let gate = self.gates.get(&Gate::AgeOfConsent);
        gate.is_some_and(|gate| gate.reasons.contains(&Reason::UnderAge))
    }

    /// The person chose a way without biometrics.
    pub(crate) fn assisted(&self, channel: Channel, tries: u32) -> Result<Self, Refusal> {
        match self.state {
            State::Created | State::Collecting => {}
            State::Review => return Err(Refusal::UnderReview),
            State::Expired => return Err(Refusal::Expired),
            state => return Err(Refusal::Ended { state }),
        }
        let mut next =
            Self { channel: Some(channel), reviewable: true, shut: false, ..self.clone() };
        for biometric in [Gate::Liveness, Gate::Compare] {
            next.gates.remove(&biometric);
        }
        for gate in [Gate::Document, Gate::DocumentType, Gate::Expiry] {
            next.gates.entry(gate).or_insert(GateRecord::pending());
        }
        next.steps.remove(&Upload::Selfie);
        let document =
            next.steps.entry(Upload::Document).or_insert_with(|| StepRecord::new(tries.max(1)));
        // What comes by another way than this server is not waited for.
        document.done |= channel != Channel::Upload;
        if document.done {
            next.conclude();
        }
        Ok(next)
    }

    /// The person has said where he is and how old.
    pub(crate) fn stated(&self) -> Self {
        let mut next = Self { statement_wanted: false, ..self.clone() };
        if next.steps.contains_key(&Upload::Document) {
            next.gates.entry(Gate::AgeOfConsent).or_insert(GateRecord::pending());
        }
        next
    }

    /// A person has decided.
    pub(crate) fn decided(&self, decision: ManualDecision) -> Result<Self, Refusal> {
        match self.state {
            State::Review => {}
            State::Expired => return Err(Refusal::Expired),
            state => return Err(Refusal::NotInReview { state }),
        }
        if decision.reason.goes_with() != decision.decision {
            return Err(Refusal::ReasonMismatch);
        }
        let state = match decision.decision {
            ReviewOutcome::Approved => State::Approved,
            ReviewOutcome::Declined => State::Declined,
        };
        Ok(Self {
            state,
            ended_by: Some(Ending::Reviewer),
            review_reason: Some(decision.reason),
            ..self.clone()
        })
    }

    /// It was given up, or its data deleted, before it was decided.
    pub(crate) fn cancelled(&self, by: Ending) -> Result<Self, Refusal> {
        match self.state {
            State::Expired => Err(Refusal::Expired),
            state if state.is_terminal() => Err(Refusal::Ended { state }),
            _ => {
                let state = State::Cancelled;
                Ok(Self { state, ended_by: Some(by), shut: false, ..self.clone() })
            }
        }
    }

    /// Its time is over. Never decides anything.
    pub(crate) fn expired(&self) -> Self {
        let by = match self.state {
            State::Created | State::Collecting => Ending::TimeLimit,
            State::Review => Ending::ReviewExpired,
            _ => return self.clone(),
        };
        Self { state: State::Expired, ended_by: Some(by), ..self.clone() }
    }

    /// What is to be done with the person's request, if that is known.
    pub(crate) fn decision(&self) -> Option<Decision> {
        match self.state {
            State::Approved => Some(Decision::Approved),
            State::Declined => Some(Decision::Declined),
            State::Review => Some(Decision::Review),
            State::Created | State::Collecting | State::Cancelled | State::Expired => None,
        }
    }

    /// Everything that speaks against approval, the graver first.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> =
            self.gates.values().flat_map(|gate| gate.reasons.iter().copied()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// The gates for an answer.
    pub(crate) fn gate_views(&self) -> Vec<GateView> {
        let view = |(&gate, record): (&Gate, &GateRecord)| GateView {
            gate,
            state: record.state,
            reasons: record.reasons.clone(),
        };
        self.gates.iter().map(view).collect()
    }

    /// The steps for an answer.
    pub(crate) fn step_views(&self) -> Vec<StepView> {
        let view = |(&step, record): (&Upload, &StepRecord)| StepView {
            step,
            done: record.done || !self.state.is_open(),
            wanted: self.wanted(step),
            tries_left: record.tries_of(self.wanted(step)),
            hints: record.hints.clone(),
            source: record.source,
        };
        self.steps.iter().map(view).collect()
    }
}

impl StepRecord {
    fn new(tries: u32) -> Self {
        Self {
            done: false,
            tries_left: tries,
            back_tries_left: tries,
            back_wanted: false,
            hints: Vec::new(),
            source: None,
        }
    }

    /// How often what is wanted may be handed in.
    fn tries_of(&self, wanted: Option<Wanted>) -> u32 {
        match wanted {
            Some(Wanted::DocumentBack) => self.back_tries_left,
            Some(Wanted::DocumentBoth) => self.tries_left.min(self.back_tries_left),
            _ => self.tries_left,
        }
    }
}

impl GateRecord {
    const fn pending() -> Self {
        Self { state: GateState::Pending, reasons: Vec::new() }
    }

    fn set(&mut self, reasons: &[Reason]) {
        self.state = if reasons.is_empty() {
            GateState::Passed
        } else if reasons.iter().all(|reason| reason.is_unknown()) {
            GateState::Unavailable
        } else {
            GateState::Failed
        };
        self.reasons = reasons.to_vec();
    }
}

impl Reason {
    /// Whether no other picture can mend it: it ends the verification at once,
    /// and whoever shows another face, a print or a document that is no longer
    /// good does not get to try until it works.
    fn is_final(self) -> bool {
        matches!(
            self,
            Self::FaceMismatch | Self::PresentationAttack | Self::DocumentExpired | Self::UnderAge
        )
    }

    /// Whether it says that something could not be found out.
    fn is_unknown(self) -> bool {
        matches!(
            self,
            Self::NoDocument
                | Self::DocumentUnknown
                | Self::FieldMissing
                | Self::PortraitMissing
                | Self::ComparisonUnavailable
                | Self::LivenessUnavailable
        )
    }
}

#[cfg(test)]
mod tests;
