//! The draft of an impact assessment (article 35 GDPR).

use super::shared::Writer;
use super::words::Phrase as P;
use super::{Block, Card, Document};
use crate::{Category, Training};

pub(super) fn write(w: &Writer<'_>) -> Document {
    let needed = Category::ALL
        .iter()
        .filter(|category| category.is_of_end_user() && w.policy.has(**category));
    let needed = needed.map(|category| w.entry(*category)).collect();
    let sections = vec![
        w.section("what", P::DpiaWhat, vec![w.note(P::DpiaDraft), w.text(P::DpiaWhatText)]),
        w.section("need", P::DpiaNeed, vec![w.text(P::DpiaNeedText), Block::Cards(needed)]),
        w.section("risks", P::DpiaRisks, vec![w.text(P::DpiaRisksText), Block::Cards(risks(w))]),
        w.section("measures", P::Measures, vec![w.safety()]),
        w.section(
            "open",
            P::DpiaOpen,
            vec![
                w.text(P::DpiaOpenText),
                w.items(&[
                    P::DpiaOpenNeed,
                    P::DpiaOpenHeard,
                    P::DpiaOpenOfficer,
                    P::DpiaOpenDecision,
                    P::DpiaOpenReview,
                ]),
            ],
        ),
        w.section("contact", P::ContactHeading, vec![w.contacts()]),
    ];
    w.document(P::DpiaTitle, P::DpiaLead, sections)
}

fn risks(w: &Writer<'_>) -> Vec<Card> {
    let other_use = match w.policy.training() {
        Training::Never => P::RiskUseAnswerNever,
        Training::Consented => P::RiskUseAnswerConsented,
    };
    [
        (P::RiskAccess, P::RiskAccessAnswer, P::RiskAccessRemains),
        (P::RiskKept, P::RiskKeptAnswer, P::RiskKeptRemains),
        (P::RiskWrong, P::RiskWrongAnswer, P::RiskWrongRemains),
        (P::RiskFace, P::RiskFaceAnswer, P::RiskFaceRemains),
        (P::RiskUse, other_use, P::RiskUseRemains),
        (P::RiskChild, P::RiskChildAnswer, P::RiskChildRemains),
        (P::RiskAbroad, P::RiskAbroadAnswer, P::RiskAbroadRemains),
    ]
    .into_iter()
    .map(|(risk, answer, remains)| Card {
        title: w.say(risk),
        text: String::new(),
        facts: vec![w.fact(P::Answer, w.say(answer)), w.fact(P::Remains, w.say(remains))],
    })
    .collect()
}
