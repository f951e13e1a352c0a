//! `bonafide policy coverage`.

use bonafide_policy::coverage::{self, Row, State};
use clap::Args;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Answer, BAD, BOLD, DIM, GOOD, Style, WARN, paint};

#[derive(Args)]
pub(super) struct Arguments {
    /// Only rows in this state: kept, partly, open or stated.
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<State>,
    /// As a table in Markdown.
    #[arg(long, conflicts_with = "state")]
    markdown: bool,
    /// What is switched off by `make sabotage`, and which rows have to notice.
    #[arg(long, conflicts_with_all = ["state", "markdown"])]
    keepers: bool,
}

fn state(text: &str) -> Result<State, String> {
    text.parse().map_err(|_| "it is one of kept, partly, open, stated".to_owned())
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    if arguments.keepers {
        return keepers();
    }
    let rows: Vec<&Row> = coverage::rows()
        .filter(|row| arguments.state.is_none_or(|state| row.state() == state))
        .collect();
    let list: Vec<Value> = rows.iter().map(|row| facts(row)).collect();
    let text = if arguments.markdown {
        coverage::markdown()
    } else {
        let lines: Vec<String> = rows.iter().map(|row| line(row)).collect();
        let counts: Vec<String> =
            State::ALL.iter().map(|state| format!("{} {state}", coverage::count(*state))).collect();
        format!("{}\n\n{}", lines.join("\n"), paint(BOLD, counts.join(", ")))
    };
    Answer::new(&json!({ "rows": list }), text)
}

fn keepers() -> Result<Answer, Failure> {
    let list: Vec<Value> = coverage::SABOTAGES
        .iter()
        .map(|(keeper, ids)| {
            let rows = ids.iter().filter_map(|id| coverage::row(id));
            let rows: Vec<Value> =
                rows.map(|row| json!({ "row": row.id, "tests": row.tests })).collect();
            json!({ "keeper": keeper.name(), "rows": rows })
        })
        .collect();
    let without: Vec<Value> = coverage::WITHOUT_KEEPER
        .iter()
        .map(|(row, reason)| json!({ "row": row, "reason": reason }))
        .collect();
    let lines = coverage::SABOTAGES
        .iter()
        .map(|(keeper, ids)| format!("{:<19} {}", keeper.name(), paint(DIM, ids.join(" "))));
    let lines =
        lines.chain(coverage::WITHOUT_KEEPER.iter().map(|(row, reason)| {
            format!("{:<19} {}", "none", paint(DIM, format!("{row}: {reason}")))
        }));
    let text = lines.collect::<Vec<String>>().join("\n");
    Answer::new(&json!({ "keepers": list, "without": without }), text)
}

fn facts(row: &Row) -> Value {
    let levels: Vec<&str> = row.levels.iter().map(|level| level.as_str()).collect();
    json!({
        "row": row.id,
        "promise": row.promise,
        "kept_by": row.kept_by,
        "levels": levels,
        "tests": row.tests,
        "later": row.later,
        "state": row.state().as_str(),
    })
}

fn line(row: &Row) -> String {
    let state = row.state();
    let mut text = format!(
        "{:<4} {}  {}\n            {}",
        row.id,
        paint(style(state), format!("{:<6}", state.as_str())),
        row.promise,
        paint(DIM, row.kept_by),
    );
    for test in row.tests {
        text.push_str(&format!("\n            {}", paint(DIM, test)));
    }
    if !row.later.is_empty() {
        text.push_str(&format!("\n            {}", paint(DIM, format!("later: {}", row.later))));
    }
    text
}

const fn style(state: State) -> Style {
    match state {
        State::Kept => GOOD,
        State::Partly => WARN,
        State::Open => BAD,
        State::Stated => DIM,
    }
}
