//! Mail: who gets it, what it says, and what is written down of it.

use std::time::Duration;

use axum::http::StatusCode;
use bonafide_accounts::Role;
use bonafide_outbound::testing::{MailServer, Manner};
use bonafide_verify::mail::{MailKind, MailState, deliveries};
use bonafide_verify::notice::{Channel, announce, announcements, write_down};

use super::house::{Browser, House, library};

const LONGER: &str = "[categories.face_media.purposes.service]\nkeep = '3h'\nrows = ['R3']\n\
                      [categories.face_media.purposes.troubleshooting]\nkeep = '3h'\n\
                      rows = ['P7']\n";

impl House {
    /// Announces a second version of the policy `own`.
    async fn announce_next(&self) {
        let records = &**self.app.records();
        let now = bonafide_context::Clock::now(&*self.clock);
        for version in [self.library.clone(), library(2, "2026-11-23", LONGER)] {
            write_down(records, &version, now).await.unwrap();
        }
        announce(&self.app).await.unwrap();
    }

    async fn hand_over(&self) -> bonafide_verify::mail::Dispatched {
        self.app.mails().unwrap().dispatch(&self.app).await.unwrap()
    }
}

#[tokio::test]
async fn o17_people_who_answer_for_a_tenant_get_mail_with_a_record_of_how_it_went() {
    let server = MailServer::start(Manner::Takes).await.unwrap();
    let house = House::open_with(Some(server.port)).await;
    let bank = house.tenant(Some("own")).await;
    house.create("marked-owner@bank.example", Some(bank.tenant), Role::Owner).await;
    house.create("marked-desk@bank.example", Some(bank.tenant), Role::Reviewer).await;
    house.announce_next().await;

    let told = announcements(&house.app, "own").await.unwrap();
    let mailed = told.iter().find(|one| one.tenant == bank.tenant && one.channel == Channel::Mail);
    assert_eq!(mailed.map(|one| (one.version, one.posts)), Some((2, 1)), "{told:?}");
    assert!(!house.wrote("marked-owner"), "who gets it rests sealed");
    let done = house.hand_over().await;
    assert_eq!((done.delivered, done.retried, done.failed), (1, 0, 0));
    let [mail] = &server.taken()[..] else { panic!("{:?}", server.taken()) };
    assert!(mail.contains("To: marked-owner@bank.example"), "{mail}");
    assert!(mail.contains("Example Operator") && mail.contains("kyc@operator.example"), "{mail}");
    assert!(mail.contains("version 2 holds from 2026-12-22"), "{mail}");
    assert!(mail.contains("/privacy?version=3D2") || mail.contains("/privacy?version=2"), "{mail}");
    let record = deliveries(&**house.app.records(), Some("own@2")).await.unwrap().remove(0);
    assert_eq!((record.state, record.kind), (MailState::Delivered, MailKind::Policy));
    assert_eq!((record.attempts, record.last_status), (1, Some(250)));
    assert_eq!(record.tenant, bank.tenant);
    assert_eq!(house.hand_over().await.delivered, 0, "once");
}

#[tokio::test]
async fn o17_a_server_that_refuses_is_slow_or_gone_is_on_record_and_tried_again() {
    let server = MailServer::start(Manner::Answers("451 4.3.0 later")).await.unwrap();
    let house = House::open_with(Some(server.port)).await;
    let bank = house.tenant(Some("own")).await;
    house.create("owner@bank.example", Some(bank.tenant), Role::Owner).await;
    house.announce_next().await;
    let record = async || {
        let mut all = deliveries(&**house.app.records(), Some("own@2")).await.unwrap();
        let one = all.remove(0);
        (one.state, one.last_status, one.last_failure)
    };
    assert_eq!(house.hand_over().await.retried, 1);
    let later = (MailState::Pending, Some(451), Some("later".to_owned()));
    assert_eq!(record().await, later);
    // Nobody is asked before it is time.
    assert_eq!(house.hand_over().await, Default::default());
    server.behave(Manner::Nonsense);
    house.clock.advance(Duration::from_secs(10));
    assert_eq!(house.hand_over().await.retried, 1);
    assert_eq!(record().await.2.as_deref(), Some("broken"));
    server.behave(Manner::Takes);
    house.clock.advance(Duration::from_secs(600));
    assert_eq!(house.hand_over().await.delivered, 1);
    assert_eq!(record().await, (MailState::Delivered, Some(250), None));

    // A mailbox that there is not is given up at once, and what waited is gone.
    let server = MailServer::start(Manner::Answers("550 5.1.1 no")).await.unwrap();
    let house = House::open_with(Some(server.port)).await;
    let bank = house.tenant(Some("own")).await;
    house.create("owner@bank.example", Some(bank.tenant), Role::Owner).await;
    house.announce_next().await;
    assert_eq!(house.hand_over().await.failed, 1);
    let all = deliveries(&**house.app.records(), None).await.unwrap();
    assert_eq!((all[0].state, all[0].last_status), (MailState::Failed, Some(550)));
    assert_eq!(all[0].last_failure.as_deref(), Some("refused"));
}

#[tokio::test]
async fn o17_mail_that_nobody_takes_is_given_up_within_its_time() {
    let server = MailServer::start(Manner::Answers("421 4.3.2 closing")).await.unwrap();
    let house = House::open_with(Some(server.port)).await;
    let bank = house.tenant(Some("own")).await;
    house.create("owner@bank.example", Some(bank.tenant), Role::Owner).await;
    house.announce_next().await;
    let mut attempts = 0;
    for _ in 0..20 {
        let done = house.hand_over().await;
        attempts += done.retried + done.failed;
        house.clock.advance(Duration::from_secs(20 * 3_600));
    }
    let all = deliveries(&**house.app.records(), Some("own@2")).await.unwrap();
    assert_eq!(all[0].state, MailState::Failed);
    assert!((2..=10).contains(&attempts), "{attempts}");
}

#[tokio::test]
async fn d18_those_who_answer_are_told_by_mail_that_a_letter_came_and_nothing_of_it() {
    let server = MailServer::start(Manner::Takes).await.unwrap();
    let house = House::open_with(Some(server.port)).await;
    let bank = house.tenant(Some("service")).await;
    house.create("officer@bank.example", Some(bank.tenant), Role::PrivacyOfficer).await;
    house.create("officer@operator.example", None, Role::PrivacyOfficer).await;
    let write = async |query: &str| {
        let form = [
            ("topic", "erase"),
            ("name", "Marked Person"),
            ("email", "marked@example.org"),
            ("phone", ""),
            ("company", ""),
            ("country", ""),
            ("message", "Marked words"),
        ];
        let done = Browser::default().post(&house, &format!("/rights{query}"), &form).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    };
    // As controller the operator answers: its people, and the notice's own contact.
    write("").await;
    house.hand_over().await;
    let to = |mail: &String| {
        mail.lines().find_map(|line| line.strip_prefix("To: ")).unwrap_or_default().to_owned()
    };
    let mut told: Vec<String> = server.taken().iter().map(to).collect();
    told.sort();
    assert_eq!(told, ["officer@operator.example", "privacy@example.org"]);
    // As processor it passes the request on: the customer's people are told.
    write(&format!("?tenant={}", bank.tenant)).await;
    house.hand_over().await;
    let taken = server.taken();
    assert_eq!(taken.iter().map(to).collect::<Vec<_>>()[2..], ["officer@bank.example"]);
    for mail in &taken {
        assert!(mail.contains("/review/requests"), "{mail}");
        assert!(!mail.contains("Marked") && !mail.contains("marked"), "{mail}");
    }
    let all = deliveries(&**house.app.records(), None).await.unwrap();
    assert!(all.iter().all(|one| one.kind == MailKind::Request && one.about.starts_with("req_")));
}
