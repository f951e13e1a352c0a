//! What the HTTP door and this dialect tell each other about one request: in
//! the request's extensions a [`ClientAddress`] and a `CallId` to open the call
//! with, in the answer's an [`Answered`].

pub use bonafide_context::{Answered, ClientAddress};
