//! Who else gets data: the list that a policy has, and whom the server may call
//! because of it (rows O13, O14, O16).

use std::collections::BTreeMap;
use std::sync::Arc;

use bonafide_accounts::{Accounts, AccountsError, Actor, Page, Regions};
use bonafide_context::Keeper;
use bonafide_outbound::Registered;
use bonafide_policy::{Category, Effective, RegionRule, Subprocessor, TransferBasis};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who else gets data under a policy; nobody by default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Subprocessors {
    /// The policy that holds for the caller's data.
    pub policy: String,
    /// Its version.
    pub version: u32,
    /// The day from which it holds.
    #[schema(format = Date)]
    pub effective_from: String,
    /// Everybody who gets data.
    pub subprocessors: Vec<SubprocessorEntry>,
    /// The grounds on which anything may cross a border at all.
    #[schema(example = json!(["standard-clauses"]))]
    pub transfer_bases: Vec<String>,
}

/// One who gets data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubprocessorEntry {
    /// Its name.
    pub name: String,
    /// What it does.
    pub task: String,
    /// Where it works.
    pub region: String,
    /// Kinds of data that it gets.
    pub categories: Vec<String>,
    /// The hosts at which the server calls it.
    pub hosts: Vec<String>,
    /// Who vetted it.
    pub vetted_by: String,
    /// When.
    #[schema(format = Date)]
    pub vetted_on: String,
    /// On what ground data goes there, if that is across a border.
    pub transfer: Option<String>,
}

impl Subprocessors {
    /// As a policy has them.
    pub fn of(policy: &Effective) -> Self {
        let entry = |one: &bonafide_policy::Subprocessor| SubprocessorEntry {
            name: one.name.clone(),
            task: one.task.clone(),
            region: one.region.clone(),
            categories: one.categories.iter().map(ToString::to_string).collect(),
            hosts: one.hosts.clone(),
            vetted_by: one.vetted_by.clone(),
            vetted_on: one.vetted_on.to_string(),
            transfer: one.transfer.map(|basis| basis.to_string()),
        };
        let bases: &[TransferBasis] = policy.transfer_bases();
        Self {
            policy: policy.name().to_owned(),
            version: policy.version(),
            effective_from: policy.effective_from().to_string(),
            subprocessors: policy.subprocessors().iter().map(entry).collect(),
            transfer_bases: bases.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Every policy that rules somebody's data now: the default one, and those of
/// the tenants.
pub async fn policies_in_use(accounts: &Accounts) -> Result<Vec<Arc<Effective>>, AccountsError> {
    let mut used = BTreeMap::new();
    let mut after = None;
    loop {
        let page = Page { after, limit: Some(Page::MAX) };
        let tenants = accounts.tenants(&Actor::cli(), &page).await?;
        for tenant in tenants.iter().filter(|tenant| tenant.closed.is_none()) {
            let policy = accounts.policy_of(tenant.app_id).await?;
            used.insert(policy.name().to_owned(), policy);
        }
        match tenants.last() {
            Some(last) => after = Some(last.app_id.to_string()),
            None => return Ok(used.into_values().collect()),
        }
    }
}

/// Whom the server may call with data of everybody: the hosts that every policy
/// in use names, for what every one of them names. A policy that does not know a
/// service keeps it from being called, because its notice says so; and so does a
/// border that data may not cross (row O16).
pub fn registered(policies: &[Arc<Effective>], here: &Regions) -> Vec<Registered> {
    on_every_list(policies.iter().map(|policy| named(policy, here)).collect())
}

/// Whom every one of several lists names, for what every one of them does.
pub fn on_every_list(lists: Vec<Vec<Registered>>) -> Vec<Registered> {
    let mut lists = lists.into_iter();
    let mut all = lists.next().unwrap_or_default();
    for others in lists {
        all.retain_mut(|one| {
            let Some(other) = others.iter().find(|other| other.host == one.host) else {
                return false;
            };
            one.categories.retain(|category| other.categories.contains(category));
            !one.categories.is_empty()
        });
    }
    all
}

fn named(policy: &Effective, here: &Regions) -> Vec<Registered> {
    let mut hosts: BTreeMap<String, Vec<Category>> = BTreeMap::new();
    for one in policy.subprocessors() {
        let may = one.categories.iter().filter(|category| crosses(policy, here, one, **category));
        let may: Vec<Category> = may.copied().collect();
        for host in one.hosts.iter().filter(|_| !may.is_empty()) {
            hosts.entry(host.to_ascii_lowercase()).or_default().extend(&may);
        }
    }
    hosts.into_iter().map(|(host, categories)| Registered { host, categories }).collect()
}

/// Whether data of a category may go to a subprocessor: in the regions of this
/// node it stays at home; to any other it needs a recorded ground, and a category
/// that may leave at all. The keeper of O16.
fn crosses(policy: &Effective, here: &Regions, to: &Subprocessor, category: Category) -> bool {
    let region = to.region.to_ascii_lowercase().parse();
    let at_home = region.is_ok_and(|region| here.check(&region).is_ok());
    if at_home && to.transfer.is_none() || !Keeper::Borders.works() {
        return true;
    }
    let ground = to.transfer.is_some_and(|basis| policy.transfer_bases().contains(&basis));
    ground && policy.region_rule(category) == RegionRule::RecordedBasis
}

#[cfg(test)]
mod tests {
    use bonafide_policy::{Library, Source};

    use super::*;

    fn policy(name: &str, more: &str) -> Arc<Effective> {
        let text = format!(
            "name = '{name}'\ntitle = 'Own'\nversion = 1\neffective_from = '2026-11-22'\n\
             extends = ['strict']\n{more}"
        );
        let own = Source { path: "own.toml".to_owned(), text };
        Arc::new(Library::bundled_with(&[own]).unwrap().effective(name).unwrap())
    }

    const SEARCH: &str = "[[subprocessors]]\nname = 'Example Search'\ntask = 'operation log'\n\
                          region = 'eu'\nhosts = ['search.example']\n\
                          categories = ['operation_log', 'diagnostics']\n\
                          vetted_by = 'Example Operator'\nvetted_on = '2026-11-01'\n";

    #[test]
    fn o13_a_service_is_called_only_if_every_policy_in_use_names_it() {
        let (with, without) = (policy("with", SEARCH), policy("without", ""));
        let here = Regions::default();
        let both = registered(&[with.clone(), policy("too", SEARCH)], &here);
        assert_eq!(both.len(), 1);
        assert_eq!(both[0].host, "search.example");
        assert_eq!(both[0].categories, [Category::OperationLog, Category::Diagnostics]);
        assert_eq!(registered(&[with, without], &here), []);
        assert_eq!(registered(&[], &here), []);
    }

    #[test]
    fn o16_data_goes_across_a_border_with_a_recorded_ground_only() {
        let region = |name: &str| name.parse().unwrap();
        let eu = Regions::new([region("eu")].into(), BTreeMap::new());
        let us = Regions::new([region("us")].into(), BTreeMap::new());
        let gets = |policy: &Arc<Effective>, here| {
            let hosts = registered(std::slice::from_ref(policy), here);
            hosts.into_iter().flat_map(|one| one.categories).collect::<Vec<_>>()
        };
        let both = [Category::OperationLog, Category::Diagnostics];
        let plain = policy("plain", SEARCH);
        assert_eq!(gets(&plain, &eu), both, "at home");
        assert_eq!(gets(&plain, &us), [], "abroad without a ground");
        let ground = format!("{SEARCH}transfer = 'standard-clauses'\n");
        assert_eq!(gets(&policy("ground", &ground), &us), [], "a ground, but it stays");
        let leaves = "[categories.operation_log]\nregion = 'recorded-basis'\nrows = ['O16']\n";
        let leaves = policy("leaves", &format!("{leaves}{ground}"));
        assert_eq!(gets(&leaves, &us), [Category::OperationLog], "what may leave, and no more");
    }

    #[test]
    fn o14_the_list_says_who_what_where_and_who_vetted_it() {
        let list = Subprocessors::of(&policy("with", SEARCH));
        assert_eq!((list.policy.as_str(), list.version), ("with", 1));
        let one = &list.subprocessors[0];
        assert_eq!((one.name.as_str(), one.region.as_str()), ("Example Search", "eu"));
        assert_eq!(one.vetted_on, "2026-11-01");
        assert_eq!(Subprocessors::of(&policy("without", "")).subprocessors, []);
    }
}
