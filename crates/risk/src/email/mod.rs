//! E-mail addresses: what their syntax, their name and their domain tell.

mod domain;
mod local;
mod lookalike;
mod normal;
mod syntax;

use bonafide_context::Sensitive;

use crate::dns::Dns;
use crate::request::{Email, LONGEST};
use crate::signals::EmailSignals;
use crate::tables::Tables;
use crate::{Absent, Reason, Signal};

pub use lookalike::PROVIDERS;
pub use syntax::Standing;
use syntax::{Address, Domain};

/// How far a text keeps to the rules of addresses.
pub fn standing(text: &str) -> Standing {
    syntax::parse(text).map_or(Standing::Invalid, |address| address.standing)
}

/// What was made of an address.
#[derive(Debug)]
pub(crate) struct ReadEmail {
    address: Option<Address>,
    hidden_signs: bool,
}

impl ReadEmail {
    /// Reads an address.
    pub(crate) fn read(email: &Email) -> Self {
        let text = email.address.expose();
        let address = if text.len() <= LONGEST { syntax::parse(text) } else { None };
        // Only so far as anybody would look: the rest of a text that is too long is not
        // an address whatever it holds.
        let head = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
        Self { address, hidden_signs: lookalike::has_hidden_signs(head) }
    }

    /// Name and domain of an address that mail can be sent to.
    fn mailbox(&self) -> Option<(&str, &str)> {
        let address = self.address.as_ref()?;
        match &address.domain {
            Domain::Name { ascii, .. } if address.standing <= Standing::Unusual => {
                Some((address.local.expose(), ascii.expose()))
            }
            _ => None,
        }
    }

    /// The domain in ASCII, lower case.
    pub(crate) fn domain(&self) -> Option<Sensitive<String>> {
        self.mailbox().map(|(_, domain)| Sensitive::new(domain.to_owned()))
    }

    /// The domain that was registered, as far as the list of suffixes is installed.
    pub(crate) fn organisation(&self, tables: &Tables) -> Option<Sensitive<String>> {
        let (_, domain) = self.mailbox()?;
        let suffix = tables.suffixes.as_ref()?.of(domain);
        let labels = suffix.and_then(|suffix| suffix.registrable_labels);
        let above = labels.and_then(|labels| {
            let (dot, _) = domain.rmatch_indices('.').nth(labels.checked_sub(1)?)?;
            domain.get(dot.saturating_add(1)..)
        });
        Some(Sensitive::new(above.unwrap_or(domain).to_owned()))
    }

    /// The address, folded so that one mailbox has one form.
    pub(crate) fn normal(&self) -> Option<Sensitive<String>> {
        self.mailbox().map(|(local, domain)| normal::fold(local, domain))
    }

    /// What is known of the address, and why it speaks against it.
    pub(crate) fn signals(&self, tables: &Tables, dns: &dyn Dns) -> (EmailSignals, Vec<Reason>) {
        let mut signals = EmailSignals::null(Absent::Unreadable);
        let mut reasons = Vec::new();
        signals.hidden_signs = Signal::Known(self.hidden_signs);
        reasons.extend(self.hidden_signs.then_some(Reason::EmailHiddenSigns));
        let standing = self.address.as_ref().map_or(Standing::Invalid, |of| of.standing);
        let valid = standing <= Standing::Unusual;
        signals.valid = Signal::Known(valid);
        reasons.extend((!valid).then_some(Reason::EmailInvalid));
        if let Some(address) = &self.address {
            let unusual = standing != Standing::Ordinary;
            signals.unusual_form = Signal::Known(unusual);
            reasons.extend((unusual && valid).then_some(Reason::EmailUnusualForm));
            name_signals(address, tables, &mut signals, &mut reasons);
            domain::signals(&address.domain, tables, dns, &mut signals, &mut reasons);
        }
        (signals, reasons)
    }
}

/// What the name before the at sign tells.
fn name_signals(
    address: &Address,
    tables: &Tables,
    signals: &mut EmailSignals,
    reasons: &mut Vec<Reason>,
) {
    let name = address.local.expose();
    let (base, tag) = normal::split_tag(name);
    let base = zeroize::Zeroizing::new(base.to_lowercase());
    let (random, walk) = (local::looks_random(&base), local::is_keyboard_walk(&base));
    let role = tables.role_names.as_ref().map(|names| names.has(&base));
    let beyond = |domain: &Domain| match domain {
        Domain::Name { ascii, .. } => ascii.expose().split('.').any(|l| l.starts_with("xn--")),
        Domain::Literal => false,
    };
    let mixed = match &address.domain {
        Domain::Name { unicode, .. } => unicode.expose().split('.').any(lookalike::mixes_scripts),
        Domain::Literal => false,
    };
    let mixed = mixed || lookalike::mixes_scripts(name);
    signals.internationalised = Signal::Known(!name.is_ascii() || beyond(&address.domain));
    signals.mixed_script = Signal::Known(mixed);
    signals.sub_address = Signal::Known(tag.is_some());
    signals.role_account = Signal::or_null(role, Absent::DataNotInstalled);
    signals.local_entropy = Signal::Known(local::entropy(&base));
    signals.local_digits = Signal::Known(local::digits(&base));
    signals.random_local = Signal::Known(random);
    signals.keyboard_walk = Signal::Known(walk);
    let found = [
        (mixed, Reason::EmailMixedScript),
        (tag.is_some(), Reason::EmailSubAddress),
        (role == Some(true), Reason::EmailRoleAccount),
        (random, Reason::EmailRandomLocal),
        (walk, Reason::EmailKeyboardWalk),
        (local::many_digits(&base) && !walk, Reason::EmailManyDigits),
    ];
    reasons.extend(found.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)));
}

#[cfg(test)]
mod tests;
