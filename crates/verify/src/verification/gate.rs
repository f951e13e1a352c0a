//! What a verification has to pass, and how far it has come.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Reason;

/// Where a verification stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was handed in yet.
    Created,
    /// Something was handed in, and more is wanted.
    Collecting,
    /// The rule could not decide: a person has to look.
    Review,
    /// Let in.
    Approved,
    /// Refused.
    Declined,
    /// Given up by the customer or the person, or deleted on request.
    Cancelled,
    /// Out of time, undecided.
    Expired,
}

impl State {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::Collecting,
        Self::Review,
        Self::Approved,
        Self::Declined,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The name in rows, requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Collecting => "collecting",
            Self::Review => "review",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing can change it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Approved | Self::Declined | Self::Cancelled | Self::Expired)
    }

    /// Whether pictures can be handed in.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Collecting)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or(UnknownState)
    }
}

/// A state that there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("choose created, collecting, review, approved, declined, cancelled or expired")]
pub struct UnknownState;

/// Something that has to hold.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// The document can be read and does not contradict itself.
    Document,
    /// It is of a kind that is let in.
    DocumentType,
    /// It is of a jurisdiction that is let in.
    Jurisdiction,
    /// It has not expired.
    Expiry,
    /// Its holder is of the age from which one decides alone about one's data, or
    /// a guardian has consented.
    AgeOfConsent,
    /// Its holder is old enough.
    Age,
    /// A living person was before the camera.
    Liveness,
    /// That person is the holder of the document.
    Compare,
}

/// How a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// Not looked at yet.
    Pending,
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// Whether it holds could not be found out. Never as good as passed.
    Unavailable,
}

/// A gate and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GateView {
    /// Which one.
    pub gate: Gate,
    /// How it stands.
    pub state: GateState,
    /// Why it is not passed.
    pub reasons: Vec<Reason>,
}

/// Something that the person hands in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Upload {
    /// Pictures of the document.
    Document,
    /// A picture of the person.
    Selfie,
}

impl Upload {
    /// The name in answers and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Selfie => "selfie",
        }
    }
}

/// What the person is to hand in next.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Where the person is and how old, before anything else.
    Statement,
    /// The person's consent, before anything is handed in.
    Consent,
    /// The document's front or data page; the back may come along.
    DocumentFront,
    /// The document's back, which bears what the front lacks. A better front may
    /// come along.
    DocumentBack,
    /// Front and back in one call: an age check keeps no picture that the other
    /// side could wait for.
    DocumentBoth,
    /// The picture of the person.
    Selfie,
    /// The person's face by a liveness challenge, whose best frame is that picture.
    Liveness,
}

impl Wanted {
    /// The name in answers and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Consent => "consent",
            Self::DocumentFront => "document_front",
            Self::DocumentBack => "document_back",
            Self::DocumentBoth => "document_both",
            Self::Selfie => "selfie",
            Self::Liveness => "liveness",
        }
    }
}

/// A side of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The front, or the data page.
    Front,
    /// The back.
    Back,
}

impl Side {
    /// The name in requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
        }
    }
}

/// From where something was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadSource {
    /// By the customer's own server, with a key.
    Customer,
    /// By the person's browser or app, with a token.
    Sdk,
}

/// Something to hand in, and how that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// What.
    pub step: Upload,
    /// Whether nothing more is wanted of it.
    pub done: bool,
    /// What of it is wanted now; `null` if it is done.
    pub wanted: Option<Wanted>,
    /// How often what is wanted may be handed in (again): each side of a document
    /// has tries of its own.
    pub tries_left: u32,
    /// What to mind the next time, from the pictures handed in last: codes such
    /// as `blurred` or `no_face`.
    pub hints: Vec<String>,
    /// From where it was handed in last; `null` if it was not yet.
    pub source: Option<UploadSource>,
}

/// Who or what ended a verification, or brought it to review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The written rule.
    Rule,
    /// A person who looked.
    Reviewer,
    /// The customer gave it up.
    Customer,
    /// The person gave up.
    Person,
    /// Its time was over before everything was handed in.
    TimeLimit,
    /// The time that media may rest was over before anyone had looked.
    ReviewExpired,
    /// Its data was deleted on request before it was decided.
    Redacted,
    /// The person took consent back.
    ConsentWithdrawn,
    /// The person is under age, and no guardian has consented: what was collected
    /// was deleted.
    UnderAge,
    /// The service is not for the place where the person is.
    Jurisdiction,
    /// The person chose the way without biometrics: a person looks.
    Assisted,
}
