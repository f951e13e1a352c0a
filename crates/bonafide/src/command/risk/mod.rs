//! `bonafide risk`: signals of what identifies a person.

mod explain;
mod set;

use clap::{Args, Subcommand};

use crate::command::Site;
use crate::failure::Failure;
use crate::output::{Answer, Global};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    site: Site,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Say why a score is what it is, reason by reason.
    Explain(explain::Arguments),
    /// Sets of identifiers that a tenant knows, as hashes under a key of its own.
    #[command(subcommand)]
    Set(set::What),
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    match &arguments.what {
        What::Explain(arguments) => explain::run(arguments, global),
        What::Set(what) => set::run(what, &arguments.site),
    }
}
