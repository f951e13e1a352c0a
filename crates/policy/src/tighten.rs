//! What a tenant may change: only ever towards more protection.
//!
//! The comparison is of what holds, not of what is written, so that there is no
//! way of writing around it.

use std::collections::BTreeSet;

use bonafide_context::Keeper;

use crate::file::CellPath;
use crate::{Basis, Category, Effective, Family, Place, Purpose, RegionRule, Training};

/// A cell in which what a tenant would be under is looser than what it is under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosened {
    /// Which.
    pub cell: CellPath,
    /// What is wrong with it, in a sentence.
    pub message: String,
}

impl Effective {
    /// Every cell in which `next` is looser than this: a tenant moves from one
    /// policy to another only where there is none. As within an overlay, the duty
    /// to keep evidence and the legal hold are not compared.
    pub fn loosened_by(&self, next: &Self) -> Vec<Loosened> {
        let looser = |(cell, message)| Loosened { cell, message };
        compare(self, next, By::Moving).into_iter().map(looser).collect()
    }
}

/// How a tenant comes under another policy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// By a file of its own on top of the one it is under.
    Overlay,
    /// To another one of the installation: where data rests, on which basis and
    /// which profiles there are is the operator's word, as it was before.
    Moving,
}

/// Every cell in which `own` is looser than the `policy` it was built on. Two
/// things are not compared: the duty to keep evidence and the legal hold, which
/// are a tenant's explicit choice; neither are names, contacts and roles.
pub(crate) fn check(policy: &Effective, own: &Effective) -> Vec<(CellPath, String)> {
    compare(policy, own, By::Overlay)
}

fn compare(policy: &Effective, own: &Effective, by: By) -> Vec<(CellPath, String)> {
    let mut refused = Refused::default();
    for &category in Category::ALL {
        let at = format!("categories.{category}");
        refused.unless(
            by == By::Moving || own.storage(category) == policy.storage(category),
            &format!("{at}.storage"),
            "where data rests is not a tenant's to change",
        );
        refused.unless(
            own.region_rule(category) == policy.region_rule(category)
                || own.region_rule(category) == RegionRule::Stays,
            &format!("{at}.region"),
            "lets data leave its region, which the policy does not",
        );
        for &purpose in Purpose::ALL {
            if purpose != Purpose::KycRecord {
                cell(&mut refused, policy, own, (category, purpose, by));
            }
        }
    }
    rest(&mut refused, policy, own, by);
    if !Keeper::Tightening.works() {
        return Vec::new();
    }
    refused.0
}

fn cell(
    refused: &mut Refused,
    policy: &Effective,
    own: &Effective,
    (category, purpose, by): (Category, Purpose, By),
) {
    let at = format!("categories.{category}.purposes.{purpose}");
    let Some(mine) = own.cell(category, purpose) else { return };
    let Some(theirs) = policy.cell(category, purpose) else {
        refused.unless(false, &at, "is a purpose that the policy does not have");
        return;
    };
    for &family in Family::ALL {
        let path = match mine.keep_by.contains_key(&family) {
            true => format!("{at}.keep_by.{family}"),
            false => format!("{at}.keep"),
        };
        let (mine, theirs) = (mine.keep(family), theirs.keep(family));
        let message = format!("{mine} is longer than the {theirs} of the policy");
        refused.unless(mine.within(theirs), &path, &message);
    }
    // Whoever gave consent can take it back: no other basis stands in for it.
    let basis = match by {
        By::Overlay => mine.basis == theirs.basis && mine.condition == theirs.condition,
        By::Moving => theirs.basis != Basis::Consent || mine.basis == Basis::Consent,
    };
    refused.unless(basis, &format!("{at}.basis"), "is the policy's to say");
    let weaker = format!("`{}` is weaker than `{}` of the policy", mine.consent, theirs.consent);
    refused.unless(mine.consent >= theirs.consent, &format!("{at}.consent"), &weaker);
    for (name, mine, theirs) in [
        ("readers", &mine.readers, &theirs.readers),
        ("readers_after", &mine.readers_after, &theirs.readers_after),
    ] {
        let path = format!("{at}.{name}");
        refused.subset(mine, theirs, &path);
    }
}

fn rest(refused: &mut Refused, policy: &Effective, own: &Effective, by: By) {
    let places = policy.ages().chain(own.ages()).map(|(place, _)| place);
    for place in places.collect::<BTreeSet<_>>() {
        let age = |of: &Effective| of.minimum_age(Some(place), None);
        let message = format!("{} is below the {} of the policy", age(own), age(policy));
        refused.unless(age(own) >= age(policy), &format!("ages.by.{place}.age"), &message);
    }
    let message = "is below that of the policy";
    refused.unless(own.default_age() >= policy.default_age(), "ages.default.age", message);
    let anywhere = policy.jurisdictions().contains(&Place::Anywhere);
    if !anywhere {
        refused.subset(own.jurisdictions(), policy.jurisdictions(), "jurisdictions.allowed");
    }
    refused.unless(
        own.training() == Training::Never || policy.training() == Training::Consented,
        "training",
        "the policy never uses data to improve models",
    );
    refused.unless(
        !own.takes_warranty() || policy.takes_warranty(),
        "warranty",
        "the policy takes no warranty in place of a receipt",
    );
    refused.subset(own.risk_signals(), policy.risk_signals(), "risk_signals");
    refused.unless(
        own.answer_days() <= policy.answer_days(),
        "rights.answer_days",
        "is longer than the policy's",
    );
    refused.unless(
        own.announce_days() >= policy.announce_days(),
        "announce_days",
        "is shorter than the policy's",
    );
    refused.subset(own.rights_readers(), policy.rights_readers(), "rights.readers");
    refused.subset(own.transfer_bases(), policy.transfer_bases(), "transfers.bases");
    refused.subset(own.subprocessors(), policy.subprocessors(), "subprocessors");
    refused.unless(
        by == By::Moving || own.file().profiles == policy.file().profiles,
        "profiles",
        "only a policy offers any",
    );
}

#[derive(Default)]
struct Refused(Vec<(CellPath, String)>);

impl Refused {
    fn unless(&mut self, allowed: bool, at: &str, why: &str) {
        let path = CellPath::of(at);
        if !allowed && !self.0.iter().any(|(known, _)| *known == path) {
            self.0.push((path, format!("`{at}`: {why}; a tenant may only tighten")));
        }
    }

    fn subset<T: PartialEq>(&mut self, mine: &[T], theirs: &[T], at: &str) {
        let within = mine.iter().all(|one| theirs.contains(one));
        self.unless(within, at, "names more than the policy does");
    }
}
