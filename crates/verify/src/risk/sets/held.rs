//! Sets in memory, for as long as their tenant has them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bonafide_context::{Realm, Sensitive};
use bonafide_risk::set::{IdentifierSet, SetKey};
use bonafide_risk::{Absent, Kind, Registration, Signal};
use bonafide_vault::{Opener, VaultError};

use super::plan::{FILE, set_key};
use super::row::{SetFacts, all};
use crate::{App, UseCaseError};

/// For so long a node does not look whether another one has loaded or dropped a set.
const LOOKS_EVERY: Duration = Duration::from_secs(5);

/// The sets that this node has in memory, by realm.
#[derive(Default)]
pub(crate) struct HeldSets(Mutex<HashMap<String, Held>>);

struct Held {
    /// By the clock that only runs forward; `None` where something has changed since.
    looked: Option<Duration>,
    sets: Arc<Sets>,
}

/// The sets of a realm.
pub(crate) struct Sets {
    key: SetKey,
    all: Vec<One>,
}

struct One {
    facts: SetFacts,
    /// `None` where it could not be opened: it answers nothing, and never "no".
    set: Option<Arc<IdentifierSet>>,
}

impl Sets {
    /// What each set of this kind says of an identifier in its normal form.
    pub(crate) fn ask(&self, kind: Kind, normal: &Sensitive<String>) -> Vec<Registration> {
        let answer = |one: &One| match &one.set {
            Some(set) => Signal::Known(set.contains(&self.key, normal)),
            None => Signal::Null(Absent::SourceUnavailable),
        };
        self.of(kind, answer)
    }

    /// What each set of this kind says where there is nothing to ask for.
    pub(crate) fn nothing_to_ask(&self, kind: Kind) -> Vec<Registration> {
        self.of(kind, |_| Signal::Null(Absent::Unreadable))
    }

    fn of(&self, kind: Kind, answer: impl Fn(&One) -> Signal<bool>) -> Vec<Registration> {
        let of_kind = self.all.iter().filter(|one| one.facts.kind == kind);
        let registration = |one: &One| Registration {
            source: one.facts.source.clone(),
            meaning: one.facts.meaning,
            answer: answer(one),
        };
        of_kind.map(registration).collect()
    }
}

impl HeldSets {
    /// The sets of a realm as they are now, opened in somebody's name where they are
    /// not in memory yet.
    pub(crate) async fn of(
        &self,
        app: &App,
        by: &Opener,
        realm: &Realm,
    ) -> Result<Arc<Sets>, UseCaseError> {
        let (now, name) = (app.clock().elapsed(), realm.to_string());
        let held = self.held().get(&name).map(|held| (held.looked, held.sets.clone()));
        if let Some((Some(looked), sets)) = &held
            && now.saturating_sub(*looked) < LOOKS_EVERY
        {
            return Ok(sets.clone());
        }
        let listed = all(&**app.records(), realm).await?;
        let sets = match held {
            Some((_, sets)) if sets.all.iter().map(|one| &one.facts).eq(&listed) => sets,
            held => Arc::new(self.open(app, by, realm, listed, held.map(|(_, sets)| sets)).await?),
        };
        self.held().insert(name, Held { looked: Some(now), sets: sets.clone() });
        Ok(sets)
    }

    /// Has the next call look again.
    pub(crate) fn changed(&self, realm: &Realm) {
        if let Some(held) = self.held().get_mut(&realm.to_string()) {
            held.looked = None;
        }
    }

    async fn open(
        &self,
        app: &App,
        by: &Opener,
        realm: &Realm,
        listed: Vec<SetFacts>,
        before: Option<Arc<Sets>>,
    ) -> Result<Sets, UseCaseError> {
        let mut all = Vec::with_capacity(listed.len());
        for facts in listed {
            let same = |one: &&One| one.facts == facts && one.set.is_some();
            let kept = before.as_ref().and_then(|sets| sets.all.iter().find(same)?.set.clone());
            let set = match kept {
                Some(set) => Some(set),
                None => read(app, by, realm, &facts).await?,
            };
            all.push(One { facts, set });
        }
        Ok(Sets { key: set_key(app.vault(), realm).await?, all })
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a set; one that is damaged or gone is none.
async fn read(
    app: &App,
    by: &Opener,
    realm: &Realm,
    facts: &SetFacts,
) -> Result<Option<Arc<IdentifierSet>>, UseCaseError> {
    let owner = SetFacts::owner(facts.name());
    let file = match app.vault().read(by, realm, &owner, FILE).await {
        Ok(file) => file,
        Err(error @ (VaultError::Unavailable { .. } | VaultError::ClockBehind { .. })) => {
            return Err(error.into());
        }
        Err(_) => None,
    };
    let (Some(file), kind) = (file, facts.kind) else { return Ok(None) };
    let key = set_key(app.vault(), realm).await?;
    // Ten million hashes take a while.
    let loaded =
        tokio::task::spawn_blocking(move || IdentifierSet::load(file.as_slice(), &key, kind));
    Ok(loaded.await.ok().and_then(Result::ok).map(Arc::new))
}
