//! Mail to customers and to whoever answers letters (rows O17, D18): that a version
//! of the policy is going to hold, that somebody wrote by the form.
//!
//! A mail is queued in the commit of what it tells of. Who gets it and what it says
//! rests sealed, as contact data, until it was taken or given up; a row beside it
//! says what became of it and nothing of anybody. [`Mails::dispatch`] hands over
//! what is due; a server that refuses, is slow or has no TLS is tried again, by the
//! same schedule as webhooks, up to three days.

mod queue;
mod send;
mod tables;
mod words;

pub use queue::{MailDelivery, MailKind, MailState, deliveries};
pub use send::Dispatched;
pub(crate) use tables::MAIL;
pub use tables::{MIGRATIONS, TABLES};

use std::fmt;
use std::sync::Arc;

use bonafide_context::Region;
use bonafide_outbound::Mailer;
use bonafide_policy::Held;
use serde::{Deserialize, Serialize};

bonafide_ledger::prefixed_id!(
    /// A mail on its way.
    MailId,
    "mail_"
);

/// Mail of this installation.
pub struct Mails {
    mailer: Mailer,
    /// Where what waits rests.
    region: Region,
    random: std::sync::Mutex<Box<dyn bonafide_context::Random>>,
}

/// What waits to be handed over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Held)]
#[held(category = Contact)]
pub struct Waiting {
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Shows that there is a mail and nothing of it.
impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

impl Mails {
    /// Through this mailer; what waits rests in this region.
    pub fn new(
        mailer: Mailer,
        region: Region,
        random: Box<dyn bonafide_context::Random>,
    ) -> Arc<Self> {
        Arc::new(Self { mailer, region, random: std::sync::Mutex::new(random) })
    }
}
