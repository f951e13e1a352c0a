//! What a person agreed to, when the text changes, and what is written down of one
//! who did not agree.

use std::time::Duration;

use bonafide_context::{Clock, Sensitive, Timestamp};
use bonafide_ledger::{Caller, Interface};
use bonafide_policy::Library;
use bonafide_vault::{ConsentAct, Leaf};
use bonafide_verify::consent::{
    Consent, ConsentPurpose, ConsentState, ConsentWay, GiveConsent, Notice, Whose, give_consent,
};
use bonafide_verify::notice::{announce, refresh, write_down};
use bonafide_verify::verification::{
    ClientEvent, CreateVerification, Verification, VerificationId, create_verification, tell_event,
};
use bonafide_verify::{App, Done, Moment, UseCaseError, interface};

use super::house::{House, library};

const DAY: Duration = Duration::from_secs(86_400);

/// The policy asks for consent before anything is taken.
const ASKS: &str = "[categories.face_media.purposes.service]\nconsent = 'enforce'\n\
                    rows = ['O3']\n[categories.document_media.purposes.service]\n\
                    consent = 'enforce'\nrows = ['O3']\n";
/// And keeps face media for longer.
const LONGER: &str = "[categories.face_media.purposes.service]\nkeep = '3h'\nconsent = 'enforce'\n\
                      rows = ['R3']\n[categories.face_media.purposes.troubleshooting]\n\
                      keep = '3h'\nrows = ['P7']\n\
                      [categories.document_media.purposes.service]\nconsent = 'enforce'\n\
                      rows = ['O3']\n";

impl House {
    async fn versions(&self, libraries: &[Library]) {
        let records = &**self.app.records();
        for library in libraries {
            write_down(records, library, self.clock.now()).await.unwrap();
        }
        announce(&self.app).await.unwrap();
        refresh(records, self.app.accounts().policies()).await.unwrap();
    }

    async fn call<A>(
        &self,
        caller: &Caller,
        interface: &'static Interface,
        work: impl AsyncFnOnce(&App, &mut bonafide_ledger::Call) -> Result<Done<A>, UseCaseError>,
    ) -> Result<A, UseCaseError> {
        let mut call = self.app.open(self.app.new_call_id(), caller.clone(), interface);
        let result = work(&self.app, &mut call).await;
        self.app.close(call, result).await.result
    }

    async fn begins(&self, caller: &Caller) -> Verification {
        let reference = Some(Sensitive::new("customer-1".to_owned()));
        let request = CreateVerification { reference, ..CreateVerification::default() };
        let made = self.call(caller, &interface::VERIFICATIONS_CREATE, async |app, call| {
            create_verification(app, call, request).await
        });
        made.await.unwrap().verification
    }

    async fn agrees(
        &self,
        caller: &Caller,
        notice: Option<(&str, u32)>,
        given_at: Option<Timestamp>,
    ) -> Result<Consent, UseCaseError> {
        let request = GiveConsent {
            whose: Whose::Reference(Sensitive::new("customer-1".to_owned())),
            purposes: [ConsentPurpose::Service].into(),
            notice: notice.map(|(name, version)| Notice { name: name.to_owned(), version }),
            language: "en".to_owned(),
            given_at: given_at.map(Moment),
            way: Some(ConsentWay::Paper),
            guardian: None,
        };
        self.call(caller, &interface::CONSENTS_GIVE, async |app, call| {
            give_consent(app, call, request).await
        })
        .await
    }
}

fn shown(consent: &Consent) -> (&str, u32) {
    (&consent.notice.name, consent.notice.version)
}

#[tokio::test]
async fn o17_a_person_is_asked_again_from_the_day_that_a_version_goes_further() {
    let house = House::open().await;
    let bank = house.tenant(Some("own")).await;
    house.versions(&[library(1, "2026-11-01", ASKS)]).await;
    assert_eq!(house.begins(&bank).await.consent, ConsentState::Wanted);
    house.agrees(&bank, None, None).await.unwrap();
    assert_eq!(house.begins(&bank).await.consent, ConsentState::Receipt);

    // Announced, and not yet in force: what was agreed to holds.
    house.versions(&[library(2, "2026-11-23", LONGER)]).await;
    house.clock.advance(30 * DAY - Duration::from_millis(1));
    assert_eq!(house.begins(&bank).await.consent, ConsentState::Receipt);
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(house.begins(&bank).await.consent, ConsentState::Wanted, "asked again");
    house.agrees(&bank, None, None).await.unwrap();
    assert_eq!(house.begins(&bank).await.consent, ConsentState::Receipt);

    // Back to the shorter clock asks nobody.
    house.versions(&[library(3, "2026-11-23", ASKS)]).await;
    house.clock.advance(31 * DAY);
    assert_eq!(house.begins(&bank).await.consent, ConsentState::Receipt);
}

#[tokio::test]
async fn o17_who_agreed_to_the_announced_text_before_its_day_is_not_asked_again() {
    let house = House::open().await;
    let bank = house.tenant(Some("own")).await;
    house.versions(&[library(1, "2026-11-01", ASKS), library(2, "2026-11-23", LONGER)]).await;
    house.agrees(&bank, Some(("own", 2)), None).await.unwrap();
    house.clock.advance(31 * DAY);
    assert_eq!(house.begins(&bank).await.consent, ConsentState::Receipt);
}

#[tokio::test]
async fn o3_a_receipt_names_a_text_that_was_announced_or_the_customers_own() {
    let house = House::open().await;
    let bank = house.tenant(Some("own")).await;
    house.versions(&[library(1, "2026-11-01", ASKS)]).await;
    // What held is filled in, by the moment at which the person agreed.
    assert_eq!(shown(&house.agrees(&bank, None, None).await.unwrap()), ("own", 1));
    house.versions(&[library(2, "2026-11-23", LONGER)]).await;
    let before = house.clock.now();
    house.clock.advance(31 * DAY);
    assert_eq!(shown(&house.agrees(&bank, None, None).await.unwrap()), ("own", 2));
    assert_eq!(shown(&house.agrees(&bank, None, Some(before)).await.unwrap()), ("own", 1));
    assert_eq!(shown(&house.agrees(&bank, Some(("own", 1)), None).await.unwrap()), ("own", 1));
    let own = house.agrees(&bank, Some(("example-bank-notice", 7)), None).await.unwrap();
    assert_eq!(shown(&own), ("example-bank-notice", 7), "the customer's own text is his to number");
    // A version that nobody was told of was shown to nobody.
    let refused = house.agrees(&bank, Some(("own", 9)), None).await.unwrap_err();
    let UseCaseError::Invalid { member: "notice", reason } = refused else { panic!("{refused}") };
    assert!(reason.contains("no version 9"), "{reason}");
}

#[tokio::test]
async fn o3_that_a_person_did_not_agree_stands_in_the_log_once() {
    let house = House::open().await;
    let bank = house.tenant(Some("own")).await;
    let made = house.begins(&bank).await;
    let id: VerificationId = made.id.parse().unwrap();
    let browser = Caller { bound_to: Some(id.to_string()), key: None, ..bank.clone() };
    for event in [ClientEvent::Opened, ClientEvent::ConsentRefused, ClientEvent::ConsentRefused] {
        let told = house.call(&browser, &interface::VERIFICATIONS_EVENT, async |app, call| {
            tell_event(app, call, &id, event).await
        });
        told.await.unwrap();
    }
    house.app.vault().log_events(100).await.unwrap();
    let told = house.app.vault().events_of(&bank.realm(), id.as_str()).await.unwrap();
    let refusals: Vec<_> = told
        .iter()
        .filter_map(|told| match &told.leaf {
            Leaf::Consent(said) => Some((said.act, said.how.to_string(), told.receipt.is_some())),
            _ => None,
        })
        .collect();
    assert_eq!(refusals, [(ConsentAct::Refused, "hosted_flow".to_owned(), true)]);
}
