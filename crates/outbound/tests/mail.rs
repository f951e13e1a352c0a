//! Handing mail over: to a server that takes it, and to those that do not. With
//! `BONAFIDE_TEST_SMTP` (the Python of `scripts/services.sh`, which has `aiosmtpd`)
//! also to a server that others wrote, over TLS.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use bonafide_context::{Sensitive, Timestamp};
use bonafide_outbound::testing::{MailServer, Manner};
use bonafide_outbound::{
    Client, Guard, Mail, MailFailure, MailSettings, MailTls, Mailer, Registered, Settings,
};
use bonafide_policy::Category;

const MAIL: Mail<'static> = Mail {
    id: "mail_1",
    at: Timestamp(1_795_331_835_000),
    to: "Ana Example <ana@example.org>",
    subject: "Version 2 — ändert etwas",
    text: "Hello.\n.\nGood bye.\n",
};

fn loopback() -> Guard {
    Guard::allowing(vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()])
}

fn settings(port: u16, tls: MailTls) -> MailSettings {
    MailSettings {
        server: "127.0.0.1".to_owned(),
        port,
        tls,
        user: None,
        from: "Example <kyc@example.org>".to_owned(),
    }
}

fn mailer(guard: Guard, settings: MailSettings) -> Mailer {
    let client = Client::new(guard, &Settings::default()).unwrap();
    Mailer::new(client, settings).unwrap()
}

#[tokio::test]
async fn a_mail_is_handed_over_as_it_was_written() {
    let server = MailServer::start(Manner::Takes).await.unwrap();
    let mailer = mailer(loopback(), settings(server.port, MailTls::None));
    assert_eq!(mailer.send(&MAIL).await, Ok(250));
    let [taken] = &server.taken()[..] else { panic!("{:?}", server.taken()) };
    for part in [
        "From: Example <kyc@example.org>",
        "Ana Example",
        "<ana@example.org>",
        "Message-ID: <mail_1@example.org>",
        "Date: Sun, 22 Nov 2026",
        "Subject: Version 2 =?utf-8?b?",
    ] {
        assert!(taken.contains(part), "{part}: {taken}");
    }
    // A line with a dot alone is no end.
    assert!(taken.contains("Hello.\n..\nGood bye."), "{taken}");
}

#[tokio::test]
async fn each_way_in_which_mail_is_not_taken_has_a_name() {
    let server = MailServer::start(Manner::Takes).await.unwrap();
    let plain = |user: Option<&str>| {
        let user = user.map(|user| (user.to_owned(), Sensitive::new("secret".to_owned())));
        MailSettings { user, ..settings(server.port, MailTls::None) }
    };
    let sends = async |manner: Manner, settings: MailSettings| {
        server.behave(manner);
        let hasty = match manner {
            Manner::Silent => Duration::from_millis(50),
            _ => Duration::from_secs(20),
        };
        mailer(loopback(), settings).with_time_out(hasty).send(&MAIL).await.unwrap_err()
    };
    let refused = sends(Manner::Answers("550 5.1.1 no such mailbox"), plain(None)).await;
    assert_eq!(refused, MailFailure::Refused(550));
    assert!(refused.is_final());
    let later = sends(Manner::Answers("450 4.2.1 busy"), plain(None)).await;
    assert_eq!(later, MailFailure::Later(450));
    assert!(!later.is_final());
    assert_eq!(sends(Manner::Silent, plain(None)).await, MailFailure::Timeout);
    assert_eq!(sends(Manner::Nonsense, plain(None)).await, MailFailure::Broken);
    let login = sends(Manner::LetsNobodyIn, plain(Some("kyc"))).await;
    assert_eq!(login, MailFailure::Login(535));
    // What wants TLS hands nothing to a server without.
    let no_tls = settings(server.port, MailTls::StartTls);
    assert_eq!(sends(Manner::Takes, no_tls).await, MailFailure::NoTls);
    let implicit = settings(server.port, MailTls::Implicit);
    assert_eq!(sends(Manner::Nonsense, implicit).await, MailFailure::Tls);
    assert!(server.taken().is_empty());
    let nobody = mailer(loopback(), settings(1, MailTls::None)).send(&MAIL).await;
    assert_eq!(nobody, Err(MailFailure::Connect));
    let wrong = Mail { to: "nobody", ..MAIL };
    let wrong = mailer(loopback(), settings(server.port, MailTls::None)).send(&wrong).await;
    assert_eq!(wrong, Err(MailFailure::Address));
}

#[tokio::test]
async fn o14_a_mail_server_that_nobody_registered_is_not_called() {
    let server = MailServer::start(Manner::Takes).await.unwrap();
    let client = Client::new(Guard::default(), &Settings::default()).unwrap();
    let mailer = Mailer::new(client.clone(), settings(server.port, MailTls::None)).unwrap();
    assert_eq!(mailer.send(&MAIL).await, Err(MailFailure::NotAllowed));
    // Registered, and at an address of a network that nobody allowed.
    for category in [Category::OperationLog, Category::Contact] {
        client.register(vec![Registered {
            host: "127.0.0.1".to_owned(),
            categories: vec![category],
        }]);
        assert_eq!(mailer.send(&MAIL).await, Err(MailFailure::NotAllowed), "{category}");
    }
    assert!(server.commands().is_empty());
}

/// A server that others wrote; after its port it prints its certificate.
const SCRIPT: &str = r#"
import asyncio, ssl, subprocess, sys, tempfile
from aiosmtpd.smtp import AuthResult, SMTP
way, folder = sys.argv[1], tempfile.mkdtemp()
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder + "/key", "-out",
    folder + "/certificate", "-days", "2", "-subj", "/CN=localhost", "-addext",
    "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"],
    check=True, capture_output=True)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(folder + "/certificate", folder + "/key")
class Handler:
    async def handle_DATA(self, server, session, envelope):
        print("taken", envelope.mail_from, envelope.rcpt_tos[0], len(envelope.content), flush=True)
        return "250 taken"
def known(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"kyc" and data.password == b"secret", handled=False)
def one():
    more = {} if way == "implicit" else {"tls_context": tls, "require_starttls": True}
    return SMTP(Handler(), hostname="localhost", authenticator=known, auth_required=True,
        auth_require_tls=way != "implicit", **more)
async def serve():
    context = tls if way == "implicit" else None
    server = await asyncio.get_running_loop().create_server(one, "127.0.0.1", 0, ssl=context)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    print(open(folder + "/certificate").read(), flush=True)
    await server.serve_forever()
asyncio.run(serve())
"#;

#[tokio::test]
async fn a_server_that_others_wrote_takes_mail_over_tls_and_not_otherwise() {
    let Some(python) = std::env::var_os("BONAFIDE_TEST_SMTP").filter(|v| !v.is_empty()) else {
        let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
        assert!(!required.contains("services"), "BONAFIDE_TEST_SMTP is not set");
        return;
    };
    for (way, tls) in [("implicit", MailTls::Implicit), ("starttls", MailTls::StartTls)] {
        let mut child = Command::new(&python)
            .args(["-c", SCRIPT, way])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.next().unwrap().strip_prefix("port ").unwrap().parse().unwrap();
        let mut pem = String::new();
        for line in &mut lines {
            pem.push_str(&line);
            pem.push('\n');
            if line.starts_with("-----END") {
                break;
            }
        }
        let trusting = |roots: Vec<Vec<u8>>| {
            let settings = Settings { extra_roots: roots, ..Settings::default() };
            Client::new(loopback(), &settings).unwrap()
        };
        let sends = async |client: Client, password: &str| {
            let settings = MailSettings {
                server: "localhost".to_owned(),
                user: Some(("kyc".to_owned(), Sensitive::new(password.to_owned()))),
                ..settings(port, tls)
            };
            Mailer::new(client, settings).unwrap().send(&MAIL).await
        };
        let known = || trusting(vec![pem.clone().into_bytes()]);
        assert_eq!(sends(known(), "secret").await, Ok(250), "{way}");
        let taken = lines.by_ref().find(|line| line.starts_with("taken")).unwrap();
        assert!(taken.starts_with("taken kyc@example.org ana@example.org "), "{taken}");
        assert_eq!(sends(known(), "wrong").await, Err(MailFailure::Login(535)), "{way}");
        let stranger = sends(trusting(Vec::new()), "secret").await;
        assert_eq!(stranger, Err(MailFailure::Tls), "{way}: nobody vouches for its certificate");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
