//! `bonafide policy diff`.

use clap::Args;
use serde_json::{Value, json};

use super::source::Folder;
use crate::failure::Failure;
use crate::output::{Answer, BAD, DIM, GOOD, WARN, paint};

#[derive(Args)]
pub(super) struct Arguments {
    /// The policy that holds: a name, or a file.
    before: String,
    /// The policy that is to hold.
    after: String,
    #[command(flatten)]
    folder: Folder,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let before = arguments.folder.effective(&arguments.before)?;
    let after = arguments.folder.effective(&arguments.after)?;
    let differences = bonafide_policy::diff(&before, &after);
    let list: Vec<Value> = differences
        .iter()
        .map(|one| {
            json!({
                "cell": one.cell.to_string(),
                "before": one.before,
                "after": one.after,
                "material": one.material,
                "asks_consent": one.asks_consent,
            })
        })
        .collect();
    let lines = differences.iter().map(|one| {
        let mark = match (one.asks_consent, one.material) {
            (true, _) => paint(BAD, " asks for consent again"),
            (_, true) => paint(WARN, " is announced before"),
            _ => String::new(),
        };
        let value = |value: &Option<toml::Value>| {
            value.as_ref().map_or_else(|| paint(DIM, "nothing"), ToString::to_string)
        };
        format!("{}{mark}\n  {} → {}", one.cell, value(&one.before), value(&one.after))
    });
    let text = if differences.is_empty() {
        paint(GOOD, "✓ both say the same")
    } else {
        lines.collect::<Vec<_>>().join("\n")
    };
    let json = json!({
        "before": before.id().as_str(),
        "after": after.id().as_str(),
        "announce_days": after.announce_days(),
        "differences": list,
    });
    Answer::new(&json, text)
}
