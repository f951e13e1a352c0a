//! This room's rows: statuses, codes, ids and hashes. What is personal rests in
//! the vault.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Table};

/// Verifications.
pub(crate) const VERIFICATIONS: Table = Table {
    name: "verifications",
    // The row's only tie to a person is the hashed reference: the row goes when
    // that has to.
    category: Category::SubjectReference,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("tenant", Kind::Integer),
        Column::new("environment", Kind::Name),
        Column::new("region", Kind::Name),
        Column::new("application", Kind::Name),
        Column::new("version", Kind::Integer),
        Column::new("state", Kind::Name),
        Column::new("created", Kind::Integer),
        // Its time limit.
        Column::new("expires", Kind::Integer),
        // When its media and results have to go; none before the first byte.
        Column::optional("data_until", Kind::Integer),
        // When this row has to go.
        Column::new("remove", Kind::Integer),
        // When time changes something about it next.
        Column::new("due", Kind::Integer),
        Column::optional("reference", Kind::Name),
        Column::optional("template", Kind::Name),
        Column::optional("template_version", Kind::Integer),
        Column::new("fields", Kind::Text),
        Column::new("flow", Kind::Text),
        Column::new("progress", Kind::Text),
    ],
    key: &["id"],
    indexes: &[
        &["due"],
        &["application", "created", "id"],
        &["application", "reference"],
        BY_REFERENCE,
    ],
};

/// Verifications as they were at first.
pub(crate) const VERIFICATIONS_1: Table = Table {
    indexes: &[&["due"], &["application", "created", "id"], &["application", "reference"]],
    ..VERIFICATIONS
};

/// Since when and until when data of which kind was kept of a verification, of a copy
/// of it, or of a consent: one row a kind. The row goes with that one's own.
pub(crate) const HOLDINGS: Table = Table {
    name: "verification_holdings",
    category: Category::SubjectReference,
    columns: &[
        // As the vault calls the owner.
        Column::new("verification", Kind::Name),
        Column::new("category", Kind::Name),
        Column::new("tenant", Kind::Integer),
        Column::new("environment", Kind::Name),
        Column::new("region", Kind::Name),
        Column::new("application", Kind::Name),
        Column::optional("reference", Kind::Name),
        Column::new("begins", Kind::Integer),
        // Its deadline, or when it was deleted before.
        Column::new("ends", Kind::Integer),
    ],
    key: &["verification", "category"],
    indexes: &[IN_REALM, EVERYWHERE],
};

/// The index by which the question of a breach is answered for one realm.
const IN_REALM: &[&str] =
    &["tenant", "environment", "region", "begins", "verification", "category"];
/// And for all of them.
pub(crate) const EVERYWHERE: &[&str] = &["begins", "verification", "category"];

/// Holdings as they were at first.
pub(crate) const HOLDINGS_1: Table = Table { indexes: &[IN_REALM], ..HOLDINGS };

/// The index by which everything of a person is found, in whichever application.
pub(crate) const BY_REFERENCE: &[&str] = &["reference"];

/// What happened in a verification.
pub(crate) const EVENTS: Table = Table {
    name: "verification_events",
    category: Category::ClientEvents,
    columns: &[
        Column::new("verification", Kind::Name),
        Column::new("id", Kind::Name),
        Column::new("at", Kind::Integer),
        Column::new("source", Kind::Name),
        Column::new("event", Kind::Name),
        Column::new("reasons", Kind::Text),
    ],
    key: &["verification", "id"],
    indexes: &[&["verification", "at"]],
};
