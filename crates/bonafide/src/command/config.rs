//! `bonafide config`: what the server would run with.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::configuration::{Configuration, ConfigurationError};
use crate::failure::Failure;
use crate::house::policies;
use crate::output::{Answer, GOOD, paint};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Read the configuration and say what is wrong with it, line by line.
    Check(File),
    /// Print the configuration as it holds, defaults and environment included.
    Show(File),
    /// Print the JSON Schema of `bonafide.toml`, for editors.
    Schema,
}

#[derive(Args)]
struct File {
    /// The configuration file [default: none, every default].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.what {
        What::Check(file) => {
            let configuration = Configuration::load(file.config.as_deref())?;
            policies::installed(&configuration)?;
            Answer::new(&json!({ "valid": true }), paint(GOOD, "✓ the configuration is valid"))
        }
        What::Show(file) => {
            let configuration = Configuration::load(file.config.as_deref())?;
            let text = toml::to_string_pretty(&configuration)
                .map_err(|error| Failure::ours("no_toml", error))?;
            Answer::new(&configuration, text)
        }
        What::Schema => {
            let schema = Configuration::schema();
            Ok(Answer { json: schema.clone(), text: schema, done: true })
        }
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Self::caller("configuration_wrong", error)
    }
}
