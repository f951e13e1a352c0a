//! Whether something may be looked at: the gate before every picture.

use bonafide_context::{Keeper, Timestamp};
use bonafide_ledger::consent::{ConsentId, ConsentPurpose, ConsentRow};
use bonafide_ledger::{ApplicationId, Call, Facts};
use bonafide_policy::{Category, Effective, Purpose};
use bonafide_vault::Opener;

use super::ConsentState;
use crate::notice::asks_again_since;
use crate::reading::is_restricted;
use crate::verification::Refusal;
use crate::{App, UseCaseError};

/// What a subject's receipts say of a purpose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// A receipt that holds.
    pub(crate) live: Option<ConsentRow>,
    /// Whether one that holds is a guardian's.
    pub(crate) guardian: bool,
    /// Whether consent was withdrawn and not given again.
    pub(crate) withdrawn: bool,
}

impl App {
    /// What the receipts of a subject say of a purpose: those for all that is done
    /// about it, and those for this one verification.
    pub(crate) async fn standing(
        &self,
        by: &Opener,
        application: &ApplicationId,
        (subject, verification): (&str, Option<&str>),
        purpose: ConsentPurpose,
    ) -> Result<Standing, UseCaseError> {
        let now = self.clock().now();
        let mut rows = super::of_subject(self, application, subject, now).await?;
        rows.retain(|row| {
            let bound = row.verification.as_deref();
            row.purposes.contains(&purpose) && (bound.is_none() || bound == verification)
        });
        let mut holding = Vec::new();
        for row in rows.iter().filter(|row| row.holds(purpose, now)) {
            if self.still_counts(by, row, now).await? {
                holding.push(row);
            }
        }
        let live = holding.first().map(|row| (*row).clone());
        Ok(Standing {
            guardian: holding.iter().any(|row| row.guardian),
            withdrawn: live.is_none() && rows.iter().any(|row| row.withdrawn.is_some()),
            live,
        })
    }

    /// Whether a receipt is of a text that is good enough today: a version of the
    /// policy that goes further asks those again who agreed before it held (row O17),
    /// but for those who were shown it already.
    async fn still_counts(
        &self,
        by: &Opener,
        row: &ConsentRow,
        now: Timestamp,
    ) -> Result<bool, UseCaseError> {
        let policy = self.accounts().policy_of(row.realm.tenant).await?;
        let asks = asks_again_since(&**self.records(), policy.name(), now).await?;
        let Some((version, _)) = asks.filter(|(_, since)| row.given < *since) else {
            return Ok(true);
        };
        let shown = super::read::receipt(self, by, row).await?.notice;
        Ok(shown.name == policy.name() && shown.version >= version)
    }

    /// On what the processing of these categories rests, as the tenant's policy
    /// has it. Consent that was withdrawn is refused under every policy, and no
    /// warranty stands in for it.
    pub(crate) async fn rests_on(
        &self,
        application: &ApplicationId,
        policy: &Effective,
        categories: &[Category],
        standing: &Standing,
    ) -> Result<ConsentState, UseCaseError> {
        if standing.withdrawn && Keeper::Withdrawal.works() {
            return Err(Refusal::ConsentWithdrawn.into());
        }
        let may = |receipt, warranty| {
            let all = |category| policy.may_process(Purpose::Service, category, receipt, warranty);
            categories.iter().copied().all(all)
        };
        if standing.live.is_some() && may(true, false) {
            return Ok(ConsentState::Receipt);
        }
        if may(false, false) {
            return Ok(ConsentState::NotNeeded);
        }
        if policy.takes_warranty() && self.accounts().warranted(application).await? {
            return Ok(if may(false, true) {
                ConsentState::Warranty
            } else {
                ConsentState::Wanted
            });
        }
        Ok(ConsentState::Wanted)
    }

    /// Refuses a call of one answer whose tenant's policy wants the person's
    /// consent before data of these categories is looked at, and that has neither
    /// a receipt nor a warranty behind it. A receipt that is named has to hold; gives
    /// whose it is.
    pub(crate) async fn consented(
        &self,
        call: &mut Call,
        categories: &[Category],
        receipt: Option<&ConsentId>,
    ) -> Result<Option<String>, UseCaseError> {
        let application = call.caller().application.clone();
        let (subject, standing) = match receipt {
            None => (None, Standing::default()),
            Some(id) => {
                let (subject, standing) = self.named(call.opener(), &application, id).await?;
                (Some(subject), standing)
            }
        };
        self.consented_by(call, categories, &standing).await?;
        Ok(subject)
    }

    /// The same by what a person's receipts say, if there are any.
    pub(crate) async fn consented_by(
        &self,
        call: &mut Call,
        categories: &[Category],
        standing: &Standing,
    ) -> Result<(), UseCaseError> {
        let application = call.caller().application.clone();
        let policy = self.accounts().policy_of(call.caller().tenant).await?;
        let state = self.rests_on(&application, &policy, categories, standing).await;
        let code = match &state {
            Ok(ConsentState::Wanted) => Refusal::ConsentWanted.code(),
            Ok(state) => state.name(),
            Err(error) => error.code(),
        };
        call.step("consent", code, Facts::new().flag("receipt", standing.live.is_some()));
        match state? {
            ConsentState::Wanted => Err(Refusal::ConsentWanted.into()),
            _ => Ok(()),
        }
    }

    /// Whose a receipt is that was named, and what it says.
    async fn named(
        &self,
        by: &Opener,
        application: &ApplicationId,
        id: &ConsentId,
    ) -> Result<(String, Standing), UseCaseError> {
        let row = match super::find(self, application, id).await {
            Err(UseCaseError::Refused(Refusal::NoSuchConsent)) => {
                let reason = "there is no such receipt".to_owned();
                return Err(UseCaseError::Invalid { member: "consent", reason });
            }
            found => found?,
        };
        // One that is good for a verification is good for nothing else.
        if row.verification.is_some() {
            let reason = "this receipt is good for one verification only".to_owned();
            return Err(UseCaseError::Invalid { member: "consent", reason });
        }
        if is_restricted(self, &row.realm, Some(&row.subject)).await? {
            return Err(Refusal::Restricted.into());
        }
        let of = (row.subject.as_str(), None);
        let standing = self.standing(by, application, of, ConsentPurpose::Service).await?;
        Ok((row.subject, standing))
    }
}
