//! `bonafide policy inventory`.

use bonafide_policy::{DEFAULT_POLICY, InventoryEntry, inventory, inventory_markdown};
use clap::Args;
use serde_json::{Value, json};

use super::source::Folder;
use crate::failure::Failure;
use crate::house::stored;
use crate::output::Answer;

#[derive(Args)]
pub(super) struct Arguments {
    /// Under which policy: its name, or a policy file.
    #[arg(default_value = DEFAULT_POLICY)]
    policy: String,
    #[command(flatten)]
    folder: Folder,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let policy = arguments.folder.effective(&arguments.policy)?;
    let entries = inventory(&stored(), &policy);
    let list: Vec<Value> = entries.iter().map(facts).collect();
    let json = json!({ "policy": policy.name(), "version": policy.version(), "fields": list });
    Answer::new(&json, document(&entries))
}

/// As it is committed in `docs`.
fn document(entries: &[InventoryEntry]) -> String {
    format!(
        "# Data inventory\n\nEvery field that rests anywhere, made by `bonafide policy inventory` \
         from the types that are stored and the default policy. What is encrypted rests as an \
         envelope under a key of its own; the columns of tables are ids, codes, numbers, hashes \
         and envelopes.\n\n{}",
        inventory_markdown(entries)
    )
}

fn facts(entry: &InventoryEntry) -> Value {
    json!({
        "room": entry.room,
        "stored_as": entry.holder,
        "field": entry.field,
        "type": entry.kind,
        "category": entry.category.as_str(),
        "purposes": entry.purposes,
        "kept": entry.period,
        "basis": entry.basis,
        "rests_in": entry.storage.as_str(),
        "encrypted": entry.encrypted,
    })
}

#[cfg(test)]
mod tests {
    use bonafide_policy::Library;

    use super::*;

    fn committed() -> &'static str {
        include_str!("../../../../../docs/data-inventory.md")
    }

    #[test]
    fn d3_the_committed_inventory_is_that_of_the_types() {
        let strict = Library::bundled().unwrap().effective(DEFAULT_POLICY).unwrap();
        let now = document(&inventory(&stored(), &strict));
        assert!(
            committed().trim_end() == now.trim_end(),
            "run: bonafide policy inventory > docs/data-inventory.md"
        );
        // The default policy keeps nothing to improve models, whatever could rest.
        let nothing = now.lines().filter(|line| line.contains("| ! |"));
        assert_eq!(nothing.filter(|line| !line.contains("| improvement |")).count(), 0);
    }

    #[test]
    fn d3_every_type_that_the_vault_takes_is_in_it() {
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = 0;
        for room in std::fs::read_dir(crates).unwrap() {
            let room = room.unwrap();
            // The policies' own examples are no data.
            if ["policy", "policy-derive"].iter().any(|own| room.file_name() == *own) {
                continue;
            }
            for text in sources(&room.path().join("src")) {
                // `Held` derives come with the category below them.
                for after in text.split("\n#[held(category").skip(1) {
                    let name = after.split("struct ").nth(1).unwrap_or_default();
                    let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                    assert!(committed().contains(&format!("`{name}`")), "{name} is not in it");
                    found += 1;
                }
                assert!(!text.contains("\nimpl Held for"), "derive it: {}", room.path().display());
            }
        }
        assert!(found > 0);
    }

    /// The sources of a room without its tests.
    fn sources(folder: &std::path::Path) -> Vec<String> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("tests") {
                    all.extend(sources(&path));
                }
            } else if !path.ends_with("tests.rs") {
                all.push(std::fs::read_to_string(&path).unwrap());
            }
        }
        all
    }
}
