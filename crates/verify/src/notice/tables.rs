//! Rows of policy versions and of their announcements.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Migration, Step, Table};

/// How the tables came to be.
pub const MIGRATIONS: &[Migration] = &[Migration {
    room: "notices",
    version: 1,
    steps: &[Step::Create(&VERSIONS), Step::Create(&ANNOUNCEMENTS)],
}];

/// Every table, for backup and the data inventory.
pub const TABLES: &[&Table] = &[&VERSIONS, &ANNOUNCEMENTS];

/// Every version of every policy that was ever put in force here, with its text.
pub(super) static VERSIONS: Table = Table {
    name: "policy_versions",
    category: Category::Configuration,
    columns: &[
        Column::new("policy", Kind::Name),
        Column::new("version", Kind::Integer),
        // SHA-256 of the text.
        Column::new("id", Kind::Name),
        // As it extends nothing and says everything: read again, it is the same.
        Column::new("text", Kind::Text),
        Column::new("written", Kind::Integer),
        // When it was announced; none while it waits for that.
        Column::optional("announced", Kind::Integer),
        // From when on it holds; fixed by the announcement.
        Column::optional("holds", Kind::Integer),
        // Whether persons have to be told, and whether to be asked again.
        Column::new("material", Kind::Integer),
        Column::new("asks_consent", Kind::Integer),
    ],
    key: &["policy", "version"],
    indexes: &[],
};

/// Who was told of a version, by which way.
pub(super) static ANNOUNCEMENTS: Table = Table {
    name: "policy_announcements",
    category: Category::Deliveries,
    columns: &[
        Column::new("policy", Kind::Name),
        Column::new("version", Kind::Integer),
        Column::new("tenant", Kind::Integer),
        // `page`, `webhook` or `mail`.
        Column::new("channel", Kind::Name),
        Column::new("at", Kind::Integer),
        // How many posts or mails were made out; how each went stands in its delivery.
        Column::new("posts", Kind::Integer),
    ],
    key: &["policy", "version", "tenant", "channel"],
    indexes: &[],
};
