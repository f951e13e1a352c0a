//! A person agrees.

use std::collections::BTreeSet;

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::consent::{
    ConsentId, ConsentPurpose, ConsentReceipt, ConsentRow, ConsentWay, GUARDIAN, Guardian, Notice,
    RECEIPT,
};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Category, Family, Training};
use bonafide_vault::ConsentAct;

use super::{Consent, ConsentState, log};
use crate::answer::Moment;
use crate::notice::announced;
use crate::reading::is_restricted;
use crate::verification::holding::{KeptOf, begun};
use crate::verification::{Access, EventSource, Record, Refusal, VerificationId, entry, load};
use crate::{App, Done, UseCaseError};

/// That a person agreed, as the customer hands it over or the pages of this
/// server collect it.
#[derive(Clone, Debug)]
pub struct GiveConsent {
    /// Whose.
    pub whose: Whose,
    /// To what.
    pub purposes: BTreeSet<ConsentPurpose>,
    /// The notice that was shown; on the pages of this server always its own.
    pub notice: Option<Notice>,
    /// In which language it was shown, as a BCP 47 tag.
    pub language: String,
    /// When; `None` for now.
    pub given_at: Option<Moment>,
    /// How; on the pages of this server `None`.
    pub way: Option<ConsentWay>,
    /// Who agreed for a person under age.
    pub guardian: Option<Guardian>,
}

/// Whose consent it is.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Of everything that is done about a person, as the customer calls him.
    Reference(Sensitive<String>),
    /// Of one verification.
    Verification(VerificationId),
}

/// A clock of the customer's may be ahead by so much, in milliseconds.
const AHEAD: u64 = 5 * 60_000;
/// Names and addresses of a guardian are not longer than this, in bytes.
const LONGEST: usize = 200;

/// Takes a consent, and keeps the receipt.
pub async fn give_consent(
    app: &App,
    call: &mut Call,
    request: GiveConsent,
) -> Result<Done<Consent>, UseCaseError> {
    give(app, call, request).await.inspect_err(|error| error.trace(call))
}

async fn give(
    app: &App,
    call: &mut Call,
    request: GiveConsent,
) -> Result<Done<Consent>, UseCaseError> {
    let caller = call.caller().clone();
    let (realm, now) = (caller.realm(), app.clock().now());
    let clocks = app.clocks(realm.tenant, Family::Verification).await?;
    let remove = clocks.deadline(Category::Consent, now).ok_or(Refusal::PolicyForbids)?;
    // A person on the pages of this server sees its own notice, now.
    let by_person = caller.bound_to.is_some();
    let given = match request.given_at {
        Some(moment) if !by_person => moment.0,
        _ => now,
    };
    let own = notice_at(app, &clocks, given);
    let (notice, way) = match (by_person, request.notice, request.way) {
        (true, ..) => (own?, ConsentWay::HostedFlow),
        // Nothing else was shown than what was announced and held then.
        (false, None, Some(way)) => (own?, way),
        (false, Some(notice), Some(way)) => (held_then(app, &clocks, notice, now).await?, way),
        (false, _, None) => return Err(invalid("way", "say how the person agreed")),
    };
    check(&request.purposes, &notice, &request.language, given, now, &clocks)?;
    check_guardian(request.guardian.as_ref())?;
    let (subject, record) = match request.whose {
        Whose::Reference(_) if by_person => return Err(Refusal::NeedsKey.into()),
        Whose::Reference(reference) => {
            let subject = crate::verification::hashed(app, &realm, &reference).await?;
            // What is frozen is not processed on a new ground.
            if is_restricted(app, &realm, Some(&subject)).await? {
                return Err(Refusal::Restricted.into());
            }
            (subject, None)
        }
        Whose::Verification(id) => {
            let record = load(app, &caller, &id, Access::Anyone).await?;
            if record.progress.state.is_terminal() {
                return Err(Refusal::Ended { state: record.progress.state }.into());
            }
            (record.subject(app).await?, Some(record))
        }
    };
    let id = app.draw(|random| ConsentId::new(random));
    let receipt = ConsentReceipt {
        subject: subject.clone(),
        verification: record.as_ref().map(|record| record.id.to_string()),
        purposes: request.purposes,
        notice,
        language: request.language,
        given_ms: given.0,
        recorded_ms: now.0,
        way,
        guardian: request.guardian.as_ref().map(|guardian| guardian.relation),
    };
    let row = ConsentRow {
        id: id.clone(),
        realm: realm.clone(),
        application: caller.application.clone(),
        subject,
        verification: receipt.verification.clone(),
        purposes: receipt.purposes.clone(),
        guardian: receipt.guardian.is_some(),
        given,
        withdrawn: None,
        remove,
    };
    let (vault, policy) = (app.vault(), clocks.policy().into());
    let mut changes =
        vault.prepare_value(&realm, id.as_str(), RECEIPT, remove, policy, &receipt).await?;
    let kept = KeptOf {
        realm: &realm,
        owner: id.as_str(),
        application: &caller.application,
        reference: Some(&row.subject),
    };
    changes.push(begun(kept, Category::Consent, now, remove));
    if let Some(guardian) = &request.guardian {
        let expires = clocks.deadline(Category::Guardian, now).ok_or(Refusal::PolicyForbids)?;
        changes.extend(
            vault.prepare_value(&realm, id.as_str(), GUARDIAN, expires, policy, guardian).await?,
        );
        changes.push(begun(kept, Category::Guardian, now, expires));
    }
    changes.push(row.inserted());
    changes.extend(log::told(app, &row, &receipt, ConsentAct::Given)?);
    if let Some(mut record) = record {
        if receipt.purposes.contains(&ConsentPurpose::Service) {
            record.progress.consent = ConsentState::Receipt;
        }
        changes.push(record.updated()?);
        changes.push(entry(app, &record, EventSource::Server, "consent_recorded", &[])?);
    }
    call.step(
        "consent.give",
        "ok",
        Facts::new()
            .codes("purposes", receipt.purposes.iter().map(|purpose| purpose.as_str()))
            .code("way", way.as_str())
            .flag("guardian", receipt.guardian.is_some())
            .flag("verification", receipt.verification.is_some()),
    );
    Ok(Done { answer: Consent::of(&row, receipt), changes })
}

/// The notice of this server that held at a moment.
fn notice_at(app: &App, clocks: &crate::Clocks, at: Timestamp) -> Result<Notice, UseCaseError> {
    let name = clocks.policy().name();
    let policy = app.accounts().policies().get(Some(name), at);
    let policy = policy.ok_or_else(|| invalid("notice", "name the notice and its version"))?;
    Ok(Notice { name: name.to_owned(), version: policy.version() })
}

/// A notice as the customer names it. Of this server's own one only a version that
/// was announced can have been shown; a text of the customer's own is his to number.
async fn held_then(
    app: &App,
    clocks: &crate::Clocks,
    notice: Notice,
    now: Timestamp,
) -> Result<Notice, UseCaseError> {
    let policy = clocks.policy();
    if notice.name != policy.name() || notice.version == policy.version() {
        return Ok(notice);
    }
    if announced(&**app.records(), &notice.name, notice.version, now).await? {
        return Ok(notice);
    }
    let reason = format!(
        "no version {} of this policy was announced: leave `notice` out for the one that held, or \
         name the text that was shown",
        notice.version
    );
    Err(invalid("notice", &reason))
}

fn check(
    purposes: &BTreeSet<ConsentPurpose>,
    notice: &Notice,
    language: &str,
    given: Timestamp,
    now: Timestamp,
    clocks: &crate::Clocks,
) -> Result<(), UseCaseError> {
    if purposes.is_empty() {
        return Err(invalid("purposes", "name at least one"));
    }
    let improves = purposes.contains(&ConsentPurpose::Improvement);
    if improves && clocks.policy().training() == Training::Never {
        let reason = "the policy of this tenant improves no models: ask nobody to agree to it";
        return Err(invalid("purposes", reason));
    }
    if !is_name(&notice.name) || !(1..=1_000_000).contains(&notice.version) {
        let reason = "a notice is called by 1 to 48 lower-case letters, digits and inner hyphens \
                      or underscores, and its version is from 1 to 1000000";
        return Err(invalid("notice", reason));
    }
    if !is_language(language) {
        return Err(invalid("language", "write the language as a tag of BCP 47, such as `en`"));
    }
    if given.0 > now.0.saturating_add(AHEAD) {
        return Err(invalid("given_at", "this moment has not come yet"));
    }
    Ok(())
}

fn check_guardian(guardian: Option<&Guardian>) -> Result<(), UseCaseError> {
    let Some(Guardian { name, contact, .. }) = guardian else { return Ok(()) };
    let fits =
        |text: &str| (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control);
    if fits(name) && contact.as_deref().is_none_or(fits) {
        return Ok(());
    }
    Err(invalid("guardian", "give name and contact in 1 to 200 bytes of one line each"))
}

/// As the log writes names.
fn is_name(text: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    (1..=48).contains(&bytes.len())
        && bytes.iter().all(|b| letter(b) || matches!(b, b'-' | b'_'))
        && [bytes.first(), bytes.last()].iter().all(|end| end.is_some_and(letter))
}

/// The form of a BCP 47 tag: a language, then subtags.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    tag.len() <= 35
        && (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

fn invalid(member: &'static str, reason: &str) -> UseCaseError {
    UseCaseError::Invalid { member, reason: reason.to_owned() }
}

impl Record {
    /// Whose it is, as receipts have it: the hash of the reference, or without one
    /// of the verification itself.
    pub(crate) async fn subject(&self, app: &App) -> Result<String, UseCaseError> {
        match &self.reference {
            Some(reference) => Ok(reference.clone()),
            None => {
                let id = self.id.as_str().as_bytes();
                Ok(app.vault().keyed_hash(&self.realm, "verification", id).await?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_languages_are_strict() {
        assert!(is_name("privacy-notice_2"));
        for wrong in ["", "-a", "a-", "A", "a b", "é", &"a".repeat(49)] {
            assert!(!is_name(wrong), "{wrong}");
        }
        assert!(is_language("en") && is_language("zh-Hant-TW"));
        for wrong in ["", "english", "e", "en-", "EN", "en-äö"] {
            assert!(!is_language(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_them(text in "\\PC{0,60}") {
            let _ = (is_name(&text), is_language(&text));
        }
    }
}
