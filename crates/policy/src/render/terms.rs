//! The data processing terms: for the customer (article 28 GDPR).

use super::shared::Writer;
use super::words::Phrase as P;
use super::{Block, Document, Fact, Section};
use crate::{Category, Place};

pub(super) fn write(w: &Writer<'_>) -> Document {
    let w = &w.between_parties();
    let section = |id, heading, text| w.section(id, heading, vec![w.text(text)]);
    let mut subject = vec![w.text(P::TermsSubjectText), w.text(P::TermsPrevail)];
    if !w.is_processor() {
        subject.insert(0, w.note(P::TermsController));
    }
    let sections = vec![
        w.section("subject", P::TermsSubject, subject),
        section("instructions", P::TermsInstructions, P::TermsInstructionsText),
        data(w),
        customer(w),
        section("people", P::TermsPeople, P::TermsPeopleText),
        w.section("safety", P::Measures, vec![w.text(P::TermsSafetyText), w.safety()]),
        subprocessors(w),
        section("requests", P::TermsAssist, P::TermsAssistText),
        section("breaches", P::TermsBreach, P::TermsBreachText),
        section("deletion", P::TermsDelete, P::TermsDeleteText),
        w.section(
            "proof",
            P::TermsProof,
            vec![w.text(P::TermsProofText), w.text(P::TermsProofAsk)],
        ),
        w.section(
            "place",
            P::WhereHeading,
            vec![Block::Text(w.fill(P::WhereTransfer, &[("bases", w.transfer_bases())]))],
        ),
        w.section(
            "announcements",
            P::ChangesHeading,
            vec![Block::Text(
                w.fill(P::ChangesAnnounced, &[("days", w.policy.announce_days().to_string())]),
            )],
        ),
        w.section("contact", P::ContactHeading, vec![w.contacts()]),
    ];
    w.document(P::TermsTitle, P::TermsLead, sections)
}

fn data(w: &Writer<'_>) -> Section {
    let of_end_user = |category: &&Category| category.is_of_end_user() && w.policy.has(**category);
    let cards = Category::ALL.iter().filter(of_end_user).map(|category| {
        let mut card = w.entry(*category);
        let storage = w.words.storage(w.policy.storage(*category));
        let region = w.words.region(w.policy.region_rule(*category));
        card.facts.push(Fact::with_note(w.say(P::Storage), storage, region));
        card
    });
    let blocks = vec![w.text(P::VerifiedIntro), Block::Cards(cards.collect())];
    w.section("data", P::TermsData, blocks)
}

fn customer(w: &Writer<'_>) -> Section {
    let allowed = w.policy.jurisdictions();
    let places = match allowed.contains(&Place::Anywhere) {
        true => w.say(P::TermsAnywhere),
        false => {
            let names = allowed.iter().filter_map(|place| match place {
                Place::In(place) => Some(w.words.place(*place)),
                Place::Anywhere => None,
            });
            let mut names: Vec<String> = names.collect();
            names.sort();
            w.fill(P::TermsPlaces, &[("places", w.words.list(&names))])
        }
    };
    let mut items = vec![w.say(P::TermsConsents), w.say(P::TermsAge), places];
    if w.policy.takes_warranty() {
        items.push(w.say(P::TermsWarranty));
    }
    w.section("customer", P::TermsCustomer, vec![Block::List(items)])
}

fn subprocessors(w: &Writer<'_>) -> Section {
    let listed = w.policy.subprocessors();
    let blocks = if listed.is_empty() {
        vec![w.text(P::TermsSubNone)]
    } else {
        let days = [("days", w.policy.announce_days().to_string())];
        let cards = listed.iter().map(|one| w.subprocessor(one));
        vec![Block::Text(w.fill(P::TermsSubText, &days)), Block::Cards(cards.collect())]
    };
    w.section("subprocessors", P::TermsSub, blocks)
}
