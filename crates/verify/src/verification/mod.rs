//! One verification from its creation to its end: a small state machine with
//! named gates, and the use cases that move it.
//!
//! Statuses and codes stand in a row; everything personal rests in the vault.
//! What is handed in is judged before the answer leaves, in the same commit as
//! the call's trace: a verification is never half judged, and what was
//! acknowledged is never lost.

mod assist;
mod cancel;
mod create;
mod event;
mod evidence;
mod face;
mod gate;
mod hand_in;
pub(crate) mod held;
pub(crate) mod holding;
mod improvement;
mod judge;
mod media;
mod page;
mod progress;
mod read;
mod receipts;
mod record;
mod redact;
mod refusal;
mod review;
mod statement;
mod tables;
mod tick;
mod timeline;
mod view;

pub use assist::{Channel, assist_verification};
pub use cancel::cancel_verification;
pub(crate) use create::hashed;
pub use create::{CreateVerification, CreatedVerification, create_verification};
pub(crate) use event::{entry, moved};
pub(crate) use face::{
    FaceTaken, LiveFace, WantsFace, face_fmr, settle_face, takes_face, wants_face,
};
pub use gate::{
    Ending, Gate, GateState, GateView, Side, State, StepView, UnknownState, Upload, UploadSource,
    Wanted,
};
pub use hand_in::{HandInDocument, hand_in_document, hand_in_selfie};
pub use held::held;
pub(crate) use held::{deadline, improvement_owner};
pub use media::{Media, MediaName, open_media};
pub use page::{PageSettings, page_settings};
pub use read::{ListVerifications, VerificationPage, list_verifications, read_verification};
pub(crate) use receipts::entry as receipt_entry;
pub use receipts::{
    DeletedAmount, DeletionCause, DeletionEntry, DeletionReceipts, deletion_receipts,
};
pub(crate) use record::{Access, Record, load};
pub(crate) use redact::erased;
pub use redact::{RedactScope, Redacted, redact_verification};
pub use refusal::Refusal;
pub use review::{ManualDecision, ReviewOutcome, ReviewReason, decide_verification};
pub use statement::{Stated, state};
pub(crate) use tables::{
    BY_REFERENCE, EVENTS, EVERYWHERE, HOLDINGS, HOLDINGS_1, VERIFICATIONS, VERIFICATIONS_1,
};
pub use tick::{Ticked, tick};
pub use timeline::{ClientEvent, EventSource, Timeline, TimelineEntry, read_timeline, tell_event};
pub use view::{AgeAnswer, TemplateVersion, Verification, VerificationField, VerificationResult};

bonafide_ledger::prefixed_id!(
    /// A verification.
    VerificationId,
    "ver_"
);
