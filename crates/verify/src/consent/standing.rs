//! Whether something may be looked at: the gate before every picture.

use bonafide_ledger::consent::{ConsentId, ConsentPurpose, ConsentRow};
use bonafide_ledger::{ApplicationId, Call, Facts};
use bonafide_policy::{Category, Effective, Purpose};

use super::ConsentState;
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
        application: &ApplicationId,
        subject: &str,
        verification: Option<&str>,
        purpose: ConsentPurpose,
    ) -> Result<Standing, UseCaseError> {
        let now = self.clock().now();
        let mut rows = super::of_subject(self, application, subject, now).await?;
        rows.retain(|row| {
            let bound = row.verification.as_deref();
            row.purposes.contains(&purpose) && (bound.is_none() || bound == verification)
        });
        let live = rows.iter().find(|row| row.holds(purpose, now)).cloned();
        let holding = |row: &&ConsentRow| row.guardian && row.holds(purpose, now);
        Ok(Standing {
            guardian: rows.iter().any(|row| holding(&row)),
            withdrawn: live.is_none() && rows.iter().any(|row| row.withdrawn.is_some()),
            live,
        })
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
        if standing.withdrawn {
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
    /// a receipt nor a warranty behind it. A receipt that is named has to hold.
    pub(crate) async fn consented(
        &self,
        call: &mut Call,
        categories: &[Category],
        receipt: Option<&ConsentId>,
    ) -> Result<(), UseCaseError> {
        let application = call.caller().application.clone();
        let policy = self.accounts().policy_of(call.caller().tenant).await?;
        let standing = match receipt {
            None => Standing::default(),
            Some(id) => self.named(&application, id).await?,
        };
        let state = self.rests_on(&application, &policy, categories, &standing).await;
        let code = match &state {
            Ok(ConsentState::Wanted) => Refusal::ConsentWanted.code(),
            Ok(state) => state.name(),
            Err(error) => error.code(),
        };
        call.step("consent", code, Facts::new().flag("receipt", receipt.is_some()));
        match state? {
            ConsentState::Wanted => Err(Refusal::ConsentWanted.into()),
            _ => Ok(()),
        }
    }

    /// What a receipt that was named says.
    async fn named(
        &self,
        application: &ApplicationId,
        id: &ConsentId,
    ) -> Result<Standing, UseCaseError> {
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
        let verification = None;
        self.standing(application, &row.subject, verification, ConsentPurpose::Service).await
    }
}
