//! Copies to improve models: off unless the policy lets them be made, only of those
//! who agreed to it, apart from the service with a key and a clock of their own,
//! and destroyed when consent is withdrawn. No door leads out of them.

use std::sync::Arc;

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::consent::{ConsentPurpose, ConsentRow};
use bonafide_policy::{Category, Effective, Family, Held, Period, Purpose, Training};
use bonafide_vault::records::Change;
use bonafide_vault::{Item, Opener};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::holding::{KeptOf, begun};
use super::improvement_owner;
use super::record::Record;
use crate::app::later;
use crate::{App, DocumentAnswer, UseCaseError};

/// That what a verification keeps is copied too.
pub(super) struct Copying {
    policy: Arc<Effective>,
    /// What allows it.
    receipt: ConsentRow,
    owner: String,
    from: Timestamp,
    /// With the verification's row goes what ties the copy to its subject.
    latest: Timestamp,
}

/// What was read of a document, as the copy has it.
#[derive(Serialize, Deserialize, Held)]
#[held(category = Identification, purposes(Improvement))]
pub(super) struct HeldFields(DocumentAnswer);

/// The name of the fields among a verification's copies.
const FIELDS: &str = "fields";

impl Copying {
    /// Of a verification; none where the policy improves no models, or where the
    /// person has not agreed to it.
    pub(super) async fn of(
        app: &App,
        by: &Opener,
        record: &Record,
    ) -> Result<Option<Self>, UseCaseError> {
        let policy = app.accounts().policy_of(record.realm.tenant).await?;
        if policy.training() == Training::Never {
            return Ok(None);
        }
        let (subject, id) = (record.subject(app).await?, Some(record.id.as_str()));
        let purpose = ConsentPurpose::Improvement;
        let standing = app.standing(by, &record.application, (&subject, id), purpose).await?;
        let (owner, latest) = (improvement_owner(&record.id), record.remove);
        let from = app.clock().now();
        Ok(standing.live.map(|receipt| Self { policy, receipt, owner, from, latest }))
    }

    /// Until when a copy of a category may rest; none where there may be none.
    fn until(&self, category: Category) -> Option<Timestamp> {
        if !self.policy.may_process(Purpose::Improvement, category, true, false) {
            return None;
        }
        match self.policy.retention(Family::Verification, category, Purpose::Improvement) {
            Period::NONE | Period::UntilClosed => None,
            Period::For(period) => Some(later(self.from, period).min(self.latest)),
        }
    }

    /// The changes that copy a picture.
    pub(super) async fn picture(
        &self,
        app: &App,
        record: &Record,
        (name, category, media_type): (&str, Category, &str),
        bytes: &Sensitive<Bytes>,
    ) -> Result<Vec<Change>, UseCaseError> {
        let Some(expires) = self.until(category) else { return Ok(Vec::new()) };
        let policy = self.policy.as_ref().into();
        let (realm, owner) = (&record.realm, self.owner.as_str());
        let item = Item { realm, owner, name, category, expires, media_type, policy };
        let mut changes = app.vault().prepare(&item, bytes.expose()).await?;
        changes.push(begun(KeptOf::copy(record, owner), category, self.from, expires));
        changes.push(self.receipt.still_holding());
        Ok(changes)
    }

    /// The changes that copy what was read of a document.
    pub(super) async fn fields(
        &self,
        app: &App,
        record: &Record,
        fields: &DocumentAnswer,
    ) -> Result<Vec<Change>, UseCaseError> {
        let Some(until) = self.until(HeldFields::CATEGORY) else { return Ok(Vec::new()) };
        let (realm, held) = (&record.realm, HeldFields(fields.clone()));
        let policy = self.policy.as_ref().into();
        let vault = app.vault();
        let copied = vault.prepare_value(realm, &self.owner, FIELDS, until, policy, &held).await?;
        let kept = KeptOf::copy(record, &self.owner);
        let begun = begun(kept, HeldFields::CATEGORY, self.from, until);
        Ok([copied, vec![begun, self.receipt.still_holding()]].concat())
    }
}
