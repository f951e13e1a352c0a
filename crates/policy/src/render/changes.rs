//! What changed since the version before.

use toml::Value;

use super::shared::Writer;
use super::words::Phrase as P;
use super::{Block, Card, Section};
use crate::{Difference, Effective, Keep, diff};

pub(super) fn write(w: &Writer<'_>, previous: Option<&Effective>) -> Section {
    let blocks = match previous {
        None => vec![w.text(P::FirstVersion)],
        Some(previous) => {
            let found: Vec<Difference> =
                diff(previous, w.policy).into_iter().filter(|one| one.material).collect();
            if found.is_empty() {
                let version = [("version", previous.version().to_string())];
                vec![Block::Text(w.fill(P::NoChange, &version))]
            } else {
                let asks = found.iter().any(|one| one.asks_consent);
                let cards = Block::Cards(found.iter().map(|one| card(w, one)).collect());
                let mut blocks = vec![cards];
                if asks {
                    blocks.push(w.note(P::ConsentAgain));
                }
                blocks
            }
        }
    };
    w.section("changes", P::Changed, blocks)
}

fn card(w: &Writer<'_>, one: &Difference) -> Card {
    let keys: Vec<&str> = one.cell.0.iter().map(String::as_str).collect();
    let title = match keys.as_slice() {
        ["categories", category, rest @ ..] => {
            let name = category.parse().map(|category| w.words.entry(category));
            let name = name.unwrap_or(category);
            let purpose = match rest {
                ["purposes", purpose, ..] => purpose.parse().ok(),
                _ => None,
            };
            match purpose {
                Some(purpose) => format!("{name}: {}", w.words.purpose(purpose).0),
                None => name.to_owned(),
            }
        }
        _ => keys.first().copied().unwrap_or_default().replace('_', " "),
    };
    let value = |value: &Option<Value>, none: P| match value {
        Some(value) => said(w, value),
        None => w.say(none),
    };
    let facts = vec![
        w.fact(P::Before, value(&one.before, P::Added)),
        w.fact(P::After, value(&one.after, P::Removed)),
    ];
    Card { title, text: one.cell.to_string(), facts }
}

/// A value as a person reads it.
fn said(w: &Writer<'_>, value: &Value) -> String {
    match value {
        Value::String(text) => text.parse::<Keep>().map_or(text.clone(), |keep| w.keep(keep)),
        Value::Array(items) if items.is_empty() => w.say(P::None),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| said(w, item)).collect();
            items.join(", ")
        }
        Value::Table(table) => {
            let named = table.iter().map(|(name, value)| format!("{name} {}", said(w, value)));
            named.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
