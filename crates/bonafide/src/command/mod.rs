//! One command, one file.

mod admin;
mod backup;
mod bench;
mod config;
mod consent;
mod document;
mod eval;
mod evidence;
mod face;
mod models;
mod openapi;
mod policy;
mod receipt;
mod risk;
mod serve;
mod site;
mod specimen;
mod statement;
mod verify;
mod witness;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::{Answer, Global};

pub(crate) use site::Site;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The main job: read a document, compare its portrait with a selfie, check the selfie.
    Verify(Box<verify::Arguments>),
    /// Read identity documents.
    Document(document::Arguments),
    /// Compare faces; tell a living face from a picture of one.
    Face(face::Arguments),
    /// Measure how good the answers are, over data with known truth.
    Eval(eval::Arguments),
    /// Measure what the answers cost: the figures of docs/benchmarks.md.
    Bench(bench::Arguments),
    /// Run the server.
    Serve(serve::Arguments),
    /// Manage tenants, applications, keys and users of the server.
    Admin(admin::Arguments),
    /// Print the OpenAPI document of the native API.
    Openapi,
    /// Save everything that is kept, while the server runs.
    Backup(backup::Arguments),
    /// Put a backup into an empty data directory.
    Restore(backup::RestoreArguments),
    /// Show, check and compare the policies on personal data.
    Policy(policy::Arguments),
    /// Check proofs that personal data was destroyed.
    Receipt(receipt::Arguments),
    /// Check what a server signed for about a person: statements and exports.
    Statement(statement::Arguments),
    /// Write what an auditor asks for into a folder, from the running house.
    Evidence(evidence::Arguments),
    /// Say why a risk score is what it is; manage sets of identifiers, as keyed hashes.
    Risk(risk::Arguments),
    /// Witness the transparency logs of others: sign what goes on from what was signed.
    Witness(Box<witness::Arguments>),
    /// Check proofs that a person consented.
    Consent(consent::Arguments),
    /// Check and show the configuration of the server.
    Config(config::Arguments),
    /// Render a fictitious document and a selfie, for trying things out.
    Specimen(specimen::Arguments),
    /// Show, fetch and check the weights and the runtime that packages bring.
    Models(models::Arguments),
}

impl Command {
    pub(crate) fn run(&self, global: &Global) -> Result<Answer, Failure> {
        match self {
            Self::Verify(arguments) => verify::run(arguments, global),
            Self::Document(arguments) => document::run(arguments, global),
            Self::Face(arguments) => face::run(arguments, global),
            Self::Eval(arguments) => eval::run(arguments, global),
            Self::Bench(arguments) => bench::run(arguments, global),
            Self::Serve(arguments) => serve::run(arguments, global),
            Self::Admin(arguments) => admin::run(arguments),
            Self::Openapi => openapi::run(),
            Self::Backup(arguments) => backup::run(arguments),
            Self::Restore(arguments) => backup::restore(arguments),
            Self::Policy(arguments) => policy::run(arguments),
            Self::Receipt(arguments) => receipt::run(arguments),
            Self::Statement(arguments) => statement::run(arguments),
            Self::Evidence(arguments) => evidence::run(arguments),
            Self::Witness(arguments) => witness::run(arguments),
            Self::Consent(arguments) => consent::run(arguments),
            Self::Config(arguments) => config::run(arguments),
            Self::Risk(arguments) => risk::run(arguments, global),
            Self::Specimen(arguments) => specimen::run(arguments, global),
            Self::Models(arguments) => models::run(arguments, global),
        }
    }
}
