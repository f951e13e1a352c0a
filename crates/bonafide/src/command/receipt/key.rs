//! `bonafide receipt key`.

use clap::Args;
use serde_json::json;

use crate::command::Site;
use crate::failure::Failure;
use crate::house::House;
use crate::output::Answer;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    site: Site,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    House::visit(&arguments.site, async |house| {
        let key = house.vault.log_verifier().await?;
        let json = json!({ "log": key.name().as_str(), "key": key.to_string() });
        Answer::new(&json, key.to_string())
    })
}
