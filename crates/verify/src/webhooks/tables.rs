//! Rows of webhooks.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Migration, Step, Table};

/// How the tables came to be.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        room: "webhooks",
        version: 1,
        steps: &[Step::Create(&ENDPOINTS), Step::Create(&DELIVERIES_1)],
    },
    Migration {
        room: "webhooks",
        version: 2,
        steps: &[
            Step::AddColumn(DELIVERIES.name, REMOVE),
            Step::AddIndex(DELIVERIES.name, &["remove"]),
        ],
    },
];

/// Every table, for backup and the data inventory.
pub const TABLES: &[&Table] = &[&ENDPOINTS, &DELIVERIES];

/// Where a customer wants to be told.
pub(super) static ENDPOINTS: Table = Table {
    name: "webhook_endpoints",
    category: Category::Configuration,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("app_id", Kind::Integer),
        Column::new("application", Kind::Name),
        Column::new("url", Kind::Text),
        // Names of event types, a space between them.
        Column::new("events", Kind::Text),
        Column::new("secret", Kind::Bytes),
        // Signs too until its time is up, so that a receiver can change over.
        Column::optional("old_secret", Kind::Bytes),
        Column::optional("old_until", Kind::Integer),
        Column::new("enabled", Kind::Integer),
        Column::optional("disabled_reason", Kind::Name),
        // The first of the failures since the last success.
        Column::optional("failing_since", Kind::Integer),
        Column::new("created_at", Kind::Integer),
    ],
    key: &["id"],
    indexes: &[&["application", "id"], &["app_id"]],
};

/// Outbox and log of deliveries. Due moments are only there while there is
/// something to do, so that the look for work reads nothing else.
pub(super) const DELIVERIES: Table = Table {
    name: "webhook_deliveries",
    category: Category::Deliveries,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("app_id", Kind::Integer),
        Column::new("application", Kind::Name),
        Column::new("endpoint", Kind::Name),
        Column::new("event", Kind::Name),
        Column::new("type", Kind::Name),
        // What is signed and posted, the same bytes at every attempt.
        Column::new("body", Kind::Text),
        Column::new("created_at", Kind::Integer),
        Column::new("state", Kind::Name),
        Column::new("attempts", Kind::Integer),
        // When to try next, or until when the node that tries has it.
        Column::optional("due_at", Kind::Integer),
        Column::optional("last_at", Kind::Integer),
        Column::optional("last_status", Kind::Integer),
        Column::optional("last_failure", Kind::Name),
        REMOVE,
    ],
    key: &["id"],
    indexes: &[
        &["due_at"],
        &["endpoint", "due_at"],
        &["application", "created_at", "id"],
        &["app_id"],
        &["created_at"],
        &["remove"],
    ],
};

/// When it has to go, by the policy of its tenant; those of the first versions say
/// nothing, and go by the strict policy.
const REMOVE: Column = Column::optional("remove", Kind::Integer);

/// Deliveries as they were at first.
const DELIVERIES_1: Table = Table {
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("app_id", Kind::Integer),
        Column::new("application", Kind::Name),
        Column::new("endpoint", Kind::Name),
        Column::new("event", Kind::Name),
        Column::new("type", Kind::Name),
        Column::new("body", Kind::Text),
        Column::new("created_at", Kind::Integer),
        Column::new("state", Kind::Name),
        Column::new("attempts", Kind::Integer),
        Column::optional("due_at", Kind::Integer),
        Column::optional("last_at", Kind::Integer),
        Column::optional("last_status", Kind::Integer),
        Column::optional("last_failure", Kind::Name),
    ],
    indexes: &[
        &["due_at"],
        &["endpoint", "due_at"],
        &["application", "created_at", "id"],
        &["app_id"],
        &["created_at"],
    ],
    ..DELIVERIES
};
