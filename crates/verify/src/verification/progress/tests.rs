use super::*;
use bonafide_accounts::VerificationSettings;
use proptest::prelude::*;

pub(crate) fn flow(mode: Mode) -> Flow {
    Flow {
        mode,
        steps: mode.steps().to_vec(),
        document_types: Vec::new(),
        jurisdictions: None,
        minimum_age: Some(18),
        age_of_consent: false,
        device_facts: false,
        security_level: bonafide_accounts::SecurityLevel::Standard,
        liveness: LivenessMethod::Passive,
        document_tries: 3,
        liveness_tries: 2,
        time_limit_seconds: 600,
        warnings: Vec::new(),
        languages: Vec::new(),
        theme: bonafide_accounts::Theme::default(),
        redirect_url: None,
    }
}

fn finding(gate: Gate, reasons: &[Reason]) -> Finding {
    Finding { gate, reasons: reasons.to_vec(), retake: true }
}

fn good_document() -> Judged {
    let gates = [Gate::Document, Gate::DocumentType, Gate::Expiry, Gate::Age];
    Judged {
        findings: gates.map(|gate| finding(gate, &[])).to_vec(),
        certain: true,
        ..Judged::default()
    }
}

fn good_selfie() -> Judged {
    let gates = [Gate::Liveness, Gate::Compare];
    Judged {
        findings: gates.map(|gate| finding(gate, &[])).to_vec(),
        certain: true,
        ..Judged::default()
    }
}

fn bad(gate: Gate, reason: Reason) -> Judged {
    Judged {
        findings: vec![finding(gate, &[reason])],
        hints: vec!["blurred"],
        certain: true,
        ..Judged::default()
    }
}

const FRONT: Handed = Handed::Document { front: true, back: false };
const BACK: Handed = Handed::Document { front: false, back: true };
const BOTH: Handed = Handed::Document { front: true, back: true };

fn handed(step: Upload) -> Handed {
    match step {
        Upload::Document => FRONT,
        Upload::Selfie => Handed::Selfie,
    }
}

/// A front whose zone stands on the back.
fn half() -> Judged {
    let missing = bad(Gate::Document, Reason::MrzMissing);
    Judged { certain: false, back_mends: true, ..missing }
}

fn hand_in(progress: &Progress, step: Upload, judged: &Judged) -> Progress {
    progress.judged(handed(step), UploadSource::Sdk, judged).unwrap()
}

#[test]
fn o23_whatever_is_handed_in_the_assisted_way_never_declines() {
    let start = Progress::new(&flow(Mode::Full));
    let collecting = hand_in(&start, Upload::Selfie, &good_selfie());
    for begun in [&start, &collecting] {
        let assisted = begun.assisted(Channel::Upload, 2).unwrap();
        assert!(assisted.gates.keys().all(|g| !matches!(g, Gate::Liveness | Gate::Compare)));
        for reason in Reason::ALL {
            let end = hand_in(&assisted, Upload::Document, &bad(Gate::Document, reason));
            let end = match end.state {
                State::Collecting => hand_in(&end, Upload::Document, &good_document()),
                _ => end,
            };
            assert_eq!((end.state, end.ended_by), (State::Review, Some(Ending::Assisted)));
        }
        let good = hand_in(&assisted, Upload::Document, &good_document());
        assert_eq!(good.state, State::Review, "no rule approves it either");
    }
    let phone = start.assisted(Channel::Phone, 2).unwrap();
    assert_eq!((phone.state, phone.next()), (State::Review, None));
}

#[test]
fn o5_under_age_ends_it_without_a_decision() {
    let asking = Flow { age_of_consent: true, ..flow(Mode::Full) };
    let start = Progress::new(&asking);
    assert_eq!(start.next(), Some(Wanted::Statement));
    let stated = start.stated();
    assert_eq!(stated.next(), Some(Wanted::DocumentFront));
    let end = hand_in(&stated, Upload::Document, &bad(Gate::AgeOfConsent, Reason::UnderAge));
    assert_eq!((end.state, end.ended_by), (State::Cancelled, Some(Ending::UnderAge)));
    assert_eq!(end.decision(), None);
    // What the document does not prove goes to a person, never to approval.
    let unproven = bad(Gate::AgeOfConsent, Reason::FieldMissing);
    let mut progress = hand_in(&stated, Upload::Selfie, &good_selfie());
    while progress.state.is_open() {
        progress = hand_in(&progress, Upload::Document, &unproven);
    }
    assert_eq!(progress.state, State::Review);
}

#[test]
fn all_gates_passed_is_approved_in_either_order() {
    let start = Progress::new(&flow(Mode::Full));
    assert_eq!(start.state, State::Created);
    for [first, second] in [[Upload::Document, Upload::Selfie], [Upload::Selfie, Upload::Document]]
    {
        let of = |step| if step == Upload::Document { good_document() } else { good_selfie() };
        let half = hand_in(&start, first, &of(first));
        assert_eq!((half.state, half.decision()), (State::Collecting, None));
        let whole = hand_in(&half, second, &of(second));
        assert_eq!(whole.state, State::Approved);
        assert_eq!(whole.ended_by, Some(Ending::Rule));
    }
}

#[test]
fn a_poor_picture_may_be_taken_again_so_often() {
    let start = Progress::new(&flow(Mode::Full));
    let poor = bad(Gate::Document, Reason::MrzMissing);
    let once = hand_in(&start, Upload::Document, &poor);
    assert_eq!(once.state, State::Collecting);
    assert_eq!(once.steps[&Upload::Document].tries_left, 2);
    assert_eq!(once.steps[&Upload::Document].hints, ["blurred"]);
    let thrice = hand_in(&hand_in(&once, Upload::Document, &poor), Upload::Document, &poor);
    assert!(thrice.steps[&Upload::Document].done);
    let refused = thrice.judged(FRONT, UploadSource::Sdk, &good_document());
    assert_eq!(refused, Err(Refusal::StepDone { step: Upload::Document }));
    let end = hand_in(&thrice, Upload::Selfie, &good_selfie());
    assert_eq!(end.state, State::Review);
    assert_eq!(end.reasons(), [Reason::MrzMissing]);
}

#[test]
fn a_front_that_lacks_what_is_behind_it_waits_for_the_back() {
    let start = Progress::new(&flow(Mode::DocumentOnly));
    assert_eq!(start.next(), Some(Wanted::DocumentFront));
    assert_eq!(start.takes(BACK), Err(Refusal::FrontWanted));
    let front = hand_in(&start, Upload::Document, &half());
    assert_eq!((front.state, front.next()), (State::Collecting, Some(Wanted::DocumentBack)));
    assert_eq!(front.gates[&Gate::Document].state, GateState::Pending);
    assert_eq!((front.reasons(), front.waits_for_back()), (Vec::new(), true));
    let step = &front.step_views()[0];
    assert_eq!((step.done, step.tries_left, step.hints.len()), (false, 3, 0));
    fn judge(progress: &Progress, sides: Handed, judged: &Judged) -> Result<Progress, Refusal> {
        progress.judged(sides, UploadSource::Sdk, judged)
    }
    let whole = judge(&front, BACK, &good_document()).unwrap();
    assert_eq!((whole.state, whole.next()), (State::Approved, None));

    // Each side has tries of its own, and a better front may come any time.
    let again = judge(&front, BACK, &half()).unwrap();
    assert_eq!(again.reasons(), [Reason::MrzMissing], "now it is the back that lacks it");
    assert_eq!((again.next(), again.step_views()[0].tries_left), (Some(Wanted::DocumentBack), 2));
    let twice = hand_in(&hand_in(&again, Upload::Document, &half()), Upload::Document, &half());
    assert_eq!(twice.step_views()[0].tries_left, 2);
    assert_eq!(twice.takes(FRONT), Err(Refusal::SideDone { side: Side::Front }));
    let end = judge(&judge(&twice, BACK, &half()).unwrap(), BACK, &half()).unwrap();
    assert_eq!((end.state, end.reasons()), (State::Review, vec![Reason::MrzMissing]));

    // The back may show that it is the wrong document.
    let wrong = bad(Gate::DocumentType, Reason::DocumentTypeNotAllowed);
    let other = judge(&front, BACK, &wrong).unwrap();
    assert_eq!(
        (other.next(), other.takes(BACK)),
        (Some(Wanted::DocumentFront), Err(Refusal::FrontWanted),)
    );
}

#[test]
fn an_age_check_takes_both_sides_at_once_for_it_keeps_none() {
    let start = Progress::new(&flow(Mode::AgeCheck));
    let front = hand_in(&start, Upload::Document, &half());
    assert_eq!(front.next(), Some(Wanted::DocumentBoth));
    assert!(!front.waits_for_back());
    assert_eq!(front.takes(BACK), Err(Refusal::FrontWanted));
    let end = front.judged(BOTH, UploadSource::Sdk, &good_document()).unwrap();
    assert_eq!(end.state, State::Approved);
    let once = front.judged(BOTH, UploadSource::Sdk, &half()).unwrap();
    assert_eq!(once.step_views()[0].tries_left, 1);
    let end = once.judged(BOTH, UploadSource::Sdk, &half()).unwrap();
    assert_eq!(end.state, State::Declined);
}

#[test]
fn what_no_picture_can_mend_ends_it_at_once() {
    let start = Progress::new(&flow(Mode::Full));
    for (step, gate, reason) in [
        (Upload::Document, Gate::Expiry, Reason::DocumentExpired),
        (Upload::Document, Gate::Age, Reason::UnderAge),
        (Upload::Selfie, Gate::Liveness, Reason::PresentationAttack),
        (Upload::Selfie, Gate::Compare, Reason::FaceMismatch),
    ] {
        let end = hand_in(&start, step, &bad(gate, reason));
        assert_eq!((end.state, end.reasons()), (State::Declined, vec![reason]));
    }
}

#[test]
fn a_doubtful_picture_declines_nobody_who_can_take_another() {
    let start = Progress::new(&flow(Mode::DocumentOnly));
    let misread = Judged { certain: false, ..bad(Gate::Expiry, Reason::DocumentExpired) };
    let once = hand_in(&start, Upload::Document, &misread);
    assert_eq!(once.state, State::Collecting);
    assert_eq!(hand_in(&once, Upload::Document, &good_document()).state, State::Approved);
    let twice = hand_in(&once, Upload::Document, &misread);
    assert_eq!(hand_in(&twice, Upload::Document, &misread).state, State::Declined);
}

#[test]
fn a_document_that_is_not_let_in_may_be_exchanged_and_then_declines() {
    let start = Progress::new(&flow(Mode::DocumentOnly));
    let other = bad(Gate::DocumentType, Reason::DocumentTypeNotAllowed);
    let once = hand_in(&start, Upload::Document, &other);
    assert_eq!(once.state, State::Collecting);
    assert_eq!(hand_in(&once, Upload::Document, &good_document()).state, State::Approved);
    let end = hand_in(&hand_in(&once, Upload::Document, &other), Upload::Document, &other);
    assert_eq!(end.state, State::Declined);
}

#[test]
fn a_gate_nobody_looked_at_is_never_passed() {
    let start = Progress::new(&flow(Mode::DocumentOnly));
    let mut judged = good_document();
    judged.findings.retain(|finding| finding.gate != Gate::Age);
    let end = hand_in(&start, Upload::Document, &judged);
    assert_eq!(end.state, State::Review);
    assert_eq!(end.gates[&Gate::Age].state, GateState::Unavailable);
}

#[test]
fn an_age_check_answers_yes_or_no() {
    let start = Progress::new(&flow(Mode::AgeCheck));
    assert_eq!(hand_in(&start, Upload::Document, &good_document()).state, State::Approved);
    let unknown = bad(Gate::Age, Reason::FieldMissing);
    let twice = hand_in(&hand_in(&start, Upload::Document, &unknown), Upload::Document, &unknown);
    let end = hand_in(&twice, Upload::Document, &unknown);
    assert_eq!(end.state, State::Declined, "nothing is kept that a person could look at");
}

#[test]
fn a_person_decides_only_what_is_in_review_and_with_a_fitting_reason() {
    let start = Progress::new(&flow(Mode::LivenessOnly));
    let yes =
        ManualDecision { decision: ReviewOutcome::Approved, reason: ReviewReason::PersonLive };
    assert_eq!(start.decided(yes), Err(Refusal::NotInReview { state: State::Created }));
    let mut doubt = bad(Gate::Liveness, Reason::LivenessUncertain);
    doubt.findings[0].retake = false;
    let review = hand_in(&start, Upload::Selfie, &doubt);
    assert_eq!(review.state, State::Review);
    assert_eq!(review.takes(Handed::Selfie), Err(Refusal::UnderReview));
    let odd = ManualDecision { reason: ReviewReason::NotLive, ..yes };
    assert_eq!(review.decided(odd), Err(Refusal::ReasonMismatch));
    let end = review.decided(yes).unwrap();
    assert_eq!((end.state, end.ended_by), (State::Approved, Some(Ending::Reviewer)));
    assert_eq!(end.decided(yes), Err(Refusal::NotInReview { state: State::Approved }));
}

#[test]
fn time_over_decides_nothing() {
    let start = Progress::new(&flow(Mode::LivenessOnly));
    let late = start.expired();
    assert_eq!((late.state, late.ended_by), (State::Expired, Some(Ending::TimeLimit)));
    assert_eq!(late.takes(Handed::Selfie), Err(Refusal::Expired));
    let mut doubt = bad(Gate::Liveness, Reason::LivenessUncertain);
    doubt.findings[0].retake = false;
    let review = hand_in(&start, Upload::Selfie, &doubt).expired();
    assert_eq!((review.state, review.decision()), (State::Expired, None));
    assert_eq!(review.ended_by, Some(Ending::ReviewExpired));
}

#[test]
fn the_row_round_trips() {
    let progress = hand_in(
        &Progress::new(&flow(Mode::Full)),
        Upload::Document,
        &bad(Gate::Document, Reason::MrzMissing),
    );
    let json = serde_json::to_string(&progress).unwrap();
    assert_eq!(serde_json::from_str::<Progress>(&json).unwrap(), progress);
    let _ = VerificationSettings::standard();
}

/// Anything that can happen to a verification.
#[derive(Clone, Debug)]
enum Event {
    Judged(Handed, Judged),
    Decided(ManualDecision),
    Cancelled,
    Expired,
}

fn reason() -> impl Strategy<Value = Reason> {
    prop::sample::select(Reason::ALL.to_vec())
}

fn event() -> impl Strategy<Value = Event> {
    let gate = prop::sample::select(vec![
        Gate::Document,
        Gate::DocumentType,
        Gate::Jurisdiction,
        Gate::Expiry,
        Gate::Age,
        Gate::Liveness,
        Gate::Compare,
    ]);
    let reasons = prop_oneof![3 => Just(vec![]), 2 => prop::collection::vec(reason(), 1..3)];
    let finding = (gate, reasons, any::<bool>()).prop_map(|(gate, reasons, retake)| Finding {
        gate,
        reasons,
        retake,
    });
    let random = prop::collection::vec(finding, 0..7).prop_map(|findings| Judged {
        findings,
        certain: true,
        ..Judged::default()
    });
    let judged = prop_oneof![
        2 => random,
        1 => Just(good_document()),
        1 => Just(good_selfie()),
    ];
    let upload = prop::sample::select(vec![FRONT, BACK, BOTH, Handed::Selfie]);
    let decision = prop::sample::select(vec![
        ManualDecision { decision: ReviewOutcome::Approved, reason: ReviewReason::SamePerson },
        ManualDecision { decision: ReviewOutcome::Approved, reason: ReviewReason::NotLive },
        ManualDecision { decision: ReviewOutcome::Declined, reason: ReviewReason::NotLive },
    ]);
    prop_oneof![
        8 => (upload, judged).prop_map(|(upload, judged)| Event::Judged(upload, judged)),
        1 => decision.prop_map(Event::Decided),
        1 => Just(Event::Cancelled),
        1 => Just(Event::Expired),
    ]
}

proptest! {
    #[test]
    fn no_history_reaches_approval_without_every_gate(
        mode in prop::sample::select(vec![
            Mode::Full, Mode::DocumentOnly, Mode::LivenessOnly, Mode::AgeCheck,
        ]),
        events in prop::collection::vec(event(), 0..12),
    ) {
        let flow = flow(mode);
        let mut progress = Progress::new(&flow);
        let gates: Vec<Gate> = progress.gates.keys().copied().collect();
        // Fronts and selfies, and backs.
        let mut taken = BTreeMap::<Upload, u32>::new();
        let mut backs = 0;
        for event in events {
            let before = progress.clone();
            let next = match &event {
                Event::Judged(sides, judged) => progress.judged(*sides, UploadSource::Sdk, judged),
                Event::Decided(decision) => progress.decided(*decision),
                Event::Cancelled => progress.cancelled(Ending::Customer),
                Event::Expired => Ok(progress.expired()),
            };
            if let Ok(next) = next {
                if let Event::Judged(sides, _) = event {
                    *taken.entry(sides.step()).or_default() += u32::from(sides.has(Side::Front));
                    backs += u32::from(sides.has(Side::Back));
                }
                if before.state.is_terminal() {
                    prop_assert_eq!(&next, &before, "what has ended stays");
                }
                prop_assert!(next.state != State::Created || before.state == State::Created);
                progress = next;
            }
            prop_assert_eq!(progress.gates.keys().copied().collect::<Vec<_>>(), gates.clone());
            if progress.state == State::Approved {
                let all = progress.gates.values().all(|gate| gate.state == GateState::Passed);
                prop_assert!(all || progress.ended_by == Some(Ending::Reviewer));
            }
            if progress.ended_by == Some(Ending::Reviewer) {
                prop_assert!(before.state == State::Review || before.state.is_terminal());
            }
            // Whoever is open wants something that is taken.
            let open = progress.state.is_open();
            prop_assert_eq!(progress.next().is_some(), open);
            if let Some(wanted) = progress.next() {
                let sides = match wanted {
                    Wanted::DocumentFront => FRONT,
                    Wanted::DocumentBack => BACK,
                    Wanted::DocumentBoth => BOTH,
                    Wanted::Selfie | Wanted::Liveness => Handed::Selfie,
                    // This flow asks for neither.
                    Wanted::Statement | Wanted::Consent => break,
                };
                prop_assert_eq!(progress.takes(sides), Ok(()));
            }
            if mode == Mode::AgeCheck {
                prop_assert_ne!(progress.state, State::Review);
            }
        }
        prop_assert!(taken.get(&Upload::Document).is_none_or(|&n| n <= flow.document_tries));
        prop_assert!(backs <= flow.document_tries);
        prop_assert!(taken.get(&Upload::Selfie).is_none_or(|&n| n <= flow.liveness_tries));
    }
}
