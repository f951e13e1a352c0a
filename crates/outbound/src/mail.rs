//! Mail: the one thing that leaves the machine otherwise than by HTTP (row O17).
//!
//! The server that takes it is held against the same register as everybody else who
//! is called: it is the operator's own, or a subprocessor that may have contact
//! data. It is called at the address that its name was resolved to and judged by.

use std::net::SocketAddr;
use std::time::Duration;

use bonafide_context::{Sensitive, Timestamp};
use bonafide_policy::Category;
use lettre::address::Envelope;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;

use crate::{Client, Failure, Recipient};

/// From the first packet to the server's last word.
const TIME_OUT: Duration = Duration::from_secs(30);

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// TLS from the first byte, as on port 465.
    Implicit,
    /// TLS that the server must offer (`STARTTLS`), as on port 587.
    StartTls,
    /// None: to a server on this machine, or in a network that nobody else reads.
    None,
}

/// Where mail is handed over, and from whom.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The server's name or address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub tls: MailTls,
    /// Who hands it over, if the server wants to know.
    pub user: Option<(String, Sensitive<String>)>,
    /// Who it is from: `Example Bank <kyc@bank.example>`.
    pub from: String,
}

/// A mail. Who gets it is personal: it has no `Debug`.
pub struct Mail<'m> {
    /// Known by this name, the same at every attempt.
    pub id: &'m str,
    /// When it was written.
    pub at: Timestamp,
    /// To whom.
    pub to: &'m str,
    /// What about.
    pub subject: &'m str,
    /// What it says.
    pub text: &'m str,
}

/// Why mail was not taken. Names no host and nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFailure {
    /// The server is not the operator's own, and no policy names it.
    #[error("the mail server may not be called: name its host among the policy's subprocessors")]
    NotAllowed,
    /// The name does not resolve, or nobody listens.
    #[error("no connection to the mail server")]
    Connect,
    /// Too slow.
    #[error("the mail server did not answer in time")]
    Timeout,
    /// It offers no TLS, and mail is not sent without.
    #[error("the mail server offers no TLS")]
    NoTls,
    /// Its certificate is not to be believed, or the handshake failed.
    #[error("the mail server's certificate or TLS cannot be used")]
    Tls,
    /// It does not let us in.
    #[error("the mail server refuses the user or the password (status {0})")]
    Login(u16),
    /// It takes this mail never.
    #[error("the mail server refuses this mail (status {0})")]
    Refused(u16),
    /// It does not take it now.
    #[error("the mail server does not take this mail now (status {0})")]
    Later(u16),
    /// It is no address that mail goes to.
    #[error("the address is none that mail goes to")]
    Address,
    /// The connection broke, or what came is not SMTP.
    #[error("the connection broke, or the server does not speak SMTP")]
    Broken,
}

impl MailFailure {
    /// The name in delivery records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::NoTls => "no_tls",
            Self::Tls => "tls",
            Self::Login(_) => "login",
            Self::Refused(_) => "refused",
            Self::Later(_) => "later",
            Self::Address => "address",
            Self::Broken => "broken",
        }
    }

    /// What the server said, where it said something.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Login(status) | Self::Refused(status) | Self::Later(status) => Some(status),
            _ => None,
        }
    }

    /// Whether trying again is of no use.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused(_) | Self::Address)
    }
}

/// Hands mail over.
#[derive(Clone)]
pub struct Mailer {
    client: Client,
    settings: MailSettings,
    from: Mailbox,
    time_out: Duration,
}

impl Mailer {
    /// Through this server; `None` where `from` is no mailbox.
    pub fn new(client: Client, settings: MailSettings) -> Option<Self> {
        let from = settings.from.parse().ok()?;
        Some(Self { client, settings, from, time_out: TIME_OUT })
    }

    /// Whether mail can be from this.
    pub fn is_sender(text: &str) -> bool {
        text.parse::<Mailbox>().is_ok()
    }

    /// With another time-out than 30 seconds.
    #[must_use]
    pub fn with_time_out(mut self, time_out: Duration) -> Self {
        self.time_out = time_out;
        self
    }

    /// Hands one mail over; gives the status that the server took it with.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<u16, MailFailure> {
        let (envelope, bytes) = self.written(mail)?;
        tokio::time::timeout(self.time_out, self.hand_over(&envelope, &bytes))
            .await
            .unwrap_or(Err(MailFailure::Timeout))
    }

    fn written(&self, mail: &Mail<'_>) -> Result<(Envelope, Vec<u8>), MailFailure> {
        let to: Mailbox = mail.to.parse().map_err(|_| MailFailure::Address)?;
        let host = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject)
            .date(std::time::UNIX_EPOCH + Duration::from_millis(mail.at.0))
            .message_id(Some(format!("<{}@{host}>", mail.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.to_owned())
            .map_err(|_| MailFailure::Address)?;
        Ok((message.envelope().clone(), message.formatted()))
    }

    async fn hand_over(&self, envelope: &Envelope, bytes: &[u8]) -> Result<u16, MailFailure> {
        let settings = &self.settings;
        let to = Recipient::Service(Category::Contact);
        let host = settings.server.trim_matches(['[', ']']);
        let found = self.client.places(to, host, settings.port).await;
        let addresses = found.map_err(|failure| match failure {
            Failure::Refused(_) => MailFailure::NotAllowed,
            _ => MailFailure::Connect,
        })?;
        let own = ClientId::Domain(self.from.email.domain().to_owned());
        let mut connection = self.connect(&addresses, &own).await?;
        if self.settings.tls == MailTls::StartTls {
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(MailFailure::NoTls);
            }
            // On a connection whose handshake failed nobody says goodbye: the library
            // takes the stream away, and speaking on it would be a panic.
            let upgraded = connection.starttls(self.tls()?, &own).await;
            upgraded.map_err(|error| judged(&error, MailFailure::Tls))?;
        }
        let sent = self.converse(&mut connection, envelope, bytes).await;
        // Whatever it says to that.
        connection.abort().await;
        sent
    }

    async fn connect(
        &self,
        addresses: &[SocketAddr],
        own: &ClientId,
    ) -> Result<AsyncSmtpConnection, MailFailure> {
        let tls = match self.settings.tls {
            MailTls::Implicit => Some(self.tls()?),
            MailTls::StartTls | MailTls::None => None,
        };
        let mut failure = MailFailure::Connect;
        for address in addresses {
            let time_out = Some(self.time_out);
            let connected =
                AsyncSmtpConnection::connect_tokio1(*address, time_out, own, tls.clone(), None);
            match connected.await {
                Ok(connection) => return Ok(connection),
                Err(error) => failure = judged(&error, MailFailure::Connect),
            }
        }
        Err(failure)
    }

    async fn converse(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        bytes: &[u8],
    ) -> Result<u16, MailFailure> {
        if let Some((user, password)) = &self.settings.user {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            let let_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            let_in.map_err(|error| match error.status() {
                Some(status) => MailFailure::Login(status.into()),
                None => judged(&error, MailFailure::Login(0)),
            })?;
        }
        let taken = connection.send(envelope, bytes).await;
        taken
            .map(|response| response.code().into())
            .map_err(|error| judged(&error, MailFailure::Broken))
    }

    fn tls(&self) -> Result<TlsParameters, MailFailure> {
        let host = self.settings.server.trim_matches(['[', ']']);
        let mut builder = TlsParametersBuilder::new(host.to_owned());
        for pem in self.client.extra_roots() {
            let certificate = Certificate::from_pem(pem).map_err(|_| MailFailure::Tls)?;
            builder = builder.add_root_certificate(certificate);
        }
        builder.build_rustls().map_err(|_| MailFailure::Tls)
    }
}

/// The library's error as one of ours, without its text, which may quote an address.
fn judged(error: &lettre::transport::smtp::Error, otherwise: MailFailure) -> MailFailure {
    match error.status() {
        Some(status) if error.is_permanent() => MailFailure::Refused(status.into()),
        Some(status) => MailFailure::Later(status.into()),
        None if error.is_timeout() => MailFailure::Timeout,
        None if error.is_tls() || is_handshake(error) => MailFailure::Tls,
        None if error.is_response() => MailFailure::Broken,
        None => otherwise,
    }
}

/// Whether it was the handshake of TLS that failed: the library tells such an error
/// as one of the connection, with the TLS library's own inside.
fn is_handshake(error: &lettre::transport::smtp::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let io = cause.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        source = cause.source();
    }
    false
}
