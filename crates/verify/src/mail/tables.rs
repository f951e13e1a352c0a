//! Rows of mail: what became of each.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Migration, Step, Table};

/// How the table came to be.
pub const MIGRATIONS: &[Migration] = &[
    Migration { room: "mail", version: 1, steps: &[Step::Create(&MAIL_1)] },
    Migration {
        room: "mail",
        version: 2,
        steps: &[Step::AddColumn(MAIL.name, REMOVE), Step::AddIndex(MAIL.name, &["remove"])],
    },
];

/// Every table, for backup and the data inventory.
pub const TABLES: &[&Table] = &[&MAIL];

/// Outbox and log of mail. To whom and what rests in the vault under the same id.
pub(crate) const MAIL: Table = Table {
    name: "mail_deliveries",
    category: Category::Deliveries,
    columns: &[
        Column::new("id", Kind::Name),
        // Whose people get it; the operator's own AppID for his.
        Column::new("tenant", Kind::Integer),
        Column::new("region", Kind::Name),
        // `policy.announced` or `request.received`, and of which.
        Column::new("kind", Kind::Name),
        Column::new("about", Kind::Name),
        Column::new("created", Kind::Integer),
        Column::new("state", Kind::Name),
        Column::new("attempts", Kind::Integer),
        // When to try next, or until when the node that tries has it.
        Column::optional("due_at", Kind::Integer),
        Column::optional("last_at", Kind::Integer),
        // What the server said last, and why that was not enough.
        Column::optional("last_status", Kind::Integer),
        Column::optional("last_failure", Kind::Name),
        REMOVE,
    ],
    key: &["id"],
    indexes: &[&["due_at"], &["about", "tenant"], &["created"], &["remove"]],
};

/// When the row goes, as the tenant's policy has it. A row from before this column
/// goes by the strictest clock.
const REMOVE: Column = Column::optional("remove", Kind::Integer);

/// Mail as it was at first.
const MAIL_1: Table = Table {
    columns: MAIL.columns.split_at(MAIL.columns.len() - 1).0,
    indexes: &[&["due_at"], &["about", "tenant"], &["created"]],
    ..MAIL
};
