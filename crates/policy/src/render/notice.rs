//! The privacy notice: for the persons whose data it is.

use std::collections::BTreeMap;

use super::shared::Writer;
use super::words::Phrase as P;
use super::{Block, Document, Fact, Section};
use crate::{
    Category, ConsentRule, DataRole, Keep, Phase, Place, Purpose, RegionRule, Role, Training,
};

pub(super) fn write(w: &Writer<'_>) -> Document {
    let lead = if w.is_processor() { P::NoticeLeadProcessor } else { P::NoticeLeadController };
    let mut sections = vec![
        responsible(w),
        verified(w),
        others(w),
        consent(w),
        w.section("machine", P::MachineHeading, vec![w.text(P::MachineText)]),
        readers(w),
        share(w),
        place(w),
        training(w),
    ];
    sections.extend(evidence(w));
    sections.extend([ages(w), rights(w), safety(w), announced(w)]);
    sections.push(w.section("contact", P::ContactHeading, vec![w.contacts()]));
    w.document(P::NoticeTitle, lead, sections)
}

fn responsible(w: &Writer<'_>) -> Section {
    let mut blocks = match w.is_processor() {
        true => vec![w.text(P::ResponsibleProcessor), w.text(P::ProcessorAskCustomer)],
        false => vec![w.text(P::ResponsibleController)],
    };
    // Row O2: a processor of the service may be the controller of training.
    let trains = w.policy.training() == Training::Consented
        && w.policy.role(Purpose::Improvement) == DataRole::Controller;
    if w.is_processor() && trains {
        blocks.push(w.text(P::ResponsibleImprovement));
    }
    w.section("responsible", P::Responsible, blocks)
}

fn verified(w: &Writer<'_>) -> Section {
    let rests = |category: &&Category| {
        category.is_of_end_user() && !category.never_rests() && w.policy.has(**category)
    };
    let cards = Category::ALL.iter().filter(rests).map(|category| w.category(*category));
    let blocks = vec![
        w.text(P::VerifiedIntro),
        Block::Cards(cards.collect()),
        w.text(P::FacesInMemory),
        w.text(P::IdentifiersInMemory),
    ];
    w.section("your-data", P::VerifiedHeading, blocks)
}

fn others(w: &Writer<'_>) -> Section {
    let other = |category: &&Category| category.is_personal() && !category.is_of_end_user();
    let cards = Category::ALL.iter().filter(other).map(|category| w.category(*category));
    let blocks = vec![w.text(P::OthersIntro), Block::Cards(cards.collect())];
    w.section("users", P::OthersHeading, blocks)
}

fn consent(w: &Writer<'_>) -> Section {
    let enforced = w.policy.consent(Purpose::Service, Category::FaceMedia) == ConsentRule::Enforce;
    let mut blocks = vec![w.text(if enforced { P::ConsentEnforced } else { P::ConsentRecorded })];
    if w.policy.takes_warranty() {
        blocks.push(w.text(P::ConsentWarranty));
    }
    blocks.push(w.text(P::ConsentWithdraw));
    w.section("consent", P::ConsentHeading, blocks)
}

/// Who may read what shows a person most: pictures and details.
fn readers(w: &Writer<'_>) -> Section {
    const SHOWN: [Category; 3] =
        [Category::FaceMedia, Category::DocumentMedia, Category::Identification];
    let may = |phase| {
        let reads = move |role: &Role| {
            SHOWN.iter().any(|category| {
                let access = w.policy.may_read_when(*role, Purpose::Service, *category, phase);
                access != crate::Access::Denied
            })
        };
        w.roles(&Role::ALL.iter().copied().filter(reads).collect::<Vec<_>>())
    };
    let mut after = w.words.list(&may(Phase::Ended));
    if after.is_empty() {
        after = w.say(P::None);
    }
    let blocks = vec![
        w.text(P::ReadersIntro),
        Block::List(may(Phase::Running)),
        Block::Text(w.fill(P::ReadersAfter, &[("readers", after)])),
        w.text(P::ReadersSupport),
    ];
    w.section("readers", P::ReadersHeading, blocks)
}

fn share(w: &Writer<'_>) -> Section {
    let mut blocks = Vec::new();
    if w.policy.subprocessors().is_empty() {
        blocks.push(w.text(P::ShareNobody));
    } else {
        let cards = w.policy.subprocessors().iter().map(|one| w.subprocessor(one));
        blocks.extend([w.text(P::ShareListed), Block::Cards(cards.collect())]);
    }
    blocks.push(w.text(P::ShareNoSale));
    w.section("recipients", P::ShareHeading, blocks)
}

fn place(w: &Writer<'_>) -> Section {
    let stays = Category::ALL
        .iter()
        .filter(|category| category.is_of_end_user())
        .all(|category| w.policy.region_rule(*category) == RegionRule::Stays)
        && w.policy.subprocessors().iter().all(|one| one.transfer.is_none());
    let mut blocks = Vec::new();
    if stays {
        blocks.push(w.text(P::WhereStays));
    }
    blocks.push(Block::Text(w.fill(P::WhereTransfer, &[("bases", w.transfer_bases())])));
    w.section("place", P::WhereHeading, blocks)
}

fn training(w: &Writer<'_>) -> Section {
    let text = match w.policy.training() {
        Training::Never => w.say(P::TrainingNever),
        Training::Consented => {
            let used = |category: &Category| {
                category.is_of_end_user()
                    && w.policy.cell(*category, Purpose::Improvement).is_some()
            };
            let used: Vec<Category> = Category::ALL.iter().copied().filter(used).collect();
            w.fill(
                P::TrainingConsented,
                &[
                    ("data", w.names(&used)),
                    ("period", longest(w, Purpose::Improvement).unwrap_or_default()),
                ],
            )
        }
    };
    w.section("improvement", P::TrainingHeading, vec![Block::Text(text)])
}

/// The longest period of a purpose, in words.
fn longest(w: &Writer<'_>, purpose: Purpose) -> Option<String> {
    let cells = Category::ALL.iter().filter_map(|category| w.policy.cell(*category, purpose));
    let keep: Option<Keep> = cells.map(|cell| cell.keep).max_by_key(|keep| keep.seconds());
    keep.map(|keep| w.keep(keep))
}

/// Row O25: a duty to keep evidence and a hold are named where they are on.
fn evidence(w: &Writer<'_>) -> Option<Section> {
    let mut blocks = Vec::new();
    if let Some(period) = longest(w, Purpose::KycRecord) {
        let kept = |c: &Category| w.policy.wants_kyc_record(*c).is_some();
        let kept: Vec<Category> = Category::ALL.iter().copied().filter(kept).collect();
        let law = w.policy.file().kyc_record.law.clone().unwrap_or_default();
        let values = [("law", law), ("period", period), ("data", w.names(&kept))];
        blocks.push(Block::Text(w.fill(P::RecordText, &values)));
    }
    if w.policy.allows_legal_hold() {
        blocks.push(w.text(P::HoldText));
    }
    (!blocks.is_empty()).then(|| w.section("evidence", P::RecordHeading, blocks))
}

fn ages(w: &Writer<'_>) -> Section {
    // By age, so that the list can be read.
    let mut by_age: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let anywhere = w.policy.jurisdictions().contains(&Place::Anywhere);
    for (place, _) in w.policy.ages() {
        if w.policy.jurisdiction_allowed(Some(place)) {
            let age = w.policy.minimum_age(Some(place), None);
            by_age.entry(age).or_default().push(w.words.place(place));
        }
    }
    let mut facts: Vec<Fact> = by_age
        .into_iter()
        .map(|(age, mut places)| {
            places.sort();
            let name = w.fill(P::AgePlace, &[("age", age.to_string())]);
            Fact::new(name, places.join(", "))
        })
        .collect();
    if anywhere {
        let age = w.policy.default_age().to_string();
        facts.push(Fact::new(w.fill(P::AgePlace, &[("age", age)]), w.say(P::AgeElsewhere)));
    }
    let blocks = vec![w.text(P::AgeText), Block::Facts(facts), w.text(P::AgeUnknown)];
    w.section("age", P::AgeHeading, blocks)
}

fn rights(w: &Writer<'_>) -> Section {
    let intro = if w.is_processor() { P::RightsIntroProcessor } else { P::RightsIntroController };
    let authority = w.policy.file().contact.authority.clone();
    let authority = authority.unwrap_or_else(|| w.say(P::AuthorityUnset));
    let mut blocks = vec![
        w.text(intro),
        w.items(&[
            P::RightAccess,
            P::RightRectify,
            P::RightErase,
            P::RightRestrict,
            P::RightObject,
            P::RightPort,
            P::RightWithdraw,
            P::RightHuman,
        ]),
        Block::Text(w.fill(P::RightsDays, &[("days", w.policy.answer_days().to_string())])),
    ];
    if w.is_processor() {
        blocks.push(w.text(P::ProcessorAskCustomer));
    } else {
        blocks.push(w.text(P::RightsHow));
    }
    blocks.push(Block::Text(w.fill(P::RightComplain, &[("authority", authority)])));
    w.section("rights", P::RightsHeading, blocks)
}

fn safety(w: &Writer<'_>) -> Section {
    let blocks = vec![w.safety(), w.note(P::SafetyLimits)];
    w.section("safety", P::SafetyHeading, blocks)
}

fn announced(w: &Writer<'_>) -> Section {
    let days = [("days", w.policy.announce_days().to_string())];
    let blocks = vec![Block::Text(w.fill(P::ChangesAnnounced, &days))];
    w.section("announcements", P::ChangesHeading, blocks)
}
