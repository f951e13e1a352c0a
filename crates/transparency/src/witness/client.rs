//! The log's side: ask a witness, and draw the conclusion from what it says.

use super::AddCheckpoint;
use crate::checkpoint::SignedCheckpoint;
use crate::hash::decimal;
use crate::note::{Keyring, Note, NoteError, Signature, VerifierKey};
use crate::read::{ReadError, Reader};

/// One witness of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    key: VerifierKey,
    seen: u64,
}

/// What a witness's answer means, where it is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has cosigned: [`crate::Log::publish`] these.
    Cosigned(Vec<Signature>),
    /// It has last seen another size than was asked from: ask again, and the
    /// request will be right.
    AskAgain,
}

impl Client {
    /// A witness by its key, and the size that it has cosigned last as far as is
    /// known (0: ask, and it will say).
    pub fn new(key: VerifierKey, seen: u64) -> Self {
        Self { key, seen }
    }

    /// The witness's key.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The size it has cosigned last, to be written down for the next time.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// What to ask: the body of `POST <prefix>/add-checkpoint`. `reader` reads
    /// up to this checkpoint.
    pub async fn request(
        &self,
        reader: &Reader,
        checkpoint: &SignedCheckpoint,
    ) -> Result<AddCheckpoint, ClientError> {
        let ours = checkpoint.head().size;
        if self.seen > ours {
            return Err(ClientError::RolledBack { seen: self.seen, ours });
        }
        if reader.head() != checkpoint.head() {
            return Err(ClientError::OtherCheckpoint);
        }
        let proof = reader.prove_consistency(self.seen).await?;
        Ok(AddCheckpoint { old: self.seen, proof, checkpoint: checkpoint.clone() })
    }

    /// What the witness has answered to [`Client::request`]. The cosignatures of
    /// an [`Outcome`] have been verified.
    pub fn answer(
        &mut self,
        asked: &AddCheckpoint,
        status: u16,
        body: &[u8],
    ) -> Result<Outcome, ClientError> {
        let ours = asked.checkpoint.head().size;
        match status {
            200 => {
                let cosigned = self.cosignatures(asked.checkpoint.note(), body)?;
                self.seen = ours;
                Ok(Outcome::Cosigned(cosigned))
            }
            409 => {
                let text = std::str::from_utf8(body).ok();
                let size = text.and_then(|text| text.strip_suffix('\n')).and_then(decimal);
                let size = size.ok_or(ClientError::Answer)?;
                if size > ours {
                    Err(ClientError::RolledBack { seen: size, ours })
                } else if size == asked.old && size == 0 {
                    // Nothing can conflict with having seen nothing.
                    Err(ClientError::Answer)
                } else if size == asked.old {
                    // It agrees on the size and still conflicts: on the root.
                    Err(ClientError::SplitView { size })
                } else {
                    self.seen = size;
                    Ok(Outcome::AskAgain)
                }
            }
            // The proof was made from tiles that fit our checkpoint: what it does
            // not fit is what the witness has seen.
            422 if asked.old > 0 => Err(ClientError::SplitView { size: asked.old }),
            422 => Err(ClientError::Answer),
            400 => Err(ClientError::Refused),
            403 => Err(ClientError::KeyUnknown),
            404 => Err(ClientError::LogUnknown),
            status => Err(ClientError::Unavailable { status }),
        }
    }

    fn cosignatures(&self, note: &Note, body: &[u8]) -> Result<Vec<Signature>, ClientError> {
        let text = std::str::from_utf8(body).map_err(|_| ClientError::Answer)?;
        let lines = Signature::parse_lines(text).map_err(|_| ClientError::Answer)?;
        let ours = |s: &Signature| s.key == *self.key.name() && s.id == self.key.id();
        let mut alone = Note::new(note.text())?;
        for signature in lines.into_iter().filter(ours) {
            alone.add(signature)?;
        }
        alone.verify(&Keyring::of(self.key.clone()))?;
        Ok(alone.signatures().to_vec())
    }
}

/// What a witness's answer means, where it is an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The witness has seen a larger log than this one: ours has gone back.
    #[error("the log was rolled back: the witness has seen {seen} leaves, it has {ours}")]
    RolledBack {
        /// Leaves the witness has seen.
        seen: u64,
        /// Leaves there are.
        ours: u64,
    },
    /// The witness has seen another history.
    #[error("the log shows two histories: the witness has seen another one of {size} leaves")]
    SplitView {
        /// At this size.
        size: u64,
    },
    /// The reader is not at the checkpoint.
    #[error("the reader and the checkpoint are of different sizes: open the reader anew")]
    OtherCheckpoint,
    /// The witness does not know the log's key.
    #[error("the witness does not know the log's key: give it the verifier key")]
    KeyUnknown,
    /// The witness does not know the log.
    #[error("the witness does not know the log: register it there")]
    LogUnknown,
    /// The witness could not read the request.
    #[error("the witness does not understand the request: see that it speaks tlog-witness")]
    Refused,
    /// Not an answer of a witness.
    #[error("the answer is not one of a witness: see the address")]
    Answer,
    /// Another status.
    #[error("the witness does not answer now (status {status}): try again later")]
    Unavailable {
        /// Of HTTP.
        status: u16,
    },
    /// The cosignature does not hold, or is of another key.
    #[error("the witness's cosignature: {0}")]
    Cosignature(#[from] NoteError),
    /// The log.
    #[error(transparent)]
    Read(#[from] ReadError),
}
