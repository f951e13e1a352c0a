//! What holds: a policy with everything that it extends, asked by the running
//! server.

mod build;

pub(crate) use build::Problem;

use std::collections::BTreeMap;
use std::fmt;

use bonafide_context::{Date, Keeper};

use crate::ages::{AgeDecision, BirthDate, Jurisdiction, Place};
use crate::file::{PolicyFile, Subprocessor};
use crate::{
    Access, Basis, Category, ClosingEvent, Condition, ConsentRule, DataRole, Family, Keep,
    Language, Period, Phase, Purpose, RegionRule, RiskSignals, Role, Storage, Training,
    TransferBasis,
};

/// What nothing may be kept for: where the table of periods is sabotaged.
const FOR_EVER: Period = Period::For(std::time::Duration::from_secs(100 * 365 * 86_400));

/// The fingerprint of a policy: SHA-256 of its printed form, in hexadecimal. Two
/// policies with one id decide alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(String);

impl PolicyId {
    /// Sixty-four hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve, for people.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What holds for data of a category kept for a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Article 6(1) GDPR.
    pub basis: Basis,
    /// Article 9(2) GDPR, of biometric data.
    pub condition: Option<Condition>,
    /// What is needed of the person.
    pub consent: ConsentRule,
    /// For how long.
    pub keep: Keep,
    /// For how long in certain families.
    pub keep_by: BTreeMap<Family, Keep>,
    /// Who may read it.
    pub readers: Vec<Role>,
    /// Who may read it once the verification is decided.
    pub readers_after: Vec<Role>,
    /// The rows that ask for it.
    pub rows: Vec<String>,
}

impl Cell {
    /// The period for a family.
    pub fn keep(&self, family: Family) -> Keep {
        self.keep_by.get(&family).copied().unwrap_or(self.keep)
    }
}

/// Where data of a category rests, and whether it may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whereabouts {
    pub(crate) storage: Storage,
    pub(crate) region: RegionRule,
}

/// A policy that holds: complete, printable, with a fingerprint.
#[derive(Clone, Debug)]
pub struct Effective {
    file: PolicyFile,
    chain: Vec<String>,
    id: PolicyId,
    text: String,
    cells: BTreeMap<(Category, Purpose), Cell>,
    places: BTreeMap<Category, Whereabouts>,
    languages: Vec<Language>,
    jurisdictions: Vec<Place>,
    default_age: u32,
    rights_readers: Vec<Role>,
    answer_days: u32,
    announce_days: u32,
    subprocessors: Vec<Subprocessor>,
    transfers: Vec<TransferBasis>,
}

impl Effective {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// What it is called in documents.
    pub fn title(&self) -> &str {
        &self.file.title
    }

    /// Its version.
    pub fn version(&self) -> u32 {
        self.file.version
    }

    /// The day from which it holds.
    pub fn effective_from(&self) -> Date {
        self.file.effective_from
    }

    /// Its fingerprint.
    pub fn id(&self) -> &PolicyId {
        &self.id
    }

    /// Its own name and those of everything it is built on.
    pub fn chain(&self) -> &[String] {
        &self.chain
    }

    /// It as a policy file that extends nothing and says everything: read again,
    /// it has the same fingerprint.
    pub fn to_toml(&self) -> &str {
        &self.text
    }

    /// As its file states it.
    pub fn file(&self) -> &PolicyFile {
        &self.file
    }

    /// What holds for a category and a purpose; nothing where data of that
    /// category is not kept for it.
    pub fn cell(&self, category: Category, purpose: Purpose) -> Option<&Cell> {
        self.cells.get(&(category, purpose))
    }

    /// Every cell of a category, by purpose.
    pub fn cells(&self, category: Category) -> impl Iterator<Item = (Purpose, &Cell)> {
        self.cells
            .range((category, Purpose::Service)..=(category, Purpose::KycRecord))
            .map(|((_, purpose), cell)| (*purpose, cell))
    }

    /// How long data may rest; [`Period::NONE`] where it is not kept for the
    /// purpose at all.
    pub fn retention(&self, family: Family, category: Category, purpose: Purpose) -> Period {
        if !Keeper::Retention.works() {
            return FOR_EVER;
        }
        self.cell(category, purpose).map_or(Period::NONE, |cell| cell.keep(family).period())
    }

    /// How long the one stored copy of data may rest: as long as the longest of
    /// its purposes that share it. Copies for improvement and for a duty to keep
    /// evidence are apart, with clocks of their own.
    pub fn at_rest(&self, family: Family, category: Category) -> Period {
        if !Keeper::Retention.works() {
            return FOR_EVER;
        }
        self.keep_at_rest(family, category).map_or(Period::NONE, Keep::period)
    }

    pub(crate) fn keep_at_rest(&self, family: Family, category: Category) -> Option<Keep> {
        self.cells(category)
            .filter(|(purpose, _)| !purpose.is_separate_copy())
            .map(|(_, cell)| cell.keep(family))
            .max_by_key(|keep| keep.seconds())
    }

    /// Whether data of a category exists at all under this policy: it rests for some
    /// family of interfaces, or lives for a call by its nature.
    pub fn has(&self, category: Category) -> bool {
        category.never_rests()
            || Family::ALL.iter().any(|family| self.at_rest(*family, category).rests())
    }

    /// What ends the rest of data without a number of days.
    pub fn closing_event(&self, category: Category, purpose: Purpose) -> Option<ClosingEvent> {
        match self.cell(category, purpose)?.keep {
            Keep::Until(event) => Some(event),
            _ => None,
        }
    }

    /// What is needed of the person before data is processed for a purpose;
    /// where it is not processed for that purpose, nothing suffices but the
    /// strongest.
    pub fn consent(&self, purpose: Purpose, category: Category) -> ConsentRule {
        self.cell(category, purpose).map_or(ConsentRule::Enforce, |cell| cell.consent)
    }

    /// Whether data may be processed for a purpose, given what is at hand. What
    /// has no cell may not. A warranty stands in for a receipt where the policy
    /// takes one, and never for the improvement of models.
    pub fn may_process(
        &self,
        purpose: Purpose,
        category: Category,
        receipt: bool,
        warranty: bool,
    ) -> bool {
        if !Keeper::ConsentGate.works() {
            return true;
        }
        let Some(cell) = self.cell(category, purpose) else { return !Keeper::Purposes.works() };
        let stands_in = warranty && self.takes_warranty() && purpose != Purpose::Improvement;
        cell.consent != ConsentRule::Enforce || receipt || stands_in
    }

    /// Whether a role may read data of a category for a purpose, while the
    /// verification runs.
    pub fn may_read(&self, role: Role, purpose: Purpose, category: Category) -> Access {
        self.may_read_when(role, purpose, category, Phase::Running)
    }

    /// Whether a role may read data of a category for a purpose.
    pub fn may_read_when(
        &self,
        role: Role,
        purpose: Purpose,
        category: Category,
        phase: Phase,
    ) -> Access {
        let readers = match (purpose, self.cell(category, purpose), phase) {
            (Purpose::Rights, ..) if category.is_personal() => &self.rights_readers,
            (_, None, _) => return Access::Denied,
            (_, Some(cell), Phase::Running) => &cell.readers,
            (_, Some(cell), Phase::Ended) => &cell.readers_after,
        };
        if !Keeper::ReadTable.works() {
            return Access::Allowed;
        }
        match (readers.contains(&role), role) {
            (false, _) => Access::Denied,
            (true, Role::Support) if Keeper::GrantCheck.works() => Access::UnderGrant,
            (true, _) => Access::Allowed,
        }
    }

    /// Where data of a category rests.
    pub fn storage(&self, category: Category) -> Storage {
        self.places.get(&category).map_or(Storage::Memory, |place| place.storage)
    }

    /// Whether data of a category may leave its region.
    pub fn region_rule(&self, category: Category) -> RegionRule {
        self.places.get(&category).map_or(RegionRule::Stays, |place| place.region)
    }

    /// The grounds that an export across a border may be recorded under.
    pub fn transfer_bases(&self) -> &[TransferBasis] {
        &self.transfers
    }

    /// From which age on a person decides alone: the stricter of where the
    /// person is and who issued the document. Where the location is not known,
    /// the strictest figure of all stands in for it.
    pub fn minimum_age(&self, location: Option<Jurisdiction>, issuer: Option<Jurisdiction>) -> u32 {
        let strictest = || self.ages().map(|(_, age)| age).max().unwrap_or(0).max(self.default_age);
        let by_location = location.map_or_else(strictest, |place| self.age_in(place));
        let by_issuer = issuer.map_or(0, |place| self.age_in(place));
        by_location.max(by_issuer).max(self.file.ages.floor.unwrap_or(0))
    }

    /// Whether a person may go on, by the document's date of birth.
    pub fn age_decision(
        &self,
        birth: BirthDate,
        today: Date,
        location: Option<Jurisdiction>,
        issuer: Option<Jurisdiction>,
        guardian: bool,
    ) -> AgeDecision {
        AgeDecision::of(birth, today, self.minimum_age(location, issuer), guardian)
    }

    fn age_in(&self, place: Jurisdiction) -> u32 {
        self.file.ages.by.get(&place).and_then(|age| age.age).unwrap_or(self.default_age)
    }

    /// The figures place by place.
    pub(crate) fn ages(&self) -> impl Iterator<Item = (Jurisdiction, u32)> {
        self.file.ages.by.iter().filter_map(|(place, age)| Some((*place, age.age?)))
    }

    pub(crate) fn default_age(&self) -> u32 {
        self.default_age.max(self.file.ages.floor.unwrap_or(0))
    }

    /// Whether the service may be used from a place. An unknown one is allowed
    /// only where every place is.
    pub fn jurisdiction_allowed(&self, place: Option<Jurisdiction>) -> bool {
        if !Keeper::PlaceGate.works() {
            return true;
        }
        let named = place.map(Place::In);
        self.jurisdictions
            .iter()
            .any(|allowed| *allowed == Place::Anywhere || Some(*allowed) == named)
    }

    pub(crate) fn jurisdictions(&self) -> &[Place] {
        &self.jurisdictions
    }

    /// Whether data may be used to improve models.
    pub fn training(&self) -> Training {
        self.file.training.unwrap_or(Training::Never)
    }

    /// Whether a customer's signed warranty may stand in for a receipt.
    pub fn takes_warranty(&self) -> bool {
        self.file.warranty.unwrap_or(false)
    }

    /// Whether a subject's data may be put under a legal hold.
    pub fn allows_legal_hold(&self) -> bool {
        self.file.legal_hold.unwrap_or(false)
    }

    /// Whose signals the risk interface tells. Where a policy names none, it tells
    /// what sources say, and the score (row O21).
    pub fn risk_signals(&self) -> &[RiskSignals] {
        if !Keeper::RiskCut.works() {
            return RiskSignals::ALL;
        }
        self.file.risk_signals.as_deref().unwrap_or_default()
    }

    /// For how long evidence of a category is kept because a law obliges the
    /// customer; nothing where it is not asked for.
    pub fn wants_kyc_record(&self, category: Category) -> Option<Period> {
        self.cell(category, Purpose::KycRecord).map(|cell| cell.keep.period())
    }

    /// What whoever runs the server is, for a purpose.
    pub fn role(&self, purpose: Purpose) -> DataRole {
        if !Keeper::DataRoles.works() {
            return DataRole::Controller;
        }
        self.file.roles.get(&purpose).copied().unwrap_or(DataRole::Controller)
    }

    /// Whom data is given to for processing; whoever is not in it may not be
    /// called.
    pub fn subprocessors(&self) -> &[Subprocessor] {
        &self.subprocessors
    }

    /// The languages that its documents come in.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// Days within which a person's request is answered.
    pub fn answer_days(&self) -> u32 {
        self.answer_days
    }

    /// Days between the announcement of a material change and its beginning.
    pub fn announce_days(&self) -> u32 {
        self.announce_days
    }

    pub(crate) fn rights_readers(&self) -> &[Role] {
        &self.rights_readers
    }

    /// Who and where to turn to that the policy does not say yet: what has to be
    /// set before a document is published (row O18).
    pub fn unset_contacts(&self) -> Vec<&'static str> {
        let contact = &self.file.contact;
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let processor = self.role(Purpose::Service) == DataRole::Processor;
        [
            ("contact.operator", said(&contact.operator)),
            ("contact.privacy", said(&contact.privacy)),
            ("contact.authority", said(&contact.authority)),
            ("contact.customer", said(&contact.customer) || !processor),
        ]
        .into_iter()
        .filter_map(|(name, said)| (!said).then_some(name))
        .collect()
    }
}
