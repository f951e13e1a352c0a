//! Rows of witnesses.

use bonafide_policy::Category;
use bonafide_vault::records::{Column, Kind, Migration, Step, Table};

/// How the table came to be.
pub const MIGRATIONS: &[Migration] =
    &[Migration { room: "witnesses", version: 1, steps: &[Step::Create(&WITNESSES)] }];

/// Every table, for backup and the data inventory.
pub const TABLES: &[&Table] = &[&WITNESSES];

/// What is known of each witness. It names nobody.
pub(super) static WITNESSES: Table = Table {
    name: "witness_states",
    category: Category::Configuration,
    columns: &[
        // The name of its key.
        Column::new("name", Kind::Name),
        // How many leaves it has signed for last, as far as is known.
        Column::new("seen", Kind::Integer),
        // When it last signed, and what: the checkpoint with its cosignature.
        Column::optional("cosigned", Kind::Integer),
        Column::optional("checkpoint", Kind::Text),
        // Attempts in a row that brought nothing, why the last did not, and when the
        // next is made.
        Column::new("failures", Kind::Integer),
        Column::optional("failure", Kind::Name),
        Column::new("next_at", Kind::Integer),
        // `rolled_back` or `split_view`, since when, and the size it spoke of.
        Column::optional("alarm", Kind::Name),
        Column::optional("alarm_at", Kind::Integer),
        Column::optional("alarm_size", Kind::Integer),
    ],
    key: &["name"],
    indexes: &[],
};
