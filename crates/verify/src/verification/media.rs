//! The pictures of a verification, for those who may open them.

use bonafide_context::Sensitive;
use bonafide_ledger::Call;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::VerificationId;
use crate::{App, Done, UseCaseError};

/// A picture that a verification may keep.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MediaName {
    /// The document's front, as it was handed in.
    DocumentFront,
    /// The document's back, as it was handed in.
    DocumentBack,
    /// The portrait cut out of the front.
    Portrait,
    /// The selfie, as it was handed in.
    Selfie,
}

/// A picture.
#[derive(Clone, Debug)]
pub struct Media {
    /// Of the bytes, as in `Content-Type`.
    pub media_type: String,
    /// The file.
    pub bytes: Sensitive<Bytes>,
}

/// Opens a picture: for review, and once the verification has ended for
/// delivery to the customer, as long as the picture rests.
pub async fn open_media(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    name: MediaName,
) -> Result<Done<Media>, UseCaseError> {
    let _ = (app, call, id, name);
    todo!()
}
