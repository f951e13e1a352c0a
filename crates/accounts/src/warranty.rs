//! The customer's word that he has the consent of those whom he sends: for
//! clients that cannot carry a receipt, application by application.

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::ApplicationId;
use bonafide_vault::records::{Change, Condition, Expect, Row, Select};
use serde_json::json;

use crate::audit::Whose;
use crate::read::{checked_name, invalid, optional_moment};
use crate::tables::WARRANTIES;
use crate::{Accounts, AccountsError, Action, Actor, Planned};

/// A signed warranty of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warranty {
    /// Of which application.
    pub application: ApplicationId,
    /// 1, 2, 3 … within the application: the history is kept.
    pub number: u32,
    /// Which version of the text was signed.
    pub text_version: String,
    /// Who signed for the customer.
    pub signatory: Sensitive<String>,
    /// Who recorded it: a key or user id, or `cli`.
    pub actor: String,
    /// Since when it holds.
    pub signed: Timestamp,
    /// Until when it held.
    pub ended: Option<Timestamp>,
}

/// A warranty to be recorded.
#[derive(Clone, Debug)]
pub struct NewWarranty {
    /// Which version of the text was signed: 1 to 48 letters, digits, dots,
    /// hyphens and underscores.
    pub text_version: String,
    /// Who signed: 1 to 100 characters.
    pub signatory: Sensitive<String>,
}

/// What a signatory is sealed as.
const CONTEXT: &str = "warranty signatory";

impl Accounts {
    /// A warranty to be recorded for an application; one that held before ends.
    pub async fn sign_warranty(
        &self,
        actor: &Actor,
        id: &ApplicationId,
        new: NewWarranty,
    ) -> Result<Planned<Warranty>, AccountsError> {
        let application = self.application(actor, id).await?;
        if application.closed.is_some() {
            return Err(AccountsError::Closed("application"));
        }
        let signatory = checked_name("signatory", new.signatory.expose())?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let text_version = new.text_version;
        if !(1..=48).contains(&text_version.len()) || !text_version.bytes().all(plain) {
            let problem = "is 1 to 48 letters, digits, dots, hyphens and underscores";
            return Err(invalid("text_version", problem));
        }
        let before = self.warranty_rows(id).await?;
        let number = u32::try_from(before.len()).unwrap_or(u32::MAX).saturating_add(1);
        let warranty = Warranty {
            application: id.clone(),
            number,
            text_version,
            signatory: Sensitive::new(signatory.clone()),
            actor: actor.name.clone(),
            signed: self.clock.now(),
            ended: None,
        };
        let sealed = self.vault.seal_secret(CONTEXT, signatory.as_bytes()).await?;
        let row = Row::new(&WARRANTIES)
            .with("application", id.as_str())
            .with("number", u64::from(number))
            .with("text_version", warranty.text_version.as_str())
            .with("signatory", sealed)
            .with("actor", warranty.actor.as_str())
            .with("signed", warranty.signed);
        let changes = vec![
            Self::while_application_open(id),
            self.ending(id),
            // Whoever signs at the same time has the same number: one of them.
            Change::Insert(row),
            self.audited(
                actor,
                Action::WarrantySigned,
                id.as_str(),
                &Whose::Realm(&application.realm()),
                &json!({ "number": number, "text_version": warranty.text_version }),
            ),
        ];
        Ok(Planned::new(warranty, changes))
    }

    /// The warranty of an application to be ended: from then on only receipts
    /// count.
    pub async fn end_warranty(
        &self,
        actor: &Actor,
        id: &ApplicationId,
    ) -> Result<Planned<()>, AccountsError> {
        let application = self.application(actor, id).await?;
        if !self.warranted(id).await? {
            return Ok(Planned::nothing());
        }
        let changes = vec![
            self.ending(id),
            self.audited(
                actor,
                Action::WarrantyEnded,
                id.as_str(),
                &Whose::Realm(&application.realm()),
                &json!({}),
            ),
        ];
        Ok(Planned::new((), changes))
    }

    /// Every warranty that was ever signed for an application, the first first.
    pub async fn warranties(
        &self,
        actor: &Actor,
        id: &ApplicationId,
    ) -> Result<Vec<Warranty>, AccountsError> {
        self.application(actor, id).await?;
        let mut warranties = Vec::new();
        for row in self.warranty_rows(id).await? {
            let opened = self.vault.open_secret(CONTEXT, row.bytes("signatory")?).await?;
            let name = std::str::from_utf8(&opened).map_err(|_| AccountsError::Damaged)?;
            let number = u32::try_from(row.integer("number")?);
            warranties.push(Warranty {
                application: id.clone(),
                number: number.map_err(|_| AccountsError::Damaged)?,
                text_version: row.text("text_version")?.to_owned(),
                signatory: Sensitive::new(name.to_owned()),
                actor: row.text("actor")?.to_owned(),
                signed: row.moment("signed")?,
                ended: optional_moment(&row, "ended")?,
            });
        }
        warranties.sort_by_key(|warranty| warranty.number);
        Ok(warranties)
    }

    /// Whether a warranty holds for an application now. For the server's own
    /// question, on behalf of whoever calls.
    pub async fn warranted(&self, id: &ApplicationId) -> Result<bool, AccountsError> {
        let holding = vec![Condition::is("application", id.as_str()), Condition::Null("ended")];
        Ok(self.records.count(&WARRANTIES, holding).await? > 0)
    }

    async fn warranty_rows(&self, id: &ApplicationId) -> Result<Vec<Row>, AccountsError> {
        let select = Select::from(&WARRANTIES).and(Condition::is("application", id.as_str()));
        Ok(self.records.select(select).await?)
    }

    /// The change that ends whichever holds.
    fn ending(&self, id: &ApplicationId) -> Change {
        Change::Update {
            table: &WARRANTIES,
            set: vec![("ended", self.clock.now().into())],
            conditions: vec![Condition::is("application", id.as_str()), Condition::Null("ended")],
            expect: Expect::Any,
        }
    }
}
