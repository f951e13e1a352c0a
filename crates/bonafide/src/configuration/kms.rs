//! Who keeps the key that the root key is wrapped under.

use std::path::PathBuf;

use bonafide_context::Sensitive;
use bonafide_kms::{AwsKmsSettings, Pkcs11Settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::load::Place;
use super::{ConfigurationError, Secret};

/// Who keeps the key that the root key is wrapped under. With a service named, the
/// root key's file holds only what that service made of it, and the server has it
/// opened at each start; without one it holds the key itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Kms {
    /// What kind of service it is [default: none].
    pub(crate) service: Option<Service>,
    /// The key's name there: for `aws-kms` its id, its ARN or `alias/…`, for `pkcs11`
    /// its label.
    pub(crate) key: Option<String>,
    /// Of `aws-kms`: the service's address, such as
    /// `https://kms.eu-central-1.amazonaws.com`. Its host has to be among the policy's
    /// subprocessors, for `configuration` data, or in one of `outbound.allow_networks`.
    pub(crate) url: Option<String>,
    /// Of `aws-kms`: the region that requests are signed for, such as `eu-central-1`.
    pub(crate) region: Option<String>,
    /// Of `aws-kms`: the name of the access key.
    pub(crate) access_key: Option<String>,
    /// Of `aws-kms`: the access key's secret: better from a file or from the
    /// environment.
    pub(crate) secret_key: Secret,
    /// Of `aws-kms`: the token of credentials that are lent for a while.
    pub(crate) session_token: Secret,
    /// Of `pkcs11`: the module's library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    pub(crate) module: Option<PathBuf>,
    /// Of `pkcs11`: the label of the token.
    pub(crate) token: Option<String>,
    /// Of `pkcs11`: what the token's user logs in with: better from a file or from the
    /// environment.
    pub(crate) pin: Secret,
}

/// What kind of service keeps the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Service {
    /// One that speaks as AWS KMS does.
    AwsKms,
    /// A hardware module with a PKCS#11 library.
    Pkcs11,
}

/// The service as it is made from.
pub(crate) enum Keeper {
    AwsKms(AwsKmsSettings),
    Pkcs11(Pkcs11Settings),
}

impl Kms {
    /// `at` is where this stands in the file.
    pub(super) fn check(&self, place: &Place, at: &[&str]) -> Result<(), ConfigurationError> {
        let wrong = |member: &str, reason: &str| {
            let path: Vec<&str> = at.iter().copied().chain([member]).collect();
            Err(place.wrong(&path, reason))
        };
        let aws = [
            ("url", self.url.is_some()),
            ("region", self.region.is_some()),
            ("access_key", self.access_key.is_some()),
            ("secret_key", self.secret_key != Secret::None),
        ];
        let token = [("session_token", self.session_token != Secret::None)];
        let module = [
            ("module", self.module.is_some()),
            ("token", self.token.is_some()),
            ("pin", self.pin != Secret::None),
        ];
        let key = [("key", self.key.is_some())];
        let (needs, others): (Vec<_>, Vec<_>) = match self.service {
            None => (Vec::new(), [&aws[..], &token, &module, &key].concat()),
            Some(Service::AwsKms) => ([&key[..], &aws].concat(), module.to_vec()),
            Some(Service::Pkcs11) => ([&key[..], &module].concat(), [&aws[..], &token].concat()),
        };
        if let Some((member, _)) = needs.iter().find(|(_, given)| !given) {
            return wrong(member, "this kind of key service needs it");
        }
        match others.iter().find(|(_, given)| *given) {
            // Whoever names half of a service would rest his key in the open.
            Some((member, _)) if self.service.is_none() => {
                wrong(member, "say what kind of key service it is: `service = \"…\"`")
            }
            Some((member, _)) => wrong(member, "this kind of key service has no such thing"),
            None => Ok(()),
        }
    }

    /// The service that is named, with its secrets; what [`Self::check`] refuses is
    /// none.
    pub(crate) fn read(&self) -> Result<Option<Keeper>, ConfigurationError> {
        let Some((service, key)) = self.service.zip(self.key.clone()) else { return Ok(None) };
        let secret =
            |secret: &Secret| Ok(secret.read()?.unwrap_or_else(|| Sensitive::new(String::new())));
        Ok(Some(match service {
            Service::AwsKms => Keeper::AwsKms(AwsKmsSettings {
                url: self.url.clone().unwrap_or_default(),
                region: self.region.clone().unwrap_or_default(),
                key,
                access_key: self.access_key.clone().unwrap_or_default(),
                secret_key: secret(&self.secret_key)?,
                session_token: self.session_token.read()?,
            }),
            Service::Pkcs11 => Keeper::Pkcs11(Pkcs11Settings {
                module: self.module.clone().unwrap_or_default(),
                token: self.token.clone().unwrap_or_default(),
                key,
                pin: secret(&self.pin)?,
            }),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_key_service_is_refused_by_what_it_lacks_or_has_too_much() {
        let place = Place::of(None, std::iter::empty());
        let some = |text: &str| Some(text.to_owned());
        let aws = Kms {
            service: Some(Service::AwsKms),
            key: some("alias/bonafide"),
            url: some("https://kms.example"),
            region: some("eu"),
            access_key: some("AKEXAMPLE"),
            secret_key: Secret::Text("MARKED".to_owned()),
            ..Kms::default()
        };
        let module = Kms {
            service: Some(Service::Pkcs11),
            key: some("root"),
            module: Some("/usr/lib/module.so".into()),
            token: some("bonafide"),
            pin: Secret::Text("MARKED".to_owned()),
            ..Kms::default()
        };
        for good in [&aws, &module, &Kms::default()] {
            assert_eq!(good.check(&place, &["stores", "kms"]), Ok(()));
            let shown = format!("{good:?}{}", toml::to_string(good).unwrap());
            assert!(!shown.contains("MARKED"), "{shown}");
        }
        for (wrong, told) in [
            (Kms { service: None, ..aws.clone() }, "stores.kms.url"),
            (Kms { secret_key: Secret::None, ..aws.clone() }, "stores.kms.secret_key"),
            (Kms { key: None, ..aws.clone() }, "stores.kms.key"),
            (Kms { pin: module.pin.clone(), ..aws }, "stores.kms.pin"),
            (Kms { token: None, ..module.clone() }, "stores.kms.token"),
            (Kms { url: some("https://kms.example"), ..module }, "stores.kms.url"),
            (Kms { key: some("root"), ..Kms::default() }, "stores.kms.key"),
        ] {
            let error = wrong.check(&place, &["stores", "kms"]).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
