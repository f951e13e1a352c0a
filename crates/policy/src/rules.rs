//! What no policy may say, whoever writes it. A policy that breaks one of these
//! does not hold at all.

use crate::effective::{Cell, Problem};
use crate::file::CellPath;
use crate::finding::Rule;
use crate::{
    Category, Condition, ConsentRule, Effective, Family, Keep, Purpose, Role, Storage, Training,
};

/// Two years, beyond which no log is kept (row R9).
const LONGEST_LOG: Keep = Keep::Seconds(730 * 86_400);
/// The clock of data that models are improved with (rows R2 and P3).
const LONGEST_TRAINING: Keep = Keep::Seconds(30 * 86_400);
/// No law puts the age of consent higher.
const HIGHEST_AGE: u32 = 25;

pub(crate) fn check(policy: &Effective) -> Vec<Problem> {
    let mut problems = Vec::new();
    for &category in Category::ALL {
        let at = format!("categories.{category}");
        if category.never_rests() && policy.storage(category) != Storage::Memory {
            problems.push(rests(&format!("{at}.storage"), category));
        }
        for (purpose, cell) in policy.cells(category) {
            if purpose == Purpose::KycRecord {
                continue; // checked with its own section
            }
            of_cell(&mut problems, category, purpose, cell);
        }
    }
    if policy.training() == Training::Consented
        && !Category::ALL.iter().any(|c| policy.cell(*c, Purpose::Improvement).is_some())
    {
        let message = "`training` is on, and no category says what is used: name the categories";
        problems.push((Rule::TrainingWithoutConsent, CellPath::of("training"), message.into()));
    }
    ages(&mut problems, policy);
    contacts(&mut problems, policy);
    subprocessors(&mut problems, policy);
    problems
}

fn of_cell(problems: &mut Vec<Problem>, category: Category, purpose: Purpose, cell: &Cell) {
    let at = format!("categories.{category}.purposes.{purpose}");
    let mut broken = |rule: Rule, key: &str, why: &str| {
        let path = CellPath::of(&format!("{at}.{key}"));
        problems.push((rule, path, format!("`{at}.{key}`: {why}")));
    };
    for &family in Family::ALL {
        let keep = cell.keep(family);
        let key = match cell.keep_by.contains_key(&family) {
            true => format!("keep_by.{family}"),
            false => "keep".to_owned(),
        };
        if category.is_log() && !keep.within(LONGEST_LOG) {
            broken(Rule::LogTooLong, &key, "no log is kept for more than 730 days (R9)");
        }
        if category.never_rests() && keep != Keep::Call {
            broken(
                Rule::RestsWhatMayNot,
                &key,
                "this lives for a call only (R8, D17): write `call`",
            );
        }
        if purpose == Purpose::Improvement && !keep.within(LONGEST_TRAINING) {
            let why = "a copy for improving models is kept for 30 days at most (R2)";
            broken(Rule::TrainingWithoutConsent, &key, why);
        }
    }
    if category.is_biometric() && cell.condition.is_none() {
        let why = "biometric data needs a condition of article 9 beside its basis (P9)";
        broken(Rule::BiometricCondition, "condition", why);
    }
    if purpose == Purpose::Improvement {
        if cell.consent != ConsentRule::Enforce {
            let why = "models are improved with nothing but what persons consented to (P3)";
            broken(Rule::TrainingWithoutConsent, "consent", why);
        }
        let condition = cell.condition == Some(Condition::ExplicitConsent);
        if category.is_of_end_user() && !condition {
            let why = "write `explicit-consent`: sensitive data may be among it (P3)";
            broken(Rule::TrainingWithoutConsent, "condition", why);
        }
    }
    if purpose == Purpose::Troubleshooting {
        for readers in [("readers", &cell.readers), ("readers_after", &cell.readers_after)] {
            if readers.1.iter().any(|role| *role != Role::Support) {
                let why = "whoever looks for an error does so as `support`, under a grant (P7)";
                broken(Rule::ReaderWithoutGrant, readers.0, why);
            }
        }
    } else if cell.readers.contains(&Role::Support) || cell.readers_after.contains(&Role::Support) {
        let why = "`support` reads for the purpose `troubleshooting` only (P12)";
        broken(Rule::ReaderWithoutGrant, "readers", why);
    }
}

fn rests(at: &str, category: Category) -> Problem {
    let message = format!("`{at}`: `{category}` never rests: write `memory`");
    (Rule::RestsWhatMayNot, CellPath::of(at), message)
}

fn ages(problems: &mut Vec<Problem>, policy: &Effective) {
    let ages = &policy.file().ages;
    let mut broken = |at: &str, why: &str| {
        problems.push((Rule::Age, CellPath::of(at), format!("`{at}`: {why}")));
    };
    let default = ages.default.clone().unwrap_or_default();
    let listed = ages.by.iter().map(|(place, age)| (format!("ages.by.{place}"), age));
    for (at, age) in listed.chain([("ages.default".to_owned(), &default)]) {
        match age.age {
            None => broken(&format!("{at}.age"), "say the age in whole years"),
            Some(years) if !(10..=HIGHEST_AGE).contains(&years) => {
                broken(&format!("{at}.age"), "is an age that no law has: 10 to 25 can be meant");
            }
            Some(_) => {}
        }
        if age.source.as_deref().is_none_or(|source| source.trim().is_empty()) {
            broken(&format!("{at}.source"), "name the law that says so");
        }
    }
    if ages.floor.is_some_and(|floor| floor > HIGHEST_AGE) {
        broken("ages.floor", "is an age that no law has");
    }
}

fn contacts(problems: &mut Vec<Problem>, policy: &Effective) {
    let contact = &policy.file().contact;
    for (at, text) in
        [("contact.privacy", &contact.privacy), ("contact.rights_page", &contact.rights_page)]
    {
        let Some(text) = text else { continue };
        // Whatever is not one of these would become a link to somewhere else.
        let mail = text.split_once('@').is_some_and(|(who, host)| {
            let plain = |part: &str| {
                !part.is_empty()
                    && part.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c))
            };
            plain(who) && plain(host) && host.contains('.')
        });
        let address = (text.starts_with("https://") || text.starts_with('/'))
            && text.chars().all(|c| c.is_ascii_graphic() && !"\"'<>`\\".contains(c))
            && !text.starts_with("//");
        let page_only = at == "contact.rights_page";
        if !(address || mail && !page_only) {
            let message =
                format!("`{at}`: write a mail address or an address that begins with https://");
            problems.push((Rule::Contact, CellPath::of(at), message));
        }
    }
}

fn subprocessors(problems: &mut Vec<Problem>, policy: &Effective) {
    for one in policy.subprocessors() {
        let mut broken = |why: &str| {
            let message = format!("`subprocessors`: {}: {why}", one.name);
            problems.push((Rule::Subprocessor, CellPath::of("subprocessors"), message));
        };
        let texts = [&one.name, &one.task, &one.region, &one.vetted_by];
        if texts.iter().any(|text| text.trim().is_empty()) {
            broken("say its name, its task, its region and who vetted it (O14)");
        }
        let host = |host: &String| {
            !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
        };
        if !one.hosts.iter().all(host) {
            broken("write `hosts` as names alone, like search.example.org (O13)");
        }
        if one.categories.iter().any(|category| category.never_rests()) {
            broken("what lives for a call is given to nobody (O20)");
        }
        if one.transfer.is_some_and(|basis| !policy.transfer_bases().contains(&basis)) {
            broken("`transfers.bases` does not have that ground (O16)");
        }
    }
}
