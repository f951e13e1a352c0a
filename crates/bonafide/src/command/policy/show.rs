//! `bonafide policy list`, `bonafide policy show`.

use bonafide_policy::Effective;
use clap::Args;
use serde_json::json;

use super::source::Folder;
use crate::failure::Failure;
use crate::output::{Answer, BOLD, DIM, paint};

#[derive(Args)]
pub(super) struct Arguments {
    /// Name of a policy, or a policy file.
    #[arg(default_value = bonafide_policy::DEFAULT_POLICY)]
    policy: String,
    #[command(flatten)]
    folder: Folder,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let policy = arguments.folder.effective(&arguments.policy)?;
    let head = format!(
        "# {}: version {} from {}, id {}\n# {}\n\n",
        policy.title(),
        policy.version(),
        policy.effective_from(),
        policy.id().as_str(),
        policy.chain().join(" extends "),
    );
    let says: toml::Table =
        toml::from_str(policy.to_toml()).map_err(|error| Failure::ours("no_toml", error))?;
    let json = json!({ "policy": facts(&policy), "says": says });
    Answer::new(&json, head + policy.to_toml())
}

pub(super) fn list(folder: &Folder) -> Result<Answer, Failure> {
    let library = folder.library()?;
    let mut policies = Vec::new();
    let mut lines = Vec::new();
    for name in library.names() {
        let policy = library.effective(name)?;
        let facts = format!(
            "version {} from {}, {}",
            policy.version(),
            policy.effective_from(),
            policy.id().short()
        );
        lines.push(format!("{}  {}\n  {}", paint(BOLD, name), policy.title(), paint(DIM, facts)));
        policies.push(self::facts(&policy));
    }
    Answer::new(&json!({ "policies": policies }), lines.join("\n"))
}

fn facts(policy: &Effective) -> serde_json::Value {
    json!({
        "name": policy.name(),
        "title": policy.title(),
        "version": policy.version(),
        "effective_from": policy.effective_from().to_string(),
        "id": policy.id().as_str(),
        "chain": policy.chain(),
    })
}
