//! The transfer register: what may cross a border, on which ground, to whom.

use super::shared::Writer;
use super::words::Phrase as P;
use super::{Block, Document, Fact};
use crate::Category;

pub(super) fn write(w: &Writer<'_>) -> Document {
    let bases = w.policy.transfer_bases().iter();
    let bases = Block::List(bases.map(|basis| w.words.transfer(*basis).to_owned()).collect());
    let rules = Category::ALL.iter().map(|category| {
        let name = w.words.entry(*category);
        Fact::new(name, w.words.region(w.policy.region_rule(*category)))
    });
    let abroad = w.policy.subprocessors().iter().filter(|one| one.transfer.is_some());
    let abroad: Vec<_> = abroad.map(|one| w.subprocessor(one)).collect();
    let recipients = match abroad.is_empty() {
        true => w.text(P::TransfersSubNone),
        false => Block::Cards(abroad),
    };
    let sections = vec![
        w.section("grounds", P::TransfersGrounds, vec![w.text(P::TransfersGroundsText), bases]),
        w.section("rules", P::TransfersRules, vec![Block::Facts(rules.collect())]),
        w.section("recipients", P::TransfersSub, vec![recipients]),
        w.section("exports", P::TransfersOwn, vec![w.text(P::TransfersOwnText)]),
        w.section("contact", P::ContactHeading, vec![w.contacts()]),
    ];
    w.document(P::TransfersTitle, P::TransfersLead, sections)
}
