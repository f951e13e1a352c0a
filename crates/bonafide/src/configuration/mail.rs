//! Where mail is handed over.

use std::path::PathBuf;

use bonafide_context::Sensitive;
use bonafide_outbound::{Client, MailSettings, MailTls, Mailer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::ConfigurationError;
use super::load::Place;

/// Where mail is handed over: announcements of policies to customers, and the news
/// that a letter came to those who answer it. Without a server no mail is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mail {
    /// The mail server's name. It has to be among the policy's subprocessors, for
    /// `contact` data, or in one of `outbound.allow_networks` [default: none].
    pub(crate) server: Option<String>,
    /// Its port [default: 465, with `tls = "starttls"` 587, with `"none"` 25].
    pub(crate) port: Option<u16>,
    /// How the way there is protected.
    pub(crate) tls: Protection,
    /// Who hands it over, if the server wants to know.
    pub(crate) user: Option<String>,
    /// The user's password: better from a file or from the environment.
    pub(crate) password: Secret,
    /// Who it is from, such as `Example Bank <kyc@bank.example>`.
    pub(crate) from: Option<String>,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protection {
    /// TLS from the first byte.
    #[default]
    Implicit,
    /// TLS that the server must offer.
    StartTls,
    /// None: to a server on this machine, or in a network that nobody else reads.
    None,
}

/// A secret; shown as `***`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Secret {
    /// There is none.
    #[default]
    None,
    /// As written.
    Text(String),
    /// In the first line of a file.
    File {
        /// The file.
        file: PathBuf,
    },
}

impl Secret {
    /// The secret itself.
    pub(crate) fn read(&self) -> Result<Option<Sensitive<String>>, ConfigurationError> {
        match self {
            Self::None => Ok(None),
            Self::Text(text) => Ok(Some(Sensitive::new(text.clone()))),
            Self::File { file } => match std::fs::read_to_string(file) {
                Ok(text) => {
                    let line = text.lines().next().unwrap_or_default().trim();
                    Ok(Some(Sensitive::new(line.to_owned())))
                }
                Err(error) => Err(ConfigurationError::Unreadable {
                    path: file.clone(),
                    reason: error.to_string(),
                }),
            },
        }
    }
}

impl Serialize for Secret {
    /// For showing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str(""),
            Self::Text(_) => serializer.serialize_str("***"),
            Self::File { file } => {
                let mut map = std::collections::BTreeMap::new();
                map.insert("file", file);
                map.serialize(serializer)
            }
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Text(_) => "***",
            Self::File { .. } => "from a file",
        })
    }
}

impl Mail {
    pub(super) fn check(&self, place: &Place) -> Result<(), ConfigurationError> {
        let wrong = |member: &str, reason: &str| Err(place.wrong(&["mail", member], reason));
        let Some(server) = &self.server else { return Ok(()) };
        if server.is_empty() || server.contains(['/', ' ', '@']) {
            return wrong("server", "give the name of the server alone, such as `mail.example`");
        }
        if self.from.as_deref().is_none_or(|from| !Mailer::is_sender(from)) {
            return wrong("from", "say who mail is from: `Example Bank <kyc@bank.example>`");
        }
        if self.user.is_some() != (self.password != Secret::None) {
            return wrong("user", "a user and a password come together");
        }
        if self.user.is_some() && self.tls == Protection::None {
            return wrong("tls", "a password is sent over TLS only: set `implicit` or `starttls`");
        }
        Ok(())
    }

    /// What hands mail over, if a server is named.
    pub(crate) fn mailer(&self, client: &Client) -> Result<Option<Mailer>, ConfigurationError> {
        let (Some(server), Some(from)) = (&self.server, &self.from) else { return Ok(None) };
        let (tls, port) = match self.tls {
            Protection::Implicit => (MailTls::Implicit, 465),
            Protection::StartTls => (MailTls::StartTls, 587),
            Protection::None => (MailTls::None, 25),
        };
        let settings = MailSettings {
            server: server.clone(),
            port: self.port.unwrap_or(port),
            tls,
            user: self.user.clone().zip(self.password.read()?),
            from: from.clone(),
        };
        Ok(Mailer::new(client.clone(), settings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_neither_shown_nor_sent_in_the_open() {
        let place = Place::of(None, std::iter::empty());
        let good = Mail {
            server: Some("mail.example".to_owned()),
            from: Some("Example Bank <kyc@bank.example>".to_owned()),
            user: Some("kyc".to_owned()),
            password: Secret::Text("MARKED".to_owned()),
            ..Mail::default()
        };
        assert_eq!(good.check(&place), Ok(()));
        assert_eq!(Mail::default().check(&place), Ok(()), "no server, no mail");
        let shown = format!("{good:?}{}", toml::to_string(&good).unwrap());
        assert!(!shown.contains("MARKED"), "{shown}");
        for (mail, part) in [
            (Mail { tls: Protection::None, ..good.clone() }, "mail.tls"),
            (Mail { password: Secret::None, ..good.clone() }, "mail.user"),
            (Mail { from: None, ..good.clone() }, "mail.from"),
            (Mail { from: Some("nobody".to_owned()), ..good.clone() }, "mail.from"),
            (Mail { server: Some("smtp://mail.example".to_owned()), ..good }, "mail.server"),
        ] {
            let error = mail.check(&place).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
