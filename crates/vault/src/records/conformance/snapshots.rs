//! The tables of each dialect, to be looked at when they change.

use super::tables::{COUNTERS, THINGS};
use crate::records::sql::{Dialect, index_name, render_step};
use crate::records::{Column, Kind, MIGRATIONS, Step};

#[test]
fn tables_of_each_dialect() {
    for dialect in [Dialect::Sqlite, Dialect::MySql, Dialect::MariaDb, Dialect::Postgres] {
        let steps = [
            Step::Create(&THINGS),
            Step::Create(&COUNTERS),
            Step::AddColumn("things", Column::optional("late", Kind::Name)),
            Step::AddIndex("things", &["late", "id"]),
            Step::DropColumn("things", "late"),
            Step::DropTable("things"),
        ];
        let own = MIGRATIONS.iter().flat_map(|migration| migration.steps);
        let sql: Vec<String> =
            steps.iter().chain(own).flat_map(|step| render_step(dialect, step)).collect();
        insta::assert_snapshot!(format!("{dialect:?}").to_lowercase(), sql.join(";\n"));
    }
}

#[test]
fn names_of_indexes_fit_and_differ() {
    assert_eq!(index_name("calls", &["tenant", "at"]), "calls__tenant_at");
    let long =
        |last| index_name("a_rather_long_name_of_a_table", &["another_column", "and_one", last]);
    assert_ne!(long("of_three"), long("of_four_"));
    assert!(long("of_three").len() <= 60, "{}", long("of_three"));
}
