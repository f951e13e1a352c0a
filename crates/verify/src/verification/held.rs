//! What a verification keeps in the vault, and until when.

use bonafide_context::Timestamp;
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Category, Family, Held, HeldField, Stored};
use bonafide_vault::Opener;
use bonafide_vault::records::Change;
use serde::{Deserialize, Serialize};

use super::improvement::HeldFields;
use super::record::Record;
use super::statement::HeldStatement;
use super::{MediaName, Refusal, VerificationField, VerificationId, VerificationResult};
use crate::device::DEVICE_RISK;
use crate::reading::Reader;
use crate::{App, Clocks, Selection, UseCaseError};

/// The result as it rests.
#[derive(Serialize, Deserialize, Held)]
#[held(category = Results)]
pub(crate) struct HeldResult(pub(crate) VerificationResult);

/// The name of the result among a verification's items.
pub(crate) const RESULT: &str = "result";

/// What this room has the vault keep, for the data inventory.
pub fn held() -> Vec<Stored> {
    let picture = |name: &MediaName| Stored {
        room: ROOM,
        holder: name.name().to_owned(),
        category: name.category(),
        purposes: &[],
        fields: vec![HeldField { path: "file".to_owned(), kind: "Bytes" }],
        encrypted: true,
    };
    let mut all: Vec<Stored> = MediaName::ALL.iter().map(picture).collect();
    all.push(Stored::held::<HeldResult>(ROOM));
    all.push(Stored::held::<HeldStatement>(ROOM));
    all.push(Stored::held::<HeldFields>(ROOM));
    all
}

const ROOM: &str = "verify";

/// What a verification's data is: one deadline for all of it, the earliest of
/// them.
const DATA: [Category; 3] = [Category::FaceMedia, Category::DocumentMedia, Category::Results];

/// Whose the copies are that are kept of a verification to improve models: apart
/// from it, so that each goes by its own clock and consent.
pub(crate) fn improvement_owner(id: &VerificationId) -> String {
    format!("improvement/{id}")
}

/// When the data of a verification has to go: fixed with its first byte, and
/// inherited by whatever is made of it. Where some of what is held has to go earlier,
/// because its tenant came under a tighter policy, all that is made of it does.
pub(crate) async fn data_until(
    app: &App,
    record: &Record,
    now: Timestamp,
) -> Result<Timestamp, UseCaseError> {
    match record.data_until {
        Some(until) => {
            let held = app.vault().list(&record.realm, record.id.as_str()).await?;
            let data = held.iter().filter(|item| DATA.contains(&item.category));
            // Copies of answers may have clocks of their own, and what a device told goes
            // with its facts where those go earlier.
            let own =
                data.filter(|item| !item.name.starts_with("answer-") && item.name != DEVICE_RISK);
            Ok(own.map(|item| item.expires).min().map_or(until, |held| held.min(until)))
        }
        None => {
            let clocks = app.clocks(record.realm.tenant, Family::Verification).await?;
            Ok(deadline(&clocks, now)?)
        }
    }
}

/// When the data of a verification would have to go that begins to rest now; a
/// refusal where the tenant's policy lets some of it not rest at all.
pub(crate) fn deadline(clocks: &Clocks, now: Timestamp) -> Result<Timestamp, Refusal> {
    let deadlines = DATA.iter().map(|category| clocks.deadline(*category, now));
    let earliest = deadlines.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().min());
    earliest.ok_or(Refusal::PolicyForbids)
}

impl MediaName {
    /// Every one of them.
    pub const ALL: [Self; 4] =
        [Self::DocumentFront, Self::DocumentBack, Self::Portrait, Self::Selfie];

    /// The name in addresses and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DocumentFront => "document_front",
            Self::DocumentBack => "document_back",
            Self::Portrait => "portrait",
            Self::Selfie => "selfie",
        }
    }

    /// What kind of data it is.
    pub(crate) const fn category(self) -> Category {
        match self {
            Self::DocumentFront | Self::DocumentBack => Category::DocumentMedia,
            Self::Portrait | Self::Selfie => Category::FaceMedia,
        }
    }
}

/// Whether the time of a verification's data is over: what a legal hold keeps beyond
/// it is read for nothing else.
pub(crate) fn is_over(app: &App, record: &Record) -> bool {
    record.data_until.is_some_and(|until| app.clock().now() >= until)
}

/// The result that is kept of a verification, if it still is, opened in somebody's name.
pub(crate) async fn result(
    app: &App,
    by: &Opener,
    record: &Record,
) -> Result<Option<VerificationResult>, UseCaseError> {
    if is_over(app, record) {
        return Ok(None);
    }
    resting_result(app, by, record).await
}

/// The same where it outlived its deadline by a legal hold: for the rights of the
/// person only.
pub(crate) async fn resting_result(
    app: &App,
    by: &Opener,
    record: &Record,
) -> Result<Option<VerificationResult>, UseCaseError> {
    let (realm, id) = (&record.realm, record.id.as_str());
    if let Some(held) = app.vault().read_value::<HeldResult>(by, realm, id, RESULT).await? {
        return Ok(Some(held.0));
    }
    let Some(json) = app.vault().read_held(by, realm, id, RESULT).await? else { return Ok(None) };
    let held: HeldResult =
        serde_json::from_slice(&json).map_err(|_| bonafide_vault::VaultError::Damaged)?;
    Ok(Some(held.0))
}

/// What is told to the customer of the result, as far as `fields` go and if the
/// policy lets him read it, with the changes that write the read down.
pub(crate) async fn told(
    app: &App,
    call: &mut Call,
    record: &Record,
    fields: &Selection<VerificationField>,
) -> Result<(Option<VerificationResult>, Vec<Change>), UseCaseError> {
    let reader = Reader::of(call);
    match app.may_read(record, &reader, Category::Results).await {
        Ok(()) => {}
        // How it stands may be known all the same.
        Err(UseCaseError::Refused(Refusal::ReadForbidden)) => {
            call.step("result", Refusal::ReadForbidden.code(), Facts::new());
            return Ok((None, Vec::new()));
        }
        Err(error) => return Err(error),
    }
    let kept = result(app, &reader.by, record).await?;
    let changes = match &kept {
        Some(_) => app.noted(record, &reader, &[(Category::Results, 1)])?,
        None => Vec::new(),
    };
    let told = kept.unwrap_or_default().told(record).map(|result| result.narrowed(fields));
    Ok((told.filter(|result| !result.is_empty()), changes))
}

/// The pictures that are kept of a verification, by name.
pub(crate) async fn media(app: &App, record: &Record) -> Result<Vec<String>, UseCaseError> {
    if record.data_until.is_none() || is_over(app, record) {
        return Ok(Vec::new());
    }
    let items = app.vault().list(&record.realm, record.id.as_str()).await?;
    let known = |name: &str| MediaName::ALL.iter().any(|media| media.name() == name);
    Ok(items.into_iter().map(|item| item.name).filter(|name| known(name)).collect())
}
