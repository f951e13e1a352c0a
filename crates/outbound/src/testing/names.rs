//! A server of names of a test's own, over packets and streams.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use domain::base::iana::{Rcode, Rtype};
use domain::base::{Message, MessageBuilder, Name};
use domain::rdata::{A, Cname, Mx, Txt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// What it says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// A host takes its mail; `.` for none.
    Mx(u16, &'static str),
    /// A text, in parts.
    Text(&'static [&'static str]),
    /// It has an address.
    Address,
    /// It is another's other name.
    Alias(&'static str),
    /// It is there, and that is all.
    Nothing,
    /// Its answers do not fit into a packet.
    Long,
    /// The server cannot tell.
    Failure,
    /// The server never answers.
    Silence,
    /// The server answers something that is no answer.
    Nonsense,
}

/// The zone of a server: whoever is not in it is not there.
type Zone = Arc<Vec<(String, Says)>>;

/// The server. It ends with the runtime that it was started in.
pub struct NameServer {
    /// Where it listens, by packet and by stream.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    /// A server that says this of these names, written without a last dot.
    pub async fn start(zone: Vec<(String, Says)>) -> io::Result<Self> {
        let stream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = stream.local_addr()?;
        let packets = UdpSocket::bind(address).await?;
        let (zone, asked) = (Arc::new(zone), Arc::new(Mutex::new(Vec::new())));
        let (streamed, heard) = (zone.clone(), asked.clone());
        tokio::spawn(async move {
            let mut packet = vec![0; 4_096];
            while let Ok((length, from)) = packets.recv_from(&mut packet).await {
                let query = packet.get(..length).unwrap_or_default();
                if let Some(answer) = answer(&zone, &heard, query, true) {
                    let _ = packets.send_to(&answer, from).await;
                }
            }
        });
        let heard = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = stream.accept().await {
                let Ok(length) = socket.read_u16().await else { continue };
                let mut query = vec![0; usize::from(length)];
                let _ = socket.read_exact(&mut query).await;
                let Some(answer) = answer(&streamed, &heard, &query, false) else { continue };
                let length = u16::try_from(answer.len()).unwrap_or(u16::MAX);
                let _ = socket.write_all(&[&length.to_be_bytes(), &answer[..]].concat()).await;
            }
        });
        Ok(Self { address, asked })
    }

    /// Every question so far: the name and what was asked of it.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn answer(zone: &Zone, heard: &Mutex<Vec<String>>, query: &[u8], packet: bool) -> Option<Vec<u8>> {
    let query = Message::from_octets(query).ok()?;
    let question = query.first_question()?;
    let name = question.qname().to_string().trim_end_matches('.').to_ascii_lowercase();
    let kind = question.qtype();
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{name} {kind}"));
    let of = |name: &str| -> Vec<Says> {
        zone.iter().filter(|(of, _)| of == name).map(|(_, says)| says.clone()).collect()
    };
    let mut says = of(&name);
    if says.contains(&Says::Silence) {
        return None;
    }
    if says.contains(&Says::Nonsense) {
        return Some(Vec::from(*b"no answer"));
    }
    let code = match says.contains(&Says::Failure) {
        true => Rcode::SERVFAIL,
        false if says.is_empty() => Rcode::NXDOMAIN,
        false => Rcode::NOERROR,
    };
    let mut builder = MessageBuilder::new_vec().start_answer(&query, code).ok()?;
    builder.header_mut().set_ra(true);
    if packet && says.contains(&Says::Long) {
        builder.header_mut().set_tc(true);
        return Some(builder.finish());
    }
    let name_of = |text: &str| Name::<Vec<u8>>::vec_from_str(text).ok();
    let mut owner = name_of(&name)?;
    if let Some(Says::Alias(to)) = says.iter().find(|one| matches!(one, Says::Alias(_))).cloned() {
        builder.push((&owner, 60, Cname::new(name_of(to)?))).ok()?;
        owner = name_of(to)?;
        says = of(to);
    }
    for one in says {
        match (one, kind) {
            (Says::Mx(preference, host), Rtype::MX) => {
                builder.push((&owner, 60, Mx::new(preference, name_of(host)?))).ok()?;
            }
            (Says::Text(parts), Rtype::TXT) => {
                let mut text = domain::rdata::rfc1035::TxtBuilder::<Vec<u8>>::new();
                for part in parts {
                    let part = domain::base::CharStr::from_octets(part.as_bytes()).ok()?;
                    text.append_charstr(&part).ok()?;
                }
                let text: Txt<Vec<u8>> = text.finish().ok()?;
                builder.push((&owner, 60, text)).ok()?;
            }
            (Says::Address, Rtype::A) => {
                builder.push((&owner, 60, A::from_octets(192, 0, 2, 1))).ok()?;
            }
            _ => {}
        }
    }
    Some(builder.finish())
}
