//! The rows of this part: who read, and where reading is restricted.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Table};

/// Who read what of a verification, of a consent, or of all of a person. The row goes
/// with theirs; that of a person at its own time.
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
        READS_REMOVE,
    ],
    key: &["id"],
    indexes: &[&["verification", "at"], &["realm", "reference", "at"], &["remove"]],
};

/// When the row of a read of all of a person goes.
pub(crate) const READS_REMOVE: Column = Column::optional("remove", Kind::Integer);

/// Reads as they were at first.
pub(crate) const READS_2: Table = Table {
    columns: READS.columns.split_at(READS.columns.len() - 1).0,
    indexes: &[&["verification", "at"], &["realm", "reference", "at"]],
    ..READS
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
