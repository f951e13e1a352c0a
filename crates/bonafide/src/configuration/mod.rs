//! `bonafide.toml`: everything the server can be told. Every value has a safe
//! default; with no file at all the server runs.

mod api;
mod kms;
mod liveness;
mod load;
mod mail;
mod outbound;
mod policy;
mod regions;
mod risk;
mod stores;
mod transparency;
mod vision;

use std::iter::once;
use std::path::{Path, PathBuf};

use bonafide_policy::messages::suggest;
use load::Place;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use api::Api;
pub(crate) use kms::{Keeper, Kms, Service};
pub(crate) use liveness::Liveness;
pub(crate) use load::ConfigurationError;
pub(crate) use mail::{Mail, Secret};
pub(crate) use outbound::Outbound;
pub(crate) use policy::Policy;
pub(crate) use regions::Regions;
pub(crate) use risk::RiskSection;
pub(crate) use stores::{Address, Stores};
pub(crate) use transparency::Transparency;
pub(crate) use vision::Vision;

/// The configuration of a Bonafide server.
///
/// A variable `BONAFIDE__SECTION__KEY` of the environment overrides a key of
/// the file. Secrets come from files or from the environment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Configuration {
    /// The data directory [default: STATE_DIRECTORY as systemd gives it, else
    /// `bonafide` in the user's data folder].
    pub(crate) data: Option<PathBuf>,
    /// Where things rest.
    pub(crate) stores: Stores,
    /// What may be done with personal data.
    pub(crate) policy: Policy,
    /// Which regions' data rests here, and in which stores.
    pub(crate) regions: Regions,
    /// How pictures are looked at.
    pub(crate) vision: Vision,
    /// How liveness is asked for, and what a recording may be.
    pub(crate) liveness: Liveness,
    /// What may leave the machine.
    pub(crate) outbound: Outbound,
    /// Whom the risk interface asks.
    pub(crate) risk: RiskSection,
    /// Where mail is handed over.
    pub(crate) mail: Mail,
    /// The transparency log: who may read it, and who signs that he has seen it.
    pub(crate) transparency: Transparency,
    /// Where and how the server listens.
    pub(crate) server: bonafide_server::Settings,
    /// How long requests of the API may take, and what they leave behind holds.
    pub(crate) api: Api,
    /// How often who may call.
    pub(crate) limits: bonafide_accounts::Limits,
    /// What calls cost.
    pub(crate) prices: bonafide_ledger::Prices,
    /// What is logged.
    pub(crate) log: bonafide_server::LogSettings,
    /// Where traces are sent.
    pub(crate) traces: bonafide_server::TraceSettings,
    /// Where an end user's browser finds this server, without a slash at the
    /// end [default: the address it listens on].
    pub(crate) public_url: Option<String>,
    /// The region of the operator's own application, made at the first start
    /// [default: the first of `regions.serve`, else `local`].
    pub(crate) operator_region: Option<String>,
}

impl Configuration {
    /// The configuration in `file` (without one: every default), overridden by
    /// the environment.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigurationError> {
        let configuration: Self = load::load(file, std::env::vars())?;
        configuration.check(&Place::of(file, std::env::vars()))?;
        Ok(configuration)
    }

    /// What the form of a value does not show.
    fn check(&self, place: &Place) -> Result<(), ConfigurationError> {
        self.limits.check().map_err(|error| {
            let path: Vec<&str> = once("limits").chain(error.member.split('.')).collect();
            place.wrong(&path, error.problem)
        })?;
        let known: Vec<&str> =
            bonafide_native::interfaces().chain(bonafide_tencent::interfaces()).collect();
        if let Some(name) = self.prices.interfaces().find(|name| !known.contains(name)) {
            let reason = suggest(name, known.iter().copied())
                .map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
            let reason = format!("there is no such interface{reason}");
            return Err(place.wrong(&["prices", "interfaces", name], &reason));
        }
        self.liveness.check(place)?;
        self.regions.check((&self.stores, self.public_url.as_deref()), place)?;
        let home = self.home();
        if self.regions.own.contains_key(home.region_of_operator()) {
            let reason = "this region has stores of its own: name one that has the server's";
            return Err(place.wrong(&["operator_region"], reason));
        }
        self.transparency.check(place)?;
        self.mail.check(place)?;
        self.risk.check(place)?;
        self.api.check(self.server.limits.answer.into(), place)?;
        self.stores.check(&["stores"], place)
    }

    /// The region of the operator's own application.
    pub(crate) fn region_of_operator(&self) -> &str {
        let served = self.regions.serve.first().map(String::as_str);
        self.operator_region.as_deref().or(served).unwrap_or("local")
    }

    /// The data directory; `given` is what the command line says.
    pub(crate) fn data_folder(&self, given: Option<&Path>) -> PathBuf {
        let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        given
            .map(Path::to_owned)
            .or_else(|| self.data.clone())
            .or_else(|| from("STATE_DIRECTORY"))
            .unwrap_or_else(|| {
                from("XDG_DATA_HOME")
                    .or_else(|| from("HOME").map(|home| home.join(".local").join("share")))
                    .unwrap_or_else(|| PathBuf::from("."))
                    .join("bonafide")
            })
    }

    /// The JSON Schema of the file, as it is committed in `docs`.
    pub(crate) fn schema() -> String {
        let mut schema =
            serde_json::to_string_pretty(&schemars::schema_for!(Self)).unwrap_or_default();
        schema.push('\n');
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_the_one_of_the_code() {
        let committed = include_str!("../../../../docs/bonafide.schema.json");
        assert!(
            committed == Configuration::schema(),
            "run: bonafide config schema > docs/bonafide.schema.json"
        );
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let configuration = Configuration { data: Some("/b".into()), ..Configuration::default() };
        assert_eq!(configuration.data_folder(Some(Path::new("/a"))), Path::new("/a"));
        assert_eq!(configuration.data_folder(None), Path::new("/b"));
    }
}
