//! What the domain name system says of a domain: the seam that the server fills.
//! Only the domain is asked for; nothing of the local part leaves the machine.

use crate::{Absent, Signal};

/// Facts of a domain, each present, absent, or `null` where the question failed. An
/// answer that says "there is no such record" is `Known(false)`; a time-out, a server
/// failure or a refusal is `Null(SourceUnavailable)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainFacts {
    /// It has MX records, and they are not the null MX of RFC 7505.
    pub mx: Signal<bool>,
    /// It says by a null MX (RFC 7505) that it takes no mail.
    pub null_mx: Signal<bool>,
    /// It has an address (A or AAAA), which mail falls back to without MX.
    pub address: Signal<bool>,
    /// It publishes an SPF policy (RFC 7208).
    pub spf: Signal<bool>,
    /// It publishes a DMARC policy (RFC 7489) at `_dmarc` of itself or of its
    /// registrable domain.
    pub dmarc: Signal<bool>,
    /// The hosts that take its mail, for comparison with those of throw-away
    /// services: lower case, without the last dot, at most ten.
    pub mail_hosts: Vec<String>,
}

impl DomainFacts {
    /// Nothing is known, for this reason.
    pub fn unknown(reason: Absent) -> Self {
        let null = || Signal::Null(reason);
        Self {
            mx: null(),
            null_mx: null(),
            address: null(),
            spf: null(),
            dmarc: null(),
            mail_hosts: Vec::new(),
        }
    }
}

/// Facts of a domain, looked up before or by memory: an assessment does not wait.
pub trait Dns {
    /// What is known of `domain`, an ASCII name in lower case.
    fn facts(&self, domain: &str) -> DomainFacts;
}

/// No look-ups: they are switched off.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDns;

impl Dns for NoDns {
    fn facts(&self, _: &str) -> DomainFacts {
        DomainFacts::unknown(Absent::SwitchedOff)
    }
}

/// Facts that were looked up before the assessment, for the one domain of the request.
impl Dns for DomainFacts {
    fn facts(&self, _: &str) -> DomainFacts {
        self.clone()
    }
}
