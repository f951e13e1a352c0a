//! A resolver asks a server over packets and streams.

use bonafide_context::OsRandom;
use proptest::prelude::*;

use super::*;
use crate::testing::{NameServer, Says};
use crate::{Guard, Registered, Settings};

const LOOPBACK: &str = "127.0.0.0/8";

fn client(own: &[&str]) -> Client {
    let own = own.iter().map(|network| network.parse().unwrap()).collect();
    Client::new(Guard::allowing(own), &Settings::default()).unwrap()
}

fn resolver(servers: &[SocketAddr], time_out: Duration) -> Resolver {
    Resolver::new(client(&[LOOPBACK]), servers.to_vec(), time_out, Box::new(OsRandom))
}

async fn server(zone: &[(&str, Says)]) -> NameServer {
    let zone = zone.iter().map(|(name, says)| ((*name).to_owned(), says.clone())).collect();
    NameServer::start(zone).await.unwrap()
}

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(40);

#[tokio::test]
async fn records_are_read_over_packets_and_over_streams() {
    let zone = [
        ("firm.test", Says::Mx(20, "Second.Mail.test")),
        ("firm.test", Says::Mx(10, "first.mail.test")),
        ("firm.test", Says::Text(&["v=spf1 ", "-all"])),
        ("firm.test", Says::Address),
        ("none.test", Says::Mx(0, ".")),
        ("long.test", Says::Mx(5, "mail.test")),
        ("long.test", Says::Long),
        ("alias.test", Says::Alias("firm.test")),
    ];
    let server = server(&zone).await;
    let resolver = resolver(&[server.address], LONG);
    let mx = |preference, host: &str| DnsRecord::Mx(preference, host.to_owned());
    let both = vec![mx(20, "second.mail.test"), mx(10, "first.mail.test")];
    for (name, question, wanted) in [
        ("firm.test", Question::Mx, both.clone()),
        ("alias.test", Question::Mx, both),
        ("firm.test", Question::Text, vec![DnsRecord::Text(b"v=spf1 -all".to_vec())]),
        ("firm.test", Question::A, vec![DnsRecord::Address]),
        ("firm.test", Question::Aaaa, vec![]),
        ("none.test", Question::Mx, vec![mx(0, "")]),
        ("long.test", Question::Mx, vec![mx(5, "mail.test")]),
    ] {
        let answer = resolver.ask(name, question).await;
        assert!(answer == Ok(DnsAnswer::Records(wanted)), "{name} {question:?}");
    }
    assert!(resolver.ask("nobody.test", Question::Mx).await == Ok(DnsAnswer::NoName));
    assert_eq!(server.asked()[0], "firm.test MX");
}

#[tokio::test]
async fn whoever_fails_says_nothing_and_the_next_is_asked() {
    let zone = [
        ("broken.test", Says::Failure),
        ("silent.test", Says::Silence),
        ("odd.test", Says::Nonsense),
    ];
    let failing = server(&zone).await;
    let good = server(&[("broken.test", Says::Nothing), ("odd.test", Says::Nothing)]).await;
    let alone = resolver(&[failing.address], SHORT);
    for (name, wanted) in [
        ("broken.test", DnsFailure::Refused),
        ("silent.test", DnsFailure::Timeout),
        ("odd.test", DnsFailure::Timeout),
    ] {
        assert_eq!(alone.ask(name, Question::Mx).await.err(), Some(wanted), "{name}");
    }
    let too_long = "x".repeat(300);
    assert!(alone.ask(&too_long, Question::Mx).await == Err(DnsFailure::Name));
    let both = resolver(&[failing.address, good.address], LONG);
    let nothing = Ok(DnsAnswer::Records(vec![]));
    assert!(both.ask("broken.test", Question::Mx).await == nothing);
}

#[tokio::test]
async fn o13_o14_a_server_that_nobody_registered_is_not_asked() {
    let server = server(&[("firm.test", Says::Nothing)]).await;
    let ask = async |client: Client| {
        let resolver = Resolver::new(client, vec![server.address], LONG, Box::new(OsRandom));
        resolver.ask("firm.test", Question::Mx).await.err()
    };
    assert_eq!(ask(client(&[])).await, Some(DnsFailure::NotAllowed));
    let named = client(&[]);
    named.register(vec![Registered {
        host: "127.0.0.1".to_owned(),
        categories: vec![Category::Contact],
    }]);
    assert_eq!(ask(named).await, Some(DnsFailure::NotAllowed));
    assert_eq!(server.asked(), [""; 0]);
    assert_eq!(ask(client(&[LOOPBACK])).await, None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for question in [Question::Mx, Question::Text, Question::A, Question::Aaaa] {
            let _ = read_answer(&bytes, question);
        }
    }
}
