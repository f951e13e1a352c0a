//! This room's rows: statuses, counts and hashes. What shows or tells something of a
//! person rests in the vault.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Table};

/// Challenges.
pub(crate) const CHALLENGES: Table = Table {
    name: "liveness_challenges",
    // What the row tells is why a recording was accepted or not: it goes with that.
    category: Category::LivenessAudit,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("tenant", Kind::Integer),
        Column::new("environment", Kind::Name),
        Column::new("region", Kind::Name),
        Column::new("application", Kind::Name),
        Column::optional("verification", Kind::Name),
        Column::new("version", Kind::Integer),
        Column::new("state", Kind::Name),
        Column::new("created", Kind::Integer),
        // From then on nothing is taken and nothing judged.
        Column::new("expires", Kind::Integer),
        // When this row has to go.
        Column::new("remove", Kind::Integer),
        // Pictures of the position that were asked about.
        Column::new("positions", Kind::Integer),
        Column::new("content", Kind::Text),
        OF_WHOM,
    ],
    key: &["id"],
    indexes: &[
        &["remove"],
        &["application", "created"],
        &["verification"],
        &["tenant", "id"],
        BY_REFERENCE,
    ],
};

/// The keyed hash of the person's reference: of the verification, or of the receipt
/// that the challenge was issued on.
pub(crate) const OF_WHOM: Column = Column::optional("reference", Kind::Name);

/// A person's challenges.
pub(crate) const BY_REFERENCE: &[&str] = &["reference"];

/// Challenges as they were at first.
pub(crate) const CHALLENGES_6: Table = Table {
    columns: CHALLENGES.columns.split_at(CHALLENGES.columns.len() - 1).0,
    indexes: &[&["remove"], &["application", "created"], &["verification"], &["tenant", "id"]],
    ..CHALLENGES
};

/// Recordings that were judged: a keyed hash of which frames there were, by which one
/// that comes again is known.
pub(crate) const SEEN: Table = Table {
    name: "liveness_seen",
    category: Category::LivenessAudit,
    columns: &[
        Column::new("realm", Kind::Name),
        Column::new("frames", Kind::Name),
        Column::new("challenge", Kind::Name),
        Column::new("remove", Kind::Integer),
    ],
    key: &["realm", "frames"],
    indexes: &[&["remove"]],
};
