//! `bonafide receipt`: proofs that personal data was destroyed.

mod key;
mod verify;

pub(super) use verify::{read, refused};

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
    /// Check a receipt, offline.
    Verify(verify::Arguments),
    /// Print the key by which receipts of this installation are checked.
    Key(key::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.what {
        What::Verify(arguments) => verify::run(arguments),
        What::Key(arguments) => key::run(arguments),
    }
}
