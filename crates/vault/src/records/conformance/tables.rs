//! The tables of the suite.

use bonafide_policy::Category;

use crate::records::{Column, Kind, Migration, Step, Table};

/// One column of each kind, with and without a value.
pub(super) const THINGS: Table = Table {
    name: "things",
    category: Category::Configuration,
    columns: &[
        Column::new("space", Kind::Name),
        Column::new("id", Kind::Name),
        Column::new("n", Kind::Integer),
        Column::optional("maybe_n", Kind::Integer),
        Column::optional("alias", Kind::Name),
        Column::optional("note", Kind::Text),
        Column::optional("body", Kind::Bytes),
    ],
    key: &["space", "id"],
    indexes: &[&["space", "n", "id"], &["maybe_n"], &["alias", "id"]],
};

/// Small rows, whose names are words of SQL.
pub(super) const COUNTERS: Table = Table {
    name: "order",
    category: Category::Monitoring,
    columns: &[
        Column::new("group", Kind::Name),
        Column::new("key", Kind::Integer),
        Column::new("index", Kind::Integer),
        Column::optional("limit", Kind::Integer),
    ],
    key: &["group", "key"],
    indexes: &[&["index"]],
};

/// How the tables came to be.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration { room: "suite", version: 1, steps: &[Step::Create(&THINGS)] },
    Migration { room: "suite", version: 2, steps: &[Step::Create(&COUNTERS)] },
];
