//! What the domain name system says of the domain of an address. Of the address nothing
//! but the domain is asked about, and no answer outlives the call.

use bonafide_outbound::{DnsAnswer, DnsFailure, DnsRecord, Question, Resolver};
use bonafide_risk::{Absent, DomainFacts, Normal, Signal};

/// Names that the domain name system is not to be asked for (RFC 6762, 7686, 9476).
const ELSEWHERE: &[&str] = &["alt", "local", "onion"];
/// So many hosts are compared with those of throw-away services.
const HOSTS: usize = 10;

/// What is known of the domain of an address; what could not be asked is `null`, and
/// that there is no such domain is a fact.
pub(super) async fn facts(resolver: &Resolver, normal: &Normal) -> DomainFacts {
    let Some(domain) = &normal.domain else { return DomainFacts::unknown(Absent::Unreadable) };
    let domain = domain.expose().as_str();
    if domain.rsplit('.').next().is_some_and(|last| ELSEWHERE.contains(&last)) {
        return DomainFacts::unknown(Absent::NotApplicable);
    }
    let organisation = normal.organisation.as_ref().map(|name| name.expose().as_str());
    let (mut facts, spf, dmarc) = tokio::join!(
        mail(resolver, domain),
        publishes(resolver, domain, "v=spf1"),
        dmarc(resolver, domain, organisation)
    );
    facts.spf = spf;
    facts.dmarc = dmarc;
    facts
}

/// Who takes its mail: its MX, or its own address where it has none (RFC 5321, 5.1).
async fn mail(resolver: &Resolver, domain: &str) -> DomainFacts {
    let mut facts = DomainFacts::unknown(Absent::SourceUnavailable);
    let mut hosts = match resolver.ask(domain, Question::Mx).await {
        Ok(DnsAnswer::Records(records)) => records,
        Ok(DnsAnswer::NoName) => {
            facts.mx = Signal::Known(false);
            facts.null_mx = Signal::Known(false);
            facts.address = Signal::Known(false);
            return facts;
        }
        Err(_) => return facts,
    };
    // By preference and then by name: servers answer in any order.
    hosts.sort_unstable_by(|one, other| host(one).cmp(&host(other)));
    let names = || hosts.iter().filter_map(host).map(|(_, name)| name);
    facts.mail_hosts =
        names().filter(|name| !name.is_empty()).take(HOSTS).map(ToOwned::to_owned).collect();
    let null = names().any(str::is_empty) && facts.mail_hosts.is_empty();
    facts.null_mx = Signal::Known(null);
    facts.mx = Signal::Known(!facts.mail_hosts.is_empty());
    facts.address = match facts.mail_hosts.is_empty() && !null {
        true => address(resolver, domain).await,
        false => Signal::Null(Absent::NotApplicable),
    };
    facts
}

fn host(record: &DnsRecord) -> Option<(u16, &str)> {
    match record {
        DnsRecord::Mx(preference, name) => Some((*preference, name)),
        DnsRecord::Text(_) | DnsRecord::Address => None,
    }
}

/// Whether it has an address of either version: one that is there is enough, and that
/// there is none both must say.
async fn address(resolver: &Resolver, domain: &str) -> Signal<bool> {
    let (four, six) =
        tokio::join!(resolver.ask(domain, Question::A), resolver.ask(domain, Question::Aaaa));
    let has = |answer: &DnsAnswer| match answer {
        DnsAnswer::Records(records) => !records.is_empty(),
        DnsAnswer::NoName => false,
    };
    match (four.as_ref().map(has), six.as_ref().map(has)) {
        (Ok(true), _) | (_, Ok(true)) => Signal::Known(true),
        (Ok(false), Ok(false)) => Signal::Known(false),
        (Err(_), _) | (_, Err(_)) => Signal::Null(Absent::SourceUnavailable),
    }
}

/// Whether a name publishes a policy of a version: exactly one text that begins with it,
/// because two contradict each other (RFC 7208, 4.5; RFC 7489, 6.6.3).
async fn publishes(resolver: &Resolver, name: &str, version: &str) -> Signal<bool> {
    let of = |text: &[u8]| {
        text.strip_prefix(version.as_bytes())
            .is_some_and(|rest| rest.first().is_none_or(|next| b" ;\t".contains(next)))
    };
    match resolver.ask(name, Question::Text).await {
        Ok(DnsAnswer::NoName) => Signal::Known(false),
        Ok(DnsAnswer::Records(records)) => {
            let policies =
                records.iter().filter(|one| matches!(one, DnsRecord::Text(text) if of(text)));
            Signal::Known(policies.count() == 1)
        }
        // Too long a name to have one in front of it has none.
        Err(DnsFailure::Name) => Signal::Known(false),
        Err(_) => Signal::Null(Absent::SourceUnavailable),
    }
}

/// Whether the domain publishes a DMARC policy, or the organisation that it belongs to
/// does (RFC 7489, 6.6.3).
async fn dmarc(resolver: &Resolver, domain: &str, organisation: Option<&str>) -> Signal<bool> {
    let of = async |name: &str| publishes(resolver, &format!("_dmarc.{name}"), "v=DMARC1").await;
    match (of(domain).await, organisation) {
        (Signal::Known(false), None) => Signal::Null(Absent::DataNotInstalled),
        (Signal::Known(false), Some(above)) if above != domain => of(above).await,
        (own, _) => own,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bonafide_context::{OsRandom, Sensitive};
    use bonafide_outbound::testing::{NameServer, Says};
    use bonafide_outbound::{Client, Guard, Settings};

    use super::*;

    const SPF: Says = Says::Text(&["v=spf1 -all"]);
    const DMARC: Says = Says::Text(&["v=DMARC1; p=none"]);

    async fn asked(
        zone: &[(&str, Says)],
        domain: &str,
        above: Option<&str>,
    ) -> (DomainFacts, Vec<String>) {
        let zone = zone.iter().map(|(name, says)| ((*name).to_owned(), says.clone())).collect();
        let server = NameServer::start(zone).await.unwrap();
        let own = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
        let client = Client::new(own, &Settings::default()).unwrap();
        let time_out = Duration::from_millis(400);
        let resolver = Resolver::new(client, vec![server.address], time_out, Box::new(OsRandom));
        let sensitive = |text: &str| Some(Sensitive::new(text.to_owned()));
        let normal = Normal {
            domain: sensitive(domain),
            organisation: above.and_then(sensitive),
            email: sensitive(&format!("erika@{domain}")),
            ..Normal::default()
        };
        let facts = facts(&resolver, &normal).await;
        (facts, server.asked())
    }

    fn known(value: bool) -> Signal<bool> {
        Signal::Known(value)
    }

    const FAILED: Signal<bool> = Signal::Null(Absent::SourceUnavailable);

    #[tokio::test]
    async fn hosts_and_policies_are_found_also_where_the_organisation_has_them() {
        let zone = [
            ("sub.firm.test", Says::Mx(20, "b.mail.test")),
            ("sub.firm.test", Says::Mx(10, "A.mail.test")),
            ("sub.firm.test", SPF),
            ("sub.firm.test", Says::Text(&["unrelated"])),
            ("_dmarc.firm.test", DMARC),
        ];
        let (facts, asked) = asked(&zone, "sub.firm.test", Some("firm.test")).await;
        assert_eq!(facts.mail_hosts, ["a.mail.test", "b.mail.test"]);
        assert_eq!((facts.mx, facts.null_mx), (known(true), known(false)));
        assert_eq!((facts.spf, facts.dmarc), (known(true), known(true)));
        // Of the address nothing but the domain went out.
        assert_eq!(asked.len(), 4, "{asked:?}");
        assert!(asked.iter().all(|question| !question.contains("erika")), "{asked:?}");
    }

    #[tokio::test]
    async fn without_mx_the_address_counts_and_a_null_mx_takes_no_mail() {
        let zone = [
            ("plain.test", Says::Address),
            ("empty.test", Says::Nothing),
            ("null.test", Says::Mx(0, ".")),
            ("null.test", Says::Address),
        ];
        for (domain, null_mx, address) in [
            ("plain.test", known(false), known(true)),
            ("empty.test", known(false), known(false)),
            ("nobody.test", known(false), known(false)),
            ("null.test", known(true), Signal::Null(Absent::NotApplicable)),
        ] {
            let (facts, _) = asked(&zone, domain, Some(domain)).await;
            let found = (facts.mx, facts.null_mx, facts.address);
            assert_eq!(found, (known(false), null_mx, address), "{domain}");
            assert_eq!((facts.spf, facts.dmarc), (known(false), known(false)), "{domain}");
        }
    }

    #[tokio::test]
    async fn a_failure_and_a_silence_are_null_and_never_no() {
        let zone = [
            ("broken.test", Says::Failure),
            ("silent.test", Says::Silence),
            ("_dmarc.broken.test", Says::Failure),
            ("_dmarc.silent.test", Says::Silence),
        ];
        for domain in ["broken.test", "silent.test"] {
            let (facts, _) = asked(&zone, domain, Some(domain)).await;
            assert_eq!(facts, DomainFacts::unknown(Absent::SourceUnavailable), "{domain}");
        }
        let half = [("half.test", SPF), ("_dmarc.half.test", Says::Failure)];
        let (facts, _) = asked(&half, "half.test", Some("half.test")).await;
        assert_eq!((facts.spf, facts.dmarc), (known(true), FAILED));
    }

    #[tokio::test]
    async fn two_policies_are_none_and_some_names_are_not_asked_for() {
        let zone = [("two.test", SPF), ("two.test", SPF), ("two.test", Says::Text(&["v=spf10"]))];
        let (facts, _) = asked(&zone, "two.test", None).await;
        let unlisted = Signal::Null(Absent::DataNotInstalled);
        assert_eq!((facts.spf, facts.dmarc), (known(false), unlisted));
        let (facts, asked) = asked(&[], "host.onion", Some("host.onion")).await;
        assert_eq!(facts, DomainFacts::unknown(Absent::NotApplicable));
        assert_eq!(asked, [""; 0]);
    }
}
