//! What somebody writes to whoever runs the server, or to its customer, through
//! the form of the pages: a question, or a right to be exercised (rows D18, O7,
//! O8, O9, R7).
//!
//! What is written rests in the vault as contact data, under the clock of the
//! policy; a row says that it came, what it is about and until when it is to be
//! answered, and nothing of the person. In the controller role whoever runs the
//! server answers; in the processor role the customer does, is told by a
//! webhook, and finds the request in its own inbox.

mod inbox;
mod letter;
mod submit;
mod tables;

pub use inbox::{Inbox, RequestView, answer_request, list_requests, open_request, reap_requests};
pub(crate) use letter::is_mailbox;
pub use letter::{Letter, LetterError, Topic, UnknownTopic};
pub use submit::{Received, Submission, submit_request};
pub(crate) use tables::REQUESTS;
pub use tables::{MIGRATIONS, TABLES};

bonafide_ledger::prefixed_id!(
    /// A request that came by the form.
    RequestId,
    "req_"
);
