//! What persons asked for: the trace of it, without a word of theirs.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Table};

/// Requests of persons, or of whoever speaks for them. The row goes with what is
/// known of the person, but not before the request had to be answered.
pub(crate) const REQUESTS: Table = Table {
    name: "subject_requests",
    category: Category::SubjectReference,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("realm", Kind::Name),
        Column::new("reference", Kind::Name),
        Column::new("kind", Kind::Name),
        Column::new("received", Kind::Integer),
        // When it has to be answered.
        Column::new("answer_by", Kind::Integer),
        Column::optional("answered", Kind::Integer),
        Column::optional("outcome", Kind::Name),
        // The call that brought it.
        Column::new("call_id", Kind::Name),
        // Verifications that it was about, by their ids, as JSON.
        Column::new("verifications", Kind::Text),
        Column::new("remove", Kind::Integer),
    ],
    key: &["id"],
    indexes: &[&["realm", "reference", "received"], &["remove"]],
};
