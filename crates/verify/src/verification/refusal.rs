//! Why a verification does not take something.

use super::{Side, State, Upload};

/// Why a verification does not take something. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such verification, or it is someone else's: the two are told
    /// apart by nobody.
    #[error("there is no such verification")]
    NotFound,
    /// The token of a person's browser does not reach so far.
    #[error("this takes a key of the application, not the token of a verification")]
    NeedsKey,
    /// The tenant's policy lets no data of a verification rest.
    #[error("the policy of this tenant keeps no pictures and results: ask for an age check")]
    PolicyForbids,
    /// The tenant's policy wants the person's consent first.
    #[error(
        "the policy of this tenant wants the person's consent on record first: hand a receipt \
         over (`POST /v1/consents`), or let the person agree"
    )]
    ConsentWanted,
    /// The person took consent back, and has not given it again.
    #[error("the person has withdrawn consent: nothing is done until it is given again")]
    ConsentWithdrawn,
    /// The person has to say first where he is and how old.
    #[error("the person has to say first where he is and how old (`POST …/statement`)")]
    StatementWanted,
    /// The service may not be used from where the person is.
    #[error("the service is not for the place where the person is")]
    Jurisdiction,
    /// The person may not decide alone, and no guardian has consented.
    #[error("the person is under age there: hand over a guardian's consent first")]
    UnderAge,
    /// There is nothing that a person could look at.
    #[error("an age check keeps nothing to look at: create one of the mode `document_only`")]
    NotAssisted,
    /// There is no such receipt, or it is someone else's.
    #[error("there is no such consent")]
    NoSuchConsent,
    /// It has ended.
    #[error("the verification has ended ({state}): create a new one")]
    Ended {
        /// How.
        state: State,
    },
    /// What it keeps is being deleted.
    #[error(
        "what this verification keeps is being deleted: look at it again, and create a new one \
         if it has ended"
    )]
    BeingDeleted,
    /// Its time is over.
    #[error("the time of this verification is over: create a new one")]
    Expired,
    /// It waits for a person to look, and takes no more pictures.
    #[error("the verification is being reviewed: it takes no more pictures")]
    UnderReview,
    /// It does not wait for a person to look.
    #[error("only a verification in review can be decided; this one is {state}")]
    NotInReview {
        /// How it stands.
        state: State,
    },
    /// This is not one of its steps.
    #[error("{} is not a step of this verification", step.name())]
    NotAStep {
        /// What was handed in.
        step: Upload,
    },
    /// This step is done.
    #[error("the step {} is done: nothing more is wanted of it", step.name())]
    StepDone {
        /// What was handed in.
        step: Upload,
    },
    /// A picture alone, where the face is wanted by a challenge.
    #[error(
        "this verification wants the face by a liveness challenge, not by a picture: \
         `POST /v1/liveness/challenges`"
    )]
    ChallengeWanted,
    /// The back alone, where no front waits for it.
    #[error("the front of the document is wanted: hand it in first, or both in one call")]
    FrontWanted,
    /// This side was handed in as often as it may be.
    #[error(
        "the {} was handed in as often as it may be: hand in what `next` of the verification names",
        side.name()
    )]
    SideDone {
        /// Which one.
        side: Side,
    },
    /// A reason that does not go with the decision.
    #[error("this reason does not go with this decision")]
    ReasonMismatch,
    /// There is no such picture, or nobody may open it any more.
    #[error("there is no such picture")]
    NoSuchMedia,
    /// The tenant's policy lets nobody in this role read this, or not any more.
    #[error("the policy of this tenant does not let this be read for this purpose")]
    ReadForbidden,
    /// The person, or whoever speaks for him, had processing restricted.
    #[error(
        "processing for this person is restricted: nothing is processed or read until the \
         restriction is lifted"
    )]
    Restricted,
    /// Whoever looks for an error reads under a live grant only.
    #[error("this is read under a live grant only: ask for one, and another person gives it")]
    NoGrant,
    /// The verification is not known to be about this person.
    #[error("none of this person's verifications has this id")]
    NotOfSubject,
    /// No result with fields is kept.
    #[error("no fields of a document are kept of this verification: there is nothing to put right")]
    NothingToRectify,
    /// The tenant's policy knows of no legal hold.
    #[error("the policy of this tenant allows no legal hold: its `legal_hold` is off")]
    HoldForbidden,
    /// A legal hold keeps what would be deleted.
    #[error("a legal hold is in force for this person: lift it first")]
    Held,
    /// Only whoever runs the server answers for all of it.
    #[error("only a key of the operator with the scope `admin` asks about everybody")]
    NotOperator,
    /// More pictures than one archive holds.
    #[error("there are more pictures than one archive holds: export one `verification` at a time")]
    ExportTooLarge,
    /// Nobody gives a grant to himself.
    #[error("a grant is given by another person than the one who asked for it")]
    OwnGrant,
    /// So many events of one verification are enough.
    #[error("this verification has told enough events")]
    TooManyEvents,
}

impl Refusal {
    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "verification_not_found",
            Self::NeedsKey => "needs_key",
            Self::ConsentWanted => "consent_wanted",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::StatementWanted => "statement_wanted",
            Self::Jurisdiction => "jurisdiction_not_allowed",
            Self::UnderAge => "under_age",
            Self::NotAssisted => "not_assisted",
            Self::NoSuchConsent => "consent_not_found",
            Self::PolicyForbids => "policy_forbids",
            Self::Ended { .. } => "verification_ended",
            Self::BeingDeleted => "being_deleted",
            Self::Expired => "verification_expired",
            Self::UnderReview => "verification_under_review",
            Self::NotInReview { .. } => "verification_not_in_review",
            Self::NotAStep { .. } => "not_a_step",
            Self::StepDone { .. } => "step_done",
            Self::ChallengeWanted => "challenge_wanted",
            Self::FrontWanted => "front_wanted",
            Self::SideDone { .. } => "side_done",
            Self::ReasonMismatch => "reason_mismatch",
            Self::NoSuchMedia => "media_not_found",
            Self::ReadForbidden => "read_forbidden",
            Self::Restricted => "restricted",
            Self::NoGrant => "no_grant",
            Self::NotOfSubject => "not_of_subject",
            Self::NothingToRectify => "nothing_to_rectify",
            Self::HoldForbidden => "hold_forbidden",
            Self::Held => "held",
            Self::NotOperator => "not_operator",
            Self::ExportTooLarge => "export_too_large",
            Self::OwnGrant => "own_grant",
            Self::TooManyEvents => "too_many_events",
        }
    }
}
