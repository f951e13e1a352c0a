//! Deadlines that move earlier because the policy of their tenant does.

use bonafide_context::{Realm, Timestamp};

use super::journal::Line;
use super::stored::Stored;
use super::tables::ITEMS;
use super::{ItemFacts, Under, Vault};
use crate::VaultError;
use crate::records::{Change, Condition, Direction, Expect, Select};

/// Rows looked at at a time.
const PAGE: u32 = 500;

/// What [`Vault::tighten`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tightened {
    /// Items looked at.
    pub items: u64,
    /// Items whose deadline is earlier now.
    pub earlier: u64,
}

impl Vault {
    /// Moves the deadlines of all that is kept in a realm to what `deadline` says
    /// for an item and for when the first of its owner's items was kept (none may
    /// outlive what it was made from), where that is earlier; `None` says that the
    /// item may not be kept at all. A deadline is never moved later. From then on
    /// the items name `policy`.
    ///
    /// An older copy of the records knows nothing of it: the journal does.
    pub async fn tighten(
        &self,
        realm: &Realm,
        policy: Under<'_>,
        deadline: impl Fn(&str, &ItemFacts, Timestamp) -> Option<Timestamp> + Send + Sync,
    ) -> Result<Tightened, VaultError> {
        let (mut done, mut last) = (Tightened::default(), String::new());
        loop {
            let next = Select::from(&ITEMS)
                .and(Condition::is("realm", realm.to_string()))
                .and(Condition::After(vec![("owner", last.as_str().into())]))
                .order("owner", Direction::Ascending)
                .limit(PAGE);
            let rows = self.stores.records.select(next).await?;
            let Some(end) = rows.last() else { break };
            end.text("owner")?.clone_into(&mut last);
            let mut changes = Vec::new();
            let mut owners: Vec<&str> =
                rows.iter().map(|row| row.text("owner")).collect::<Result<_, _>>()?;
            owners.dedup();
            for owner in owners {
                // A page may end in the middle of an owner.
                let items = self.all_of(realm, owner).await?;
                let Some(first) = items.iter().map(|item| item.facts.created).min() else {
                    continue;
                };
                changes.extend(
                    self.moving(&items, policy, &mut done, |facts| deadline(owner, facts, first)),
                );
            }
            self.move_earlier(changes).await?;
        }
        Ok(done)
    }

    /// The same of one owner, for whom more is known than when his first item was
    /// kept.
    pub async fn tighten_owner(
        &self,
        realm: &Realm,
        owner: &str,
        policy: Under<'_>,
        deadline: impl Fn(&ItemFacts) -> Option<Timestamp> + Send + Sync,
    ) -> Result<Tightened, VaultError> {
        let mut done = Tightened::default();
        let items = self.all_of(realm, owner).await?;
        let changes = self.moving(&items, policy, &mut done, deadline);
        self.move_earlier(changes).await?;
        Ok(done)
    }

    /// The changes that move items, with the lines of the journal.
    fn moving(
        &self,
        items: &[Stored],
        policy: Under<'_>,
        done: &mut Tightened,
        deadline: impl Fn(&ItemFacts) -> Option<Timestamp>,
    ) -> Vec<Change> {
        let now = self.clock.moment();
        let named = format!("{}@{}", policy.policy, policy.version);
        let mut changes = Vec::new();
        for stored in items {
            done.items += 1;
            let wanted = deadline(&stored.facts).unwrap_or(now);
            if wanted < stored.deadline() {
                done.earlier += 1;
                changes.push(moved(stored, wanted, &named));
                let line = Line::earlier(stored, wanted);
                changes.push(self.random.with(|random| line.change(random)));
            }
        }
        changes
    }

    async fn move_earlier(&self, changes: Vec<Change>) -> Result<(), VaultError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.stores.records.commit(changes).await?;
        self.carry_over().await?;
        Ok(())
    }
}

/// The change that gives an item an earlier deadline.
fn moved(stored: &Stored, to: Timestamp, policy: &str) -> Change {
    // Under a hold it is the deadline that holds afterwards.
    let (column, other) = match stored.held {
        Some(_) => ("due", Condition::NotNull("held")),
        None => ("expires", Condition::Null("held")),
    };
    Change::Update {
        table: &ITEMS,
        set: vec![
            (column, to.into()),
            ("sealed", stored.sealed_until().into()),
            ("policy", policy.into()),
        ],
        // Gone meanwhile, or held: the next call finds it as it is then.
        conditions: vec![Condition::is("id", stored.id.as_str()), other],
        expect: Expect::Any,
    }
}
