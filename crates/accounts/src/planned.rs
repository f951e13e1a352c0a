//! A change of accounts before it is made.

use bonafide_ledger::KeyId;
use bonafide_vault::records::Change;

use crate::{Accounts, AccountsError};

/// A change of accounts that is allowed and makes sense, with its line in the
/// audit log; nothing of it is made yet.
///
/// A call commits it together with its own trace, so that neither is without
/// the other, and then tells [`Accounts::changed`]; from the shell, where there
/// is no call, it is committed by [`Accounts::commit`]. If another change came
/// first, the commit conflicts and nothing is changed.
#[derive(Debug)]
#[must_use = "nothing is changed until it is committed"]
pub struct Planned<T> {
    /// What there will be.
    pub made: T,
    /// To be committed together; none if everything is as it should be already.
    pub changes: Vec<Change>,
    /// The keys that this changes.
    pub keys: ChangedKeys,
}

/// Which keys a change takes away or shortens: what a node remembers of them
/// does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedKeys {
    /// None.
    None,
    /// This one.
    One(KeyId),
    /// Those of an application or a tenant.
    Many,
}

impl<T> Planned<T> {
    /// A change that leaves the keys there are as they are.
    pub(crate) const fn new(made: T, changes: Vec<Change>) -> Self {
        Self { made, changes, keys: ChangedKeys::None }
    }
}

impl Planned<()> {
    /// It is so already.
    pub(crate) const fn nothing() -> Self {
        Self::new((), Vec::new())
    }
}

impl Accounts {
    /// Makes a planned change by a commit of its own, for who has no call whose
    /// trace it could share: the shell.
    ///
    /// ```ignore
    /// let tenant = accounts.commit(accounts.create_tenant(&Actor::cli(), new)).await?;
    /// ```
    pub async fn commit<T>(
        &self,
        planned: impl Future<Output = Result<Planned<T>, AccountsError>>,
    ) -> Result<T, AccountsError> {
        let Planned { made, changes, keys } = planned.await?;
        if changes.is_empty() {
            return Ok(made);
        }
        let committed = self.records.commit(changes).await;
        // Also when nobody knows whether it was: looking again does no harm.
        self.changed(&keys);
        committed?;
        Ok(made)
    }

    /// Keys were changed here: this node looks at them anew at their next use.
    pub fn changed(&self, keys: &ChangedKeys) {
        match keys {
            ChangedKeys::None => {}
            ChangedKeys::One(id) => self.keys.forget(id),
            ChangedKeys::Many => self.keys.forget_all(),
        }
    }
}
