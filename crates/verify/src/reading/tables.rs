//! The rows of this part: who read, and where reading is restricted.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Table};

/// Who read what of a verification. The row goes with the verification's own.
pub(crate) const READS: Table = Table {
    name: "verification_reads",
    category: Category::SubjectReference,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("realm", Kind::Name),
        Column::new("verification", Kind::Name),
        Column::optional("reference", Kind::Name),
        Column::new("at", Kind::Integer),
        Column::new("role", Kind::Name),
        // Id of the key or of the user of the console.
        Column::new("reader", Kind::Name),
        Column::new("purpose", Kind::Name),
        Column::new("category", Kind::Name),
        Column::new("items", Kind::Integer),
        // The call or the grant.
        Column::new("under", Kind::Name),
    ],
    key: &["id"],
    indexes: &[&["verification", "at"], &["realm", "reference", "at"]],
};

/// Persons for whom processing is restricted, by the keyed hash of their
/// reference.
pub(crate) const RESTRICTIONS: Table = Table {
    name: "subject_restrictions",
    category: Category::SubjectReference,
    columns: &[
        Column::new("realm", Kind::Name),
        Column::new("reference", Kind::Name),
        Column::new("ground", Kind::Name),
        Column::new("since", Kind::Integer),
        // When the row goes: with the last that is known of the person.
        Column::new("remove", Kind::Integer),
    ],
    key: &["realm", "reference"],
    indexes: &[&["remove"]],
};
