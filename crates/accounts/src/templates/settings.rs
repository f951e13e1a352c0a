//! What a flow asks for: the content of a template, and of a verification that
//! is created without one.

use bonafide_document::{DocumentType, Warning};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How one verification runs. Every member may be left out: what neither the
/// request nor its template says is as [`VerificationSettings::standard`] has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationSettings {
    /// Which of the three modes, and what the answer tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Which steps, in the order in which the person takes them. Left out: the
    /// steps of the mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 3)]
    pub steps: Option<Vec<FlowStep>>,
    /// Which kinds of documents are let in. Left out: all. `unknown` lets in a
    /// document whose kind could not be told; it is never approved by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 7)]
    pub document_types: Option<Vec<DocumentType>>,
    /// Whose documents are let in, as the codes of Doc 9303 that a reading
    /// gives as issuer: ISO 3166-1 of three letters and what ICAO adds (`D`
    /// and `DEU` are the same). Left out: anyone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 300, example = json!(["SGP", "THA"]))]
    pub jurisdictions: Option<Vec<String>>,
    /// The youngest age in whole years that is let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 150)]
    pub minimum_age: Option<u32>,
    /// Whether the person is asked where he is and how old, before anything is
    /// taken, and the document has to prove that he is of the age from which one
    /// decides alone about one's data there. Below it a guardian's consent is
    /// needed. Left out: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_of_consent: Option<bool>,
    /// How sure the comparison and the liveness check have to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_level: Option<SecurityLevel>,
    /// How liveness is asked for. Left out: from the selfie alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liveness: Option<LivenessMethod>,
    /// How often the person may try again, and for how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<Retries>,
    /// Warnings that keep a verification from being approved. Left out: all.
    /// That there is no document at all cannot be waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 11)]
    pub warnings: Option<Vec<Warning>>,
    /// Whether the pages tell facts of the person's device, by a closed list and after
    /// consent. Left out: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_facts: Option<bool>,
    /// The languages the pages offer, the preferred first, as BCP 47 tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 20, example = json!(["en", "th"]))]
    pub languages: Option<Vec<String>>,
    /// How the pages look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// Where the person's browser goes afterwards: https, or http to the own
    /// machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "https://shop.example/welcome")]
    pub redirect_url: Option<String>,
    /// Where `redirect_url` of a request may lead: exact origins. A template
    /// that names none allows only its own `redirect_url`'s origin, if it has
    /// one, and any otherwise. Only a template can say this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 20, example = json!(["https://shop.example"]))]
    pub redirect_origins: Option<Vec<String>>,
}

/// Every kind of document.
const DOCUMENT_TYPES: &[DocumentType] = &[
    DocumentType::Passport,
    DocumentType::IdCard,
    DocumentType::ResidencePermit,
    DocumentType::Visa,
    DocumentType::CrewCertificate,
    DocumentType::DrivingLicence,
    DocumentType::Unknown,
];

/// Every language that the pages speak (`web/flow/texts`).
const LANGUAGES: [&str; 9] = ["en", "zh-Hans", "zh-Hant", "th", "ms", "id", "vi", "ko", "ja"];

/// Every warning.
const WARNINGS: &[Warning] = &[
    Warning::NoDocument,
    Warning::TwoDocuments,
    Warning::TooSmall,
    Warning::Blurred,
    Warning::Glare,
    Warning::Turned,
    Warning::CutOff,
    Warning::NoMrz,
    Warning::MrzNotValid,
    Warning::FieldsDiffer,
    Warning::Expired,
];

/// What a verification finds out and tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Document, liveness and comparison.
    Full,
    /// The document alone.
    DocumentOnly,
    /// Liveness alone.
    LivenessOnly,
    /// Whether the holder has reached `minimum_age`: yes or no, and neither
    /// the date of birth nor any other field.
    AgeCheck,
}

/// How liveness is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LivenessMethod {
    /// From the selfie alone: the weakest.
    #[default]
    Passive,
    /// By the light of the screen that the face reflects. A server that makes no screen
    /// flash asks for movements instead, and so may the person.
    Reflective,
    /// By movements of the head, and from their pictures.
    Actions,
}

/// A step of the flow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FlowStep {
    /// Show a document.
    Document,
    /// Prove that a living person is there.
    Liveness,
    /// Compare the document's portrait with the person.
    Compare,
}

/// How sure is sure enough: which calibrated false match rate the comparison
/// is held to, and how much doubt about liveness is let through.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SecurityLevel {
    /// Convenience first.
    Low,
    /// The default.
    Standard,
    /// Doubt goes to a person.
    High,
}

/// How often and for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retries {
    /// How many pictures of the document may be handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10)]
    pub document: Option<u32>,
    /// How many selfies may be handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10)]
    pub liveness: Option<u32>,
    /// Seconds from creation until an unfinished verification expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 60, maximum = 7200)]
    pub time_limit_seconds: Option<u32>,
}

/// How the pages look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Colour of buttons and links, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$", example = "#0a58ca")]
    pub accent: Option<String>,
    /// Colour of the page, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    pub background: Option<String>,
    /// Colour of the text, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    pub text: Option<String>,
    /// The logo: an https address, or the name of an object that was handed to
    /// this server (`obj_` and letters and digits).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub logo: Option<String>,
}

impl VerificationSettings {
    /// What holds where nothing is said.
    pub fn standard() -> Self {
        Self {
            mode: Some(Mode::Full),
            security_level: Some(SecurityLevel::Standard),
            liveness: Some(LivenessMethod::Passive),
            document_types: Some(DOCUMENT_TYPES.to_vec()),
            retries: Some(Retries {
                document: Some(3),
                liveness: Some(3),
                time_limit_seconds: Some(3_600),
            }),
            warnings: Some(WARNINGS.to_vec()),
            languages: Some(LANGUAGES.map(str::to_owned).to_vec()),
            ..Self::default()
        }
    }
}

impl Mode {
    /// The steps of the mode, in order.
    pub const fn steps(self) -> &'static [FlowStep] {
        match self {
            Self::Full => &[FlowStep::Document, FlowStep::Liveness, FlowStep::Compare],
            Self::DocumentOnly | Self::AgeCheck => &[FlowStep::Document],
            Self::LivenessOnly => &[FlowStep::Liveness],
        }
    }
}
