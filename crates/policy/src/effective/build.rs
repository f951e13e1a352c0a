//! From the cells of a file to a policy that holds, or to everything that is
//! missing in it.

use std::collections::BTreeMap;

use bonafide_context::Keeper;
use sha2::{Digest, Sha256};

use super::{Cell, Effective, PolicyId, Whereabouts};
use crate::file::{CategoryFile, CellPath, FileKind, PolicyFile, PurposeFile};
use crate::finding::Rule;
use crate::rules;
use crate::{Basis, Category, ClosingEvent, Condition, ConsentRule, Keep, Purpose, Training};

/// What is wrong: rule, cell, sentence.
pub(crate) type Problem = (Rule, CellPath, String);

impl Effective {
    /// Checks that everything is said that every policy must say.
    pub(crate) fn new(mut file: PolicyFile, chain: Vec<String>) -> Result<Self, Vec<Problem>> {
        // What was put together is a policy by itself.
        file.kind = FileKind::Policy;
        file.extends = Vec::new();
        file.profile = None;
        if file.training == Some(Training::Never) && Keeper::TrainingSwitch.works() {
            for category in file.categories.values_mut() {
                category.purposes.remove(&Purpose::Improvement);
            }
        }
        let mut gaps = Gaps::default();
        gaps.filled(!file.title.is_empty(), "title");
        let languages = gaps.said(file.languages.clone(), "languages");
        gaps.filled(!languages.is_empty(), "languages");
        gaps.maybe(file.training, "training");
        gaps.maybe(file.warranty, "warranty");
        gaps.maybe(file.legal_hold, "legal_hold");
        let announce_days = gaps.said(file.announce_days, "announce_days");
        let jurisdictions = gaps.said(file.jurisdictions.allowed.clone(), "jurisdictions.allowed");
        gaps.filled(!jurisdictions.is_empty(), "jurisdictions.allowed");
        let default = file.ages.default.clone().unwrap_or_default();
        let default_age = gaps.said(default.age, "ages.default.age");
        let rights_readers = gaps.said(file.rights.readers.clone(), "rights.readers");
        let answer_days = gaps.said(file.rights.answer_days, "rights.answer_days");
        let transfers = gaps.said(file.transfers.bases.clone(), "transfers.bases");
        let subprocessors = gaps.said(file.subprocessors.clone(), "subprocessors");
        let mut places = BTreeMap::new();
        let mut cells = BTreeMap::new();
        for &category in Category::ALL {
            let said = file.categories.get(&category).cloned().unwrap_or_default();
            let at = format!("categories.{category}");
            places.extend(gaps.place(&said, &at).map(|place| (category, place)));
            gaps.filled(!said.purposes.is_empty(), &format!("{at}.purposes"));
            for (&purpose, said) in &said.purposes {
                let at = format!("{at}.purposes.{purpose}");
                gaps.filled(file.roles.contains_key(&purpose), &format!("roles.{purpose}"));
                cells.extend(gaps.cell(said, &at).map(|cell| ((category, purpose), cell)));
            }
        }
        cells.extend(gaps.kyc_record(&file));
        if !gaps.0.is_empty() {
            gaps.0.sort_by(|a, b| (&a.1, &a.2).cmp(&(&b.1, &b.2)));
            gaps.0.dedup();
            return Err(gaps.0);
        }
        let text = toml::to_string(&file).map_err(|error| {
            vec![(Rule::Syntax, CellPath(Vec::new()), format!("cannot be printed: {error}"))]
        })?;
        let digest = Sha256::digest(text.as_bytes());
        let id = PolicyId(digest.iter().map(|byte| format!("{byte:02x}")).collect());
        let effective = Self {
            file,
            chain,
            id,
            text,
            cells,
            places,
            languages,
            jurisdictions,
            default_age,
            rights_readers,
            answer_days,
            announce_days,
            subprocessors,
            transfers,
        };
        let broken =
            if Keeper::PolicyRules.works() { rules::check(&effective) } else { Vec::new() };
        if broken.is_empty() { Ok(effective) } else { Err(broken) }
    }
}

/// What is missing so far.
#[derive(Default)]
struct Gaps(Vec<Problem>);

impl Gaps {
    fn gap(&mut self, at: &str) {
        let rule = if at.ends_with(".keep") { Rule::NoPeriod } else { Rule::Gap };
        let message = match rule {
            Rule::NoPeriod => format!("`{at}` is missing: say for how long, or what ends it"),
            _ => format!("`{at}` is missing: every policy has to say it"),
        };
        self.0.push((rule, CellPath::of(at), message));
    }

    fn filled(&mut self, filled: bool, at: &str) {
        if !filled {
            self.gap(at);
        }
    }

    /// What was said; a default, which is never used, where it was not.
    fn said<T: Default>(&mut self, said: Option<T>, at: &str) -> T {
        self.maybe(said, at).unwrap_or_default()
    }

    fn maybe<T>(&mut self, said: Option<T>, at: &str) -> Option<T> {
        self.filled(said.is_some(), at);
        said
    }

    fn place(&mut self, said: &CategoryFile, at: &str) -> Option<Whereabouts> {
        let storage = self.maybe(said.storage, &format!("{at}.storage"));
        let region = self.maybe(said.region, &format!("{at}.region"));
        Some(Whereabouts { storage: storage?, region: region? })
    }

    fn cell(&mut self, said: &PurposeFile, at: &str) -> Option<Cell> {
        let basis = self.maybe(said.basis, &format!("{at}.basis"));
        let consent = self.maybe(said.consent, &format!("{at}.consent"));
        let keep = match said.keep {
            // As if what nobody speaks of could stay.
            None if !Keeper::Ends.works() => Some(Keep::Until(ClosingEvent::ContractEnds)),
            said => self.maybe(said, &format!("{at}.keep")),
        };
        let readers = self.maybe(said.readers.clone(), &format!("{at}.readers"));
        let (basis, consent, keep, readers) = (basis?, consent?, keep?, readers?);
        Some(Cell {
            basis,
            condition: said.condition,
            consent,
            keep,
            keep_by: said.keep_by.clone().unwrap_or_default(),
            // Whoever may not read during a verification may not after it (row P4).
            readers_after: match &said.readers_after {
                Some(after) => after.iter().copied().filter(|r| readers.contains(r)).collect(),
                None => readers.clone(),
            },
            readers,
            rows: said.rows.clone().unwrap_or_default(),
        })
    }

    /// The cells of a duty to keep evidence (row O25), where it is on.
    fn kyc_record(&mut self, file: &PolicyFile) -> Vec<((Category, Purpose), Cell)> {
        let said = &file.kyc_record;
        let on = self.maybe(said.enabled, "kyc_record.enabled");
        for category in file.categories.keys() {
            let cell = file.categories.get(category).map(|c| &c.purposes);
            if cell.is_some_and(|purposes| purposes.contains_key(&Purpose::KycRecord)) {
                let at = format!("categories.{category}.purposes.kyc-record");
                let message = format!("`{at}`: this purpose is set up under `kyc_record` only");
                self.0.push((Rule::KycRecord, CellPath::of(&at), message));
            }
        }
        if on != Some(true) {
            return Vec::new();
        }
        let mut wrong = |at: &str, message: &str| {
            self.0.push((Rule::KycRecord, CellPath::of(at), format!("`{at}`: {message}")));
        };
        if said.law.as_deref().is_none_or(|law| law.trim().is_empty()) {
            wrong("kyc_record.law", "name the law that obliges the customer");
        }
        let categories = said.categories.clone().unwrap_or_default();
        if categories.is_empty() {
            wrong("kyc_record.categories", "name what is kept");
        }
        for category in categories.iter().filter(|category| category.never_rests()) {
            wrong("kyc_record.categories", &format!("`{category}` never rests"));
        }
        let Some(keep @ Keep::Seconds(_)) = said.keep else {
            wrong("kyc_record.keep", "give the period as a number of days");
            return Vec::new();
        };
        let readers = said.readers.clone().unwrap_or_default();
        let cell = |category: Category| Cell {
            basis: Basis::LegalObligation,
            condition: category.is_biometric().then_some(Condition::SubstantialPublicInterest),
            consent: ConsentRule::None,
            keep,
            keep_by: BTreeMap::new(),
            readers: readers.clone(),
            readers_after: readers.clone(),
            rows: vec!["O25".to_owned()],
        };
        categories
            .into_iter()
            .map(|category| ((category, Purpose::KycRecord), cell(category)))
            .collect()
    }
}
