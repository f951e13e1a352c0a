//! A person, as the customer calls him: what is held of him, why, until when and
//! who read it, and what he may ask for (rows O7 to O9 and O11).
//!
//! A person is known by the keyed hash of the customer's own reference, within
//! tenant, environment and region: whichever application verified him, it is the
//! tenant who answers. Every request is answered with a deadline of the policy and
//! leaves a trace.

mod breach;
mod delete;
mod export;
mod kinds;
mod law;
mod life;
mod look;
mod rectify;
mod request;
mod restrict;
mod statement;
mod tables;
mod whose;

pub use crate::reading::ReadEntry;
pub use bonafide_document::FieldName;
pub use breach::{
    BreachEntry, BreachPage, BreachPlace, BreachQuery, BreachedCategory, BreachedData,
    breached_data,
};
pub use delete::{DeletedSubject, delete_subject};
pub use export::{ExportSubject, SubjectExport, export_subject};
pub use kinds::SubjectKind;
pub(crate) use law::copy_owner as record_owner;
pub(crate) use law::{HOLDS, RECORDS, copied, held_back, is_held, owed};
pub use law::{HeldSubject, HoldBasis, HoldView, hold_subject, release_subject};
pub use life::{
    HeldEntry, HeldFor, RestrictionView, SubjectConsent, SubjectDeletion, SubjectGrant,
    SubjectLife, SubjectVerification, read_subject,
};
pub(crate) use look::reached;
pub use look::{LookedFor, look_at_subject};
pub use rectify::{Rectified, RectifySubject, rectify_subject};
pub(crate) use request::sweep;
pub use request::{RequestKind, RequestOutcome, SubjectRequest, SubjectRequestId};
pub use restrict::{
    RestrictedSubject, RestrictionGround, object_subject, restrict_subject, unrestrict_subject,
};
pub use statement::{STATEMENT_FILE, SUBJECT_FILE};
pub(crate) use tables::REQUESTS;
pub use whose::SubjectId;
pub(crate) use whose::{Subject, every_row};
