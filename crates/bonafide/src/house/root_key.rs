//! The key above all keys, and who opens it.

use std::path::Path;
use std::sync::Arc;

use bonafide_accounts::Regions;
use bonafide_kms::{AwsKms, Pkcs11};
use bonafide_outbound::Client;
use bonafide_policy::{Category, Effective};
use bonafide_vault::{KeyService, RootKey};
use bonafide_verify::subprocessors::registered;

use super::parts;
use crate::configuration::{Keeper, Outbound, Stores};
use crate::failure::Failure;

/// The root key, and whom it was asked of by name.
pub(crate) struct Root {
    pub(crate) key: RootKey,
    /// The host of a key service that was called because a policy names it.
    called: Option<String>,
}

impl Root {
    /// The root key as the configuration has it. A key service is called before it is
    /// known under which policies the data here is: the one for whoever chose none
    /// says whether it may be, and [`Root::check`] asks the others afterwards.
    pub(crate) fn of(
        stores: &Stores,
        outbound: &Outbound,
        data: &Path,
        policy: Option<&Arc<Effective>>,
        here: &Regions,
    ) -> Result<Self, Failure> {
        let mut called = None;
        let service: Option<Arc<dyn KeyService>> = match stores.kms.read()? {
            None => None,
            Some(Keeper::Pkcs11(settings)) => Some(Arc::new(Pkcs11::new(settings))),
            Some(Keeper::AwsKms(settings)) => {
                let client: Client = parts::client(outbound)?;
                let policy: Vec<_> = policy.into_iter().cloned().collect();
                let registered = registered(&policy, here);
                let host = url::Url::parse(&settings.url).ok();
                let host = host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
                let is_it = registered.iter().any(|one| one.host.eq_ignore_ascii_case(host));
                called = is_it.then(|| host.to_owned());
                client.register(registered);
                let service = AwsKms::new(settings, client)
                    .map_err(|error| Failure::caller("kms_unusable", error))?;
                Some(Arc::new(service))
            }
        };
        let file = stores.root_key_file.clone().unwrap_or_else(|| data.join("root.key"));
        let key = match (&service, &stores.previous_root_key_file) {
            (Some(service), None) => RootKey::wrapped_in_file(file, service.clone()),
            // While there are two, one of them is on its way from a file to a service,
            // or back, and nodes follow one after the other.
            (service, previous) => {
                let first = RootKey::found_in_file(file, service.clone());
                match previous {
                    Some(previous) => first.and(RootKey::found_in_file(previous, service.clone())),
                    None => first,
                }
            }
        };
        Ok(Self { key, called })
    }

    /// Whether every policy under which data rests here names the service that was
    /// called (row O13).
    pub(crate) fn check(
        called: Option<&str>,
        policies: &[Arc<Effective>],
        here: &Regions,
    ) -> Result<(), Failure> {
        let Some(host) = called else { return Ok(()) };
        let may = registered(policies, here).iter().any(|one| {
            one.host.eq_ignore_ascii_case(host) && one.categories.contains(&Category::Configuration)
        });
        // Nobody has data here yet: nobody was promised anything.
        if may || policies.is_empty() {
            return Ok(());
        }
        let message = "the key service is not registered: every policy that a tenant is under has \
                       to name its host among the subprocessors, for `configuration` data";
        Err(Failure::caller("kms_unregistered", message))
    }

    /// The host of the service that was called because a policy names it.
    pub(crate) fn called(&self) -> Option<String> {
        self.called.clone()
    }
}

#[cfg(test)]
mod tests {
    use bonafide_policy::{Library, Source};

    use super::*;
    use crate::configuration::{Kms, Secret, Service};

    fn policy(name: &str, more: &str) -> Arc<Effective> {
        let text = format!(
            "name = '{name}'\ntitle = 'Own'\nversion = 1\neffective_from = '2026-11-22'\n\
             extends = ['strict']\n{more}"
        );
        let own = Source { path: "own.toml".to_owned(), text };
        Arc::new(Library::bundled_with(&[own]).unwrap().effective(name).unwrap())
    }

    const CLOUD: &str = "[[subprocessors]]\nname = 'Example Cloud'\ntask = 'keeps the key'\n\
                         region = 'eu'\nhosts = ['kms.example']\ncategories = ['configuration']\n\
                         vetted_by = 'Example Operator'\nvetted_on = '2026-11-01'\n";

    #[test]
    fn o13_a_key_service_is_called_only_if_every_policy_in_use_names_it() {
        let some = |text: &str| Some(text.to_owned());
        let kms = Kms {
            service: Some(Service::AwsKms),
            key: some("alias/bonafide"),
            url: some("https://KMS.example"),
            region: some("eu"),
            access_key: some("AKEXAMPLE"),
            secret_key: Secret::Text("x".to_owned()),
            ..Kms::default()
        };
        let stores = Stores { kms, ..Stores::default() };
        let (here, data) = (Regions::default(), Path::new("/nowhere"));
        let called = |policy: &Arc<Effective>| {
            let root = Root::of(&stores, &Outbound::default(), data, Some(policy), &here);
            root.unwrap().called()
        };
        let (with, without) = (policy("with", CLOUD), policy("without", ""));
        assert_eq!(called(&with).as_deref(), Some("kms.example"));
        // The client then calls it in the operator's own networks only.
        assert_eq!(called(&without), None);
        let may = |policies: &[Arc<Effective>]| {
            Root::check(Some("kms.example"), policies, &here).map_err(|failure| failure.code)
        };
        assert_eq!(may(&[with.clone(), policy("too", CLOUD)]), Ok(()));
        assert_eq!(may(&[with, without]), Err("kms_unregistered"));
        assert_eq!(may(&[]), Ok(()), "nobody was promised anything yet");
    }
}
