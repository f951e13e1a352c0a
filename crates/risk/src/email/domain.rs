//! What the domain tells: lists, looks, and the domain name system.

use super::lookalike;
use super::syntax::Domain;
use crate::dns::{Dns, DomainFacts};
use crate::signals::EmailSignals;
use crate::tables::Tables;
use crate::{Absent, Reason, Signal};

/// Top levels and domains set aside for examples, tests and local networks (RFC 2606,
/// RFC 6761, RFC 6762, RFC 7686, RFC 9476, and ICANN's `internal`).
const RESERVED: &[&str] = &[
    "alt",
    "example",
    "example.com",
    "example.net",
    "example.org",
    "home.arpa",
    "internal",
    "invalid",
    "local",
    "localhost",
    "onion",
    "test",
];

/// Fills in what the domain tells.
pub(super) fn signals(
    domain: &Domain,
    tables: &Tables,
    dns: &dyn Dns,
    signals: &mut EmailSignals,
    reasons: &mut Vec<Reason>,
) {
    let Domain::Name { ascii, unicode } = domain else {
        return not_applicable(signals);
    };
    let (ascii, unicode) = (ascii.expose().as_str(), unicode.expose().as_str());
    let listed = |list: Option<bool>| Signal::or_null(list, Absent::DataNotInstalled);
    signals.disposable =
        listed(tables.disposable_domains.as_ref().map(|list| list.has_domain(ascii)));
    signals.free_provider = listed(tables.free_domains.as_ref().map(|list| list.has_domain(ascii)));
    let suffix = tables.suffixes.as_ref().map(|list| list.of(ascii));
    signals.public_suffix =
        listed(suffix.as_ref().map(|of| of.as_ref().is_some_and(|suffix| suffix.known)));
    signals.private_suffix =
        listed(suffix.as_ref().map(|of| of.as_ref().is_some_and(|suffix| suffix.private)));
    let reserved = RESERVED.iter().any(|reserved| {
        ascii.strip_suffix(reserved).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let lookalike = lookalike::looks_like_provider(unicode);
    let typo = !lookalike && !signals.free_provider.is_true() && lookalike::is_provider_typo(ascii);
    signals.reserved_domain = Signal::Known(reserved);
    signals.lookalike_domain = Signal::Known(lookalike);
    signals.provider_typo = Signal::Known(typo);
    ask_dns(&dns.facts(ascii), tables, signals);
    let found = [
        (signals.disposable.is_true(), Reason::EmailDisposable),
        // A throw-away service costs nothing either; that goes without saying.
        (
            signals.free_provider.is_true() && !signals.disposable.is_true(),
            Reason::EmailFreeProvider,
        ),
        (signals.public_suffix.is_false() && !reserved, Reason::EmailNoPublicSuffix),
        (signals.private_suffix.is_true(), Reason::EmailPrivateSuffix),
        (reserved, Reason::EmailReservedDomain),
        (lookalike, Reason::EmailLookalikeDomain),
        (typo, Reason::EmailProviderTypo),
        (signals.takes_mail.is_false(), Reason::EmailTakesNoMail),
        (signals.disposable_mail_host.is_true(), Reason::EmailDisposableMailHost),
        (signals.spf.is_false(), Reason::EmailNoSpf),
        (signals.dmarc.is_false(), Reason::EmailNoDmarc),
    ];
    reasons.extend(found.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)));
}

/// What the domain name system says.
fn ask_dns(facts: &DomainFacts, tables: &Tables, signals: &mut EmailSignals) {
    signals.takes_mail = takes_mail(facts);
    signals.disposable_mail_host = match (&tables.disposable_domains, &facts.mx) {
        (None, _) => Signal::Null(Absent::DataNotInstalled),
        (_, Signal::Null(reason)) => Signal::Null(*reason),
        (Some(list), Signal::Known(_)) => {
            Signal::Known(facts.mail_hosts.iter().any(|host| list.has_domain(host)))
        }
    };
    signals.spf = facts.spf.clone();
    signals.dmarc = facts.dmarc.clone();
}

/// Whether mail can be delivered: by MX, else by the address (RFC 5321, 5.1), and not
/// where a null MX says otherwise (RFC 7505).
fn takes_mail(facts: &DomainFacts) -> Signal<bool> {
    match (&facts.null_mx, &facts.mx, &facts.address) {
        (Signal::Known(true), ..) => Signal::Known(false),
        (_, Signal::Known(true), _) => Signal::Known(true),
        (_, Signal::Known(false), address) => address.clone(),
        (_, Signal::Null(reason), _) => Signal::Null(*reason),
    }
}

/// Of an address in numbers a domain tells nothing.
fn not_applicable(signals: &mut EmailSignals) {
    let null = || Signal::Null(Absent::NotApplicable);
    signals.lookalike_domain = null();
    signals.provider_typo = null();
    signals.disposable = null();
    signals.free_provider = null();
    signals.public_suffix = null();
    signals.private_suffix = null();
    signals.reserved_domain = null();
    signals.takes_mail = null();
    signals.disposable_mail_host = null();
    signals.spf = null();
    signals.dmarc = null();
}
