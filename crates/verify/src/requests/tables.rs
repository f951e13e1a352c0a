//! Rows of requests: what came when, and until when it is to be answered.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Migration, Step, Table};

/// How the table came to be.
pub const MIGRATIONS: &[Migration] =
    &[Migration { room: "requests", version: 1, steps: &[Step::Create(&REQUESTS)] }];

/// Every table, for backup and the data inventory.
pub const TABLES: &[&Table] = &[&REQUESTS];

/// Requests. What was written rests in the vault under the same id.
pub(crate) static REQUESTS: Table = Table {
    name: "rights_requests",
    category: Category::Contact,
    columns: &[
        Column::new("id", Kind::Name),
        // Whose notice the person read; the operator's own AppID for none.
        Column::new("tenant", Kind::Integer),
        Column::new("region", Kind::Name),
        Column::new("topic", Kind::Name),
        // `controller`: whoever runs the server answers; `processor`: the tenant.
        Column::new("role", Kind::Name),
        Column::new("received", Kind::Integer),
        Column::new("answer_by", Kind::Integer),
        Column::optional("answered", Kind::Integer),
        // When letter and row have to go.
        Column::new("remove", Kind::Integer),
    ],
    key: &["id"],
    indexes: &[&["received", "id"], &["tenant", "received", "id"], &["remove"]],
};
