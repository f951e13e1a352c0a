//! A mail server for tests, in this process: it takes mail, or does what mail servers
//! do when they do not.

mod names;

pub use names::{NameServer, Says};

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It takes everything.
    Takes,
    /// It answers this to every recipient: `550 5.1.1 no such mailbox`.
    Answers(&'static str),
    /// It lets nobody in.
    LetsNobodyIn,
    /// It takes the connection and says nothing.
    Silent,
    /// It says something else than a mail server does.
    Nonsense,
}

/// A running server; it ends with its runtime.
pub struct MailServer {
    /// On this port of 127.0.0.1.
    pub port: u16,
    manner: Arc<Mutex<Manner>>,
    taken: Arc<Mutex<Vec<String>>>,
    commands: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// Starts one.
    pub async fn start(manner: Manner) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let server = Self {
            port: listener.local_addr()?.port(),
            manner: Arc::new(Mutex::new(manner)),
            taken: Arc::default(),
            commands: Arc::default(),
        };
        let (manner, taken) = (server.manner.clone(), server.taken.clone());
        let commands = server.commands.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let manner = *manner.lock().unwrap_or_else(PoisonError::into_inner);
                // One that breaks is one that the client broke.
                let _ = converse(socket, manner, &taken, &commands).await;
            }
        });
        Ok(server)
    }

    /// Behaves otherwise from the next connection on.
    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    /// The mails it took, each with its head.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every command that it was given.
    pub fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn converse(
    mut socket: TcpStream,
    manner: Manner,
    taken: &Mutex<Vec<String>>,
    commands: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let (read, mut write) = socket.split();
    let mut lines = BufReader::new(read).lines();
    match manner {
        Manner::Silent => {
            // Holds the connection open for as long as the client does.
            while lines.next_line().await?.is_some() {}
            return Ok(());
        }
        Manner::Nonsense => return write.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await,
        _ => write.write_all(b"220 mail.test ESMTP\r\n").await?,
    }
    while let Some(line) = lines.next_line().await? {
        commands.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match (verb.as_str(), manner) {
            ("EHLO", _) => "250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
            ("AUTH", Manner::LetsNobodyIn) => "535 5.7.8 no",
            ("AUTH", _) => "235 2.7.0 welcome",
            ("RCPT", Manner::Answers(answer)) => answer,
            ("DATA", _) => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                taken.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                "250 2.0.0 taken"
            }
            ("QUIT", _) => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 2.0.0 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
