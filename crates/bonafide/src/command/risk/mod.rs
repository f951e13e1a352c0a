//! `bonafide risk`: signals of what identifies a person.

mod set;

use clap::{Args, Subcommand};

use crate::command::Site;
use crate::failure::Failure;
use crate::output::Answer;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    site: Site,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Sets of identifiers that a tenant knows, as hashes under a key of its own.
    #[command(subcommand)]
    Set(set::What),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.what {
        What::Set(what) => set::run(what, &arguments.site),
    }
}
