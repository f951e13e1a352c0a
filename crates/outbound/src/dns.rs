//! Questions to the domain name system (rows O13, O14).
//!
//! The servers are held against the same register as everybody else who is called: the
//! operator's own, or a subprocessor's that may have identifiers, because the domain of
//! an address can be a person's. Nothing is remembered between two questions: each has a
//! socket of its own, and there is no cache (`docs/decisions/0017-dns.md`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bonafide_context::Random;
use bonafide_policy::Category;
use domain::base::iana::{Rcode, Rtype};
use domain::base::{Message, MessageBuilder, Name, ParsedName};
use domain::rdata::{A, Aaaa, Mx, Txt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::{Client, Failure, Recipient};

/// What a server may send in one packet, in bytes: as much as passes everywhere
/// unbroken. What is longer it says over TCP.
const PACKET: u16 = 1_232;
/// A packet may be lost: every server is asked so often.
const ROUNDS: u32 = 2;
/// Of an answer so many records are read.
const MOST: usize = 100;

/// What is asked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who takes its mail.
    Mx,
    /// Its texts.
    Text,
    /// Its addresses of version 4.
    A,
    /// Its addresses of version 6.
    Aaaa,
}

/// A record of a name.
#[derive(Clone, PartialEq, Eq)]
pub enum DnsRecord {
    /// A host that takes mail, in lower case and without the last dot: empty where it
    /// says that there is none (RFC 7505). The lower preference comes first.
    Mx(u16, String),
    /// A text, its parts put together.
    Text(Vec<u8>),
    /// That there is an address.
    Address,
}

/// What a server says.
#[derive(Clone, PartialEq, Eq)]
pub enum DnsAnswer {
    /// There is no such name.
    NoName,
    /// Its records of the kind that was asked for; there may be none.
    Records(Vec<DnsRecord>),
}

/// Why nothing is known. Names nobody and no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsFailure {
    /// No server is the operator's own, and no policy names one.
    #[error("no server of names may be called: name one among the policy's subprocessors")]
    NotAllowed,
    /// This is no name of a domain.
    #[error("this is no name of a domain")]
    Name,
    /// No server answered in time.
    #[error("no server of names answered in time")]
    Timeout,
    /// A server says that it cannot or will not tell.
    #[error("the server of names cannot tell")]
    Refused,
    /// What came cannot be read, or nothing listens.
    #[error("the server of names gave no answer that can be read")]
    Broken,
}

/// Asks servers that resolve names for others. Cheap to clone.
#[derive(Clone)]
pub struct Resolver {
    client: Client,
    servers: Arc<[SocketAddr]>,
    time_out: Duration,
    random: Arc<Mutex<Box<dyn Random>>>,
}

impl Resolver {
    /// Asks these servers, one after the other; a question has so long in all.
    pub fn new(
        client: Client,
        servers: Vec<SocketAddr>,
        time_out: Duration,
        random: Box<dyn Random>,
    ) -> Self {
        Self { client, servers: servers.into(), time_out, random: Arc::new(Mutex::new(random)) }
    }

    /// Asks one question about a name in ASCII.
    pub async fn ask(&self, name: &str, question: Question) -> Result<DnsAnswer, DnsFailure> {
        let name: Name<Vec<u8>> = Name::vec_from_str(name).map_err(|_| DnsFailure::Name)?;
        let tries = u32::try_from(self.servers.len()).unwrap_or(u32::MAX).saturating_mul(ROUNDS);
        let share = self.time_out / tries.max(1);
        let mut failure = DnsFailure::NotAllowed;
        for server in self.servers.iter().cycle().take(tries as usize) {
            let asked = tokio::time::timeout(share, self.ask_one(*server, &name, question));
            match asked.await.unwrap_or(Err(DnsFailure::Timeout)) {
                Ok(answer) => return Ok(answer),
                Err(DnsFailure::NotAllowed) => {}
                Err(other) => failure = other,
            }
        }
        Err(failure)
    }

    async fn ask_one(
        &self,
        server: SocketAddr,
        name: &Name<Vec<u8>>,
        question: Question,
    ) -> Result<DnsAnswer, DnsFailure> {
        let to = Recipient::Service(Category::Identifiers);
        let places = self.client.places(to, &server.ip().to_string(), server.port()).await;
        let places = places.map_err(|failure| match failure {
            Failure::Refused(_) => DnsFailure::NotAllowed,
            _ => DnsFailure::Broken,
        })?;
        let server = *places.first().ok_or(DnsFailure::NotAllowed)?;
        let id = self.random.lock().unwrap_or_else(PoisonError::into_inner).u64();
        let query = query(name, question, (id & 0xffff) as u16).ok_or(DnsFailure::Name)?;
        let mut answer = by_packet(server, &query).await?;
        if answer.header().tc() {
            answer = by_stream(server, &query).await?;
        }
        read(&answer, question)
    }
}

impl Question {
    const fn kind(self) -> Rtype {
        match self {
            Self::Mx => Rtype::MX,
            Self::Text => Rtype::TXT,
            Self::A => Rtype::A,
            Self::Aaaa => Rtype::AAAA,
        }
    }
}

fn query(name: &Name<Vec<u8>>, question: Question, id: u16) -> Option<Message<Vec<u8>>> {
    let mut builder = MessageBuilder::new_vec();
    builder.header_mut().set_id(id);
    builder.header_mut().set_rd(true);
    let mut builder = builder.question();
    builder.push((name, question.kind())).ok()?;
    let mut builder = builder.additional();
    let sized = builder.opt(|opt| {
        opt.set_udp_payload_size(PACKET);
        Ok(())
    });
    sized.ok()?;
    Message::from_octets(builder.finish()).ok()
}

/// Asks by a packet from a port that nobody can foresee; what does not answer this
/// question is passed over.
async fn by_packet(
    server: SocketAddr,
    query: &Message<Vec<u8>>,
) -> Result<Message<Vec<u8>>, DnsFailure> {
    let broken = |_| DnsFailure::Broken;
    let here: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((here, 0)).await.map_err(broken)?;
    socket.connect(server).await.map_err(broken)?;
    socket.send(query.as_slice()).await.map_err(broken)?;
    loop {
        let mut packet = vec![0; 4 * usize::from(PACKET)];
        let length = socket.recv(&mut packet).await.map_err(broken)?;
        packet.truncate(length);
        if let Ok(answer) = Message::from_octets(packet)
            && answer.is_answer(query)
        {
            return Ok(answer);
        }
    }
}

async fn by_stream(
    server: SocketAddr,
    query: &Message<Vec<u8>>,
) -> Result<Message<Vec<u8>>, DnsFailure> {
    let broken = |_| DnsFailure::Broken;
    let mut stream = TcpStream::connect(server).await.map_err(broken)?;
    let length = u16::try_from(query.as_slice().len()).map_err(|_| DnsFailure::Name)?;
    let asked = [&length.to_be_bytes(), query.as_slice()].concat();
    stream.write_all(&asked).await.map_err(broken)?;
    let mut answer = vec![0; usize::from(stream.read_u16().await.map_err(broken)?)];
    stream.read_exact(&mut answer).await.map_err(broken)?;
    let answer = Message::from_octets(answer).map_err(|_| DnsFailure::Broken)?;
    if answer.is_answer(query) { Ok(answer) } else { Err(DnsFailure::Broken) }
}

/// Reads what a server answered to a question: bytes from outside. An answer whose
/// records cannot be read in full is none.
pub fn read_answer(bytes: &[u8], question: Question) -> Result<DnsAnswer, DnsFailure> {
    let message = Message::from_octets(bytes.to_vec()).map_err(|_| DnsFailure::Broken)?;
    read(&message, question)
}

fn read(message: &Message<Vec<u8>>, question: Question) -> Result<DnsAnswer, DnsFailure> {
    match message.header().rcode() {
        Rcode::NOERROR if message.header().qr() && !message.header().tc() => {}
        Rcode::NXDOMAIN if message.header().qr() => return Ok(DnsAnswer::NoName),
        Rcode::NOERROR => return Err(DnsFailure::Broken),
        _ => return Err(DnsFailure::Refused),
    }
    let records = records(message, question).ok_or(DnsFailure::Broken)?;
    Ok(DnsAnswer::Records(records))
}

fn records(message: &Message<Vec<u8>>, question: Question) -> Option<Vec<DnsRecord>> {
    // Where the name is another's other name, the other's records are what counts.
    let owner = message.canonical_name()?;
    let answer = message.answer().ok()?;
    let mut found = Vec::new();
    macro_rules! each {
        ($data:ty, $as:expr) => {
            for record in answer.limit_to_in::<$data>().take(MOST) {
                let record = record.ok()?;
                if *record.owner() == owner {
                    found.push($as(record.data()));
                }
            }
        };
    }
    match question {
        Question::Mx => each!(Mx<_>, |mx: &Mx<ParsedName<&[u8]>>| {
            let host = mx.exchange().to_string().to_ascii_lowercase();
            DnsRecord::Mx(mx.preference(), host.trim_end_matches('.').to_owned())
        }),
        Question::Text => each!(Txt<_>, |text: &Txt<&[u8]>| DnsRecord::Text(text.text())),
        Question::A => each!(A, |_: &A| DnsRecord::Address),
        Question::Aaaa => each!(Aaaa, |_: &Aaaa| DnsRecord::Address),
    }
    Some(found)
}

#[cfg(test)]
mod tests;
