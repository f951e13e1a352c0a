//! `bonafide consent verify`: whoever holds a consent receipt with its proof and
//! the log's key needs neither the server nor a network to know whether it holds.

use std::path::PathBuf;

use bonafide_transparency::leaf::{Code, Consent, Leaf, Opening, SubjectHash};
use bonafide_transparency::note::VerifierKey;
use bonafide_transparency::policy::Policy;
use bonafide_transparency::{Hash, Receipt};
use bonafide_verify::consent::{
    ConsentEvent, ConsentEventKind, ConsentProof, ConsentReceipt, Statement, log_owner,
};
use clap::{Args, Subcommand};
use serde_json::json;

use super::receipt::{read, refused};
use crate::failure::Failure;
use crate::output::{Answer, BOLD, DIM, GOOD, paint};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Check the proof of a consent receipt, offline.
    Verify(Verify),
}

#[derive(Args)]
struct Verify {
    /// The proof, as `GET /v1/consents/{id}/proof` gave it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A key of the log, as `bonafide receipt key` prints it; may be repeated. The
    /// one in the file is not trusted by itself.
    #[arg(long = "key", value_name = "VKEY", required = true)]
    keys: Vec<VerifierKey>,
    /// A witness who must have seen the log; may be repeated.
    #[arg(long = "witness", value_name = "VKEY")]
    witnesses: Vec<VerifierKey>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let What::Verify(arguments) = &arguments.what;
    let trusted = Policy::new(
        arguments.keys.iter().cloned(),
        arguments.witnesses.iter().cloned(),
        arguments.witnesses.len(),
    )
    .map_err(|error| Failure::caller("keys_unusable", error))?;
    let unreadable = |what: &str| {
        Failure::caller(
            "proof_unreadable",
            format!("{what} cannot be read: take it as it was given"),
        )
    };
    let proof: ConsentProof =
        serde_json::from_slice(&read(&arguments.file)?).map_err(|_| unreadable("the proof"))?;
    let statement: Statement =
        serde_json::from_str(&proof.statement).map_err(|_| unreadable("the statement"))?;
    let owner = log_owner(&statement.id, &proof.statement);
    let mut told = Vec::new();
    for event in &proof.events {
        told.push(proved(event, &owner, &statement.receipt, &trusted)?);
    }
    let given = told.iter().find(|(kind, _)| *kind == ConsentEventKind::Given);
    let Some((_, given)) = given else {
        let message = "no event of this file says that the consent was given";
        return Err(Failure::caller("consent_not_given", message));
    };
    let withdrawn = told.iter().find(|(kind, _)| *kind == ConsentEventKind::Withdrawn);
    let json = json!({
        "proven": true,
        "consent": statement.id.as_str(),
        "receipt": statement.receipt,
        "recorded": given,
        "withdrawn": withdrawn.map(|(_, at)| at),
    });
    let receipt = &statement.receipt;
    let purposes: Vec<_> = receipt.purposes.iter().map(|purpose| purpose.as_str()).collect();
    let text = format!(
        "{}\n  {} {} to {}\n  {}\n",
        paint(GOOD, "✓ the log holds this consent"),
        paint(BOLD, &statement.id),
        if withdrawn.is_some() { "withdrawn, once given" } else { "given" },
        purposes.join(", "),
        paint(
            DIM,
            format!(
                "notice {} version {} in {}, {}",
                receipt.notice.name,
                receipt.notice.version,
                receipt.language,
                receipt.way.as_str()
            )
        ),
    );
    Answer::new(&json, text)
}

/// What an event says and when, in seconds since 1970, if the log holds it and
/// means this statement.
fn proved(
    event: &ConsentEvent,
    owner: &str,
    says: &ConsentReceipt,
    trusted: &Policy,
) -> Result<(ConsentEventKind, u64), Failure> {
    let Some(receipt) = &event.receipt else {
        let message = "the log has not taken this event yet: ask for the proof again";
        return Err(Failure::caller("receipt_missing", message));
    };
    let proven = Receipt::parse(receipt.as_bytes())
        .and_then(|receipt| receipt.verify(trusted))
        .map_err(refused)?;
    let other = |message: &str| Failure::caller("consent_differs", message.to_owned());
    let Ok(Leaf::Consent(leaf)) = proven.leaf() else {
        return Err(other("the receipt holds, but is of no consent"));
    };
    let salt = Hash::from_hex(&event.opening).ok_or_else(|| {
        Failure::caller("opening_unreadable", "an opening is 64 hexadecimal digits")
    })?;
    if !Opening::new(salt.0, SubjectHash::of_owner(owner)).opens(&leaf.commitment) {
        return Err(other("the log holds another statement: this one was changed"));
    }
    if ConsentEventKind::from(leaf.act) != event.act || !agrees(&leaf, says) {
        return Err(other("the log says something else of this consent"));
    }
    Ok((event.act, leaf.when))
}

/// Whether the leaf says of the receipt what the receipt says.
fn agrees(leaf: &Consent, says: &ConsentReceipt) -> bool {
    leaf.purposes.iter().map(Code::as_str).eq(
        // Both are sorted, by their names and by their places in the list.
        says.purposes
            .iter()
            .map(|purpose| purpose.as_str())
            .collect::<std::collections::BTreeSet<_>>(),
    ) && leaf.notice.name.as_str() == says.notice.name
        && leaf.notice.version == says.notice.version
        && leaf.language.as_str() == says.language.to_ascii_lowercase()
        && leaf.how.as_str() == says.way.as_str()
        && leaf.guardian == says.guardian.is_some()
}
