//! The data inventory: every stored field with its category, purposes, period,
//! basis and place, made from the types and the policy that holds.

use std::fmt::Write as _;

use crate::{Category, Effective, Family, Held, HeldField, Purpose, Storage};

/// What a room stores: a type through the vault, or a table of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The room.
    pub room: &'static str,
    /// The type or the table.
    pub holder: String,
    /// What kind of data it is.
    pub category: Category,
    /// What for; empty for everything that the policy keeps the category for.
    pub purposes: &'static [Purpose],
    /// Its fields or columns.
    pub fields: Vec<HeldField>,
    /// Whether it rests as an envelope under a key of its own.
    pub encrypted: bool,
}

impl Stored {
    /// A type that rests through the vault, as an envelope.
    pub fn held<T: Held>(room: &'static str) -> Self {
        Self {
            room,
            holder: T::NAME.to_owned(),
            category: T::CATEGORY,
            purposes: T::PURPOSES,
            fields: T::fields(),
            encrypted: true,
        }
    }

    /// A table whose columns hold ids, codes, numbers and hashes in clear.
    pub fn table<'a>(
        room: &'static str,
        name: &str,
        category: Category,
        columns: impl IntoIterator<Item = (&'a str, &'static str)>,
    ) -> Self {
        let field = |(name, kind): (&str, &'static str)| HeldField { path: name.to_owned(), kind };
        Self {
            room,
            holder: name.to_owned(),
            category,
            purposes: &[],
            fields: columns.into_iter().map(field).collect(),
            encrypted: false,
        }
    }
}

/// A line of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryEntry {
    /// The room.
    pub room: &'static str,
    /// The type or the table.
    pub holder: String,
    /// The field; `*` where the type does not list any.
    pub field: String,
    /// Its type.
    pub kind: &'static str,
    /// What kind of data it is.
    pub category: Category,
    /// What for.
    pub purposes: String,
    /// For how long.
    pub period: String,
    /// On which legal bases.
    pub basis: String,
    /// Where.
    pub storage: Storage,
    /// Whether it rests as an envelope.
    pub encrypted: bool,
}

/// The inventory of what is stored, under a policy. Periods are those of the
/// native interface; a purpose that the policy does not keep the category for is
/// marked with `!`, because nothing may rest for it.
pub fn inventory(stored: &[Stored], policy: &Effective) -> Vec<InventoryEntry> {
    let mut entries = Vec::new();
    for one in stored {
        let all: Vec<Purpose> = policy
            .cells(one.category)
            .map(|(purpose, _)| purpose)
            .filter(|purpose| !purpose.is_separate_copy())
            .collect();
        let purposes = if one.purposes.is_empty() { all.as_slice() } else { one.purposes };
        let each = |of: &dyn Fn(&crate::Cell) -> String| {
            let mut said: Vec<String> = Vec::new();
            for purpose in purposes {
                let text = policy.cell(one.category, *purpose).map_or("!".to_owned(), of);
                if !said.contains(&text) {
                    said.push(text);
                }
            }
            said.join(", ")
        };
        let unlisted = [HeldField { path: "*".to_owned(), kind: "" }];
        let fields = if one.fields.is_empty() { &unlisted[..] } else { &one.fields };
        entries.extend(fields.iter().map(|field| InventoryEntry {
            room: one.room,
            holder: one.holder.clone(),
            field: field.path.clone(),
            kind: field.kind,
            category: one.category,
            purposes: purposes.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(", "),
            period: each(&|cell| cell.keep(Family::Verification).to_string()),
            basis: each(&|cell| cell.basis.to_string()),
            storage: policy.storage(one.category),
            encrypted: one.encrypted,
        }));
    }
    entries
}

/// The inventory as Markdown, to be committed and compared.
pub fn inventory_markdown(entries: &[InventoryEntry]) -> String {
    let mut text = String::from(
        "| room | stored as | field | type | category | purposes | kept | basis | rests in | encrypted |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for one in entries {
        let _ = writeln!(
            text,
            "| {} | `{}` | `{}` | `{}` | {} | {} | {} | {} | {} | {} |",
            one.room,
            one.holder,
            one.field,
            one.kind.replace('|', "\\|"),
            one.category,
            one.purposes,
            one.period,
            one.basis,
            one.storage,
            if one.encrypted { "yes" } else { "no" },
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HeldPart;
    use crate::tests::strict;

    #[derive(HeldPart)]
    #[expect(dead_code, reason = "listed, not read")]
    struct Name {
        surname: String,
        given: Option<String>,
    }

    #[derive(HeldPart)]
    #[expect(dead_code, reason = "listed, not read")]
    enum Number {
        Unread,
        Read { text: String, check: bool },
        Old(u32),
    }

    struct Foreign;

    #[derive(Held)]
    #[held(category = Identification, purposes(Service))]
    #[expect(dead_code, reason = "listed, not read")]
    struct Person {
        names: Vec<Name>,
        number: Number,
        #[held(whole)]
        foreign: Foreign,
    }

    struct ByHand;

    impl Held for ByHand {
        const CATEGORY: Category = Category::Results;
    }

    #[derive(Held)]
    #[held(category = Identifiers, purposes(Evidence))]
    #[expect(dead_code, reason = "listed, not read")]
    struct Misplaced(String);

    fn sample() -> Vec<Stored> {
        let columns = [("call_id", "name"), ("fee", "integer")];
        vec![
            Stored::held::<Person>("verify"),
            Stored::held::<ByHand>("verify"),
            Stored::held::<Misplaced>("risk"),
            Stored::table("ledger", "ledger_calls", Category::Monitoring, columns),
        ]
    }

    #[test]
    fn d3_every_stored_field_has_a_category() {
        let entries = inventory(&sample(), &strict());
        let paths: Vec<&str> = entries.iter().map(|entry| entry.field.as_str()).collect();
        assert_eq!(
            paths,
            [
                "names.surname",
                "names.given",
                "number.Read.text",
                "number.Read.check",
                "number.Old.0",
                "foreign",
                "*",
                "0",
                "call_id",
                "fee",
            ]
        );
        let person = entries.first().unwrap();
        assert_eq!((person.category, person.period.as_str()), (Category::Identification, "2h"));
        assert_eq!(person.kind, "String");
        assert!(person.encrypted);
        // Kept for what the policy does not keep it for: in sight.
        assert!(entries.iter().any(|entry| entry.holder == "Misplaced" && entry.period == "!"));
    }

    #[test]
    fn the_inventory_is_printed() {
        insta::assert_snapshot!(inventory_markdown(&inventory(&sample(), &strict())));
    }
}
