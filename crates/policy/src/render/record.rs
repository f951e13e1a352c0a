//! The record of processing (article 30 GDPR): an entry for each purpose.

use super::shared::Writer;
use super::words::Phrase as P;
use super::{Block, Card, Document, Fact};
use crate::{Category, Cell, Purpose};

pub(super) fn write(w: &Writer<'_>) -> Document {
    let cards = Purpose::ALL.iter().filter_map(|purpose| entry(w, *purpose)).collect();
    let sections = vec![
        w.section("who", P::RecordWho, vec![w.contacts()]),
        w.section("entries", P::RecordEntries, vec![Block::Cards(cards)]),
        w.section("safety", P::Measures, vec![w.text(P::TermsSafetyText), w.safety()]),
    ];
    w.document(P::RecordTitle, P::RecordLead, sections)
}

/// A purpose with everything that article 30 asks for; nothing where no data is
/// kept for it.
fn entry(w: &Writer<'_>, purpose: Purpose) -> Option<Card> {
    let cells: Vec<(Category, &Cell)> = Category::ALL
        .iter()
        .filter_map(|category| Some((*category, w.policy.cell(*category, purpose)?)))
        .collect();
    if cells.is_empty() {
        return None;
    }
    let any = |of: fn(Category) -> bool| cells.iter().any(|(category, _)| of(*category));
    let mut persons = Vec::new();
    if any(Category::is_of_end_user) {
        persons.push(w.say(P::PersonsEnd));
    }
    if !cells.iter().all(|(category, _)| category.is_of_end_user()) {
        persons.push(w.say(P::PersonsUsers));
    }
    let categories: Vec<Category> = cells.iter().map(|(category, _)| *category).collect();
    let to = w.policy.subprocessors().iter();
    let to = to.filter(|one| one.categories.iter().any(|c| categories.contains(c)));
    let recipients: Vec<String> = to.map(|one| one.name.clone()).collect();
    let recipients = if recipients.is_empty() { w.say(P::None) } else { w.words.list(&recipients) };
    let mut facts = vec![
        w.fact(P::RoleLabel, w.words.data_role(w.policy.role(purpose))),
        w.fact(P::Persons, persons.join("; ")),
        w.fact(P::Recipients, recipients),
    ];
    facts.extend(cells.iter().map(|(category, cell)| {
        let consent = w.words.consent(cell.consent);
        let note = format!("{}. {}: {consent}.", w.ground(cell), w.say(P::Consent));
        Fact::with_note(w.words.entry(*category), w.periods(cell), note)
    }));
    let (title, what_for) = w.words.purpose(purpose);
    Some(Card {
        title: title.to_owned(),
        text: format!("{} {what_for}", w.say(P::Purposes)),
        facts,
    })
}
