//! Consent, age and place in whole verifications, with pictures that are looked
//! at.

#![expect(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    reason = "helpers of tests fail by panicking, and each file uses some of them"
)]

mod support;

use std::time::Duration;

use bonafide_accounts::{Actor, NewApplication, NewTenant, Switch};
use bonafide_context::{Environment, Sensitive};
use bonafide_ledger::Caller;
use bonafide_policy::Category;
use bonafide_vault::{Cause, ItemFacts, Opener};
use bonafide_verify::consent::{
    Consent, ConsentPurpose, ConsentWay, GiveConsent, Guardian, GuardianRelation, Notice, Whose,
    Withdrawal, give_consent, withdraw_consent,
};
use bonafide_verify::device::{DeviceFacts, attach_device};
use bonafide_verify::verification::{
    Channel, CreateVerification, Ending, Gate, GateState, ManualDecision, RedactScope,
    ReviewOutcome, ReviewReason, State, Stated, Verification, VerificationId, Wanted,
    assist_verification, decide_verification, read_timeline, redact_verification, state,
};
use bonafide_verify::{Decision, UseCaseError, interface};
use serde_json::json;
use support::{House, code, id};

const DAY: Duration = Duration::from_secs(86_400);
const SECOND: Duration = Duration::from_secs(1);

fn improvement(ver: &VerificationId) -> String {
    format!("improvement/{ver}")
}

impl House {
    /// A caller whose tenant is under a policy.
    async fn under(&self, policy: &str) -> Caller {
        let accounts = self.app.accounts();
        let tenant = NewTenant { name: "Other".into(), policy: Some(policy.into()) };
        let tenant = accounts.commit(accounts.create_tenant(&Actor::cli(), tenant)).await.unwrap();
        let application = NewApplication {
            tenant: tenant.app_id,
            name: "Other".into(),
            environment: Environment::Sandbox,
            region: "apac".parse().unwrap(),
        };
        let cli = Actor::cli();
        let made = accounts.create_application(&cli, application);
        let application = accounts.commit(made).await.unwrap().id;
        Caller { tenant: tenant.app_id, application, ..self.caller.clone() }
    }

    async fn agree(
        &self,
        whose: Whose,
        purposes: &[ConsentPurpose],
        guardian: Option<Guardian>,
    ) -> Consent {
        let request = GiveConsent {
            whose,
            purposes: purposes.iter().copied().collect(),
            notice: Some(Notice { name: "privacy-notice".into(), version: 1 }),
            language: "en".into(),
            given_at: None,
            way: Some(ConsentWay::Paper),
            guardian,
        };
        self.call(&self.caller, &interface::CONSENTS_GIVE, async |app, call| {
            give_consent(app, call, request).await
        })
        .await
        .unwrap()
    }

    async fn withdraw(&self, consent: &Consent) {
        let what = Withdrawal::Receipt(consent.id.parse().unwrap());
        self.call(&self.caller, &interface::CONSENTS_WITHDRAW, async |app, call| {
            withdraw_consent(app, call, what).await
        })
        .await
        .unwrap();
    }

    async fn states(&self, ver: &VerificationId, place: &str, age: u32) -> Verification {
        let stated = Stated { location: place.parse().unwrap(), age: Some(age) };
        self.call(&self.caller, &interface::VERIFICATIONS_STATEMENT, async |app, call| {
            state(app, call, ver, stated).await
        })
        .await
        .unwrap()
    }

    async fn assist(
        &self,
        ver: &VerificationId,
        channel: Channel,
    ) -> Result<Verification, UseCaseError> {
        self.call(&self.caller, &interface::VERIFICATIONS_ASSIST, async |app, call| {
            assist_verification(app, call, ver, channel).await
        })
        .await
    }

    async fn of(&self, owner: &str) -> Vec<ItemFacts> {
        self.app.vault().list(&self.caller.realm(), owner).await.unwrap()
    }

    async fn causes(&self, owner: &str) -> Vec<Cause> {
        let told = self.app.vault().deletion_receipts(&self.caller.realm(), owner).await.unwrap();
        told.into_iter().map(|receipt| receipt.deletion.cause).collect()
    }
}

fn parent() -> Option<Guardian> {
    let name = "A. Example".to_owned();
    Some(Guardian { relation: GuardianRelation::Parent, name, contact: None })
}

#[tokio::test]
async fn o5_under_age_stops_the_flow_and_deletes_what_was_collected() {
    let test = "o5_under_age_stops_the_flow_and_deletes_what_was_collected";
    let Some(house) = House::new(test).await else { return };
    let settings = json!({ "age_of_consent": true });
    let ver = house.begin(settings.clone()).await;
    // Asked before anything is taken.
    assert_eq!(house.read(&ver).await.unwrap().next, Some(Wanted::Statement));
    assert_eq!(code(house.selfie(&ver, &house.pictures.selfie).await), "statement_wanted");
    let stated = house.states(&ver, "DE", 16).await;
    assert_eq!(stated.next, Some(Wanted::DocumentFront));
    house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    assert!(!house.of(ver.as_str()).await.is_empty());
    // The document says sixteen from tomorrow on.
    let stopped = house.document(&ver, &house.pictures.young).await.unwrap();
    assert_eq!((stopped.state, stopped.ended_by), (State::Cancelled, Some(Ending::UnderAge)));
    assert_eq!(stopped.decision, None);
    assert_eq!(house.of(ver.as_str()).await, []);
    assert!(house.causes(ver.as_str()).await.iter().all(|cause| *cause == Cause::UnderAge));
    assert!(!house.causes(ver.as_str()).await.is_empty());
    assert_eq!(code(house.document(&ver, &house.pictures.document).await), "verification_ended");

    // On the day itself.
    house.clock.advance(DAY / 2 - SECOND);
    for passes in [false, true] {
        let ver = house.begin(settings.clone()).await;
        house.states(&ver, "DE", 16).await;
        let read = house.document(&ver, &house.pictures.young).await.unwrap();
        let gate = read.gates.iter().find(|view| view.gate == Gate::AgeOfConsent).unwrap();
        assert_eq!(gate.state == GateState::Passed, passes, "{read:?}");
        assert_eq!(read.state == State::Cancelled, !passes);
        house.clock.advance(SECOND);
    }
}

#[tokio::test]
async fn o5_a_guardians_consent_lets_a_child_go_on() {
    let test = "o5_a_guardians_consent_lets_a_child_go_on";
    let Some(house) = House::new(test).await else { return };
    let reference = || Sensitive::new("child-1".to_owned());
    let consent =
        house.agree(Whose::Reference(reference()), &[ConsentPurpose::Service], parent()).await;
    let request = CreateVerification {
        settings: serde_json::from_value(json!({ "age_of_consent": true })).unwrap(),
        stated: Some(Stated { location: "DE".parse().unwrap(), age: Some(15) }),
        reference: Some(reference()),
        ..CreateVerification::default()
    };
    let ver = id(&house.create(request.clone()).await.verification);
    let read = house.document(&ver, &house.pictures.young).await.unwrap();
    let gate = read.gates.iter().find(|view| view.gate == Gate::AgeOfConsent).unwrap();
    assert_eq!(gate.state, GateState::Passed, "{read:?}");
    // Without it the person is stopped by his own word, before anything is taken.
    let alone = CreateVerification { reference: None, ..request.clone() };
    assert_eq!(code(house.try_create(alone).await), "under_age");
    house.withdraw(&consent).await;
    assert_eq!(code(house.try_create(request).await), "consent_withdrawn");
    let end = house.read(&ver).await.unwrap();
    assert_eq!(end.ended_by, Some(Ending::ConsentWithdrawn));
    assert_eq!(house.of(ver.as_str()).await, []);
}

#[tokio::test]
async fn o12_other_places_are_refused_before_anything_is_taken() {
    let test = "o12_other_places_are_refused_before_anything_is_taken";
    let Some(mut house) = House::new(test).await else { return };
    house.caller = house.under("tencent-ekyc").await;
    let ver = house.begin(json!({})).await;
    assert_eq!(house.read(&ver).await.unwrap().next, Some(Wanted::Statement));
    let refused = house.document(&ver, &house.pictures.document).await;
    assert_eq!(code(refused), "statement_wanted");
    let ended = house.states(&ver, "DE", 40).await;
    assert_eq!((ended.state, ended.ended_by), (State::Cancelled, Some(Ending::Jurisdiction)));
    assert_eq!(house.of(ver.as_str()).await, []);
    let stated = |place: &str| CreateVerification {
        stated: Some(Stated { location: place.parse().unwrap(), age: None }),
        ..CreateVerification::default()
    };
    assert_eq!(code(house.try_create(stated("US")).await), "jurisdiction_not_allowed");
    let ver = id(&house.create(stated("SG")).await.verification);
    assert!(house.document(&ver, &house.pictures.document).await.is_ok());
}

#[tokio::test]
async fn p3_no_copy_is_made_of_who_did_not_agree_and_withdrawal_destroys_it() {
    let test = "p3_no_copy_is_made_of_who_did_not_agree_and_withdrawal_destroys_it";
    let Some(mut house) = House::new(test).await else { return };
    house.caller = house.under("tencent-ekyc").await;
    let begin = async |reference: &str| {
        let request = CreateVerification {
            reference: Some(Sensitive::new(reference.to_owned())),
            stated: Some(Stated { location: "SG".parse().unwrap(), age: Some(30) }),
            ..CreateVerification::default()
        };
        let ver = id(&house.create(request).await.verification);
        house.document(&ver, &house.pictures.document).await.unwrap();
        house.selfie(&ver, &house.pictures.selfie).await.unwrap();
        ver
    };
    let whose = |reference: &str| Whose::Reference(Sensitive::new(reference.to_owned()));
    // Nothing agreed to, and nothing but the service agreed to.
    house.agree(whose("service"), &[ConsentPurpose::Service], None).await;
    for reference in ["nothing", "service"] {
        let ver = begin(reference).await;
        assert_eq!(house.of(&improvement(&ver)).await, [], "{reference}");
        assert!(!house.of(ver.as_str()).await.is_empty());
    }
    let agreed = house.agree(whose("improvement"), &[ConsentPurpose::Improvement], None).await;
    let ver = begin("improvement").await;
    let kinds: Vec<_> = house
        .of(&improvement(&ver))
        .await
        .into_iter()
        .map(|item| (item.name, item.category))
        .collect();
    let name = |text: &str| text.to_owned();
    assert_eq!(
        kinds,
        [
            (name("document_front"), Category::DocumentMedia),
            (name("fields"), Category::Identification),
            (name("portrait"), Category::FaceMedia),
            (name("selfie"), Category::FaceMedia),
        ]
    );
    // Consent to the copy is taken back, and the service goes on.
    house.withdraw(&agreed).await;
    assert_eq!(house.of(&improvement(&ver)).await, []);
    let realm = house.caller.realm();
    let read =
        house.app.vault().read(&Opener::desk("a test"), &realm, &improvement(&ver), "selfie").await;
    assert_eq!(read.unwrap(), None);
    assert_eq!(house.causes(&improvement(&ver)).await, [Cause::Withdrawal]);
    assert!(!house.of(ver.as_str()).await.is_empty());
    // From then on none is made.
    let ver = begin("improvement").await;
    assert_eq!(house.of(&improvement(&ver)).await, []);
}

#[tokio::test]
async fn p11_a_policy_that_trains_nothing_takes_no_consent_to_it_and_serves() {
    let test = "p11_a_policy_that_trains_nothing_takes_no_consent_to_it_and_serves";
    let Some(house) = House::new(test).await else { return };
    let request = GiveConsent {
        whose: Whose::Reference(Sensitive::new("a".to_owned())),
        purposes: [ConsentPurpose::Improvement].into(),
        notice: Some(Notice { name: "n".into(), version: 1 }),
        language: "en".into(),
        given_at: None,
        way: Some(ConsentWay::App),
        guardian: None,
    };
    let refused = house
        .call(&house.caller, &interface::CONSENTS_GIVE, async |app, call| {
            give_consent(app, call, request).await
        })
        .await;
    assert_eq!(code(refused), "invalid");
    let ver = house.begin(json!({})).await;
    house.document(&ver, &house.pictures.document).await.unwrap();
    let end = house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Approved));
    assert_eq!(house.of(&improvement(&ver)).await, []);
}

#[tokio::test]
async fn r2_the_copy_is_gone_after_thirty_days() {
    let test = "r2_the_copy_is_gone_after_thirty_days";
    let Some(mut house) = House::new(test).await else { return };
    house.caller = house.under("tencent-ekyc").await;
    let request = CreateVerification {
        reference: Some(Sensitive::new("a".to_owned())),
        stated: Some(Stated { location: "SG".parse().unwrap(), age: Some(30) }),
        ..CreateVerification::default()
    };
    let whose = Whose::Reference(Sensitive::new("a".to_owned()));
    house.agree(whose, &[ConsentPurpose::Improvement], None).await;
    let ver = id(&house.create(request).await.verification);
    house.document(&ver, &house.pictures.document).await.unwrap();
    let copied = house.of(&improvement(&ver)).await.len();
    assert!(copied >= 3, "{copied}");
    house.clock.advance(30 * DAY - SECOND);
    // What was kept for the service went after two hours, with its keys.
    house.app.vault().reap(100).await.unwrap();
    assert_eq!(house.of(ver.as_str()).await, []);
    assert_eq!(house.of(&improvement(&ver)).await.len(), copied);
    let realm = house.caller.realm();
    let front = async || {
        house
            .app
            .vault()
            .read(&Opener::desk("a test"), &realm, &improvement(&ver), "document_front")
            .await
            .unwrap()
    };
    assert!(front().await.is_some());
    house.clock.advance(SECOND);
    assert!(front().await.is_none());
    assert_eq!(house.of(&improvement(&ver)).await, []);
}

#[tokio::test]
async fn r2_deleting_a_verification_deletes_its_copy() {
    let Some(mut house) = House::new("r2_deleting_a_verification_deletes_its_copy").await else {
        return;
    };
    house.caller = house.under("tencent-ekyc").await;
    let request = CreateVerification {
        stated: Some(Stated { location: "SG".parse().unwrap(), age: Some(30) }),
        ..CreateVerification::default()
    };
    let ver = id(&house.create(request).await.verification);
    let both = [ConsentPurpose::Service, ConsentPurpose::Improvement];
    house.agree(Whose::Verification(ver.clone()), &both, None).await;
    house.document(&ver, &house.pictures.document).await.unwrap();
    assert!(!house.of(&improvement(&ver)).await.is_empty());
    house
        .call(&house.caller, &interface::VERIFICATIONS_REDACT, async |app, call| {
            redact_verification(app, call, &ver, RedactScope::All).await
        })
        .await
        .unwrap();
    assert_eq!(house.of(&improvement(&ver)).await, []);
}

#[tokio::test]
async fn o23_the_assisted_way_takes_no_face_and_a_person_decides() {
    let test = "o23_the_assisted_way_takes_no_face_and_a_person_decides";
    let Some(house) = House::new(test).await else { return };
    // A document that the rule declines.
    let settings = json!({ "minimum_age": 18 });
    let plain = house.begin(settings.clone()).await;
    let declined = house.document(&plain, &house.pictures.young).await.unwrap();
    assert_eq!(declined.state, State::Declined);

    let ver = house.begin(settings).await;
    house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    let assisted = house.assist(&ver, Channel::Upload).await.unwrap();
    assert_eq!((assisted.state, assisted.assisted), (State::Collecting, Some(Channel::Upload)));
    assert_eq!(assisted.next, Some(Wanted::DocumentFront));
    // What was taken of the face is gone, and no more is taken.
    assert!(house.of(ver.as_str()).await.iter().all(|i| i.category != Category::FaceMedia));
    assert_eq!(code(house.selfie(&ver, &house.pictures.selfie).await), "not_a_step");
    let review = house.document(&ver, &house.pictures.young).await.unwrap();
    assert_eq!((review.state, review.ended_by), (State::Review, Some(Ending::Assisted)));
    assert!(review.gates.iter().all(|view| !matches!(view.gate, Gate::Liveness | Gate::Compare)));
    let items = house.of(ver.as_str()).await;
    assert!(items.iter().any(|item| item.name == "document_front"), "{items:?}");
    assert!(items.iter().all(|item| item.category != Category::FaceMedia), "{items:?}");
    let told = house
        .call(&house.caller, &interface::VERIFICATIONS_TIMELINE, async |app, call| {
            read_timeline(app, call, &ver).await
        })
        .await
        .unwrap();
    let entry = told.events.iter().find(|entry| entry.event == "assisted").unwrap();
    assert_eq!(entry.reasons, ["upload"]);
    let decision = ManualDecision {
        decision: ReviewOutcome::Approved,
        reason: ReviewReason::ConfirmedElsewhere,
    };
    let end = house
        .call(&house.caller, &interface::VERIFICATIONS_DECIDE, async |app, call| {
            decide_verification(app, call, &ver, decision).await
        })
        .await
        .unwrap();
    assert_eq!(end.state, State::Approved);
}

#[tokio::test]
async fn o23_by_telephone_nothing_is_handed_in_and_nothing_is_declined() {
    let test = "o23_by_telephone_nothing_is_handed_in_and_nothing_is_declined";
    let Some(house) = House::new(test).await else { return };
    for settings in [json!({}), json!({ "mode": "liveness_only" })] {
        let ver = house.begin(settings).await;
        let assisted = house.assist(&ver, Channel::Phone).await.unwrap();
        assert_eq!((assisted.state, assisted.next), (State::Review, None));
        assert_eq!(code(house.assist(&ver, Channel::Phone).await), "verification_under_review");
        house.clock.advance(Duration::from_secs(3 * 3_600));
        assert_eq!(house.read(&ver).await.unwrap().state, State::Expired);
    }
    let check = house.begin(json!({ "mode": "age_check", "minimum_age": 18 })).await;
    assert_eq!(code(house.assist(&check, Channel::Upload).await), "not_assisted");
}

#[tokio::test]
async fn d10_installed_applications_are_kept_by_switch_and_consent_and_go_with_it() {
    let test = "d10_installed_applications_are_kept_by_switch_and_consent_and_go_with_it";
    let Some(house) = House::new(test).await else { return };
    let (accounts, cli) = (house.app.accounts(), Actor::cli());
    let sent = json!({
        "device": { "model": "Example One", "owner": "ERIKSSON" },
        "installed_applications": ["app.example.one"],
    });
    let serde_json::Value::Object(sent) = sent else { panic!("{sent}") };
    let ver = house.begin(json!({})).await;
    let attach = async || {
        house
            .call(&house.caller, &interface::VERIFICATIONS_DEVICE, async |app, call| {
                attach_device(app, call, &ver, sent.clone()).await
            })
            .await
            .unwrap()
    };
    let kept = async || {
        let vault = house.app.vault();
        let realm = house.caller.realm();
        vault
            .read_value::<DeviceFacts>(&Opener::desk("a test"), &realm, ver.as_str(), "device")
            .await
            .unwrap()
    };
    let told = attach().await;
    assert_eq!((told.kept, told.dropped), (1, 1));
    assert_eq!(told.withheld, ["installed_applications"]);
    let tenant = house.caller.tenant;
    let on = accounts.switch(&cli, tenant, Switch::InstalledApplications, true);
    accounts.commit(on).await.unwrap();
    assert_eq!(attach().await.kept, 1);
    let purposes = [ConsentPurpose::InstalledApplications];
    let consent = house.agree(Whose::Verification(ver.clone()), &purposes, None).await;
    assert_eq!(attach().await.kept, 2);
    let facts = kept().await.unwrap();
    assert_eq!(facts.installed_applications.unwrap(), ["app.example.one"]);
    let item = house.of(ver.as_str()).await.into_iter().find(|i| i.name == "device").unwrap();
    assert_eq!(item.category, Category::Device);
    // Withdrawn, they go; the verification goes on.
    house.withdraw(&consent).await;
    assert!(kept().await.is_none());
    assert_eq!(house.read(&ver).await.unwrap().state, State::Created);
    let off = accounts.switch(&cli, tenant, Switch::InstalledApplications, false);
    accounts.commit(off).await.unwrap();
    assert_eq!(attach().await.kept, 1);
}
