//! The only HTTP client, and the only way for mail.
//!
//! Everything that leaves the machine by HTTP goes through [`Client`]: it
//! resolves names itself and connects only to addresses that its [`Guard`]
//! lets through (so that a customer's URL cannot be aimed at the operator's own
//! network, whatever its name resolves to later), calls besides customers' own
//! endpoints nobody but the operator's own services and registered subprocessors
//! ([`Recipient`]), follows no redirect, uses no
//! proxy that the environment names, and bounds time and size of every answer.

mod client;
mod dns;
mod guard;
mod mail;
mod names;
mod register;
pub mod testing;

pub use client::{Answer, Client, Failure, Request, Settings};
pub use dns::{DnsAnswer, DnsFailure, DnsRecord, Question, Resolver, read_answer};
pub use guard::{Guard, Refusal};
pub use mail::{Mail, MailFailure, MailSettings, MailTls, Mailer};
pub use names::{Names, SystemNames};
pub use register::{Recipient, Registered};
pub use reqwest::{Method, header};
