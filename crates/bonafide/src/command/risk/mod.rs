//! `bonafide risk`: signals of what identifies a person.

mod explain;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::output::{Answer, Global};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Say why a score is what it is, reason by reason.
    Explain(explain::Arguments),
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    match &arguments.what {
        What::Explain(arguments) => explain::run(arguments, global),
    }
}
