//! English.

mod phrases;

use bonafide_context::Date;

use super::{Phrase, Words};
use crate::{
    Basis, Category, ClosingEvent, Condition, ConsentRule, DataRole, Family, Jurisdiction, Keep,
    Language, Purpose, RegionRule, Role, Storage, TransferBasis,
};

pub(super) struct English;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Names of the places that the bundled policies speak of.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("AT", "Austria"), ("BE", "Belgium"), ("BG", "Bulgaria"), ("BR", "Brazil"), ("CN", "China"),
    ("CY", "Cyprus"), ("CZ", "Czechia"), ("DE", "Germany"), ("DK", "Denmark"), ("EE", "Estonia"),
    ("ES", "Spain"), ("FI", "Finland"), ("FR", "France"), ("GB", "United Kingdom"),
    ("GR", "Greece"), ("HK", "Hong Kong"), ("HR", "Croatia"), ("HU", "Hungary"),
    ("ID", "Indonesia"), ("IE", "Ireland"), ("IN", "India"), ("IS", "Iceland"), ("IT", "Italy"),
    ("JP", "Japan"), ("KR", "South Korea"), ("LI", "Liechtenstein"), ("LT", "Lithuania"),
    ("LU", "Luxembourg"), ("LV", "Latvia"), ("MO", "Macao"), ("MT", "Malta"), ("MY", "Malaysia"),
    ("NL", "Netherlands"), ("NO", "Norway"), ("PH", "Philippines"), ("PL", "Poland"),
    ("PT", "Portugal"), ("RO", "Romania"), ("SE", "Sweden"), ("SG", "Singapore"),
    ("SI", "Slovenia"), ("SK", "Slovakia"), ("TH", "Thailand"), ("TW", "Taiwan"),
    ("US", "United States"), ("VN", "Vietnam"), ("ZA", "South Africa"),
];

impl Words for English {
    fn language(&self) -> Language {
        Language::English
    }

    fn say(&self, phrase: Phrase) -> &'static str {
        phrases::say(phrase)
    }

    fn category(&self, category: Category) -> (&'static str, &'static str) {
        match category {
            Category::Monitoring => (
                "Record of calls",
                "Which application called which interface when, with which result and fee. \
                 Nothing about the person who is verified.",
            ),
            Category::OperationLog => (
                "Log of steps",
                "What the server did in a call, in codes and numbers. Names, numbers and \
                 pictures are not in it.",
            ),
            Category::Identification => (
                "Details of your identity",
                "What your document says of you, as far as it was asked for: name, date of \
                 birth, number of the document, nationality, address.",
            ),
            Category::FaceMedia => (
                "Pictures of your face",
                "The selfie or short video that you take, and the portrait on your document.",
            ),
            Category::DocumentMedia => {
                ("Pictures of your document", "The photographs or videos of it that you take.")
            }
            Category::Results => (
                "The result",
                "Whether the document is in order, whether the faces match, whether a living \
                 person was there, and what was decided.",
            ),
            Category::SubjectReference => (
                "The customer's reference",
                "What the customer calls you in its own books, stored as a keyed hash.",
            ),
            Category::Device => (
                "Your device",
                "Facts about the device and its network from a fixed list, used to notice fraud.",
            ),
            Category::DeviceKey => (
                "That your device was here before",
                "A keyed hash of the number that your device was given, to notice that one \
                 device is used again and again. Nothing else of the device is in it.",
            ),
            Category::ClientEvents => (
                "Your way through the check",
                "At which step you stopped or tried again, from a fixed list.",
            ),
            Category::Consent => (
                "Your consent",
                "What was agreed to, when, how, in which language and to which version of the \
                 text.",
            ),
            Category::Guardian => (
                "Your guardian",
                "Who consented for you, if you are not old enough to decide alone.",
            ),
            Category::FaceFeatures => (
                "Measurements of your face",
                "Numbers computed from a picture to compare two faces. They can point to a \
                 person, and exist only while the comparison runs.",
            ),
            Category::Identifiers => (
                "Phone number or e-mail address that was asked about",
                "Held in memory while a risk score is computed.",
            ),
            Category::Account => {
                ("Accounts", "Tenants, users of the console, their log-in names and keys.")
            }
            Category::Configuration => (
                "Settings",
                "Templates, limits, addresses for notifications, and who changed them.",
            ),
            Category::SecurityLog => (
                "Security log",
                "Network addresses and times of those who use the interface and the console.",
            ),
            Category::Deliveries => {
                ("Deliveries", "Which notification went to which of the customer's addresses.")
            }
            Category::Idempotency => {
                ("Repeated requests", "A pointer to the first answer, without its content.")
            }
            Category::Contact => (
                "Messages to us",
                "Name, address and text of whoever writes through the contact form.",
            ),
            Category::LivenessChallenge => (
                "What a liveness check asks for",
                "The colours that the screen shows or the movements that are asked for, until \
                 they have been answered. Nothing about you.",
            ),
            Category::LivenessRecording => (
                "Your recording",
                "The short row of pictures that the camera takes while the screen lights your \
                 face or while you move your head.",
            ),
            Category::LivenessAudit => (
                "Figures of the liveness check",
                "What was measured in your recording and why it was accepted or not: times, \
                 counts and strengths of light. Nobody is recognised by them.",
            ),
            Category::Diagnostics => {
                ("How the software fares", "Speed, state, errors and usage, without persons.")
            }
        }
    }

    fn entry(&self, category: Category) -> &'static str {
        match category {
            Category::Identification => "Details of identity",
            Category::FaceMedia => "Pictures of faces",
            Category::DocumentMedia => "Pictures of documents",
            Category::Results => "Results",
            Category::SubjectReference => "Customer's reference",
            Category::Device => "Facts about devices",
            Category::DeviceKey => "Keys of devices",
            Category::ClientEvents => "Steps of a person's way",
            Category::Consent => "Records of consent",
            Category::Guardian => "Guardians",
            Category::FaceFeatures => "Measurements of faces",
            Category::Identifiers => "Identifiers asked about",
            Category::Contact => "Messages received",
            Category::LivenessRecording => "Recordings of faces",
            Category::Monitoring
            | Category::OperationLog
            | Category::Account
            | Category::Configuration
            | Category::SecurityLog
            | Category::Deliveries
            | Category::Idempotency
            | Category::LivenessChallenge
            | Category::LivenessAudit
            | Category::Diagnostics => self.category(category).0,
        }
    }

    fn purpose(&self, purpose: Purpose) -> (&'static str, &'static str) {
        match purpose {
            Purpose::Service => ("Service", "to do what was asked for"),
            Purpose::Billing => ("Billing", "to count and bill calls"),
            Purpose::Troubleshooting => {
                ("Troubleshooting", "to find out why something failed, under a grant")
            }
            Purpose::Security => ("Security", "to keep the service safe"),
            Purpose::Evidence => ("Evidence", "to prove what was agreed"),
            Purpose::Rights => ("Rights", "to answer requests of the persons concerned"),
            Purpose::Improvement => ("Improvement of models", "to improve recognition"),
            Purpose::KycRecord => {
                ("Duty to keep evidence", "to keep the evidence that a law asks for")
            }
        }
    }

    fn basis(&self, basis: Basis) -> &'static str {
        match basis {
            Basis::Consent => "consent (Art. 6(1)(a) GDPR)",
            Basis::Contract => "contract (Art. 6(1)(b) GDPR)",
            Basis::LegalObligation => "legal obligation (Art. 6(1)(c) GDPR)",
            Basis::VitalInterests => "vital interests (Art. 6(1)(d) GDPR)",
            Basis::PublicTask => "public task (Art. 6(1)(e) GDPR)",
            Basis::LegitimateInterest => "legitimate interest (Art. 6(1)(f) GDPR)",
        }
    }

    fn condition(&self, condition: Condition) -> &'static str {
        match condition {
            Condition::ExplicitConsent => "explicit consent (Art. 9(2)(a) GDPR)",
            Condition::LegalClaims => "legal claims (Art. 9(2)(f) GDPR)",
            Condition::SubstantialPublicInterest => {
                "substantial public interest (Art. 9(2)(g) GDPR)"
            }
        }
    }

    fn consent(&self, rule: ConsentRule) -> &'static str {
        match rule {
            ConsentRule::None => "not asked for",
            ConsentRule::Record => "recorded where given",
            ConsentRule::Enforce => "required, refused without it",
        }
    }

    fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Service => "the server itself, at work",
            Role::Caller => "the customer, when it fetches the result",
            Role::Reviewer => "a reviewer, where a person has to decide",
            Role::PrivacyOfficer => "the privacy officer",
            Role::Operator => "whoever runs the server",
            Role::Support => "support, under a grant",
            Role::DataSubject => "the person concerned",
        }
    }

    fn data_role(&self, role: DataRole) -> &'static str {
        match role {
            DataRole::Controller => "controller",
            DataRole::Processor => "processor",
        }
    }

    fn storage(&self, storage: Storage) -> &'static str {
        match storage {
            Storage::Memory => "memory only, for the length of a call",
            Storage::Records => "the record store",
            Storage::Objects => "the object store, each file sealed under a key of its own",
            Storage::Search => "the search index of the log",
        }
    }

    fn region(&self, rule: RegionRule) -> &'static str {
        match rule {
            RegionRule::Stays => "stays in its region",
            RegionRule::RecordedBasis => "leaves its region with a recorded ground only",
        }
    }

    fn transfer(&self, basis: TransferBasis) -> &'static str {
        match basis {
            TransferBasis::StandardClauses => "standard contractual clauses (Art. 46 GDPR)",
            TransferBasis::Adequacy => "adequacy decision (Art. 45 GDPR)",
            TransferBasis::BindingRules => "binding corporate rules (Art. 47 GDPR)",
            TransferBasis::ExplicitConsent => "explicit consent (Art. 49 GDPR)",
        }
    }

    fn family(&self, family: Family) -> &'static str {
        match family {
            Family::Liveness => "liveness and face comparison",
            Family::Document => "reading of documents",
            Family::Selfie => "selfie verification",
            Family::Sdk => "capture SDK",
            Family::Verification => "whole verification",
            Family::IdVerification => "ID Verification",
            Family::Risk => "risk signals",
            Family::Management => "management",
        }
    }

    fn place(&self, place: Jurisdiction) -> String {
        let named = PLACES.iter().find(|(code, _)| *code == place.as_str());
        named.map_or_else(|| place.to_string(), |(_, name)| (*name).to_owned())
    }

    fn keep(&self, keep: Keep) -> String {
        let seconds = match keep {
            Keep::Call => return "not stored".to_owned(),
            Keep::Until(ClosingEvent::ContractEnds) => return "until the contract ends".to_owned(),
            Keep::Until(ClosingEvent::AccountCloses) => {
                return "until the account is closed".to_owned();
            }
            Keep::Until(ClosingEvent::Replaced) => {
                return "until a newer version takes its place".to_owned();
            }
            Keep::Seconds(seconds) => seconds,
        };
        // The largest unit that fits: 72 hours are 3 days, 730 days 2 years.
        let (size, unit) = [
            (365 * 86_400, "year"),
            (86_400, "day"),
            (3_600, "hour"),
            (60, "minute"),
            (1, "second"),
        ]
        .into_iter()
        .find(|(size, _)| seconds.is_multiple_of(*size))
        .unwrap_or((1, "second"));
        match seconds / size {
            1 => format!("1 {unit}"),
            n => format!("{n} {unit}s"),
        }
    }

    fn date(&self, date: Date) -> String {
        let month = MONTHS.get(date.month() as usize - 1).copied().unwrap_or_default();
        format!("{} {month} {}", date.day(), date.year())
    }

    fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        }
    }
}
