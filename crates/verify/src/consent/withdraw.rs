//! A person takes consent back.

use bonafide_context::{Keeper, Timestamp};
use bonafide_ledger::consent::{ConsentId, ConsentPurpose, ConsentRow};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::Category;
use bonafide_vault::records::{Condition, Direction, RecordsError, Select};
use bonafide_vault::{Cause, ConsentAct, Opener};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Consent, find, log, of_subject, read};
use crate::liveness::{challenges_of, destroyed};
use crate::verification::{
    Access, Ending, Record, Refusal, VERIFICATIONS, VerificationId, holding, improvement_owner,
    load, moved,
};
use crate::{App, Done, UseCaseError};

/// What is withdrawn.
#[derive(Clone, Debug)]
pub enum Withdrawal {
    /// A receipt, and with it every other one that covers the same.
    Receipt(ConsentId),
    /// Every receipt that was given for one verification.
    Verification(VerificationId),
}

/// What a withdrawal did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Withdrawn {
    /// The receipts that are withdrawn.
    pub consents: Vec<Consent>,
    /// Verifications that were ended because they rested on it.
    pub ended: u64,
    /// Items whose keys are destroyed: unreadable from now on.
    pub items: u64,
    /// Items of them whose bytes could not be removed yet; it is tried again
    /// until they are.
    pub pending: u64,
}

/// Another change that comes first is waited for so often.
const TRIES: u32 = 16;
/// Verifications looked at at once.
const PAGE: u32 = 100;

/// Withdraws consent: nothing new begins from the moment it is written down;
/// then what rests on it is ended and destroyed. May be repeated.
pub async fn withdraw_consent(
    app: &App,
    call: &mut Call,
    what: Withdrawal,
) -> Result<Done<Withdrawn>, UseCaseError> {
    withdraw(app, call, what).await.inspect_err(|error| error.trace(call))
}

async fn withdraw(
    app: &App,
    call: &mut Call,
    what: Withdrawal,
) -> Result<Done<Withdrawn>, UseCaseError> {
    let caller = call.caller().clone();
    let scope = match what {
        Withdrawal::Receipt(_) if caller.bound_to.is_some() => {
            return Err(Refusal::NeedsKey.into());
        }
        Withdrawal::Receipt(id) => Scope::of(&find(app, &caller.application, &id).await?),
        Withdrawal::Verification(id) => {
            let record = load(app, &caller, &id, Access::Anyone).await?;
            match Scope::verification(app, &record).await? {
                Some(scope) => scope,
                None => return Ok(Done::new(Withdrawn::default())),
            }
        }
    };
    let ids = write_down(app, call.opener(), &scope).await?;
    if ids.is_empty() {
        return Err(Refusal::NoSuchConsent.into());
    }
    let mut done = Withdrawn::default();
    for id in &ids {
        let row = find(app, &caller.application, id).await?;
        settle(app, &row, &mut done).await?;
        done.consents.push(read::shown(app, call.opener(), &row).await?);
    }
    call.step(
        "consent.withdraw",
        "ok",
        Facts::new()
            .size("consents", done.consents.len())
            .count("ended", done.ended)
            .count("items", done.items),
    );
    Ok(Done::new(done))
}

/// Which receipts are meant.
struct Scope {
    of: ConsentRow,
    /// Of one verification: whatever its purposes.
    whole: bool,
}

impl Scope {
    fn of(row: &ConsentRow) -> Self {
        Self { of: row.clone(), whole: false }
    }

    /// None where none was given for it.
    async fn verification(app: &App, record: &Record) -> Result<Option<Self>, UseCaseError> {
        let (subject, now) = (record.subject(app).await?, app.clock().now());
        let rows = of_subject(app, &record.application, &subject, now).await?;
        let own = |row: &ConsentRow| row.verification.as_deref() == Some(record.id.as_str());
        Ok(rows.into_iter().find(own).map(|of| Self { of, whole: true }))
    }

    /// Whether a receipt of the same subject is one of them: what is bound to a
    /// verification takes nothing beyond it along, and what is bound to none
    /// everything that shares a purpose, so that one call is enough however often
    /// a person was asked.
    fn has(&self, other: &ConsentRow) -> bool {
        let within = self.of.verification.is_none() || self.of.verification == other.verification;
        let shares = !self.of.purposes.is_disjoint(&other.purposes);
        other.id == self.of.id || within && (shares || self.whole)
    }
}

/// Writes down that they are withdrawn, in one commit.
async fn write_down(app: &App, by: &Opener, scope: &Scope) -> Result<Vec<ConsentId>, UseCaseError> {
    for _ in 0..TRIES {
        let now = app.clock().now();
        let mut rows = of_subject(app, &scope.of.application, &scope.of.subject, now).await?;
        rows.retain(|row| scope.has(row));
        let mut changes = Vec::new();
        for row in rows.iter().filter(|row| row.withdrawn.is_none()) {
            let receipt = read::receipt(app, by, row).await?;
            changes.push(row.withdrawn_at(now));
            changes.extend(log::told(app, row, &receipt, ConsentAct::Withdrawn)?);
        }
        let ids = || rows.iter().map(|row| row.id.clone()).collect();
        if changes.is_empty() {
            return Ok(ids());
        }
        match app.records().commit(changes).await {
            Ok(()) => return Ok(ids()),
            Err(RecordsError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Conflict)
}

/// Ends and destroys what rests on a receipt that is withdrawn. Again and again
/// the same.
pub(super) async fn settle(
    app: &App,
    row: &ConsentRow,
    done: &mut Withdrawn,
) -> Result<(), UseCaseError> {
    if !Keeper::Withdrawal.works() {
        return Ok(());
    }
    let service = row.purposes.contains(&ConsentPurpose::Service);
    if service && row.verification.is_none() {
        for (id, application) in challenges_of(app, &row.realm, &row.subject).await? {
            if application == row.application {
                let erased = destroyed(app, Cause::Withdrawal, &row.realm, &id).await?;
                done.items += erased.items;
                done.pending += erased.pending;
            }
        }
    }
    let mut after = String::new();
    loop {
        let page = resting_on(app, row, &after).await?;
        let Some(last) = page.last() else { break };
        after = last.id.to_string();
        for record in page {
            if service && end(app, &record).await? {
                done.ended += 1;
            }
            if service {
                crate::liveness::stopped(app, &record.id, true).await?;
            }
            for (owner, only) in going(row, &record) {
                let erased = app
                    .vault()
                    .erase_because(Cause::Withdrawal, &record.realm, &owner, only)
                    .await?;
                done.items += erased.items;
                done.pending += erased.pending;
            }
            let now = app.clock().now();
            let gone = going(row, &record).into_iter();
            let gone = gone.flat_map(|(owner, only)| holding::ended_of(vec![owner], only, now));
            app.records().commit(gone.collect()).await?;
        }
    }
    let now = app.clock().now();
    Ok(app.records().commit(vec![row.settled_at(now)]).await?)
}

/// Whose items go with a withdrawal, and of which categories.
fn going(row: &ConsentRow, record: &Record) -> Vec<(String, Option<&'static [Category]>)> {
    let mut owners: Vec<(String, Option<&'static [Category]>)> = Vec::new();
    let copy = || (improvement_owner(&record.id), None);
    for purpose in &row.purposes {
        match purpose {
            // A copy of what may not be had any more may not be had either.
            ConsentPurpose::Service => owners.extend([(record.id.to_string(), None), copy()]),
            ConsentPurpose::Improvement => owners.push(copy()),
            ConsentPurpose::InstalledApplications => {
                owners.push((record.id.to_string(), Some(&[Category::Device])));
            }
        }
    }
    owners
}

/// Verifications that rest on a receipt, behind one of them.
async fn resting_on(app: &App, row: &ConsentRow, after: &str) -> Result<Vec<Record>, UseCaseError> {
    let mut select = Select::from(&VERIFICATIONS)
        .and(Condition::is("application", row.application.as_str()))
        .and(Condition::After(vec![("id", after.into())]))
        .order("id", Direction::Ascending)
        .limit(PAGE);
    select = match &row.verification {
        Some(id) => select.and(Condition::is("id", id.as_str())),
        None => select.and(Condition::is("reference", row.subject.as_str())),
    };
    let rows = app.records().select(select).await?;
    Ok(rows.iter().map(Record::read).collect::<Result<_, _>>()?)
}

/// Ends a verification; whether it was still running.
async fn end(app: &App, record: &Record) -> Result<bool, UseCaseError> {
    let mut record = record.clone();
    for _ in 0..TRIES {
        let now: Timestamp = app.clock().now();
        let seen = record.clone().seen_at(now);
        let Ok(progress) = seen.progress.cancelled(Ending::ConsentWithdrawn) else {
            return Ok(false);
        };
        let next = Record { progress, ..seen };
        match app.records().commit(moved(app, &next).await?).await {
            Ok(()) => return Ok(true),
            Err(RecordsError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
        // Something was handed in meanwhile.
        let select = Select::from(&VERIFICATIONS).and(Condition::is("id", record.id.as_str()));
        let rows = app.records().select(select).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        record = Record::read(row)?;
    }
    Err(UseCaseError::Conflict)
}
