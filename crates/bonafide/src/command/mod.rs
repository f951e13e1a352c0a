//! One command, one file.

mod models;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::{Answer, Global};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show, fetch and check the weights and the runtime that packages bring.
    Models(models::Arguments),
}

impl Command {
    pub(crate) fn run(&self, global: &Global) -> Result<Answer, Failure> {
        match self {
            Self::Models(arguments) => models::run(arguments, global),
        }
    }
}
