//! `bonafide`: the command line.

mod command;
mod configuration;
mod failure;
mod house;
mod input;
mod memory;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use command::Command;

/// Read identity documents, compare faces and tell a living person from a
/// photograph, on your own machine.
#[derive(Parser)]
#[command(name = "bonafide", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: output::Global,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    memory::begin();
    // A process that decodes pictures for another one never comes further.
    if let Some(code) = bonafide_media::worker::run_if_asked() {
        return code;
    }
    // Nothing leaves this machine that nobody asked for.
    // SAFETY: no other thread runs yet, so nobody reads the environment meanwhile.
    #[expect(unsafe_code, reason = "the inference runtime reads this when it is opened")]
    unsafe {
        std::env::set_var(bonafide_inference::QUIET, "1");
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    output::finish(&cli.global, cli.command.run(&cli.global))
}
