//! Versions of notices, and their announcement (row O17).

use std::time::Duration;

use bonafide_accounts::OPERATOR_TENANT;
use bonafide_context::Clock;
use bonafide_policy::Library;
use bonafide_verify::notice::{
    Channel, Written, announce, announcements, consent_counts_from, history, refresh, write_down,
};
use bonafide_verify::webhooks::{EventType, NewEndpoint, Owner};

use super::house::{Browser, House, library};

const DAY: Duration = Duration::from_secs(86_400);

/// Keeps face media for longer: persons have to be told, and asked again.
const LONGER: &str = "[categories.face_media.purposes.service]\nkeep = '3h'\nrows = ['R3']\n\
                      [categories.face_media.purposes.troubleshooting]\nkeep = '3h'\n\
                      rows = ['P7']\n";

impl House {
    /// Opens the house anew with these policy files.
    async fn with_files(&self, library: &Library) -> Vec<(String, Written)> {
        let (records, now) = (&**self.app.records(), self.clock.now());
        let written = write_down(records, library, now).await.unwrap();
        refresh(records, self.app.accounts().policies()).await.unwrap();
        written.into_iter().filter(|(_, one)| !matches!(one, Written::Known)).collect()
    }

    async fn announce(&self) -> u64 {
        let announced = announce(&self.app).await.unwrap();
        refresh(&**self.app.records(), self.app.accounts().policies()).await.unwrap();
        announced
    }

    async fn holding(&self) -> u32 {
        self.app.accounts().policy_of(OPERATOR_TENANT).await.unwrap().version()
    }
}

#[tokio::test]
async fn o17_a_new_version_is_announced_and_holds_from_its_day_and_not_before() {
    let house = House::open().await;
    assert!(house.with_files(&house.library).await.iter().all(|(_, w)| *w == Written::First));
    assert_eq!(house.with_files(&house.library).await, [], "the same files change nothing");
    assert_eq!((house.announce().await, house.holding().await), (0, 1));

    // Its own date is tomorrow; what was promised is thirty days.
    let next = library(2, "2026-11-23", LONGER);
    let written = house.with_files(&next).await;
    assert!(written.contains(&("own".to_owned(), Written::Waits { version: 2 })), "{written:?}");
    house.clock.advance(2 * DAY);
    assert_eq!(house.holding().await, 1, "nobody was told yet, so it does not hold");
    house.announce().await;
    assert_eq!(house.announce().await, 0, "once");
    let mut browser = Browser::default();
    let page = browser.get(&house, "/privacy").await;
    page.keep("privacy-announced");
    assert!(page.text.contains("Version 2 of this text holds from 24 December 2026"));
    let announced = browser.get(&house, "/privacy?version=2").await;
    announced.keep("privacy-next");
    assert!(announced.text.contains("This version does not hold now"));
    assert!(announced.text.contains("24 December 2026"), "its day as it was announced");
    assert!(announced.text.contains("Persons who consented before are asked again"));

    house.clock.advance(30 * DAY - Duration::from_millis(1));
    assert_eq!(house.holding().await, 1, "the old text rules to the last millisecond");
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(house.holding().await, 2);
    let old = browser.get(&house, "/privacy?version=1").await.text;
    assert!(old.contains("Version 2 does"), "the old text can still be read and printed");
}

#[tokio::test]
async fn o17_tenants_are_told_with_a_record_of_it() {
    let house = House::open().await;
    let bank = house.tenant(Some("own")).await;
    let elsewhere = house.tenant(Some("service")).await;
    let webhooks = house.app.webhooks().unwrap();
    let owner = Owner::from(&bank);
    let new = NewEndpoint {
        url: "https://bank.example/hook".to_owned(),
        events: vec![EventType::Policy],
    };
    let made = webhooks.create_endpoint(&owner, new).await.unwrap();
    house.app.records().commit(made.changes).await.unwrap();
    house.with_files(&house.library).await;
    house.with_files(&library(2, "2026-11-23", LONGER)).await;
    house.announce().await;

    let told = announcements(&house.app, "own").await.unwrap();
    let of = |tenant| told.iter().filter(move |one| one.tenant == tenant);
    let ways: Vec<(Channel, u64)> = of(bank.tenant).map(|one| (one.channel, one.posts)).collect();
    assert_eq!(ways, [(Channel::Page, 0), (Channel::Webhook, 1)]);
    assert_eq!(of(elsewhere.tenant).count(), 0, "it is under another policy");
    assert!(of(OPERATOR_TENANT).count() > 0, "who chose none is under the default");
    let posts = webhooks.list_deliveries(&owner, &Default::default()).await.unwrap();
    assert_eq!(posts.items.len(), 1);
    assert_eq!(posts.items[0].kind, EventType::Policy);
}

#[tokio::test]
async fn o17_a_text_that_changed_under_its_old_number_is_not_put_in_force() {
    let house = House::open().await;
    house.with_files(&house.library).await;
    let written = house.with_files(&library(1, "2026-11-01", LONGER)).await;
    let [(name, Written::NoNewVersion { version: 1, cell })] = &written[..] else {
        panic!("{written:?}");
    };
    assert_eq!(name, "own");
    assert!(cell.contains("face_media"), "{cell}");
    assert_eq!(house.announce().await, 0);
    let policy = house.app.accounts().policy_of(OPERATOR_TENANT).await.unwrap();
    assert_eq!(policy.id(), house.library.effective("own").unwrap().id());
}

#[tokio::test]
async fn o17_a_version_that_goes_further_asks_for_consent_again() {
    let house = House::open().await;
    house.with_files(&house.library).await;
    house.with_files(&library(2, "2026-11-23", LONGER)).await;
    house.announce().await;
    let records = &**house.app.records();
    let versions = history(records, "own").await.unwrap();
    assert_eq!(consent_counts_from(&versions, house.clock.now()), 0, "until it holds, no");
    house.clock.advance(31 * DAY);
    assert_eq!(consent_counts_from(&versions, house.clock.now()), 2);
    // Back to the shorter clock: nobody has to be asked for that.
    house.with_files(&library(3, "2026-11-23", "")).await;
    house.announce().await;
    house.clock.advance(31 * DAY);
    let versions = history(records, "own").await.unwrap();
    assert_eq!(versions.len(), 3);
    assert_eq!(consent_counts_from(&versions, house.clock.now()), 2);
}
