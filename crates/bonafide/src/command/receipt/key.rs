//! `bonafide receipt key`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::house::House;
use crate::output::Answer;

#[derive(Args)]
pub(super) struct Arguments {
    /// The configuration file of the server [default: none, every default].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of the server.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    House::visit(arguments.config.as_deref(), arguments.data.as_deref(), async |house| {
        let key = house.vault.log_verifier().await?;
        let json = json!({ "log": key.name().as_str(), "key": key.to_string() });
        Answer::new(&json, key.to_string())
    })
}
