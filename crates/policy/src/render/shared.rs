//! What several documents say alike.

use bonafide_context::{Date, Keeper};

use super::words::{Phrase, Words};
use super::{Block, Card, Document, Fact, Section};
use crate::{Category, Cell, DataRole, Effective, Family, Keep, Purpose, Subprocessor};

/// A policy, and the words to say it with.
pub(super) struct Writer<'a> {
    pub(super) policy: &'a Effective,
    pub(super) words: &'static dyn Words,
    /// The day from which it holds: the file's own, or a later one that was
    /// announced.
    from: Date,
    /// What the customer is called where the operator works for nobody else.
    customer: Option<Phrase>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(policy: &'a Effective, words: &'static dyn Words) -> Self {
        Self { policy, words, from: policy.effective_from(), customer: None }
    }

    /// The same, in force from another day.
    pub(super) fn in_force_from(self, from: Date) -> Self {
        Self { from, ..self }
    }

    /// For a text between operator and customer, whoever that will be.
    pub(super) fn between_parties(&self) -> Self {
        Self { customer: Some(Phrase::TheCustomer), ..*self }
    }

    /// A phrase with the names of operator and customer in their places.
    pub(super) fn say(&self, phrase: Phrase) -> String {
        self.fill(phrase, &[])
    }

    /// A phrase with these values in the places of their names. What a value
    /// says is never taken for a place itself.
    pub(super) fn fill(&self, phrase: Phrase, values: &[(&str, String)]) -> String {
        let contact = &self.policy.file().contact;
        let mut text = String::new();
        let mut rest = if Keeper::Wording.works() {
            self.words.say(phrase)
        } else {
            claimed(self.words, phrase)
        };
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            text.push_str(before);
            let value = match name {
                "operator" => self.contact(contact.operator.as_ref(), "contact.operator"),
                "customer" => self.customer(),
                _ => values.iter().find(|(n, _)| *n == name).map_or(String::new(), |v| v.1.clone()),
            };
            let begins = text.is_empty() || text.ends_with(". ");
            let value = if begins { capitalised(&value) } else { value };
            text.push_str(&value);
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn customer(&self) -> String {
        let contact = &self.policy.file().contact;
        match self.customer {
            _ if self.is_processor() => self.contact(contact.customer.as_ref(), "contact.customer"),
            Some(phrase) => self.words.say(phrase).to_owned(),
            // An operator that works for itself is its own customer.
            None => self.contact(contact.operator.as_ref(), "contact.operator"),
        }
    }

    /// What the policy says of a contact, or a mark that nobody overlooks.
    pub(super) fn contact(&self, said: Option<&String>, name: &str) -> String {
        match said.filter(|text| !text.trim().is_empty()) {
            Some(text) => text.clone(),
            None => self.words.say(Phrase::NotSet).replace("{name}", name),
        }
    }

    pub(super) fn is_processor(&self) -> bool {
        self.policy.role(Purpose::Service) == DataRole::Processor
    }

    pub(super) fn text(&self, phrase: Phrase) -> Block {
        Block::Text(self.say(phrase))
    }

    pub(super) fn note(&self, phrase: Phrase) -> Block {
        Block::Note(self.say(phrase))
    }

    pub(super) fn items(&self, phrases: &[Phrase]) -> Block {
        Block::List(phrases.iter().map(|phrase| self.say(*phrase)).collect())
    }

    pub(super) fn fact(&self, name: Phrase, value: impl Into<String>) -> Fact {
        Fact::new(self.say(name), value)
    }

    pub(super) fn section(&self, id: &'static str, heading: Phrase, blocks: Vec<Block>) -> Section {
        Section { id, heading: self.say(heading), blocks }
    }

    pub(super) fn document(&self, title: Phrase, lead: Phrase, sections: Vec<Section>) -> Document {
        let policy = self.policy;
        let version = policy.version().to_string();
        let facts = vec![
            self.fact(Phrase::Version, version.clone()),
            self.fact(Phrase::InForce, self.words.date(self.from)),
            self.fact(Phrase::Policy, policy.title()),
        ];
        let foot = [
            ("policy", policy.name().to_owned()),
            ("version", version),
            ("id", policy.id().short().to_owned()),
        ];
        Document {
            language: self.words.language(),
            title: self.say(title),
            lead: self.say(lead),
            facts,
            sections,
            contents: self.say(Phrase::Contents),
            foot: self.fill(Phrase::Foot, &foot),
        }
    }

    /// A kind of data as a card: what it is, and for each purpose basis and
    /// period, in a line.
    pub(super) fn category(&self, category: Category) -> Card {
        let (title, about) = self.words.category(category);
        let cells = self.policy.cells(category);
        let facts = cells.map(|(purpose, cell)| {
            let (name, _) = self.words.purpose(purpose);
            Fact::with_note(name, self.periods(cell), self.ground(cell))
        });
        Card { title: title.to_owned(), text: about.to_owned(), facts: facts.collect() }
    }

    /// The same for a text that speaks of persons and not to them.
    pub(super) fn entry(&self, category: Category) -> Card {
        let title = self.words.entry(category).to_owned();
        Card { title, text: String::new(), ..self.category(category) }
    }

    /// The legal basis, and the condition if there is one.
    pub(super) fn ground(&self, cell: &Cell) -> String {
        let basis = self.words.basis(cell.basis);
        match cell.condition {
            Some(condition) => format!("{basis}, {}", self.words.condition(condition)),
            None => basis.to_owned(),
        }
    }

    /// The period, and others that hold for certain families.
    pub(super) fn periods(&self, cell: &Cell) -> String {
        let mut text = self.words.keep(cell.keep);
        let other = |family: &&Family| cell.keep(**family) != cell.keep;
        for family in Family::ALL.iter().filter(other) {
            let keep = self.words.keep(cell.keep(*family));
            text.push_str(&format!(" ({}: {keep})", self.words.family(*family)));
        }
        text
    }

    pub(super) fn keep(&self, keep: Keep) -> String {
        self.words.keep(keep)
    }

    pub(super) fn names(&self, categories: &[Category]) -> String {
        let names: Vec<String> =
            categories.iter().map(|c| self.words.entry(*c).to_lowercase()).collect();
        self.words.list(&names)
    }

    pub(super) fn roles(&self, roles: &[crate::Role]) -> Vec<String> {
        roles.iter().map(|role| self.words.role(*role).to_owned()).collect()
    }

    pub(super) fn subprocessor(&self, one: &Subprocessor) -> Card {
        let vetted = format!("{}, {}", one.vetted_by, self.words.date(one.vetted_on));
        let mut facts = vec![
            self.fact(Phrase::Task, &one.task),
            self.fact(Phrase::Region, &one.region),
            self.fact(Phrase::DataLabel, self.names(&one.categories)),
            self.fact(Phrase::Vetted, vetted),
        ];
        if let Some(basis) = one.transfer {
            facts.push(self.fact(Phrase::TransferLabel, self.words.transfer(basis)));
        }
        Card { title: one.name.clone(), text: String::new(), facts }
    }

    pub(super) fn transfer_bases(&self) -> String {
        let bases = self.policy.transfer_bases().iter();
        let names: Vec<String> = bases.map(|b| self.words.transfer(*b).to_owned()).collect();
        match names.is_empty() {
            true => self.say(Phrase::None),
            false => self.words.list(&names),
        }
    }

    pub(super) fn safety(&self) -> Block {
        self.items(&[
            Phrase::SafetyTransport,
            Phrase::SafetyRest,
            Phrase::SafetyKeys,
            Phrase::SafetyWorker,
            Phrase::SafetyLogs,
        ])
    }

    /// Whom to turn to.
    pub(super) fn contacts(&self) -> Block {
        let contact = &self.policy.file().contact;
        let privacy = contact.privacy.as_ref().filter(|_| Keeper::Contact.works());
        let mut facts = vec![
            self.fact(
                Phrase::Operator,
                self.contact(contact.operator.as_ref(), "contact.operator"),
            ),
            Fact::link(self.say(Phrase::PrivacyContact), self.contact(privacy, "contact.privacy")),
        ];
        if let Some(address) = &contact.address {
            facts.insert(1, self.fact(Phrase::Address, address));
        }
        if let Some(page) = &contact.rights_page {
            facts.push(Fact::link(self.say(Phrase::RightsPage), page));
        }
        if self.is_processor() {
            let customer = self.contact(contact.customer.as_ref(), "contact.customer");
            facts.insert(0, self.fact(Phrase::Customer, customer));
        }
        if let Some(authority) = &contact.authority {
            facts.push(self.fact(Phrase::Authority, authority));
        }
        Block::Facts(facts)
    }
}

/// What is easily said, and not so: where the wording is sabotaged.
fn claimed(words: &'static dyn Words, phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::FacesInMemory => {
            "The numbers of a face are irreversible and have no actual content."
        }
        Phrase::SafetyLimits => "We guarantee that your data is completely safe.",
        _ => words.say(phrase),
    }
}

/// As at the beginning of a sentence.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
