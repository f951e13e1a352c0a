//! `bonafide policy`: what the server is allowed to do with personal data.

mod coverage;
mod diff;
mod inventory;
mod lint;
mod render;
mod show;
mod source;

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
    /// The policies there are, and what each is for.
    List(source::Folder),
    /// Print everything that holds under a policy, what it extends included.
    Show(show::Arguments),
    /// Say what is wrong with policy files, line by line.
    Lint(lint::Arguments),
    /// What changes from one policy to another, and whom that asks to be told.
    Diff(diff::Arguments),
    /// Write the documents that follow from a policy: notice, terms, registers.
    Render(render::Arguments),
    /// Every field that rests anywhere: what kind of data it is, what for, how
    /// long, on which basis, where, and whether it is encrypted.
    Inventory(inventory::Arguments),
    /// Which promise is kept by what, and which tests would notice if it were not.
    Coverage(coverage::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.what {
        What::List(folder) => show::list(folder),
        What::Show(arguments) => show::run(arguments),
        What::Lint(arguments) => lint::run(arguments),
        What::Diff(arguments) => diff::run(arguments),
        What::Render(arguments) => render::run(arguments),
        What::Inventory(arguments) => inventory::run(arguments),
        What::Coverage(arguments) => coverage::run(arguments),
    }
}
