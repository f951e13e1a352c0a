//! `bonafide receipt verify`: whoever holds a receipt and the log's key needs
//! neither the server nor a network to know whether it holds.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bonafide_context::Timestamp;
use bonafide_transparency::leaf::{Deletion, Leaf, LeafError, Opening, SubjectHash};
use bonafide_transparency::note::VerifierKey;
use bonafide_transparency::policy::Policy;
use bonafide_transparency::receipt::MAX_RECEIPT_BYTES;
use bonafide_transparency::{Hash, Proven, Receipt, ReceiptError};
use bonafide_verify::Moment;
use clap::Args;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Answer, BOLD, DIM, GOOD, code, paint};

#[derive(Args)]
pub(super) struct Arguments {
    /// The receipt, as the server gave it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A key of the log, as `bonafide receipt key` prints it; may be repeated.
    #[arg(long = "key", value_name = "VKEY", required = true)]
    keys: Vec<VerifierKey>,
    /// A witness who must have seen the log; may be repeated.
    #[arg(long = "witness", value_name = "VKEY")]
    witnesses: Vec<VerifierKey>,
    /// The verification that the receipt is said to be of.
    #[arg(long, value_name = "ID", requires = "opening")]
    of: Option<String>,
    /// What the server gave with the receipt to show whose it is.
    #[arg(long, value_name = "HEX", requires = "of")]
    opening: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let trusted = Policy::new(
        arguments.keys.iter().cloned(),
        arguments.witnesses.iter().cloned(),
        arguments.witnesses.len(),
    )
    .map_err(|error| Failure::caller("keys_unusable", error))?;
    let proven = Receipt::parse(&read(&arguments.file)?)
        .and_then(|receipt| receipt.verify(&trusted))
        .map_err(refused)?;
    let leaf = match proven.leaf() {
        Ok(leaf) => Some(leaf),
        // That it is in the log is proved all the same.
        Err(LeafError::Unknown) => None,
        Err(error) => return Err(Failure::caller("receipt_leaf", error)),
    };
    let of = opened(arguments, leaf.as_ref())?;
    answer(&proven, leaf.as_ref(), of)
}

pub(in crate::command) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::caller("file_unreadable", format!("cannot read {}: {error}", path.display()))
    };
    let mut bytes = Vec::new();
    // One byte more than is allowed, so that the reader of receipts can say so.
    let most = MAX_RECEIPT_BYTES as u64 + 1;
    File::open(path).map_err(unreadable)?.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The id that the receipt was shown to be of; an error if it is of another.
fn opened<'a>(
    arguments: &'a Arguments,
    leaf: Option<&Leaf>,
) -> Result<Option<&'a String>, Failure> {
    let (Some(id), Some(opening)) = (&arguments.of, &arguments.opening) else { return Ok(None) };
    let salt = Hash::from_hex(opening).ok_or_else(|| {
        Failure::caller("opening_unreadable", "an opening is 64 hexadecimal digits")
    })?;
    let opening = Opening::new(salt.0, SubjectHash::of_owner(id));
    let commitment = leaf.and_then(Leaf::commitment);
    if commitment.is_some_and(|commitment| opening.opens(commitment)) {
        return Ok(Some(id));
    }
    let message = "the receipt holds, but is not of this id: id or opening belong to another one";
    Err(Failure::caller("receipt_of_another", message))
}

fn answer(proven: &Proven, leaf: Option<&Leaf>, of: Option<&String>) -> Result<Answer, Failure> {
    let mut json = json!({
        "proven": true,
        "log": proven.origin.as_str(),
        "index": proven.index,
        "size": proven.head.size,
        "root": proven.head.root.to_string(),
        "witnesses": proven.witnesses.len(),
        "says": leaf.map(says),
    });
    if let (Value::Object(members), Some(id)) = (&mut json, of) {
        members.insert("of".to_owned(), json!(id));
    }
    let mut text = paint(GOOD, "✓ the log holds this") + "\n";
    if let Some(Leaf::Deletion(deletion)) = leaf {
        text.push_str(&destroyed(deletion));
    }
    if let Some(id) = of {
        let _ = writeln!(text, "  {}   {id}", paint(BOLD, "of"));
    }
    let place = format!(
        "leaf {} of {} in {}, {} witnesses",
        proven.index,
        proven.head.size,
        proven.origin.as_str(),
        proven.witnesses.len()
    );
    let _ = writeln!(text, "  {}", paint(DIM, place));
    Answer::new(&json, text)
}

/// What the leaf says, as the log writes it.
fn says(leaf: &Leaf) -> Value {
    let mut says = serde_json::to_value(leaf).unwrap_or_default();
    if let Value::Object(members) = &mut says {
        members.insert("at".to_owned(), json!(moment(leaf.when())));
    }
    says
}

fn destroyed(deletion: &Deletion) -> String {
    let mut text = format!(
        "  {} {} ({}, policy {} version {})\n",
        paint(BOLD, "destroyed"),
        moment(deletion.when),
        code(&deletion.cause),
        deletion.policy.name.as_str(),
        deletion.policy.version
    );
    for (category, amount) in &deletion.what {
        let _ = writeln!(
            text,
            "  {}  {} items, {} bytes",
            category.as_str(),
            amount.items,
            amount.bytes
        );
    }
    text
}

fn moment(seconds: u64) -> String {
    Moment(Timestamp(seconds.saturating_mul(1_000))).to_string()
}

/// Each way in which a receipt does not hold has a code of its own.
pub(in crate::command) fn refused(error: ReceiptError) -> Failure {
    let code = match error {
        ReceiptError::TooLarge => "receipt_too_large",
        ReceiptError::Header => "receipt_header",
        ReceiptError::Leaf => "receipt_leaf",
        ReceiptError::Index => "receipt_index",
        ReceiptError::ProofLine(_) => "receipt_proof",
        ReceiptError::Checkpoint(_) => "receipt_checkpoint",
        ReceiptError::UnknownLog => "receipt_unknown_log",
        ReceiptError::LogSignature => "receipt_signature",
        ReceiptError::NotSignedByLog => "receipt_not_signed",
        ReceiptError::Cosignature(_) => "receipt_cosignature",
        ReceiptError::TooFewWitnesses { .. } => "receipt_too_few_witnesses",
        ReceiptError::NotIncluded(_) => "receipt_not_included",
    };
    Failure::caller(code, error)
}
