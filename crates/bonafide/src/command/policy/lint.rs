//! `bonafide policy lint`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::house::policies;
use crate::output::{Answer, BAD, BOLD, GOOD, paint};

#[derive(Args)]
pub(super) struct Arguments {
    /// Policy files, or folders of them [default: the policies of the server].
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let mut sources = Vec::new();
    for path in &arguments.files {
        if path.is_dir() {
            sources.extend(policies::folder(path)?);
        } else {
            sources.push(policies::file(path)?);
        }
    }
    if arguments.files.is_empty() {
        sources = bonafide_policy::bundled_sources();
    }
    let findings = bonafide_policy::lint(&sources);
    let list: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "file": finding.file,
                "line": finding.line,
                "rule": finding.rule.as_str(),
                "message": finding.message,
            })
        })
        .collect();
    let text = if findings.is_empty() {
        paint(GOOD, format!("✓ nothing is wrong with {} files", sources.len()))
    } else {
        let lines = findings.iter().map(|finding| {
            let place = paint(BOLD, format!("{}:{}", finding.file, finding.line));
            format!("{place} {} ({})", finding.message, finding.rule)
        });
        let total = paint(BAD, format!("{} findings", findings.len()));
        lines.chain([total]).collect::<Vec<_>>().join("\n")
    };
    let answer = Answer::new(&json!({ "files": sources.len(), "findings": list }), text)?;
    Ok(Answer { done: findings.is_empty(), ..answer })
}
