//! What a node remembers of keys, so that a call costs no query.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bonafide_context::Timestamp;
use bonafide_ledger::{Caller, KeyId};

use super::Network;

/// How long a key that was looked up is trusted to be as it was.
const TRUSTED_FOR: Duration = Duration::from_secs(super::REVOCATION_SECONDS);
/// How many keys are remembered.
const REMEMBERED: usize = 16_384;
/// The use of a key is written down at most so often.
const NOTED_EVERY_MS: u64 = 60_000;
/// Look-ups of different keys go on side by side, those of one do not.
const LANES: usize = 64;

/// A key as it was looked up.
pub(super) struct Known {
    /// Whom it speaks for.
    pub(super) caller: Caller,
    /// SHA-256 of its secret.
    pub(super) hash: Vec<u8>,
    /// Its secret, sealed, if it verifies signatures.
    pub(super) sealed: Option<Vec<u8>>,
    /// From where.
    pub(super) networks: Vec<Network>,
    /// Until when.
    pub(super) expires: Option<Timestamp>,
    /// Since when not any more.
    pub(super) revoked: Option<Timestamp>,
    /// When its row was asked for, by the running clock.
    pub(super) asked: Duration,
    /// When its last use was noted, in milliseconds since 1970.
    pub(super) noted: AtomicU64,
}

impl Known {
    /// Whether it can be relied on at `elapsed`.
    pub(super) fn is_fresh(&self, elapsed: Duration) -> bool {
        elapsed.saturating_sub(self.asked) < TRUSTED_FOR
    }
}

/// The memory of keys.
pub(crate) struct KeyDoor {
    known: RwLock<HashMap<KeyId, Arc<Known>>>,
    /// Counts what was forgotten: a look-up that began before something was
    /// forgotten must not bring it back.
    epoch: AtomicU64,
    lanes: Vec<tokio::sync::Mutex<()>>,
    lane_of: RandomState,
    used: Mutex<HashMap<KeyId, Timestamp>>,
}

impl Default for KeyDoor {
    fn default() -> Self {
        Self {
            known: RwLock::default(),
            epoch: AtomicU64::new(0),
            lanes: (0..LANES).map(|_| tokio::sync::Mutex::new(())).collect(),
            lane_of: RandomState::new(),
            used: Mutex::default(),
        }
    }
}

impl KeyDoor {
    /// What is remembered of a key, fresh or not.
    pub(super) fn known(&self, id: &KeyId) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(id).map(Arc::clone)
    }

    /// How many times something was forgotten.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Remembers a key that was looked up at `epoch`.
    pub(super) fn remember(&self, id: &KeyId, known: Arc<Known>, epoch: u64) {
        let elapsed = known.asked;
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if self.epoch() != epoch {
            return;
        }
        if all.len() >= REMEMBERED && !all.contains_key(id) {
            all.retain(|_, known| known.is_fresh(elapsed));
            if all.len() >= REMEMBERED {
                all.clear();
            }
        }
        all.insert(id.clone(), known);
    }

    /// Forgets a key that was changed here.
    pub(crate) fn forget(&self, id: &KeyId) {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.epoch.fetch_add(1, Ordering::AcqRel);
        all.remove(id);
    }

    /// Forgets all keys: many were changed here.
    pub(crate) fn forget_all(&self) {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.epoch.fetch_add(1, Ordering::AcqRel);
        all.clear();
    }

    /// The lane in which this key is looked up, one at a time: of a thousand
    /// calls that find it forgotten one asks the store.
    pub(super) fn lane(&self, id: &KeyId) -> &tokio::sync::Mutex<()> {
        let at = usize::try_from(self.lane_of.hash_one(id) % LANES as u64).unwrap_or(0);
        &self.lanes[at]
    }

    /// Notes that a key was used; written down later, and not for every use.
    pub(super) fn note_use(&self, known: &Known, now: Timestamp) {
        let noted = known.noted.load(Ordering::Relaxed);
        let due = noted.saturating_add(NOTED_EVERY_MS) <= now.0;
        let Some(id) = known.caller.key.as_ref().filter(|_| due) else { return };
        let mine = known.noted.compare_exchange(noted, now.0, Ordering::Relaxed, Ordering::Relaxed);
        if mine.is_ok() {
            self.uses().insert(id.clone(), now);
        }
    }

    /// What was noted since this was last asked.
    pub(crate) fn take_uses(&self) -> Vec<(KeyId, Timestamp)> {
        self.uses().drain().collect()
    }

    /// Puts back what could not be written down.
    pub(crate) fn put_back_uses(&self, uses: Vec<(KeyId, Timestamp)>) {
        let mut all = self.uses();
        for (id, at) in uses {
            all.entry(id).or_insert(at);
        }
    }

    fn uses(&self) -> MutexGuard<'_, HashMap<KeyId, Timestamp>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
