//! Where a person is and how old, as he says before anything is taken, and as the
//! document proves it then.

use std::fmt;
use std::sync::Arc;

use bonafide_context::{Date, Timestamp};
use bonafide_document::{FieldName, Reading};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{AgeDecision, BirthDate, Category, Effective, Family, Held, Jurisdiction};
use bonafide_vault::Cause;
use bonafide_vault::records::Change;
use serde::{Deserialize, Serialize};

use super::event::moved;
use super::hand_in::look_at_consent;
use super::holding;
use super::record::{Access, Record, load};
use super::{Ending, Gate, Refusal, Verification, VerificationId, improvement_owner};
use crate::{App, Clocks, Done, Reason, UseCaseError};

/// What a person says of himself before anything is taken. The age is looked at
/// and not kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Where he is.
    pub location: Jurisdiction,
    /// How old, in whole years; `None` where only the place is asked.
    pub age: Option<u32>,
}

/// What is said here is personal.
impl fmt::Debug for Stated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stated(***)")
    }
}

/// Where a person is, as it rests until the document is read.
#[derive(Serialize, Deserialize, Held)]
#[held(category = Identification, purposes(Service))]
pub(super) struct HeldStatement {
    #[held(whole)]
    location: Jurisdiction,
}

/// The name of the statement among a verification's items.
const STATEMENT: &str = "statement";
/// Nobody is older.
const OLDEST: u32 = 150;

impl Stated {
    /// Whether the person may go on, as far as his own word tells: the place has to
    /// be one that the service is for, and who says that he is under age needs a
    /// guardian.
    pub(super) fn allowed(&self, policy: &Effective, guardian: bool) -> Result<(), UseCaseError> {
        if self.age.is_some_and(|age| age > OLDEST) {
            let reason = "an age is 0 to 150 whole years".to_owned();
            return Err(UseCaseError::Invalid { member: "age", reason });
        }
        if !policy.jurisdiction_allowed(Some(self.location)) {
            return Err(Refusal::Jurisdiction.into());
        }
        let minimum = policy.minimum_age(Some(self.location), None);
        match self.age {
            Some(age) if age < minimum && !guardian => Err(Refusal::UnderAge.into()),
            _ => Ok(()),
        }
    }

    /// The changes that keep the place for the day the document is read.
    pub(super) async fn kept(
        &self,
        app: &App,
        clocks: &Clocks,
        record: &Record,
        now: Timestamp,
    ) -> Result<Vec<Change>, UseCaseError> {
        // Where nothing of the kind may rest the strictest age of all decides.
        let Some(until) = clocks.deadline(Category::Identification, now) else {
            return Ok(Vec::new());
        };
        let (owner, until) = (record.id.as_str(), until.min(record.expires));
        let held = HeldStatement { location: self.location };
        let policy = clocks.policy().into();
        let vault = app.vault();
        let realm = &record.realm;
        let mut changes =
            vault.prepare_value(realm, owner, STATEMENT, until, policy, &held).await?;
        changes.push(holding::begun(record, Category::Identification, now, until));
        Ok(changes)
    }
}

/// Takes what a person says of himself. Who may not go on ends the verification
/// before anything was taken.
pub async fn state(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    stated: Stated,
) -> Result<Done<Verification>, UseCaseError> {
    take(app, call, id, stated).await.inspect_err(|error| error.trace(call))
}

async fn take(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    stated: Stated,
) -> Result<Done<Verification>, UseCaseError> {
    let mut record = load(app, call.caller(), id, Access::Anyone).await?;
    if !record.progress.state.is_open() {
        return Err(Refusal::Ended { state: record.progress.state }.into());
    }
    let clocks = app.clocks(record.realm.tenant, Family::Verification).await?;
    let standing = look_at_consent(app, call, &mut record).await?;
    let ended = match stated.allowed(clocks.policy(), standing.guardian) {
        Ok(()) => None,
        Err(UseCaseError::Refused(Refusal::Jurisdiction)) => Some(Ending::Jurisdiction),
        Err(UseCaseError::Refused(Refusal::UnderAge)) => Some(Ending::UnderAge),
        Err(error) => return Err(error),
    };
    let mut changes = Vec::new();
    let progress = match ended {
        None => {
            changes = stated.kept(app, &clocks, &record, app.clock().now()).await?;
            record.progress.stated()
        }
        Some(ended) => {
            // Whoever says so late has handed something in before.
            let progress = record.progress.cancelled(ended)?;
            record = record.shut(app).await?;
            changes.extend(delete_collected(app, &record).await?);
            progress
        }
    };
    let next = Record { progress, ..record };
    let code = ended.map_or("ok", |ended| match ended {
        Ending::Jurisdiction => Refusal::Jurisdiction.code(),
        _ => Refusal::UnderAge.code(),
    });
    call.step("verification.statement", code, Facts::new());
    match ended {
        Some(_) => changes.extend(moved(app, &next).await?),
        None => changes.push(next.updated()?),
    }
    Ok(Done { answer: Verification::of(&next, None, Vec::new()), changes })
}

/// Deletes what was collected of a person who is under age; the changes write down
/// that it is gone.
pub(super) async fn delete_collected(
    app: &App,
    record: &Record,
) -> Result<Vec<Change>, UseCaseError> {
    crate::liveness::stopped(app, &record.id, true).await?;
    for owner in [record.id.to_string(), improvement_owner(&record.id)] {
        app.vault().erase_because(Cause::UnderAge, &record.realm, &owner, None).await?;
    }
    Ok(holding::ended(record, None, app.clock().now()))
}

/// From which age on a document's holder decides alone: the stricter of where he
/// is and who issued the document.
#[derive(Clone, Debug)]
pub(crate) struct AgeRule {
    policy: Arc<Effective>,
    location: Option<Jurisdiction>,
    guardian: bool,
}

impl AgeRule {
    /// Of a verification; none where it does not ask.
    pub(super) async fn of(
        app: &App,
        call: &Call,
        record: &Record,
        guardian: bool,
    ) -> Result<Option<Self>, UseCaseError> {
        if !record.progress.gates.contains_key(&Gate::AgeOfConsent) {
            return Ok(None);
        }
        let policy = app.accounts().policy_of(record.realm.tenant).await?;
        let owner = record.id.as_str();
        let held: Option<HeldStatement> =
            app.vault().read_value(call.opener(), &record.realm, owner, STATEMENT).await?;
        let location = held.map(|held| held.location);
        Ok(Some(Self { policy, location, guardian }))
    }

    /// What speaks against the holder; what the document does not prove is not
    /// proved.
    pub(crate) fn judge(&self, reading: &Reading, today: Date) -> Option<Reason> {
        let birth = match reading.value(FieldName::BirthDate) {
            None => BirthDate::Unknown,
            Some(text) => text.parse().map_or(BirthDate::Partial, BirthDate::Full),
        };
        let issuer = reading.issuer.as_deref().and_then(Jurisdiction::of_document);
        let decided = self.policy.age_decision(birth, today, self.location, issuer, self.guardian);
        match decided {
            AgeDecision::UnderAge { .. } => Some(Reason::UnderAge),
            AgeDecision::NotProven { .. } => Some(Reason::FieldMissing),
            AgeDecision::OfAge { .. } | AgeDecision::GuardianConsented { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use bonafide_document::{DocumentType, FieldValue, Source, TypeName};
    use bonafide_policy::Library;

    use super::*;

    fn strict() -> Arc<Effective> {
        Arc::new(Library::bundled().unwrap().effective("strict").unwrap())
    }

    fn reading(birth: Option<&str>, issuer: &str) -> Reading {
        let field = |value: &str| FieldValue {
            value: value.to_owned(),
            source: Source::Mrz,
            agrees: None,
            confidence: None,
        };
        Reading {
            kind: DocumentType::Passport,
            document_type: TypeName::default(),
            issuer: Some(issuer.to_owned()),
            mrz: None,
            fields: birth.map(|birth| (FieldName::BirthDate, field(birth))).into_iter().collect(),
            portrait: None,
            warnings: Vec::new(),
            checks: Vec::new(),
            angle: 0.0,
        }
    }

    #[test]
    fn o5_the_documents_date_decides_at_the_birthday() {
        let policy = strict();
        let rule = |location: Option<&str>, guardian| AgeRule {
            policy: policy.clone(),
            location: location.map(|place| place.parse().unwrap()),
            guardian,
        };
        let today: Date = "2026-11-22".parse().unwrap();
        for (birth, place, issuer, guardian, reason) in [
            // Sixteen in Germany, on the day itself.
            (Some("2010-11-22"), Some("DE"), "D", false, None),
            (Some("2010-11-23"), Some("DE"), "D", false, Some(Reason::UnderAge)),
            (Some("2010-11-23"), Some("DE"), "D", true, None),
            // Twenty in Thailand: by the place, and by the issuer.
            (Some("2006-11-23"), Some("TH"), "D", false, Some(Reason::UnderAge)),
            (Some("2006-11-23"), Some("DE"), "THA", false, Some(Reason::UnderAge)),
            (Some("2006-11-22"), Some("DE"), "THA", false, None),
            // Whoever has not said where he is may be anywhere.
            (Some("2006-11-23"), None, "D", false, Some(Reason::UnderAge)),
            // A part of a date proves nothing, and a guardian makes no date.
            (Some("1990"), Some("DE"), "D", false, Some(Reason::FieldMissing)),
            (None, Some("DE"), "D", true, Some(Reason::FieldMissing)),
        ] {
            let judged = rule(place, guardian).judge(&reading(birth, issuer), today);
            assert_eq!(judged, reason, "{birth:?} {place:?} {issuer} {guardian}");
        }
    }

    #[test]
    fn o5_what_a_person_says_is_looked_at_before_anything_else() {
        let policy = strict();
        let said = |place: &str, age| Stated { location: place.parse().unwrap(), age };
        let code = |stated: Stated, guardian| {
            stated.allowed(&policy, guardian).map_err(|error| error.code()).err()
        };
        assert_eq!(code(said("SG", Some(13)), false), None);
        assert_eq!(code(said("SG", Some(12)), false), Some("under_age"));
        assert_eq!(code(said("SG", Some(12)), true), None);
        assert_eq!(code(said("SG", None), false), None);
        assert_eq!(code(said("SG", Some(151)), true), Some("invalid"));
        assert!(!format!("{:?}", said("SG", Some(12))).contains("12"));
    }
}
