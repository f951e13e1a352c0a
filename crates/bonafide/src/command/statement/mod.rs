//! `bonafide statement`: what a server signed for about a person.

mod check;
mod verify;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::output::Answer;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Check a statement or an export, offline.
    Verify(verify::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.what {
        What::Verify(arguments) => verify::run(arguments),
    }
}
