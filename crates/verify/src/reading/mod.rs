//! Who reads what of a person, and what for: the tenant's policy is asked before
//! anything is opened, and what was opened is written down, as a row that shows
//! who read it and as a leaf of the transparency log (rows P1, P4, P7, P12).

mod restriction;
mod row;
mod tables;

pub(crate) use restriction::{
    Restriction, find_restriction, is_restricted, lifted, logged, placed,
};
pub use row::ReadEntry;
pub(crate) use row::{ReadOf, reads_of, removed_reads, unlinked_reads};
pub(crate) use tables::{READS, READS_2, READS_REMOVE, RESTRICTIONS};

use bonafide_accounts::{Grant, Session};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Access, Category, Phase, Purpose, Role};
use bonafide_vault::Opener;
use bonafide_vault::records::Change;

use crate::verification::{Record, Refusal, State};
use crate::{App, UseCaseError};

/// Somebody who reads, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) role: Role,
    pub(crate) purpose: Purpose,
    /// Id of the key or of the user of the console.
    pub(crate) who: String,
    /// Under which call or grant: nothing is opened without one (row P10).
    pub(crate) by: Opener,
}

impl Reader {
    /// The customer's application, which gets what it asked for.
    pub(crate) fn of(call: &Call) -> Self {
        let key = call.caller().key.as_ref();
        Self {
            role: Role::Caller,
            purpose: Purpose::Service,
            who: key.map_or_else(|| "browser".to_owned(), ToString::to_string),
            by: call.opener().clone(),
        }
    }

    /// The same, to answer what a person asks about himself.
    pub(crate) fn for_rights(call: &Call) -> Self {
        Self { purpose: Purpose::Rights, ..Self::of(call) }
    }

    /// The server itself, at work on a call.
    pub(crate) fn service(call: &Call) -> Self {
        Self { role: Role::Service, who: "server".to_owned(), ..Self::of(call) }
    }

    /// The server itself, keeping the platform safe.
    pub(crate) fn for_security(call: &Call) -> Self {
        Self { purpose: Purpose::Security, ..Self::service(call) }
    }

    /// A person who decides what the machine could not.
    pub(crate) fn reviewer(session: &Session, under: String) -> Self {
        Self {
            role: Role::Reviewer,
            purpose: Purpose::Service,
            who: session.user.to_string(),
            by: Opener::desk(under),
        }
    }

    /// A person who answers others for their data.
    pub(crate) fn privacy_officer(session: &Session, under: String) -> Self {
        Self {
            role: Role::PrivacyOfficer,
            purpose: Purpose::Rights,
            who: session.user.to_string(),
            by: Opener::desk(under),
        }
    }

    /// A person who looks for an error, under a grant that is live.
    pub(crate) fn under_grant(session: &Session, grant: &Grant) -> Self {
        Self {
            role: Role::Support,
            purpose: Purpose::Troubleshooting,
            who: session.user.to_string(),
            by: Opener::desk(grant.id.to_string()),
        }
    }
}

/// Where a verification is, as policies speak of it.
pub(crate) fn phase(state: State) -> Phase {
    if state.is_terminal() { Phase::Ended } else { Phase::Running }
}

impl App {
    /// Refuses a reader whom the tenant's policy does not let read data of a
    /// category in this phase. Whoever needs a grant is a [`Reader`] only if he has
    /// one.
    pub(crate) async fn may_read(
        &self,
        record: &Record,
        reader: &Reader,
        category: Category,
    ) -> Result<(), UseCaseError> {
        let policy = self.accounts().policy_of(record.realm.tenant).await?;
        let phase = phase(record.progress.state);
        match policy.may_read_when(reader.role, reader.purpose, category, phase) {
            Access::Allowed | Access::UnderGrant => Ok(()),
            Access::Denied => Err(Refusal::ReadForbidden.into()),
        }
    }

    /// Refuses a caller whose tenant's policy does not let him read the traces of
    /// calls: monitoring rows, or the operation log.
    pub async fn may_read_traces(
        &self,
        call: &mut Call,
        category: Category,
    ) -> Result<(), UseCaseError> {
        let policy = self.accounts().policy_of(call.caller().tenant).await?;
        match policy.may_read(Role::Caller, Purpose::Service, category) {
            Access::Allowed => Ok(()),
            Access::Denied | Access::UnderGrant => {
                let facts = Facts::new().code("category", category.as_str());
                call.step("read", "read_forbidden", facts);
                Err(Refusal::ReadForbidden.into())
            }
        }
    }

    /// The changes that write down that somebody read so many items of each of these
    /// categories of a verification: to be committed before the answer leaves.
    pub(crate) fn noted(
        &self,
        record: &Record,
        reader: &Reader,
        what: &[(Category, u64)],
    ) -> Result<Vec<Change>, UseCaseError> {
        self.noted_of(record.into(), reader, what)
    }

    /// The same of what is of no verification any more, or never was.
    pub(crate) fn noted_of(
        &self,
        of: ReadOf<'_>,
        reader: &Reader,
        what: &[(Category, u64)],
    ) -> Result<Vec<Change>, UseCaseError> {
        let now = self.clock().now();
        let mut changes = Vec::with_capacity(what.len() * 2);
        for (category, items) in what {
            changes.push(row::read_row(self, of, reader, (*category, *items), now));
            changes.extend(row::leaf(self, of, reader, (*category, *items))?);
        }
        Ok(changes)
    }
}
