//! A policy file: what it may say, and how it is read.
//!
//! A file may leave out what the policies it extends say; what it does say wins
//! over them. [`crate::Library`] puts files together.

mod cells;

use std::collections::BTreeMap;

use bonafide_context::Date;
use serde::{Deserialize, Serialize};

pub(crate) use crate::messages::{explain, line_at, suggest};
pub use cells::CellPath;
pub(crate) use cells::{Cells, flatten, nest};

use crate::ages::{Jurisdiction, Place};
use crate::finding::{Finding, Rule};
use crate::names::named;
use crate::{
    Basis, Category, Condition, ConsentRule, DataRole, Family, Keep, Language, Purpose, RegionRule,
    RiskSignals, Role, Storage, Training, TransferBasis,
};

named! {
    /// What a file is.
    FileKind {
        /// A policy, which says what it wants of what it extends.
        Policy = "policy",
        /// A tenant's own choice on top of one policy, which may only tighten it.
        Overlay = "overlay",
    }
}

/// A policy as its file states it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// Its name: lower-case letters, digits and hyphens.
    pub name: String,
    /// What it is.
    #[serde(default = "policy")]
    pub kind: FileKind,
    /// What it is called in documents.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Counts up with each change.
    pub version: u32,
    /// The day from which this version holds.
    pub effective_from: Date,
    /// The policies that this one is built on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extends: Vec<String>,
    /// Of an overlay: which of the policy's profiles is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The founding texts that it carries out, as S0 to S4.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub founding: Vec<String>,
    /// The languages that its documents come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<Language>>,
    /// Whether data may be used to improve models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Training>,
    /// Whether a customer's signed warranty may stand in for a receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty: Option<bool>,
    /// Whether a subject's data may be put under a legal hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_hold: Option<bool>,
    /// Whose signals the risk interface tells beside what sources say and the score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_signals: Option<Vec<RiskSignals>>,
    /// Days between the announcement of a material change and its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announce_days: Option<u32>,
    /// What whoever runs the server is, for each purpose.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<Purpose, DataRole>,
    /// Whom to turn to.
    #[serde(default)]
    pub contact: ContactFile,
    /// From where the service may be used.
    #[serde(default)]
    pub jurisdictions: JurisdictionsFile,
    /// From which age on a person decides alone.
    #[serde(default)]
    pub ages: AgesFile,
    /// How persons' requests are dealt with.
    #[serde(default)]
    pub rights: RightsFile,
    /// How data may cross a border.
    #[serde(default)]
    pub transfers: TransfersFile,
    /// Evidence that a law obliges the customer to keep.
    #[serde(default)]
    pub kyc_record: KycRecordFile,
    /// What holds for each kind of data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<Category, CategoryFile>,
    /// Longer clocks that a tenant may choose, because a text of the same vendor
    /// promises them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub profiles: BTreeMap<String, ProfileFile>,
    /// Whom data is given to for processing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subprocessors: Option<Vec<Subprocessor>>,
}

fn policy() -> FileKind {
    FileKind::Policy
}

macro_rules! sections {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[serde(default, deny_unknown_fields)]
            pub struct $name {
                $(
                    $(#[$field_meta])*
                    #[serde(skip_serializing_if = "Option::is_none")]
                    pub $field: Option<$type>,
                )+
            }
        )+
    };
}

sections! {
    /// The variable parts of the documents: who, and where to turn.
    ContactFile {
        /// Who runs the server, by name.
        operator: String,
        /// Its postal address, in a line.
        address: String,
        /// Where privacy questions go: a mail address or an `https` address.
        privacy: String,
        /// The page with the form for a person's rights.
        rights_page: String,
        /// The supervisory authority that complaints go to.
        authority: String,
        /// The customer, in whose name the server works as a processor.
        customer: String,
    }
    /// From where the service may be used.
    JurisdictionsFile {
        /// Country codes, or `*` for anywhere.
        allowed: Vec<Place>,
        /// The rows that ask for it.
        rows: Vec<String>,
    }
    /// The age of consent of a place.
    AgeFile {
        /// Whole years.
        age: u32,
        /// The law that says so.
        source: String,
    }
    /// How persons' requests are dealt with.
    RightsFile {
        /// Who may read data to answer them.
        readers: Vec<Role>,
        /// Days within which a request is answered.
        answer_days: u32,
        /// The rows that ask for it.
        rows: Vec<String>,
    }
    /// How data may cross a border.
    TransfersFile {
        /// The grounds that an export may be recorded under.
        bases: Vec<TransferBasis>,
        /// The rows that ask for it.
        rows: Vec<String>,
    }
    /// Evidence that a law obliges the customer to keep: off unless asked for.
    KycRecordFile {
        /// Whether it is kept.
        enabled: bool,
        /// The law that obliges the customer.
        law: String,
        /// For how long.
        keep: Keep,
        /// What of.
        categories: Vec<Category>,
        /// Who may read it.
        readers: Vec<Role>,
        /// The rows that ask for it.
        rows: Vec<String>,
    }
    /// What holds for data of a category kept for a purpose.
    PurposeFile {
        /// Why it is lawful: article 6(1) GDPR.
        basis: Basis,
        /// Under which condition, of biometric data: article 9(2) GDPR.
        condition: Condition,
        /// What is needed of the person.
        consent: ConsentRule,
        /// For how long.
        keep: Keep,
        /// For how long where it came through a certain family of interfaces.
        keep_by: BTreeMap<Family, Keep>,
        /// Who may read it.
        readers: Vec<Role>,
        /// Who may read it once the verification is decided, if fewer.
        readers_after: Vec<Role>,
        /// The rows that ask for it.
        rows: Vec<String>,
    }
}

/// From which age on a person decides alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgesFile {
    /// Never below this, whatever the law of a place says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<u32>,
    /// Where no figure is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<AgeFile>,
    /// Place by place.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by: BTreeMap<Jurisdiction, AgeFile>,
    /// The rows that ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<String>>,
}

/// What holds for a kind of data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoryFile {
    /// Where it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// Whether it may leave its region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionRule>,
    /// The rows that ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<String>>,
    /// What for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub purposes: BTreeMap<Purpose, PurposeFile>,
}

/// Longer clocks that a tenant may choose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProfileFile {
    /// Why it exists, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The rows that ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<String>>,
    /// Periods for the service, by category and family.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keep: BTreeMap<Category, BTreeMap<Family, Keep>>,
}

/// Whom data is given to for processing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subprocessor {
    /// Its name.
    pub name: String,
    /// What it does, in a few words.
    pub task: String,
    /// Where it works.
    pub region: String,
    /// The hosts at which it is called; without one it is not called by this
    /// server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// What it gets.
    pub categories: Vec<Category>,
    /// Who vetted it.
    pub vetted_by: String,
    /// When.
    pub vetted_on: Date,
    /// On what ground data goes there, if that is across a border.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferBasis>,
}

/// The text of a policy, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name of the file in messages.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// A file that was read: as it stands, and cell by cell with lines.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    pub(crate) path: String,
    pub(crate) file: PolicyFile,
    pub(crate) cells: Cells,
}

impl Parsed {
    /// Reads a file; an error names the line and what was probably meant.
    pub(crate) fn read(source: &Source) -> Result<Self, Finding> {
        let wrong = |error: &toml::de::Error| Finding {
            file: source.path.clone(),
            line: line_at(&source.text, error.span().map_or(0, |span| span.start)),
            rule: Rule::Syntax,
            message: explain(error.message()),
        };
        let file: PolicyFile = toml::from_str(&source.text).map_err(|error| wrong(&error))?;
        let cells = Cells::read(&source.text).map_err(|error| wrong(&error))?;
        Ok(Self { path: source.path.clone(), file, cells })
    }

    /// A finding at the line where a cell is, or where its table begins.
    pub(crate) fn finding(&self, rule: Rule, path: &[String], message: String) -> Finding {
        Finding { file: self.path.clone(), line: self.cells.line(path), rule, message }
    }
}

#[cfg(test)]
mod tests;
