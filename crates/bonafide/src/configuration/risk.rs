//! Whom the risk interface asks besides a tenant's own sets.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use bonafide_context::{OsRandom, Region};
use bonafide_outbound::header::HeaderName;
use bonafide_outbound::{Client, Resolver};
use bonafide_risk::{Kind, Meaning, Source};
use bonafide_verify::risk::{Provider, ProviderForm, RangeHash};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigurationError;
use super::load::Place;
use super::mail::Secret;
use crate::failure::Failure;

/// Whom the risk interface asks besides a tenant's own sets: nobody, unless somebody is
/// named here and, as a subprocessor for `identifiers`, in every policy in use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RiskSection {
    /// Services that say whether they know an identifier.
    pub(crate) providers: Vec<Service>,
    /// Servers of the domain name system, which are told the domain of an address and
    /// nothing else of it [default: none, nobody is asked].
    pub(crate) dns: Option<NameService>,
}

/// Servers that resolve names for others. Each has to be the operator's own, in one of
/// `outbound.allow_networks`, or a subprocessor's for `identifiers` in every policy in
/// use, with its address among the hosts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameService {
    /// Their addresses, asked one after the other: `192.0.2.53`, `[2001:db8::53]:5353`,
    /// or `system` for those of `/etc/resolv.conf`.
    pub(crate) servers: Vec<String>,
    /// How long one question has in all, in milliseconds; of one address at most two
    /// follow one another [default: 2000].
    #[serde(default)]
    pub(crate) timeout_ms: Option<u32>,
}

/// Where the system has its servers of names written down.
const SYSTEM: &str = "/etc/resolv.conf";

impl NameService {
    fn addresses(&self, system: &Path) -> Result<Vec<SocketAddr>, String> {
        let mut all = Vec::new();
        for server in &self.servers {
            match server.as_str() {
                "system" => {
                    let text = std::fs::read_to_string(system)
                        .map_err(|error| format!("cannot read {}: {error}", system.display()))?;
                    let named = text.lines().filter_map(|line| line.strip_prefix("nameserver"));
                    all.extend(named.filter_map(|name| name.trim().parse::<IpAddr>().ok()).map(at));
                }
                text => {
                    let address = text.parse().or_else(|_| text.parse().map(at));
                    all.push(address.map_err(|_| {
                        "write an address such as `192.0.2.53`, or `system`".to_owned()
                    })?);
                }
            }
        }
        match all.is_empty() {
            true => Err("there is no server: name one, or leave `dns` away".to_owned()),
            false => Ok(all),
        }
    }
}

/// A server of names at its port.
fn at(address: IpAddr) -> SocketAddr {
    SocketAddr::new(address, 53)
}

/// A service that says whether it knows an identifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// As answers name it, behind `provider:`: a-z, 0-9, - and _.
    pub(crate) name: String,
    /// What it is asked about: `phone`, `email` or `device`.
    pub(crate) kind: Asked,
    /// What it means that it knows one: `good`, `bad` or `neutral`.
    #[serde(default)]
    pub(crate) meaning: Says,
    /// Where it is asked. In the form of a range, `{prefix}` stands for five digits of
    /// a hash; an identifier is never part of an address.
    pub(crate) url: String,
    /// What it is told: `whole`, the identifier as a member of a JSON body, or `range`,
    /// five hexadecimal digits of its hash, to which it answers with the rest of each
    /// hash that it knows, a line each.
    pub(crate) form: Form,
    /// Of the form `whole`: the name of the body's member.
    #[serde(default)]
    pub(crate) member: Option<String>,
    /// Of the form `whole`: where the answer has yes or no, as a JSON pointer such as
    /// `/data/known`.
    #[serde(default)]
    pub(crate) pointer: Option<String>,
    /// Of the form `range`: of which hash, `sha1` or `sha256`.
    #[serde(default)]
    pub(crate) hash: Option<Hash>,
    /// The header that its secret goes into [default: `authorization`].
    #[serde(default)]
    pub(crate) header: Option<String>,
    /// What the header says, such as `Bearer …`: better from a file or from the
    /// environment [default: no header].
    #[serde(default)]
    pub(crate) secret: Secret,
    /// How long it has, in milliseconds [default: 2000].
    #[serde(default)]
    pub(crate) timeout_ms: Option<u32>,
    /// The one region whose data it may be asked about [default: any; the policy says
    /// what crosses a border].
    #[serde(default)]
    pub(crate) region: Option<String>,
}

/// What an identifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Asked {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A device.
    Device,
}

/// What a "yes" means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Says {
    /// Nothing for the score.
    #[default]
    Neutral,
    /// It lowers the score.
    Good,
    /// It raises the score.
    Bad,
}

/// What a service is told, and how it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    /// The identifier, as a member of a JSON body by POST.
    Whole,
    /// Five digits of the identifier's hash, by GET.
    Range,
}

/// A hash that services use for ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl RiskSection {
    pub(super) fn check(&self, place: &Place) -> Result<(), ConfigurationError> {
        if let Some(dns) = &self.dns {
            let servers = dns.addresses(Path::new(SYSTEM));
            servers.map_err(|reason| place.wrong(&["risk", "dns", "servers"], &reason))?;
            if dns.timeout_ms == Some(0) {
                return Err(place.wrong(&["risk", "dns", "timeout_ms"], "write at least 1"));
            }
        }
        let mut names = std::collections::BTreeSet::new();
        for (at, service) in self.providers.iter().enumerate() {
            let at = at.to_string();
            let wrong = |member: &str, reason: &str| {
                Err(place.wrong(&["risk", "providers", &at, member], reason))
            };
            if Source::provider(&service.name).is_err() {
                return wrong("name", "write it in a-z, 0-9, - and _, at most 40");
            }
            if !names.insert(&service.name) {
                return wrong("name", "two services have this name");
            }
            if service.header.as_deref().is_some_and(|name| name.parse::<HeaderName>().is_err()) {
                return wrong("header", "this is no name of a header");
            }
            if service.region.as_deref().is_some_and(|name| name.parse::<Region>().is_err()) {
                return wrong("region", "this is no name of a region");
            }
            let prefix = service.url.contains("{prefix}");
            let pointer = service.pointer.as_deref().is_some_and(|path| path.starts_with('/'));
            match service.form {
                Form::Whole if prefix => {
                    return wrong("url", "`{prefix}` is of the form `range` only");
                }
                Form::Whole if service.member.is_none() => {
                    return wrong("member", "say which member of the body holds the identifier");
                }
                Form::Whole if !pointer => {
                    return wrong("pointer", "write a JSON pointer such as `/data/known`");
                }
                Form::Range if !prefix => {
                    return wrong("url", "say where the digits go: `https://…/{prefix}`");
                }
                Form::Range if service.hash.is_none() => {
                    return wrong("hash", "say of which hash: `sha1` or `sha256`");
                }
                Form::Whole | Form::Range => {}
            }
        }
        Ok(())
    }

    /// What asks the domain name system, where it is switched on.
    pub(crate) fn resolver(&self, client: &Client) -> Result<Option<Resolver>, Failure> {
        let Some(dns) = &self.dns else { return Ok(None) };
        let servers = dns.addresses(Path::new(SYSTEM));
        let servers = servers.map_err(|reason| Failure::caller("names_unusable", reason))?;
        let time_out = Duration::from_millis(dns.timeout_ms.unwrap_or(2_000).into());
        Ok(Some(Resolver::new(client.clone(), servers, time_out, Box::new(OsRandom))))
    }

    /// As the room that asks them takes it; what [`Self::check`] refuses is left out.
    pub(crate) fn providers(&self) -> Result<Vec<Provider>, ConfigurationError> {
        let mut all = Vec::new();
        for service in &self.providers {
            let Ok(source) = Source::provider(&service.name) else { continue };
            let header = service.header.as_deref().unwrap_or("authorization").parse();
            let form = match service.form {
                Form::Whole => ProviderForm::Whole {
                    member: service.member.clone().unwrap_or_default(),
                    pointer: service.pointer.clone().unwrap_or_default(),
                },
                Form::Range => ProviderForm::Range {
                    hash: match service.hash {
                        Some(Hash::Sha1) => RangeHash::Sha1,
                        _ => RangeHash::Sha256,
                    },
                },
            };
            all.push(Provider {
                source,
                kind: match service.kind {
                    Asked::Phone => Kind::Phone,
                    Asked::Email => Kind::Email,
                    Asked::Device => Kind::Device,
                },
                meaning: match service.meaning {
                    Says::Neutral => Meaning::Neutral,
                    Says::Good => Meaning::Good,
                    Says::Bad => Meaning::Bad,
                },
                url: service.url.clone(),
                header: header.ok().zip(service.secret.read()?),
                form,
                timeout: Duration::from_millis(service.timeout_ms.unwrap_or(2_000).into()),
                region: service.region.as_deref().and_then(|name| name.parse().ok()),
            });
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Provider>, String> {
        let section: RiskSection = toml::from_str(text).map_err(|error| error.to_string())?;
        let place = Place::of(None, std::iter::empty());
        section.check(&place).map_err(|error| error.to_string())?;
        section.providers().map_err(|error| error.to_string())
    }

    const WHOLE: &str = "[[providers]]\nname = 'lines'\nkind = 'phone'\nmeaning = 'bad'\n\
        url = 'https://lines.example/known'\nform = 'whole'\nmember = 'phone'\n\
        pointer = '/known'\nsecret = 'Bearer MARKED'\nregion = 'eu'\n";
    const RANGE: &str = "[[providers]]\nname = 'leaks'\nkind = 'email'\n\
        url = 'https://leaks.example/range/{prefix}'\nform = 'range'\nhash = 'sha1'\n";

    #[test]
    fn services_are_described_and_their_secrets_not_shown() {
        let all = read(&format!("{WHOLE}{RANGE}")).unwrap();
        let names: Vec<&str> = all.iter().map(|one| one.source.as_str()).collect();
        assert_eq!(names, ["provider:lines", "provider:leaks"]);
        assert_eq!(all[1].timeout, Duration::from_secs(2));
        assert!(all[0].header.is_some() && all[1].header.is_none());
        let section: RiskSection = toml::from_str(WHOLE).unwrap();
        let shown = format!("{section:?}{}{all:?}", toml::to_string(&section).unwrap());
        assert!(!shown.contains("MARKED"), "{shown}");
    }

    #[test]
    fn servers_of_names_are_addresses_and_nobody_by_default() {
        assert!(RiskSection::default().dns.is_none());
        let addresses = |servers: &str, system: &Path| {
            let section: NameService = toml::from_str(&format!("servers = {servers}")).unwrap();
            section.addresses(system)
        };
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "search test\nnameserver 192.0.2.7\nnameserver x\n").unwrap();
        let found = addresses("['192.0.2.53', '[2001:db8::53]:5353', 'system']", file.path());
        let found: Vec<String> = found.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(found, ["192.0.2.53:53", "[2001:db8::53]:5353", "192.0.2.7:53"]);
        for wrong in ["['dns.example.org']", "[]", "['system']"] {
            assert!(addresses(wrong, Path::new("/nowhere")).is_err(), "{wrong}");
        }
        assert!(read("[dns]\nservers = []").unwrap_err().contains("dns"));
        assert!(read("[dns]\nservers = ['::1']\ntimeout_ms = 0").unwrap_err().contains("timeout"));
    }

    #[test]
    fn a_service_that_is_wrongly_described_is_refused_with_its_member() {
        let with = |from: &str, to: &str| read(&WHOLE.replace(from, to)).unwrap_err();
        for (from, to, says) in [
            ("'lines'", "'Lines'", "name"),
            ("/known'\nform", "/{prefix}'\nform", "url"),
            ("pointer = '/known'", "pointer = 'known'", "pointer"),
            ("region = 'eu'", "region = 'E U'", "region"),
            ("region = 'eu'", "header = 'a b'", "header"),
            ("kind = 'phone'", "kind = 'name'", "kind"),
        ] {
            assert!(with(from, to).contains(says), "{to}: {}", with(from, to));
        }
        assert!(read(&format!("{WHOLE}{WHOLE}")).unwrap_err().contains("two services"));
        assert!(read(&RANGE.replace("/{prefix}", "")).unwrap_err().contains("{prefix}"));
    }
}
