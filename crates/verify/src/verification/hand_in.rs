//! Pictures are handed in.

use bonafide_context::Sensitive;
use bonafide_ledger::Call;
use bytes::Bytes;

use super::{Verification, VerificationId};
use crate::{App, Done, UseCaseError};

/// Pictures of a document.
#[derive(Clone, Debug)]
pub struct HandInDocument {
    /// A file with the front, or the data page.
    pub front: Sensitive<Bytes>,
    /// A file with the back, where it has one.
    pub back: Option<Sensitive<Bytes>>,
}

/// Takes the pictures of the document.
pub async fn hand_in_document(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    pictures: HandInDocument,
) -> Result<Done<Verification>, UseCaseError> {
    let _ = (app, call, id, pictures);
    todo!()
}

/// Takes the selfie.
pub async fn hand_in_selfie(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    image: Sensitive<Bytes>,
) -> Result<Done<Verification>, UseCaseError> {
    let _ = (app, call, id, image);
    todo!()
}
