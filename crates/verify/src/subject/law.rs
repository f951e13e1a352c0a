//! What a law obliges a customer to keep (row O25): the record of a verification, as
//! a copy of its own under the purpose `kyc-record`, and the legal hold of what is
//! held of one person. Both are off unless the tenant's policy says otherwise, both
//! are in the transparency log, and the two-hour media go all the same unless the
//! purpose names them.

mod hold;
mod record;

pub(crate) use hold::end_holds;
pub use hold::{HeldSubject, HoldBasis, HoldView, hold_subject, release_subject};
pub(crate) use hold::{held_back, is_held};
pub(super) use hold::{held_owners, hold_of};
pub(super) use record::copies_of;
pub(crate) use record::{copied, owed};
pub(crate) use record::{copy_owner, removed};

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Table};

/// Verifications of which a law wants a record, and of whom they were.
pub(crate) const RECORDS: Table = Table {
    name: "kyc_records",
    category: Category::SubjectReference,
    columns: &[
        Column::new("verification", Kind::Name),
        Column::new("realm", Kind::Name),
        Column::optional("reference", Kind::Name),
        Column::new("decided", Kind::Integer),
        // Until when the record rests, and the row with it.
        Column::new("remove", Kind::Integer),
        // When the copy was made; without it, it is to be made.
        Column::optional("made", Kind::Integer),
    ],
    key: &["verification"],
    indexes: &[&["made", "decided"], &["realm", "reference"], &["remove"]],
};

/// Legal holds of persons.
pub(crate) const HOLDS: Table = Table {
    name: "subject_holds",
    category: Category::SubjectReference,
    columns: &[
        Column::new("realm", Kind::Name),
        Column::new("reference", Kind::Name),
        Column::new("basis", Kind::Name),
        Column::new("since", Kind::Integer),
        // When the hold ends by itself, and the row with it.
        Column::new("remove", Kind::Integer),
        // Whose items are held, as the vault calls them: as JSON.
        Column::new("items", Kind::Text),
    ],
    key: &["realm", "reference"],
    indexes: &[&["remove"]],
};
