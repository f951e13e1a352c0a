//! E-mail addresses: what their syntax, their name and their domain tell.

use bonafide_context::Sensitive;

use crate::dns::Dns;
use crate::request::{Email, LONGEST};
use crate::signals::EmailSignals;
use crate::tables::Tables;
use crate::{Absent, Reason, Signal};

/// What was made of an address.
#[derive(Debug)]
pub(crate) struct ReadEmail(Option<Parts>);

#[derive(Debug)]
struct Parts {
    local: Sensitive<String>,
    domain: Sensitive<String>,
}

impl ReadEmail {
    /// Reads an address: a dot-atom of ASCII at a domain name.
    pub(crate) fn read(email: &Email) -> Self {
        let text = email.address.expose();
        let parts = text.rsplit_once('@').filter(|(local, domain)| {
            let atoms = |text: &str, more: &[u8]| {
                text.split('.').all(|atom| {
                    !atom.is_empty()
                        && atom.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
                })
            };
            text.len() <= LONGEST.min(254)
                && local.len() <= 64
                && atoms(local, b"!#$%&'*+-/=?^_`{|}~")
                && atoms(domain, b"-")
        });
        Self(parts.map(|(local, domain)| Parts {
            local: Sensitive::new(local.to_ascii_lowercase()),
            domain: Sensitive::new(domain.to_ascii_lowercase()),
        }))
    }

    /// The domain in ASCII, lower case.
    pub(crate) fn domain(&self) -> Option<Sensitive<String>> {
        self.0.as_ref().map(|parts| parts.domain.clone())
    }

    /// The address, folded so that one mailbox has one form.
    pub(crate) fn normal(&self) -> Option<Sensitive<String>> {
        let parts = self.0.as_ref()?;
        Some(Sensitive::new(format!("{}@{}", parts.local.expose(), parts.domain.expose())))
    }

    /// What is known of the address, and why it speaks against it.
    pub(crate) fn signals(&self, _tables: &Tables, _dns: &dyn Dns) -> (EmailSignals, Vec<Reason>) {
        let mut signals = EmailSignals::null(Absent::DataNotInstalled);
        signals.valid = Signal::Known(self.0.is_some());
        let reasons = if self.0.is_some() { vec![] } else { vec![Reason::EmailInvalid] };
        (signals, reasons)
    }
}
