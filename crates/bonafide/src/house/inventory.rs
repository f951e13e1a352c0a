//! What this program stores.

use bonafide_policy::Stored;
use bonafide_vault::KEY_TABLES;
use bonafide_vault::records::{Kind, Table};

use super::tables;

/// Everything that this program stores: what it has the vault seal, and the
/// columns of its tables.
pub(crate) fn stored() -> Vec<Stored> {
    let mut all = bonafide_verify::held();
    all.extend(bonafide_native::held());
    all.extend(tables().into_iter().chain(KEY_TABLES.iter().copied()).map(table));
    all
}

fn table(table: &'static Table) -> Stored {
    // A table is named after the room that owns it.
    let room = table.name.split('_').next().unwrap_or(table.name);
    let columns = table.columns.iter().map(|column| (column.name, kind(column.kind)));
    Stored::table(room, table.name, table.category, columns)
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "name",
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Bytes => "bytes",
    }
}

#[cfg(test)]
mod tests {
    use bonafide_verify::subject::SubjectKind;

    use super::*;

    #[test]
    fn o9_whatever_is_stored_of_a_person_is_of_a_kind_that_answers_tell() {
        let stored = stored();
        for one in stored.iter().filter(|one| one.category.is_of_end_user()) {
            let of = SubjectKind::ALL.iter().filter(|k| k.holders().contains(&&*one.holder));
            assert_eq!(of.count(), 1, "say which kind of what a person has `{}` is", one.holder);
        }
        for kind in SubjectKind::ALL {
            for holder in kind.holders() {
                let there = stored.iter().any(|one| one.holder == *holder);
                assert!(there, "`{holder}` is stored no more");
            }
        }
    }
}
