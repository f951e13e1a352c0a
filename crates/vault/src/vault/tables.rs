//! The vault's tables.

use bonafide_policy::Category;

use crate::records::{Column, Kind, Migration, Step, Table};

/// Sealed items. The content of small ones stands in the row.
pub(super) const ITEMS: Table = Table {
    name: "vault_items",
    category: Category::Configuration,
    columns: &[
        Column::new("realm", Kind::Name),
        Column::new("owner", Kind::Name),
        Column::new("name", Kind::Name),
        Column::new("id", Kind::Name),
        Column::new("category", Kind::Name),
        Column::new("media_type", Kind::Name),
        Column::new("size", Kind::Integer),
        Column::new("created", Kind::Integer),
        Column::new("expires", Kind::Integer),
        Column::new("data_key", Kind::Bytes),
        Column::optional("content", Kind::Bytes),
        Column::optional("object", Kind::Name),
    ],
    key: &["realm", "owner", "name"],
    indexes: &[&["expires"], &["id"]],
};

/// Objects whose rows are gone and whose bytes are to be removed.
pub(super) const REMOVALS: Table = Table {
    name: "vault_removals",
    category: Category::Configuration,
    columns: &[
        Column::new("object", Kind::Name),
        Column::new("since", Kind::Integer),
        Column::new("due", Kind::Integer),
        Column::new("attempts", Kind::Integer),
    ],
    key: &["object"],
    indexes: &[&["due"]],
};

/// What the vault remembers: `clock`, the latest moment that any node has seen;
/// `key store`, which one belongs to these records.
pub(super) const MARKS: Table = Table {
    name: "vault_marks",
    category: Category::Configuration,
    columns: &[
        Column::new("name", Kind::Name),
        Column::optional("at", Kind::Integer),
        Column::optional("value", Kind::Name),
    ],
    key: &["name"],
    indexes: &[],
};

/// Wrapped keys, in the key store.
pub(crate) const KEYS: Table = Table {
    name: "vault_keys",
    category: Category::Configuration,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("root", Kind::Name),
        Column::new("wrapped", Kind::Bytes),
        Column::new("created", Kind::Integer),
        Column::optional("ends", Kind::Integer),
    ],
    key: &["id"],
    indexes: &[&["ends"], &["root"]],
};

/// The vault's tables in the record store.
pub const TABLES: &[&Table] = &[&ITEMS, &REMOVALS, &MARKS];

/// The vault's tables in the key store.
pub const KEY_TABLES: &[&Table] = &[&KEYS];

/// How the record store's tables came to be. [`crate::Vault::open`] applies them.
pub const MIGRATIONS: &[Migration] = &[Migration {
    room: "vault",
    version: 1,
    steps: &[Step::Create(&ITEMS), Step::Create(&REMOVALS), Step::Create(&MARKS)],
}];

/// How the key store's tables came to be. [`crate::Vault::open`] applies them.
pub const KEY_MIGRATIONS: &[Migration] =
    &[Migration { room: "keys", version: 1, steps: &[Step::Create(&KEYS)] }];
