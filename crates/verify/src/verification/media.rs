//! The pictures of a verification, for those who may open them.

use bonafide_context::Sensitive;
use bonafide_ledger::{Call, Facts};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::held;
use super::record::{Access, load};
use super::{Refusal, State, VerificationId};
use crate::reading::Reader;
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
    open(app, call, id, name).await.inspect_err(|error| error.trace(call))
}

async fn open(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    name: MediaName,
) -> Result<Done<Media>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Application).await?;
    if !may_open(record.progress.state) || held::is_over(app, &record) {
        return Err(Refusal::NoSuchMedia.into());
    }
    let reader = Reader::of(call);
    app.may_read(&record, &reader, name.category()).await?;
    let found = app
        .vault()
        .read_with_facts(&reader.by, &record.realm, record.id.as_str(), name.name())
        .await?;
    let (item, bytes) = found.ok_or(Refusal::NoSuchMedia)?;
    let changes = app.noted(&record, &reader, &[(name.category(), 1)])?;
    call.step(
        "media.open",
        "ok",
        Facts::new().code("name", name.name()).size("bytes", bytes.len()),
    );
    let bytes = Sensitive::new(Bytes::copy_from_slice(&bytes));
    Ok(Done { answer: Media { media_type: item.media_type, bytes }, changes })
}

/// Who hands pictures in has them: they are opened for the review, and delivered
/// with the result. What was given up or ran out of time gives no result, and
/// its pictures wait for deletion only.
const fn may_open(state: State) -> bool {
    match state {
        State::Review | State::Approved | State::Declined => true,
        State::Created | State::Collecting | State::Cancelled | State::Expired => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p4_pictures_are_opened_for_review_and_delivery_only() {
        let opened: Vec<State> = State::ALL.into_iter().filter(|state| may_open(*state)).collect();
        assert_eq!(opened, [State::Review, State::Approved, State::Declined]);
    }
}
